// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/decided.h"

#include <algorithm>

#include "core/report/effect.h"
#include "core/report/actors.h"
#include "core/run/names.h"

namespace rcufuzz::report {

namespace {

using sim::EventKind;

// Events of which a reader needs no word, and which say nothing of whether a context can go on.
bool is_of_machine(const sim::Event& event) {
    return event.kind == EventKind::answer || event.kind == EventKind::resume ||
           event.kind == EventKind::jiffies;
}

bool ends_turn(EventKind kind) {
    switch (kind) {
        case EventKind::sleep:
        case EventKind::lock_wait:
        case EventKind::op_end:
        case EventKind::irq_exit:
        case EventKind::softirq_exit:
        case EventKind::nmi_exit:
            return true;
        default:
            return false;
    }
}

// Whether the asker stood amid something, and came back to it.
bool was_stopped(const std::vector<sim::Event>& events, std::size_t answer) {
    const sim::ContextKey key = events[answer].key;
    if (key == run::main_key) return false;
    const auto of_asker = [key](const sim::Event& event) {
        return event.key == key && !is_of_machine(event);
    };
    const auto here = events.begin() + static_cast<std::ptrdiff_t>(answer);
    if (std::none_of(here, events.end(), of_asker)) return false;
    const auto last = std::find_if(std::make_reverse_iterator(here), events.rend(), of_asker);
    return last != events.rend() && !ends_turn(last->kind);
}

// The same of a kernel, which tells more places than events.
bool stands_amid(const Replay& replay, std::size_t answer) {
    const std::vector<sim::Event>& events = replay.trace.events;
    const sim::ContextKey key = events[answer].key;
    if (key == run::main_key) return false;
    for (std::size_t i = answer; i > 0; --i) {
        const sim::Event& event = events[i - 1];
        if (event.key != key || is_of_machine(event)) continue;
        return !ends_turn(event.kind) ||
               std::ranges::any_of(replay.places, [&](const Place& place) {
                   return place.key == key && place.event >= i && place.event <= answer;
               });
    }
    return true;
}

// The CPU; of a kernel, whose CPUs have many tasks, the task that comes to the next place there.
std::string who_goes_on(const Replay& replay, std::size_t answer, unsigned actor) {
    const unsigned cpu = sim::actor_cpu(actor);
    const auto place = std::ranges::find_if(replay.places, [&](const Place& there) {
        return there.event > answer && there.cpu == cpu;
    });
    const bool is_task = place != replay.places.end() && sim::is_task_key(place->key);
    return is_task ? actor_name(replay, place->key) : run::cpu_word(replay.plan, cpu);
}

}  // namespace

std::optional<DecidedSwitch> decided_switch(const Replay& replay, std::size_t answer) {
    const std::vector<sim::Event>& events = replay.trace.events;
    const sim::Event& event = events[answer];
    // b: a choice of data; the clock is told with the next step.
    if (event.kind != EventKind::answer || event.b != 0 || event.a == sim::actor_time)
        return std::nullopt;
    if (!replay.places.empty())
        return DecidedSwitch{answer, event.key, event.key, stands_amid(replay, answer)};
    for (std::size_t i = answer + 1; i < events.size(); ++i) {
        if (events[i].kind == EventKind::answer) return std::nullopt;
        if (is_of_machine(events[i]) && events[i].kind != EventKind::resume) continue;
        if (events[i].key == event.key || events[i].key == run::main_key) continue;
        return DecidedSwitch{answer, event.key, events[i].key, was_stopped(events, answer)};
    }
    return std::nullopt;
}

std::string come_words(const Replay& replay, std::size_t answer) {
    const auto actor = static_cast<unsigned>(replay.trace.events[answer].a);
    const std::string cpu = run::cpu_word(replay.plan, sim::actor_cpu(actor));
    switch (sim::actor_act(actor)) {
        case sim::Act::run:
            return who_goes_on(replay, answer, actor) + " goes on";
        case sim::Act::irq:
            return interrupt_to_come(replay, answer) + " comes on " + cpu;
        case sim::Act::softirq:
            return "the timer interrupt comes on " + cpu;
        case sim::Act::resched:
            return "the task of " + cpu + " is preempted";
        case sim::Act::nmi:
            return "an NMI comes on " + cpu;
    }
    return cpu;
}

std::optional<Deed> last_deed(const Replay& replay, sim::ContextKey key, std::size_t from,
                              std::size_t to) {
    const std::vector<sim::Event>& events = replay.trace.events;
    for (std::size_t i = to; i > from; --i) {
        const sim::Event& event = events[i - 1];
        if (event.key != key) continue;
        const std::string what(replay.trace.name_of(event.object));
        if (what.empty()) continue;
        const std::string value = value_text(*replay.plan.target, replay.trace, event);
        switch (event.kind) {
            case EventKind::read:
                return Deed{i - 1, "reads " + what + " as " + value,
                            "has just read " + what + " as " + value};
            case EventKind::write:
                return Deed{i - 1, "stores " + value + " to " + what,
                            "has just stored " + value + " to " + what};
            case EventKind::lock:
                return Deed{i - 1, "locks " + what, "has just locked " + what};
            case EventKind::unlock:
                return Deed{i - 1, "unlocks " + what, "has just unlocked " + what};
            default:
                continue;
        }
    }
    return std::nullopt;
}

}  // namespace rcufuzz::report
