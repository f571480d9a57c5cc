// SPDX-License-Identifier: GPL-2.0-or-later
//
// One run of nocb: the machine is laid out and booted, operations are executed on it.
#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb.h"
#include "core/subsystems/nocb/notes.h"
#include "core/subsystems/nocb/observe.h"
#include "core/subsystems/nocb/tables.h"

namespace rcufuzz::nocb {

namespace {

using scenario::ConfigValues;
using scenario::Op;

void invoke(RcuHead* head);

void post(unsigned chain) {
    const unsigned cpu = kernel::smp_processor_id();
    if (cpu >= nocb().constants.cpus) return;  // a housekeeping CPU has no list here
    Callback* const callback = nocb().callbacks.make(cpu, chain);
    if (callback == nullptr) return;
    call_rcu(*callback, invoke);
    Callbacks::returned(*callback);
}

void invoke(RcuHead* head) {
    auto& callback = static_cast<Callback&>(*head);
    note(Note::invoked, callback.number, 0);
    // The root node learns of the end of a grace period before rcu_state does.
    nocb().callbacks.invoked(callback, nocb().rcu_state.root().gp_seq.get(), Site::current());
    if (callback.chain != 0) post(callback.chain - 1);
    Callbacks::finished(callback);
}

class NocbInstance final : public scenario::Instance {
   public:
    explicit NocbInstance(const ConfigValues& values) : values_(values) {}

    void boot() override;
    bool run_op(const Op& op) override;
    void close_cpu(unsigned cpu) override;
    void leave_cpu(unsigned cpu) override;
    void tick(unsigned cpu) override;
    void judge_end() override { check_end(state_); }
    std::optional<std::int64_t> observe(std::string_view name) const override {
        return observe_nocb(state_, name);
    }

    State& state() { return state_; }

   private:
    void init_rdp(unsigned cpu);
    void init_locks();
    bool run_task_op(const Op& op);
    bool run_cpu_op(const Op& op);
    bool run_sleeping_op(const Op& op);
    bool take_down(unsigned cpu, unsigned by);
    bool may_sleep(unsigned cpu) const { return readers_[cpu] == 0 && !irqs_off_[cpu]; }
    bool rcuog_is_local() const { return values_[rcuog_local] != 0 && values_[rcuo_local] == 0; }
    bool is_late(const RcuData& rdp) const { return starts_offline(values_, rdp.cpu); }

