// SPDX-License-Identifier: GPL-2.0-or-later
//
// include/linux/tracepoint.h: trace_foo(), and the iterator of DEFINE_TRACE(). The order of its
// steps is the contract: the branch is outside of the reader, and data and target are read apart.
#include <algorithm>
#include <string>

#include "core/subsystems/tracepoint/notes.h"
#include "core/subsystems/tracepoint/tracepoint.h"

namespace rcufuzz::tracepoint {

namespace {

// What a reader puts together, and which changes did not keep these apart: a call that it has not
// seen patched, code and array of which one is ahead of the other, or an array whose head is gone.
std::string provenance(const Tracepoint& tp, const TpProbes& array, int func) {
    const State& all = state();
    const auto text = [](const Change& change) {
        return std::to_string(change.from) + "_" + std::to_string(change.to);
    };
    if (func != tp.call.func() && !tp.synthetic) return "before_code_of_" + text(tp.patched_by);
    if (array.head_changed_by.number == 0)
        return tp.patched_by.number > array.published_by.number
                   ? "code_ahead_of_array_at_" + text(tp.patched_by)
                   : "array_ahead_of_code_at_" + text(array.published_by);
    const bool pending = std::ranges::any_of(
        all.snapshots, [](const TransitionSnapshot& snapshot) { return snapshot.ongoing; });
    return "head_gone_at_" + text(array.head_changed_by) + "_code_of_" + text(tp.patched_by) +
           (tp.has_waited ? "_has_waited"
            : pending     ? "_waits_later"
                          : "");
}

void call_probe(EventWatch& watch, const TpProbes& array, int func, int data,
                const Site& site = Site::current()) {
    note(Note::called, func, data);
    if (func == func_stub) return;
    const auto cause = [&] { return provenance(state().tps[watch.tp], array, func); };
    state().probes.called(watch, func, data, cause, site);
}

// __traceiter_foo(): reads tp->funcs again and ignores the data it was called with.
void iterate(Tracepoint& tp, EventWatch& watch, const TpProbes* kept = nullptr) {
    const TpProbes* const array =
        kept != nullptr && bug(T26_iterator_keeps_array) ? kept : rcu_dereference(tp.funcs);
    if (array == nullptr) return;
    const FuncEntry* it = array->probes.data();
    check_not_freed(*array);
    int func = READ_ONCE(it->func);
    do {
        const int data = load_plain(it->data);
        call_probe(watch, *array, func, data);
        ++it;
        check_not_freed(*array);
        func = READ_ONCE(it->func);
    } while (func != 0);
}

// static_call_cond() with the data of the first probe.
void call_static(Tracepoint& tp, unsigned place, EventWatch& watch) {
    const TpProbes* const array = rcu_dereference(tp.funcs);
    note(Note::loaded_array, static_cast<int>(nr_func_state(array)), static_cast<int>(tp.number));
    if (array == nullptr) return;
    check_not_freed(*array);
    const int data = load_plain(array->probes[0].data);
    note(Note::loaded_data, data, static_cast<int>(tp.number));
    const int func = tp.call.target(place);
    if (func == func_iterator)
        iterate(tp, watch, array);
    else
        call_probe(watch, *array, func, data);
}

}  // namespace

void trace_event(Tracepoint& tp, unsigned place, bool rcuidle) {
    State& all = state();
    const bool on = tp.key.branch(place);
    EventWatch watch = all.probes.begin_event(tp.number);
    note(Note::event, static_cast<int>(tp.number), on ? 1 : 0);
    if (on) {
        kernel::preempt_disable();
        all.rcu.reader_enter();
        // rcu_irq_enter_irqson() makes RCU watch as well, so SRCU is not alone.
        if (rcuidle) all.srcu.reader_enter();
        if (tp.synthetic)
            iterate(tp, watch);
        else
            call_static(tp, place, watch);
        if (rcuidle) all.srcu.reader_exit();
        all.rcu.reader_exit();
        kernel::preempt_enable();
    }
    all.probes.end_event(watch, Site::current());
}

}  // namespace rcufuzz::tracepoint
