// SPDX-License-Identifier: GPL-2.0-or-later
//
// The white-box invariants of the specification, by its numbers. P1 to P4 are in probes.cpp, that
// no array is freed too early (P5) is asked where one is read, P9 follows from P6.
#include <algorithm>
#include <string>

#include "core/subsystems/tracepoint/tracepoint.h"

namespace rcufuzz::tracepoint {

namespace {

std::string tp_text(const Tracepoint& tp) { return "tracepoint " + std::to_string(tp.number); }

void object_if(const std::string& objection, const Site& site) {
    if (!objection.empty()) [[unlikely]]
        kernel::invariant_broken(objection, site);
}

unsigned live_entries(const TpProbes* array) {
    unsigned live = 0;
    if (array == nullptr) return 0;
    for (const FuncEntry* it = array->probes.data(); it->func.get() != 0; ++it)
        if (it->func.get() != func_stub) ++live;
    return live;
}

unsigned all_entries(const TpProbes* array) {
    unsigned count = 0;
    if (array == nullptr) return 0;
    while (array->probes[count].func.get() != 0) ++count;
    return count;
}

}  // namespace

// P5: what has been replaced is freed in the end.
std::string check_P5_all_freed() {
    for (const TpProbes* it = state().last_allocated; it != nullptr; it = it->allocated_before) {
        const auto uses_it = [it](const Tracepoint& tp) { return tp.funcs.get() == it; };
        if (!it->freed && std::ranges::none_of(state().tps, uses_it))
            return "P5: an array that has been replaced is never freed";
    }
    return {};
}

// P6: no array, no key, no live registration: all or none of these; and the code fits the array.
std::string check_P6_quiescent(const Tracepoint& tp) {
    const TpProbes* const array = tp.funcs.get();
    const unsigned live = state().probes.live_count(tp.number);
    if ((array == nullptr) == tp.key.is_on())
        return "P6: the key of " + tp_text(tp) + " does not say whether it has an array";
    if (live_entries(array) != live)
        return "P6: the array of " + tp_text(tp) + " holds " + std::to_string(live_entries(array)) +
               " probes, but " + std::to_string(live) + " are registered";
    const unsigned entries = all_entries(array);
    if (entries != 0 && live == 0)
        return "P6: the array of " + tp_text(tp) + " holds nothing but stubs";
    if (!tp.key.is_patched() || !tp.call.is_patched())
        return "P6: a place that comes to " + tp_text(tp) + " is not patched";
    if (tp.synthetic || state().generation < gen_231264d6927f) return {};
    const int code = tp.call.func();
    const bool fits =
        code == func_iterator || (entries == 1 && code == array->probes[0].func.get());
    if (!fits && entries != 0)
        return "P6: the static call of " + tp_text(tp) + " does not fit its array";
    return {};
}

std::string check_P7_regfunc_balance(const Tracepoint& tp) {
    if (!tp.has_regfunc) return {};
    if (tp.regfunc_balance == (tp.key.is_on() ? 1 : 0)) return {};
    return "P7: regfunc of " + tp_text(tp) + " was called " + std::to_string(tp.regfunc_balance) +
           " times more than unregfunc";
}

void check_quiescent(const Site& site) {
    if (!scenario::white_box_oracles || kernel::run_is_over()) return;
    for (unsigned i = 0; i < state().tracepoints; ++i) {
        object_if(check_P6_quiescent(state().tps[i]), site);
        object_if(check_P7_regfunc_balance(state().tps[i]), site);
    }
}

void check_end(const Site& site) {
    check_quiescent(site);
    if (!scenario::white_box_oracles || kernel::run_is_over()) return;
    object_if(check_P5_all_freed(), site);
}

// P8: who comes later finds what the newest store has left in funcs, and the grace period does not
// wait for him.
std::string check_P8_out_of_reach(const TpProbes* array) {
    for (const Tracepoint& tp : state().tps)
        if (array != nullptr && tp.funcs.get() == array)
            return "P8: a grace period is to outlive the readers of an array that " + tp_text(tp) +
                   " still shows";
    return {};
}

void judge_P8_out_of_reach(const TpProbes* array, const Site& site) {
    if (!scenario::white_box_oracles || kernel::run_is_over()) return;
    if (std::string broken = check_P8_out_of_reach(array); !broken.empty()) [[unlikely]]
        kernel::invariant_broken(
            {std::move(broken), "P8_grace_period_for_an_array_that_is_still_shown"}, site);
}

void check_P8_waited(const TransitionSnapshot& snapshot, const Site& site) {
    if (!scenario::white_box_oracles || kernel::run_is_over()) return;
    if (state().rcu.any_open_of_first(snapshot.rcu_sections) ||
        state().srcu.any_open_of_first(snapshot.srcu_sections))
        kernel::invariant_broken(
            "P8: the wait is over while a reader is inside that was there at the snapshot", site);
}

}  // namespace rcufuzz::tracepoint
