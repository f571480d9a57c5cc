// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/dynticks/grace_period.h"

#include "core/kernel/promptness.h"
#include "core/subsystems/dynticks/dynticks.h"
#include "core/subsystems/dynticks/notes.h"

namespace rcufuzz::dynticks {

using kernel::rcu_seq_done_at;
using kernel::ulong_cmp_lt;

void GracePeriod::init(unsigned cpus) {
    cpus_ = cpus;
    gp_seq_.init("gp_seq", -1, 0);
    rnp_lock_.init("rnp_lock", -1, 3);
    requests_.init("gp_request", -1);
    scans_.init("gp_scan", -1);
    for (unsigned cpu = 0; cpu < cpus; ++cpu) {
        done_[cpu].init("gp_done", static_cast<int>(cpu));
        each_cpu_[cpu].poll.init("schedule_on_each_cpu", static_cast<int>(cpu));
    }
    kernel::kthread_run(kthread, this, cpus, "rcu_gp", -1);
}

// --- those who wait -----------------------------------------------------------------------------

namespace {

// The task sleeps and its CPU idles.
template <typename Wait>
void sleep_in_idle(const Wait& wait) {
    RcuDynticks& rdtp = this_cpu();
    state().gp.note_context_switch();
    kernel::local_irq_disable();
    rcu_eqs_enter(Eqs::idle);
    rdtp.resting = true;
    state().gp.cpu_changed();
    kernel::local_irq_enable();
    wait();
    kernel::local_irq_disable();
    rdtp.resting = false;
    rcu_eqs_exit(Eqs::idle);
    kernel::local_irq_enable();
}

struct Wanted {
    const memory::Shared<Seq>* gp_seq;
    Seq seq;
};

bool grace_period_done(const void* arg) {
    const Wanted& wanted = *static_cast<const Wanted*>(arg);
    return rcu_seq_done_at(wanted.gp_seq->get(), wanted.seq);
}

}  // namespace

// The kernel asks by a callback, whose numbering brings a full barrier of its own, and by waking
// the kthread, which brings another, unless it is awake. Here only the lock orders the request: the
// full barrier is that with which the grace period begins, as the comments at the snapshot have it.
void GracePeriod::synchronize_rcu() {
    note(Note::synchronize, 0, 0);
    kernel::raw_spin_lock(rnp_lock_);
    const Seq seq = kernel::rcu_seq_snap_of(gp_seq_.get());
    if (ulong_cmp_lt(gp_seq_needed_, seq)) gp_seq_needed_ = seq;
    kernel::raw_spin_unlock(rnp_lock_);
    requests_.changed();
    Wanted wanted{&gp_seq_, seq};
    sleep_in_idle([&] {
        kernel::Poll& done = done_[this_cpu().cpu];
        do done.until({grace_period_done, &wanted});
        while (!rcu_seq_done_at(memory::smp_load_acquire(gp_seq_), seq) && !kernel::run_is_over());
    });
    memory::smp_mb();
    note(Note::synchronized, 0, 0);
}

// A work runs when its CPU schedules, and on one that idles at once. The work does nothing; what
// counts is that whoever had preemption disabled there has left.
bool GracePeriod::all_cpus_scheduled(const void* arg) {
    const EachCpu& each = *static_cast<const EachCpu*>(arg);
    for (unsigned cpu = 0; cpu < state().cpus; ++cpu) {
        const RcuDynticks& rdtp = state().per_cpu[cpu];
        if (rdtp.context_switches.get() != each.context_switches[cpu]) continue;
        if (!rdtp.resting || rdtp.handlers != 0) return false;
    }
    return true;
}

void GracePeriod::schedule_on_each_cpu() {
    EachCpu& each = each_cpu_[this_cpu().cpu];
    memory::smp_mb();  // queue_work_on(): the works come after what was done before
    for (unsigned cpu = 0; cpu < cpus_; ++cpu)
        each.context_switches[cpu] = state().per_cpu[cpu].context_switches.get();
    note(Note::each_cpu, 0, 0);
    sleep_in_idle([&] { each.poll.until({all_cpus_scheduled, &each}); });
    for (unsigned cpu = 0; cpu < cpus_; ++cpu) memory::barrier_of_resting_cpu(cpu);
    note(Note::each_cpu_done, 0, 0);
}

void GracePeriod::note_context_switch() {
    memory::atomic_inc_return(this_cpu().context_switches);
    cpu_changed();
}

void GracePeriod::cpu_changed() {
    scans_.changed();
    for (unsigned cpu = 0; cpu < cpus_; ++cpu) each_cpu_[cpu].poll.changed();
}

// --- the kthread --------------------------------------------------------------------------------

namespace {

// What a flip changes and a request does not.
std::uint32_t significant(std::uint32_t counter) {
    if (since(v6_12)) return counter & ~(watching_mask() - 1);
    return since(v4_12) && !bug(D11c_special_bit_compared) ? counter & ~special_bit : counter;
}

bool in_eqs(std::uint32_t counter) {
    const std::uint32_t mask = bug(D11a_snapshot_tests_bit_0) ? 1 : watching_mask();
    return (counter & mask) == 0;
}

std::uint32_t rcu_dynticks_snap(RcuDynticks& rdtp) {
    if (bug(D13c_snapshot_without_barrier)) return READ_ONCE(rdtp.dynticks);
    // v6.12: the full ordering is that of the grace period's beginning.
    if (since(v6_12) && !bug(D24_full_snapshot)) return memory::smp_load_acquire(rdtp.dynticks);
    return memory::atomic_add_return(0, rdtp.dynticks);
}

}  // namespace

bool GracePeriod::requested(const void* arg) {
    const GracePeriod& self = *static_cast<const GracePeriod*>(arg);
    return ulong_cmp_lt(self.gp_seq_.get(), self.gp_seq_needed_);
}

bool GracePeriod::looks_passed(unsigned cpu) const {
    const RcuDynticks& rdtp = state().per_cpu[cpu];
    const Seen& seen = seen_[cpu];
    const std::uint32_t now = rdtp.dynticks.get();
    return in_eqs(now) || significant(now) != significant(seen.snap) ||
           rdtp.context_switches.get() != seen.context_switches;
}

bool GracePeriod::some_cpu_passed(const void* arg) {
    const GracePeriod& self = *static_cast<const GracePeriod*>(arg);
    for (unsigned cpu = 0; cpu < self.cpus_; ++cpu)
        if (!self.seen_[cpu].passed && self.looks_passed(cpu)) return true;
    return false;
}

// W8, its other half: a CPU that has scheduled, or where neither a task nor a handler is at work,
// is not waited for.
kernel::Objection GracePeriod::check_W8_promptness(unsigned cpu) const {
    const RcuDynticks& rdtp = state().per_cpu[cpu];
    const bool rests = rdtp.resting && rdtp.handlers == 0;
    const bool scheduled = rdtp.context_switches.get() != seen_[cpu].newest_switches;
    if (seen_[cpu].passed || looks_passed(cpu) || !(rests || scheduled)) return {};
    const std::string how = rests ? "rests" : "has scheduled";
    return {"W8: the grace period goes on for cpu" + std::to_string(cpu) + ", which " + how,
            rests ? "W8_goes_on_for_a_CPU_that_rests" : "W8_goes_on_for_a_CPU_that_has_scheduled"};
}

// dyntick_save_progress_counter() of all CPUs.
void GracePeriod::save_snapshots() {
    for (unsigned cpu = 0; cpu < cpus_; ++cpu) {
        RcuDynticks& rdtp = state().per_cpu[cpu];
        Seen& seen = seen_[cpu];
        seen.context_switches = READ_ONCE(rdtp.context_switches);
        seen.newest_switches = rdtp.context_switches.get();
        seen.snap = rcu_dynticks_snap(rdtp);
        seen.passed = in_eqs(seen.snap);
        note(Note::snapshot, cpu, seen.passed ? 1 : 0);
    }
}

// rcu_implicit_dynticks_qs(), and what the CPU has reported itself.
void GracePeriod::scan(unsigned cpu, std::uint32_t sections) {
    RcuDynticks& rdtp = state().per_cpu[cpu];
    Seen& seen = seen_[cpu];
    if (!seen.passed) {
        const bool scheduled =
            memory::smp_load_acquire(rdtp.context_switches) != seen.context_switches;
        const std::uint32_t now = rcu_dynticks_snap(rdtp);
        seen.passed = scheduled || in_eqs(now) || significant(now) != significant(seen.snap);
        if (seen.passed) note(Note::passed, cpu, scheduled ? 1 : 0);
    }
    if (seen.passed && scenario::white_box_oracles &&
        state().readers.any_open_of_first(cpu, sections))
        kernel::invariant_broken("W8: the grace period no longer waits for cpu" +
                                 std::to_string(cpu) +
                                 ", where a reader is inside that was there "
                                 "when it began");
}

void GracePeriod::wait_for_cpus(std::uint32_t sections) {
    save_snapshots();
    for (;;) {
        bool all = true;
        for (unsigned cpu = 0; cpu < cpus_; ++cpu) {
            scan(cpu, sections);
            all = all && seen_[cpu].passed;
        }
        if (all || kernel::kthread_should_stop()) return;
        for (unsigned cpu = 0; cpu < cpus_; ++cpu)
            kernel::grace_period_is_overdue(check_W8_promptness(cpu), Site::current());
        scans_.until({some_cpu_passed, this});
    }
}

void GracePeriod::kthread(void* arg) {
    GracePeriod& self = *static_cast<GracePeriod*>(arg);
    while (!kernel::kthread_should_stop()) {
        self.requests_.until({requested, &self});
        if (kernel::kthread_should_stop()) return;
        kernel::raw_spin_lock(self.rnp_lock_);
        const Seq seq = self.gp_seq_.get();
        WRITE_ONCE(self.gp_seq_, seq + 1);
        kernel::raw_spin_unlock(self.rnp_lock_);
        note(Note::gp_begin, 0, 0);
        const std::uint32_t sections = state().readers.sections_begun();
        // Orders the updates before the snapshots. Pairs with the flips: a CPU that is seen in an
        // EQS sees the updates when it leaves it.
        if (!bug(D13c_snapshot_without_barrier)) memory::smp_mb();
        self.wait_for_cpus(sections);
        if (kernel::kthread_should_stop()) return;
        memory::smp_mb();
        memory::smp_store_release(self.gp_seq_, (seq | kernel::rcu_seq_state_mask) + 1);
        note(Note::gp_end, 0, 0);
        for (unsigned cpu = 0; cpu < self.cpus_; ++cpu) self.done_[cpu].changed();
    }
}

}  // namespace rcufuzz::dynticks
