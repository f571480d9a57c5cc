// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/smp_call/calls.h"

#include <string>

#include "core/scenario/scenario.h"
#include "core/subsystems/smp_call/notes.h"

namespace rcufuzz::smp_call {

namespace {

constexpr int functions = 3;  // neighbours differ

std::string call_text(int number) { return "call " + std::to_string(number); }
std::string cpu_text(unsigned cpu) { return "cpu" + std::to_string(cpu); }

// Why call `call` may not run as f<func>() on this CPU now; clean: it may.
Verdict objection(const Call& call, int func, unsigned cpu) {
    if (call.func != func || call.over) return Verdict::wrong_data;
    if ((call.targets & cpu_bit(cpu)) == 0) return Verdict::wrong_cpu_or_incarnation;
    if ((call.ran & cpu_bit(cpu)) != 0) return Verdict::callback_twice;
    return call.made.certain_here() ? Verdict::clean : Verdict::uninitialised_read;
}

std::string reason(const Call& call, int func, unsigned cpu) {
    const std::string what = "f" + std::to_string(func) + "() runs on " + cpu_text(cpu) +
                             " with the data of " + call_text(call.number);
    if (call.func != func) return what + ", whose function is f" + std::to_string(call.func) + "()";
    if (call.over) return what + ", which is over";
    if ((call.targets & cpu_bit(cpu)) == 0)
        return what + ", which is for " + cpus_text(call.targets);
    if ((call.ran & cpu_bit(cpu)) != 0) return what + " a second time";
    return what + ", and may not see what its caller stored before";
}

kernel::Objection why(const Call& call, int func, unsigned cpu, Verdict verdict) {
    const std::string text = reason(call, func, cpu);
    if (verdict == Verdict::uninitialised_read)
        return kernel::Objection::whole_cause(
            text, std::string("made and not seen") + (call.made.seen_here() ? " in order" : ""));
    if (call.func != func) return {text, "another_function"};
    if (call.over) return {text, "is_over"};
    const bool nested = sim::world().current().slot == sim::Slot::hardirq2;
    return {text, verdict == Verdict::callback_twice && nested ? "in_a_nested_interrupt" : ""};
}

}  // namespace

Call* Calls::begin(unsigned how, CpuMask allowed, bool exact) {
    if (count_ == capacity) return nullptr;
    Call& call = made_[count_++];
    call.number = static_cast<int>(count_);
    call.func = 1 + call.number % functions;
    call.owner = kernel::smp_processor_id();
    call.waits = (how & 1u) != 0;
    call.enables_irqs = (how & 2u) != 0;
    call.allowed = allowed & ~cpu_bit(call.owner);
    call.exact = exact;
    call.made.init();
    if (call.waits)
        for (memory::Milestone& milestone : call.finished) milestone.init();
    call.made.reach();
    return &call;
}

// Q5: the mask is within what was asked for, without the caller's own bit. That it is all of it is
// looked at when the caller goes on.
void Calls::set_targets(Call& call, CpuMask targets, const Site& site) {
    call.targets = targets;
    if (!scenario::white_box_oracles) return;
    if ((targets & ~call.allowed) != 0)
        kernel::invariant_broken("Q5: " + call_text(call.number) + " is for " +
                                     cpus_text(call.allowed) + ", but its mask says " +
                                     cpus_text(targets),
                                 site);
}

Call& Calls::begin_run(int func, int info, const Site& site) {
    const unsigned cpu = kernel::smp_processor_id();
    if (info < 1 || info > static_cast<int>(count_))
        kernel::fail(Verdict::wrong_data, "a function runs on " + cpu_text(cpu) + " without data",
                     site);
    Call& call = at(info);
    if (const Verdict verdict = objection(call, func, cpu); verdict != Verdict::clean)
        kernel::fail(verdict, why(call, func, cpu, verdict), site);
    call.ran |= cpu_bit(cpu);
    return call;
}

void Calls::end_run(Call& call) {
    if (call.waits) call.finished[kernel::smp_processor_id()].reach();
}

void Calls::returned(const Call& call, const Site& site) {
    if (kernel::run_is_over()) return;
    const CpuMask wanted = call.exact ? call.allowed : call.allowed & ~left_mm_;
    if (const CpuMask forgotten = wanted & ~call.targets; forgotten != 0)
        kernel::fail(Verdict::lost_call,
                     call_text(call.number) + " was not made for " + cpus_text(forgotten), site);
    if (!call.waits) return;
    for (unsigned cpu = 0; cpu < max_work_cpus; ++cpu) {
        if ((call.targets & cpu_bit(cpu)) == 0 || call.finished[cpu].certain_here()) continue;
        const bool ran = (call.ran & cpu_bit(cpu)) != 0;
        const bool done = call.finished[cpu].is_reached();
        const bool seen = done && call.finished[cpu].seen_here();
        kernel::fail(
            Verdict::barrier_too_short,
            kernel::Objection::whole_cause(
                "the caller of " + call_text(call.number) + " has waited, but " +
                    (ran ? "may not see what it did on " : "it has not run on ") + cpu_text(cpu),
                seen   ? "done and not seen in order"
                : done ? "done and not seen"
                : ran  ? "not done"
                       : "not run"),
            site);
    }
}

void Calls::judge_end(CpuMask deaf, CpuMask offline, CpuMask queued) {
    for (unsigned i = 0; i < count_; ++i) {
        const CpuMask missed = made_[i].targets & ~made_[i].ran & ~deaf;
        if (missed == 0) continue;
        std::string why = (missed & queued) != 0 ? "on_a_queue" : "on_no_queue";
        if ((missed & offline) != 0) why += "_of_an_offline_cpu";
        kernel::object_at_end(
            Verdict::lost_call,
            {call_text(made_[i].number) + " has never run on " + cpus_text(missed), why});
    }
}

}  // namespace rcufuzz::smp_call
