// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/actors.h"

#include <algorithm>

#include "core/report/sentence.h"

namespace rcufuzz::report {

namespace {

using sim::Event;
using sim::EventKind;

bool is_of_kernel(const Replay& replay) { return !replay.plan.target->steps.empty(); }

std::string with_article(const Replay& replay, const Event& enters) {
    const std::string& name = replay.trace.objects[enters.object];
    return "the " + (name.empty() ? "timer" : name) + " interrupt";
}

bool enters_on(const Event& event, unsigned cpu) {
    return event.kind == EventKind::irq_enter && static_cast<unsigned>(event.a) == cpu;
}

// The last place that the context came to since it began; of one that has come to none, the next.
bool in_softirq(const Replay& replay, std::size_t began, std::size_t event, sim::ContextKey key) {
    const auto behind = std::ranges::upper_bound(replay.places, event, {}, &Place::event);
    for (auto place = behind; place != replay.places.begin() && (place - 1)->event > began; --place)
        if ((place - 1)->key == key) return (place - 1)->in_softirq;
    const auto next = std::ranges::find(behind, replay.places.end(), key, &Place::key);
    return next != replay.places.end() && next->in_softirq;
}

}  // namespace

std::string interrupt_to_come(const Replay& replay, std::size_t answer) {
    const std::vector<Event>& events = replay.trace.events;
    const unsigned cpu = sim::actor_cpu(static_cast<unsigned>(events[answer].a));
    if (is_of_kernel(replay))
        for (std::size_t i = answer + 1; i < events.size(); ++i)
            if (enters_on(events[i], cpu)) return with_article(replay, events[i]);
    return "an interrupt";
}

std::string acts_in(const Replay& replay, std::size_t event) {
    const std::vector<Event>& events = replay.trace.events;
    const Event& here = events[event];
    const std::string words = interrupt_words(replay.trace.contexts[here.key]);
    const unsigned slot = here.key % sim::slots_per_cpu;
    const bool inner = slot == static_cast<unsigned>(sim::Slot::hardirq2);
    const bool is_interrupt = inner || slot == static_cast<unsigned>(sim::Slot::hardirq);
    if (!is_of_kernel(replay) || sim::is_task_key(here.key) || !is_interrupt) return words;
    const sim::ContextKey outer = sim::context_key(here.cpu, sim::Slot::hardirq);
    for (std::size_t i = event; i-- > 0;) {
        if (!enters_on(events[i], here.cpu) || (events[i].key == outer) != inner) continue;
        if (in_softirq(replay, i, event, here.key)) return "in a softirq";
        return "in " + with_article(replay, events[i]);
    }
    return words;
}

std::string actor_at(const Replay& replay, std::size_t event) {
    const sim::Event& here = replay.trace.events[event];
    const std::string general = actor_name(replay, here.key);
    if (!general.starts_with("the interrupt")) return general;
    const std::string how = acts_in(replay, event);
    const std::string cpu = " of " + cpu_of(replay, here.cpu);
    if (how == "in a softirq") return "the softirq" + cpu;
    return how.starts_with("in the ") ? how.substr(3) + cpu : general;
}

std::string actor_name(const Replay& replay, sim::ContextKey key) {
    const std::string& name = replay.trace.contexts[key];
    const std::size_t slash = name.find('/');
    if (slash == name.npos) return name;
    std::string slot = name.substr(slash + 1);
    if (slot.starts_with("hardirq")) slot = "interrupt";
    if (slot.starts_with("nmi")) slot = slot == "nmi2" ? "inner NMI" : "NMI";
    if (slot.starts_with("task")) return "another task of " + name.substr(0, slash);
    return "the " + slot + " of " + name.substr(0, slash);
}

std::string cpu_of(const Replay& replay, unsigned cpu) {
    const std::string& name = replay.trace.contexts[sim::context_key(cpu, sim::Slot::task)];
    const bool has_work = cpu < replay.plan.target->workload_cpus(replay.plan.config);
    return has_work ? name : "the CPU of " + name;
}

}  // namespace rcufuzz::report
