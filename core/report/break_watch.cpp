// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/break_watch.h"

#include <algorithm>
#include <span>

#include "core/run/runner.h"
#include "core/sim/world.h"

namespace rcufuzz::report {

namespace {

using sim::Event;
using sim::EventKind;

// What broke it may be told before or behind: a context's note of what it does comes on either
// side of the check, but in one step. `before`: how many events came before the check.
std::size_t told_by(std::span<const Event> events, std::size_t before, sim::ContextKey key) {
    if (before >= events.size()) return before;
    const Event& next = events[before];
    if (next.kind != EventKind::note || next.key != key) return before;
    const auto is_of_step = [&](const Event& event) {
        return event.key == key && event.step == next.step;
    };
    const auto earlier = events.first(before);
    const bool is_one_step = std::ranges::any_of(earlier, is_of_step);
    const bool is_told = std::ranges::any_of(earlier, [&](const Event& event) {
        return is_of_step(event) && event.kind == EventKind::note;
    });
    return is_one_step && !is_told ? before + 1 : before;
}

}  // namespace

std::optional<Break> find_break(const run::Plan& plan) {
    run::Plan watched = plan;
    watched.oracle = run::OracleMode::all;  // oracles do not steer: it is the same run
    run::NamedTrace trace;
    run::replay(watched, {.trace = sim::TraceLevel::full, .keep = &trace});
    // That nobody will look at a callback any more is seen inside as well, before the end. What is
    // judged at the end has no moment.
    const sim::Finding& finding = sim::world().findings().suspicion();
    const bool is_inner =
        finding.verdict == Verdict::invariant || finding.verdict == Verdict::stranded_callback;
    if (!is_inner || finding.key == run::main_key) return std::nullopt;
    return Break{told_by(trace.events, finding.events, finding.key), finding.key, finding.detail};
}

}  // namespace rcufuzz::report
