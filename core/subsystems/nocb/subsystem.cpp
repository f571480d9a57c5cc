// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the rest of rcufuzz sees of nocb: its tables, and one run of it.
#include <algorithm>

#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb.h"
#include "core/subsystems/nocb/notes.h"
#include "core/subsystems/nocb/observe.h"
#include "core/subsystems/subsystems.h"

namespace rcufuzz::nocb {

namespace {

using scenario::ConfigSpec;
using scenario::ConfigValues;
using scenario::Op;
using scenario::OpContext;
using scenario::OpSpec;

// --- configuration ------------------------------------------------------------------------------

constexpr std::int16_t few_cpus[] = {1, 2, 3, 3};
constexpr std::int16_t strides[] = {1, 2, 3, 4};
constexpr std::int16_t limits[] = {1, 2, 2, 16};
constexpr std::int16_t qhimarks[] = {3, 6, 6, 100};
constexpr std::int16_t blimits[] = {1, 2, 10};
constexpr std::int16_t booleans[] = {0, 1};
constexpr std::int16_t seldom[] = {0, 0, 0, 1};

enum Config : std::size_t {
    end_tick,
    cpus,
    stride,
    nobypass_lim,
    qhimark,
    blimit,
    strict_gp,
    two_leaves,
    rcuo_local
};

constexpr ConfigSpec configs[] = {
    scenario::end_tick_spec,
    {"cpus", "CPUs that post callbacks", 1, 4, 3, few_cpus},
    {"stride", "CPUs that share one rcuog (rcu_nocb_gp_stride); at least 2 with 4 CPUs", 1, 4, 3,
     strides},
    {"nobypass_lim", "nocb_nobypass_lim_per_jiffy", 1, 16, 2, limits},
    {"qhimark", "callbacks on one list that count as overload", 1, 1000, 6, qhimarks},
    {"blimit", "callbacks invoked at a time", 1, 100, 2, blimits},
    {"strict_gp", "1: strict grace periods, which may begin and end within a jiffy", 0, 1, 0,
     booleans},
    {"two_leaves", "1: two leaf rcu_nodes, which learn of grace periods at different times", 0, 1,
     0, seldom},
    {"rcuo_local", "1: each rcuo runs on the CPU that it serves; 0: on a housekeeping CPU", 0, 1, 0,
     seldom},
};

unsigned workload_cpus(const ConfigValues& values) { return static_cast<unsigned>(values[cpus]); }

unsigned stride_of(const ConfigValues& values) {
    const unsigned least = workload_cpus(values) == 4 ? 2 : 1;  // the machine has 12 CPUs
    return std::max(least, static_cast<unsigned>(values[stride]));
}

unsigned groups(const ConfigValues& values) {
    return (workload_cpus(values) + stride_of(values) - 1) / stride_of(values);
}

// CPUs in order: those with work, one per rcuog, one per rcuo, one for rcu_gp.
unsigned first_rcuo(const ConfigValues& values) { return workload_cpus(values) + groups(values); }
unsigned gp_cpu(const ConfigValues& values) { return first_rcuo(values) + workload_cpus(values); }
unsigned all_cpus(const ConfigValues& values) { return gp_cpu(values) + 1; }

std::string cpu_name(const ConfigValues& values, unsigned cpu) {
    if (cpu < workload_cpus(values)) return "cpu" + std::to_string(cpu);
    if (cpu < first_rcuo(values))
        return "rcuog" + std::to_string((cpu - workload_cpus(values)) * stride_of(values));
    if (cpu < gp_cpu(values)) return "rcuo" + std::to_string(cpu - first_rcuo(values));
    return "rcu_gp";
}

// --- operations ---------------------------------------------------------------------------------

enum OpKind : std::uint8_t {
    op_call_rcu,
    op_await,
    op_irq_disable,
    op_irq_enable,
    op_reader_enter,
    op_reader_exit
};

constexpr std::uint8_t task_on = scenario::bit(OpContext::task_on);

constexpr OpSpec ops[] = {
    {"call_rcu",
     "posts callbacks",
     scenario::any_context,
     {{{"count", 1, 12}, {"chain", 0, 2}}},
     40},
    {"await", "waits until all callbacks of this CPU have run", task_on, {}, 14},
    {"irq_disable", "disables interrupts until irq_enable or the last operation", task_on, {}, 4},
    {"irq_enable", "enables them again", task_on, {}, 4},
    {"rcu_read_lock", "enters a reader", task_on, {}, 4},
    {"rcu_read_unlock", "leaves it", task_on, {}, 4},
};

// --- bugs ---------------------------------------------------------------------------------------

constexpr std::string_view before_underscore(std::string_view name) {
    return name.substr(0, name.find('_'));
}

constexpr scenario::BugSpec bugs[] = {
#define BUG(name, verdict, summary, fixed_by) \
    {#name, before_underscore(#name), Verdict::verdict, summary, fixed_by},
#include "core/subsystems/nocb/bugs.def"
#undef BUG
};

// --- one run ------------------------------------------------------------------------------------

void invoke(RcuHead* head);

void post(unsigned chain) {
    const unsigned cpu = kernel::smp_processor_id();
    if (cpu >= nocb().constants.cpus) return;  // a housekeeping CPU has no list here
    if (Callback* const callback = nocb().callbacks.make(cpu, chain)) call_rcu(*callback, invoke);
}

void invoke(RcuHead* head) {
    auto& callback = static_cast<Callback&>(*head);
    note(Note::invoked, callback.number, 0);
    // The root node learns of the end of a grace period before rcu_state does.
    nocb().callbacks.invoked(callback, nocb().rcu_state.root().gp_seq.get(), Site::current());
    if (callback.chain != 0) post(callback.chain - 1);
}

class NocbInstance final : public scenario::Instance {
   public:
    explicit NocbInstance(const ConfigValues& values) : values_(values) {}

    void boot() override;
    bool run_op(const Op& op) override;
    void close_cpu(unsigned cpu) override;
    void tick(unsigned cpu) override;
    void judge_end() override { check_end(state_); }
    std::optional<std::int64_t> observe(std::string_view name) const override {
        return observe_nocb(state_, name);
    }

    Nocb& state() { return state_; }

   private:
    void init_rdp(unsigned cpu);
    void start_kthreads();

    const ConfigValues values_;
    Nocb state_;
    std::array<unsigned, kernel::max_cpus> readers_{};
    std::array<bool, kernel::max_cpus> irqs_off_{};
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
}

void NocbInstance::start_kthreads() {
    for (RcuData& rdp : state_.rdps()) {
        const int i = static_cast<int>(rdp.cpu);
        RcuData& leader = *rdp.nocb_gp_rdp;
        if (&leader == &rdp)
            leader.nocb_gp_kthread.set(&kernel::kthread_run(
                rcu_nocb_gp_kthread, &leader,
                workload_cpus(values_) + leader.cpu / state_.constants.stride, "rcuog", i));
        const unsigned cpu = values_[rcuo_local] != 0 ? rdp.cpu : first_rcuo(values_) + rdp.cpu;
        rdp.nocb_cb_kthread = &kernel::kthread_run(rcu_nocb_cb_kthread, &rdp, cpu, "rcuo", i);
        rdp.nocb_gp_kthread.set(leader.nocb_gp_kthread.get());
    }
}

void NocbInstance::boot() {
    set_nocb(state_);
    Constants& constants = state_.constants;
    constants.cpus = workload_cpus(values_);
    constants.stride = stride_of(values_);
    constants.nobypass_lim_per_jiffy = static_cast<unsigned>(values_[nobypass_lim]);
    constants.qhimark = values_[qhimark];
    constants.blimit = values_[blimit];
    kernel::rcu_init(state_.rcu_state, {.cpus = all_cpus(values_),
                                        .gp_cpu = gp_cpu(values_),
                                        .two_leaves = values_[two_leaves] != 0,
                                        .strict = values_[strict_gp] != 0,
                                        .node_lock_class = class_node});
    state_.callbacks.init();
    for (unsigned cpu = 0; cpu < constants.cpus; ++cpu) init_rdp(cpu);
    start_kthreads();
}

bool NocbInstance::run_op(const Op& op) {
    switch (op.kind) {
        case op_call_rcu:
            for (unsigned i = 0; i < op.args[0]; ++i) post(op.args[1]);
            return true;
        case op_await:
            // A reader, or a CPU with interrupts disabled, must not wait for a grace period.
            if (readers_[op.cpu] != 0 || irqs_off_[op.cpu]) return false;
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
            return false;
    }
}

void NocbInstance::close_cpu(unsigned cpu) {
    for (; readers_[cpu] != 0; --readers_[cpu]) kernel::rcu_read_unlock();
    if (irqs_off_[cpu]) kernel::local_irq_enable();
    irqs_off_[cpu] = false;
}

// rcu_sched_clock_irq(): rcu_pending() sees the deferral and raises RCU_SOFTIRQ, whose rcu_core()
// carries it out; here in the interrupt, because nothing else of rcu_core() is modelled yet.
void NocbInstance::tick(unsigned cpu) { do_nocb_deferred_wakeup(state_.rdp(cpu)); }

scenario::Instance& create(Arena& arena, const ConfigValues& values) {
    return arena.make<NocbInstance>(values);
}

Nocb* current_state = nullptr;

}  // namespace

Nocb& nocb() { return *current_state; }
void set_nocb(Nocb& state) { current_state = &state; }

}  // namespace rcufuzz::nocb

namespace rcufuzz::subsystems::nocb {

const scenario::Subsystem& subsystem() {
    namespace n = rcufuzz::nocb;
    static const scenario::Subsystem description{
        .name = "nocb",
        .summary = "RCU callback offloading, v5.13: deferred wake-ups, bypass, two timers",
        .ops = n::ops,
        .bugs = n::bugs,
        .configs = n::configs,
        .workload_cpus = n::workload_cpus,
        .all_cpus = n::all_cpus,
        .cpu_name = n::cpu_name,
        .create = n::create,
        .tell = n::tell,
    };
    return description;
}

}  // namespace rcufuzz::subsystems::nocb