    const ConfigValues values_;
    State state_;
    std::array<unsigned, kernel::max_cpus> readers_{};
    std::array<bool, kernel::max_cpus> irqs_off_{};
    std::array<int, kernel::max_cpus> taken_down_by_{};
};

void NocbInstance::init_rdp(unsigned cpu) {
    RcuData& rdp = state_.rdp(cpu);
    const int i = static_cast<int>(cpu);
    rdp.cpu = cpu;
    rdp.mynode = &state_.rcu_state.leaf_of(cpu);
    rdp.nocb_gp_rdp = &state_.rdp(cpu - cpu % state_.constants.stride);
    if (cpu % state_.constants.stride != 0) state_.rdp(cpu - 1).nocb_next_cb_rdp = &rdp;
    rdp.cblist.len.init("cblist.len", i, 0);
    rdp.cblist.access.object = rdp.cblist.len.object();
    rdp.cblist.flags.init("cblist.flags", i,
                          SEGCBLIST_OFFLOADED | SEGCBLIST_KTHREAD_CB | SEGCBLIST_KTHREAD_GP);
    rcu_segcblist_init(rdp.cblist);
    rdp.nocb_lock.init("nocb_lock", i, class_nocb);
    rdp.nocb_bypass_lock.init("nocb_bypass_lock", i, class_bypass);
    rdp.nocb_lock_contended.init("nocb_lock_contended", i, 0);
    rdp.nocb_bypass.init("nocb_bypass.len", i);
    rdp.nocb_bypass_first.init("nocb_bypass_first", i, 0);
    rdp.nocb_defer_wakeup.init("nocb_defer_wakeup", i, RCU_NOCB_WAKE_NOT);
    timer_setup(rdp.nocb_timer, do_nocb_deferred_wakeup_timer, &rdp, "nocb_timer", i);
    timer_setup(rdp.nocb_bypass_timer, do_nocb_bypass_wakeup_timer, &rdp, "nocb_bypass_timer", i);
    rdp.nocb_gp_lock.init("nocb_gp_lock", i, class_gp);
    rdp.nocb_gp_sleep.init("nocb_gp_sleep", i, false);
    rdp.nocb_gp_wq.init("nocb_gp_wq", i);
    rdp.nocb_gp_kthread.init("nocb_gp_kthread", i, nullptr);
    rdp.nocb_cb_sleep.init("nocb_cb_sleep", i, true);
    rdp.nocb_cb_wq.init("nocb_cb_wq", i);
    rdp.blimit = state_.constants.blimit;
    rdp.rcuo_cpu = values_[rcuo_local] != 0 ? cpu : first_rcuo(values_) + cpu;
    const bool rcuog_here = rcuog_is_local() && !is_late(*rdp.nocb_gp_rdp);
    rdp.rcuog_cpu =
        rcuog_here ? rdp.nocb_gp_rdp->cpu : workload_cpus(values_) + cpu / state_.constants.stride;
}

void init_rdp_of_others(RcuData& rdp) {
    const int i = static_cast<int>(rdp.cpu);
    rdp.nocb_state_wq.init("nocb_state_wq", i);
    rdp.barrier_call.init("barrier_ipi", i);
    rdp.kworker.init("kworker", i);
    rdp.stopper.init("migration", i);
    timer_setup(rdp.sched_tick, sched_tick_fires, &rdp, "sched_tick", i);
    rdp.sched_tick.pinned = true;
    rdp.rq_lock.init("rq_lock", i, class_rq);
}

// Objects that come after those of the first CPUs, so that these keep their numbers.
void NocbInstance::init_locks() {
    state_.cpu_hotplug_lock.init("cpu_hotplug_lock");
    state_.barrier_mutex.init("barrier_mutex", -1);
    state_.barrier_completion.init("barrier_completion", -1);
    state_.barrier_sequence.init("barrier_sequence", -1, 0);
    state_.barrier_cpu_count.init("barrier_cpu_count", -1, 0);
    for (RcuData& rdp : state_.rdps()) init_rdp_of_others(rdp);
    state_.nocb_mutex.init("nocb_mutex", -1);
    kernel::open_softirq(kernel::SoftirqVector::rcu, rcu_core);
}

void NocbInstance::boot() {
    set_nocb(state_);
    Constants& constants = state_.constants;
    constants.cpus = workload_cpus(values_);
    constants.stride = stride_of(values_);
    constants.nobypass_lim_per_jiffy = static_cast<unsigned>(values_[nobypass_lim]);
    constants.qhimark = values_[qhimark];
    constants.blimit = values_[blimit];
    constants.nohz_full = values_[nohz_full] != 0;
    kernel::rcu_init(state_.rcu_state, {.cpus = all_cpus(values_),
                                        .gp_cpu = rcu_gp_cpu(values_),
                                        .two_leaves = values_[two_leaves] != 0,
                                        .strict = values_[strict_gp] != 0,
                                        .never_wakes_itself = bug(Bug::D35_gp_kthread_not_woken),
                                        .node_lock_class = class_node});
    if (values_[timers] != 0) kernel::set_timer_target(values_[timers] == 1 ? 0 : gp_cpu(values_));
    state_.callbacks.init();
    for (unsigned cpu = 0; cpu < constants.cpus; ++cpu) init_rdp(cpu);
    init_locks();
    taken_down_by_.fill(-1);
    if (is_late(state_.rdp(constants.cpus - 1))) kernel::set_cpu_online(constants.cpus - 1, false);
    for (RcuData& rdp : state_.rdps())
        if (kernel::cpu_online(rdp.cpu)) rcu_spawn_one_nocb_kthread(rdp);
    state_.spawn_failures = values_[spawn_failures];
}

// A CPU whose task is in the middle of something does not go offline: nobody else would finish it.
bool NocbInstance::run_op(const Op& op) {
    if (!kernel::in_task() || op.kind == op_await) return run_task_op(op);
    state_.in_operation[op.cpu] = true;
    const bool done = run_task_op(op);
    state_.in_operation[op.cpu] = false;
    return done;
}

// A reader, or a CPU with interrupts disabled, must not wait for a grace period.
bool NocbInstance::run_task_op(const Op& op) {
    switch (op.kind) {
        case op_call_rcu:
            for (unsigned i = 0; i < op.args[0]; ++i) post(op.args[1]);
            return true;
        case op_await:
            if (!may_sleep(op.cpu)) return false;
            state_.callbacks.await_cpu(op.cpu);
            return true;
        case op_irq_disable:
            if (irqs_off_[op.cpu]) return false;
            irqs_off_[op.cpu] = true;
            kernel::local_irq_disable();
            return true;
        case op_irq_enable:
            if (!irqs_off_[op.cpu]) return false;
            irqs_off_[op.cpu] = false;
            kernel::local_irq_enable();
            return true;
        case op_reader_enter:
            ++readers_[op.cpu];
            kernel::rcu_read_lock();
            return true;
        case op_reader_exit:
            if (readers_[op.cpu] == 0) return false;
            --readers_[op.cpu];
            kernel::rcu_read_unlock();
            return true;
        default:
            return run_cpu_op(op);
    }
}

// Rescuers, and the scheduler.
bool NocbInstance::run_cpu_op(const Op& op) {
    RcuData& rdp = state_.rdp(op.cpu);
    switch (op.kind) {
        case op_tick:
            if (values_[nocb::tick] == 0) return false;
            tick(op.cpu);
            return true;
        case op_idle:
        case op_user: {
            const bool on = values_[op.kind == op_idle ? idle : user] != 0;
            if (!on || !may_sleep(op.cpu)) return false;
            kernel::local_irq_disable();
            if (op.kind == op_idle)
                flush_before_idle(rdp);
            else
                flush_before_user(rdp, Hook::none);
            kernel::local_irq_enable();  // something comes at once: the CPU goes on
            return true;
        }
        case op_call_rcu_rq:
            if (values_[rq_locks] == 0 || rdp.rq_lock.is_locked()) return false;
            raw_spin_lock(rdp.rq_lock);
            post(0);
            raw_spin_unlock(rdp.rq_lock);
            return true;
        default:
            return run_sleeping_op(op);
    }
}

// Operations that take sleeping locks.
bool NocbInstance::run_sleeping_op(const Op& op) {
    if (!may_sleep(op.cpu)) return false;
    const unsigned other = op.args[0] % state_.constants.cpus;
    const auto allowed = [&] {
        if (op.kind == op_barrier) return values_[barriers] != 0;
        if (op.kind == op_deoffload || op.kind == op_offload) return values_[toggling] != 0;
        return values_[hotplug] != 0 && values_[rcuo_local] == 0 && other != op.cpu;
    };
    if (!allowed()) return false;
    bool done = true;
    state_.holds_sleeping_lock[op.cpu] = true;
    if (op.kind == op_barrier) {
        const Callbacks::Set before = state_.callbacks.posted_so_far();
        rcu_barrier();
        state_.callbacks.barrier_returned(before, Site::current());
    } else if (op.kind == op_deoffload) {
        rcu_nocb_cpu_deoffload(state_.rdp(other));
    } else if (op.kind == op_offload) {
        rcu_nocb_cpu_offload(state_.rdp(other));
    } else if (op.kind == op_cpu_down) {
        done = take_down(other, op.cpu);
    } else {
        cpu_up(state_.rdp(other));
    }
    state_.holds_sleeping_lock[op.cpu] = false;
    return done;
}

bool NocbInstance::take_down(unsigned cpu, unsigned by) {
    if (rcuog_is_local() && state_.rdp(cpu).nocb_gp_rdp->cpu == cpu) return false;
    if (cpu == rcu_gp_cpu(values_)) return false;
    if (!cpu_down(state_.rdp(cpu))) return false;
    taken_down_by_[cpu] = static_cast<int>(by);
    return true;
}

// A CPU whose task has more to do must come back; others may stay offline.
void NocbInstance::close_cpu(unsigned cpu) {
    for (; readers_[cpu] != 0; --readers_[cpu]) kernel::rcu_read_unlock();
    if (irqs_off_[cpu]) kernel::local_irq_enable();
    irqs_off_[cpu] = false;
    state_.holds_sleeping_lock[cpu] = true;
    for (unsigned other = 0; other < state_.constants.cpus; ++other)
        if (taken_down_by_[other] == static_cast<int>(cpu) && !kernel::cpu_online(other) &&
            kernel::has_task(other))
            cpu_up(state_.rdp(other));
    state_.holds_sleeping_lock[cpu] = false;
}

// With nothing left to do a CPU stays in the kernel, or halts, or goes to user mode for good.
void NocbInstance::leave_cpu(unsigned cpu) {
    if (values_[user] == 0 && values_[idle] == 0) return;
    RcuData& rdp = state_.rdp(cpu);
    state_.in_operation[cpu] = true;
    kernel::local_irq_disable();
    const bool rests = values_[user] != 0
                           ? flush_before_user(rdp, values_[user] == 2 ? Hook::posts : Hook::none)
                           : flush_before_idle(rdp);
    state_.in_operation[cpu] = false;
    if (!rests) {
        kernel::local_irq_enable();  // and schedules
        return;
    }
    judge_rest(rdp, values_[user] != 0 ? Rest::user : Rest::idle, Site::current());
    kernel::rest_until_interrupt();
}

void NocbInstance::tick(unsigned cpu) {
    rcu_sched_clock_irq(state_.rdp(cpu), kernel::at_rest(cpu));
}

State* current_state = nullptr;

}  // namespace

scenario::Instance& create(Arena& arena, const ConfigValues& values) {
    return arena.make<NocbInstance>(values);
}

void post_from_hook() { post(0); }

State& nocb() { return *current_state; }
void set_nocb(State& state) { current_state = &state; }

}  // namespace rcufuzz::nocb
