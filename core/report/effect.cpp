// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/effect.h"

#include "core/run/names.h"

namespace rcufuzz::report {

namespace {

using sim::EventKind;

std::optional<Effect> timer(const std::string& name, const std::string& state) {
    if (name.empty()) return std::nullopt;
    return Effect{"timers", name, state};
}

Effect context(const std::string& who, const std::string& state) {
    return {"contexts", who, state};
}

}  // namespace

std::string value_text(const scenario::Subsystem& target, const run::NamedTrace& trace,
                       const sim::Event& event) {
    const bool known = event.object < trace.objects.size();
    if (known && trace.pointers[event.object]) return event.a == 0 ? "NULL" : "non-NULL";
    const std::string words = known && target.value_words != nullptr
                                  ? target.value_words(trace.objects[event.object], event.a)
                                  : "";
    return words.empty() ? std::to_string(event.a) : words;
}

std::optional<Effect> effect_of(const Replay& replay, const sim::Event& event) {
    const run::NamedTrace& trace = replay.trace;
    const std::string what(trace.name_of(event.object));
    const std::string& who = trace.contexts[event.key];
    const unsigned cpu = event.cpu;
    switch (event.kind) {
        case EventKind::read:
            if (event.b != 0) return std::nullopt;  // an older store, not how it is
            return Effect{"variables", what, value_text(*replay.plan.target, trace, event)};
        case EventKind::write:
            return Effect{"variables", what, value_text(*replay.plan.target, trace, event)};
        case EventKind::lock:
            return Effect{"locks", what, "held by " + who};
        case EventKind::unlock:
            return Effect{"locks", what, "free"};
        case EventKind::timer_arm:
            return timer(what, "armed for jiffy " + std::to_string(event.a));
        case EventKind::timer_cancel:
            return timer(what, "not armed");
        case EventKind::timer_fire:
            return timer(what, "has fired");
        case EventKind::irqs_off:
            return Effect{"interrupts", run::cpu_word(replay.plan, cpu), "off"};
        case EventKind::irqs_on:
            return Effect{"interrupts", run::cpu_word(replay.plan, cpu), "on"};
        case EventKind::wake:
            return context(trace.contexts[static_cast<std::size_t>(event.a)], "woken by " + who);
        case EventKind::sleep:
            return context(who, what.empty() ? "sleeps" : "sleeps on " + what);
        case EventKind::lock_wait:
            return context(who, "spins on " + what);
        case EventKind::irq_exit:
        case EventKind::softirq_exit:
        case EventKind::nmi_exit:
            return context(who, "has returned");
        default:
            return std::nullopt;
    }
}

}  // namespace rcufuzz::report
