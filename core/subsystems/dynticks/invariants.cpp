// SPDX-License-Identifier: GPL-2.0-or-later
//
// The white-box invariants of the specification, by its numbers. W1 is in readers.cpp, W5 and W7 in
// counter.cpp (each flip alternates, whoever makes it), W8 in grace_period.cpp.
#include <string>
#include <utility>

#include "core/subsystems/dynticks/dynticks.h"

namespace rcufuzz::dynticks {

namespace {

std::string cpu_text(const RcuDynticks& rdtp) { return "cpu" + std::to_string(rdtp.cpu); }

}  // namespace

void object_if(kernel::Objection objection, const kernel::Site& site) {
    if (!objection.empty() && scenario::white_box_oracles) [[unlikely]]
        kernel::invariant_broken(std::move(objection), site);
}

std::string in_context() {
    const sim::Slot slot = sim::world().current().slot;
    if (slot == sim::Slot::nmi || slot == sim::Slot::nmi2) return "in_nmi";
    return kernel::in_task() ? "in_task" : "in_irq";
}

Found found_now(const RcuDynticks& rdtp) {
    return {watches(rdtp), rdtp.dynticks_nesting.get(), rdtp.dynticks_nmi_nesting.get(),
            rdtp.disable_rcu_irq_enter.get()};
}

// W2: whatever an interrupt comes between, it leaves parity and nesting as it found them.
std::string check_W2_transparent(const RcuDynticks& rdtp, const Found& found) {
    if (found_now(rdtp) == found) return {};
    return "W2: an interrupt leaves the counter or the nesting of " + cpu_text(rdtp) +
           " otherwise than it found them";
}

kernel::Objection cause_of_W2(const RcuDynticks& rdtp, const Found& found) {
    kernel::Objection why{check_W2_transparent(rdtp, found), "W2_" + in_context()};
    why.by_interruption = true;
    const Found now = found_now(rdtp);
    const auto add = [&why](bool changed, kernel::ObjectId object, const char* how) {
        if (!changed) return;
        why.cause += how;
        why.broken.push_back(object);
    };
    add(now.watching != found.watching, rdtp.dynticks.object(),
        now.watching ? "_watching" : "_not_watching");
    add(now.nesting != found.nesting, rdtp.dynticks_nesting.object(), "");
    add(now.nmi_nesting != found.nmi_nesting, rdtp.dynticks_nmi_nesting.object(), "");
    add(now.disabled != found.disabled, rdtp.disable_rcu_irq_enter.object(), "");
    return why;
}

// W3: in idle loop and user mode RCU does not watch, in tasks and handlers it does.
std::string check_W3_watching(const RcuDynticks& rdtp, bool should) {
    if (watches(rdtp) == should) return {};
    return "W3: " + cpu_text(rdtp) +
           (should ? " executes kernel code and RCU does not watch it"
                   : " is in idle or user mode and RCU watches it");
}

// W4, in task context: the nesting is that of a task, and no interrupt has left anything.
std::string check_W4_nesting(const RcuDynticks& rdtp) {
    const int nesting = since(v4_16) ? 1 : exit_idle + rdtp.drift;
    const int nmi_nesting = since(v4_16) ? nesting_nonidle + 2 * rdtp.drift : 0;
    if (rdtp.dynticks_nesting.get() == nesting && rdtp.dynticks_nmi_nesting.get() == nmi_nesting)
        return {};
    if (bug(D01_nested_nmi_flips)) return {};  // counts elsewhere
    return "W4: a task runs on " + cpu_text(rdtp) + " with a nesting that is not a task's";
}

// W6, while nesting decides who flips: where it and the counter disagree nothing may be traced
// that looks at nesting, unless the flag says so.
std::string check_W6_place(const RcuDynticks& rdtp) {
    if (since(v4_16) || rdtp.disable_rcu_irq_enter.get() != 0) return {};
    const bool counted = rdtp.dynticks_nesting.get() > 0;
    const bool by_nmi = rdtp.dynticks_nmi_nesting.get() != 0;
    if (watches(rdtp) == (counted || by_nmi)) return {};
    return "W6: a traced function is called on " + cpu_text(rdtp) +
           " where nesting and counter disagree";
}

// W9: at the end.
std::string check_W9_balanced(const RcuDynticks& rdtp) {
    if (rdtp.disable_rcu_irq_enter.get() == 0 && rdtp.disable_stack_tracer.get() == 0 &&
        rdtp.nmi_count.get() == 0)
        return {};
    return "W9: a flag or guard of " + cpu_text(rdtp) + " is not balanced";
}

}  // namespace rcufuzz::dynticks
