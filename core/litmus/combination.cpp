// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/combination.h"

#include <algorithm>

#include "core/base/check.h"

namespace rcufuzz::litmus {

namespace {

bool is_lock(const Event& event) { return event.is(Event::lock_write) || event.is(Event::unlock); }

// A plain access may race; a section may have no end.
bool may_flag(const Trace& trace) {
    std::size_t locks = 0;
    std::size_t unlocks = 0;
    for (const Event& event : trace.events) {
        if (event.is(Event::plain)) return true;
        locks += event.is(Event::srcu_lock) || event.kind == Event::Kind::rcu_lock;
        unlocks += event.is(Event::srcu_unlock) || event.kind == Event::Kind::rcu_unlock;
    }
    return locks != unlocks;
}

}  // namespace

void Combination::judge(const std::vector<const Trace*>& traces) {
    std::size_t events = 0;
    for (const Trace* const trace : traces) events += trace->events.size();
    if (events <= 64)
        search<std::uint64_t>(traces);
    else if (events <= 128)
        search<Wide>(traces);
    else
        throw UserError(file_ + ": more than 128 accesses in one execution");
}

template <typename Set>
void Combination::search(const std::vector<const Trace*>& traces) {
    traces_ = &traces;
    places_ = places_of(test_, traces);
    count_one();
    same_state_ = true;
    for (const Place& place : places_) {
        if (place.too_many) given_up_ = true;
        if (place.options.empty()) return;
        const bool shown =
            std::ranges::find(test_.shown, Observed{none, place.location}) != test_.shown.end() ||
            test_.filter != none;
        if (shown && std::ranges::any_of(place.options, [&](const Option& option) {
                return option.last != place.options[0].last;
            }))
            same_state_ = false;
    }
    may_flag_ = std::ranges::any_of(
        traces, [](const Trace* trace) { return may_flag(*trace) || !trace->fault.empty(); });
    std::ranges::sort(places_, {}, [](const Place& place) { return place.options.size(); });
    options_taken_.assign(places_.size(), nullptr);
    for (std::size_t i = 0; i < places_.size(); ++i) options_taken_[i] = &places_[i].options[0];
    find_state();
    if (same_state_ && last_word()) return;
    below_.assign(places_.size() + 1, 1);
    for (std::size_t i = places_.size(); i-- > 0;)
        below_[i] = below_[i + 1] * static_cast<double>(places_[i].options.size());
    const Program<Set> program(traces);
    search(program, 0, Links<Set>(program.count));
}

template <typename Set>
void Combination::search(const Program<Set>& program, std::size_t place, const Links<Set>& links) {
    if (place == places_.size()) return leaf(program, links);
    for (const Option& option : places_[place].options) {
        if (given_up_ || (same_state_ && last_word())) return;
        options_taken_[place] = &option;
        Links<Set> more = links;
        link(places_[place], option, more);
        if (below_[place + 1] > 3 && place != 0) {
            count_one();
            if (!may_become_consistent(program, more)) continue;
        }
        search(program, place + 1, more);
    }
}

template <typename Set>
void Combination::leaf(const Program<Set>& program, const Links<Set>& links) {
    count_one();
    if (!same_state_) find_state();
    if (last_word()) return;
    ++report_.runs;
    Flags flags;
    if (!consistent(program, links, may_flag_ ? &flags : nullptr)) return;
    for (const Trace* const trace : *traces_)
        if (!trace->fault.empty()) throw UserError(trace->fault);
    report_.race |= flags.data_race;
    report_.mixed |= flags.mixed_accesses;
    report_.unmatched |= flags.unmatched_srcu_unlock;
    report_.unmatched_lock |= flags.unmatched_srcu_lock;
    report_.unmatched_rcu |= flags.unmatched_rcu;
    if (is_known()) return;
    const auto at = std::ranges::lower_bound(report_.states, state_.shown, {}, &FinalState::shown);
    report_.states.insert(at, state_);
}

// Whether nothing more can be learnt from executions that end as this one does.
bool Combination::last_word() const {
    if (!counts_) return true;
    if (may_flag_ && !(report_.race && report_.mixed)) return false;
    return is_known();
}

bool Combination::is_known() const {
    const auto at = std::ranges::lower_bound(report_.states, state_.shown, {}, &FinalState::shown);
    return at != report_.states.end() && at->shown == state_.shown;
}

void Combination::find_state() {
    const auto value = [this](const Observed& observed) { return value_of(observed); };
    state_.shown.clear();
    for (const Observed& observed : test_.shown) state_.shown.push_back(value_of(observed));
    counts_ = test_.filter == none || holds(test_, test_.filter, value);
    state_.holds = holds(test_, test_.condition, value);
}

Value Combination::value_of(const Observed& observed) const {
    if (observed.process != none) return (*traces_)[observed.process]->locals[observed.index];
    for (std::size_t i = 0; i < places_.size(); ++i) {
        if (places_[i].location != observed.index) continue;
        Number last = options_taken_[i]->last;
        if (last == initial_value) break;
        for (const Trace* const trace : *traces_) {
            if (last >= trace->events.size()) {
                last = static_cast<Number>(last - trace->events.size());
                continue;
            }
            const Event& event = trace->events[last];
            return is_lock(event) ? test_.locations[observed.index].initial : event.value;
        }
    }
    return test_.locations[observed.index].initial;
}

void Combination::count_one() {
    if (++report_.explored % 256 == 0 && options_.stop != nullptr &&
        options_.stop(options_.stop_arg))
        given_up_ = true;
}

}  // namespace rcufuzz::litmus
