// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/tracepoint.c: tracepoint_add_func(), tracepoint_remove_func() and what they wait for, of
// each generation. All under tracepoints_mutex.
#include "core/subsystems/tracepoint/notes.h"
#include "core/subsystems/tracepoint/tracepoint.h"

namespace rcufuzz::tracepoint {

FuncState nr_func_state(const TpProbes* array) {
    if (array == nullptr) return TP_FUNC_0;
    if (array->probes[1].func.get() == 0) return TP_FUNC_1;
    return array->probes[2].func.get() == 0 ? TP_FUNC_2 : TP_FUNC_N;
}

namespace {

bool at_least(Generation generation) { return state().generation >= generation; }

// --- the steps that the generations put in different orders -------------------------------------

void tracepoint_update_call(Tracepoint& tp, const TpProbes* array) {
    if (tp.synthetic) return;
    const int func =
        nr_func_state(array) == TP_FUNC_1 ? array->probes[0].func.get() : func_iterator;
    note(Note::update_call, func, static_cast<int>(tp.number));
    if (func != tp.call.func()) tp.patched_by = tp.last_change;
    tp.call.update(func);
}

void note_head_change(const Tracepoint& tp, TpProbes* fresh) {
    const int data = fresh != nullptr ? fresh->probes[0].data.get() : 0;
    for (TpProbes* it = state().last_allocated; it != nullptr; it = it->allocated_before)
        if (it != fresh && it->published_by.number != 0 && it->tp == tp.number &&
            it->first_data != data && it->head_changed_by.number == 0)
            it->head_changed_by = tp.last_change;
    if (fresh == nullptr) return;
    fresh->published_by = tp.last_change;
    fresh->first_data = data;
    fresh->tp = tp.number;
}

void assign_funcs(Tracepoint& tp, TpProbes* array) {
    note_head_change(tp, array);
    if (bug(T20_published_unordered))
        WRITE_ONCE(tp.funcs, array);
    else
        rcu_assign_pointer(tp.funcs, array);
    note(Note::assign, static_cast<int>(nr_func_state(array)), static_cast<int>(tp.number));
}

void key_enable(Tracepoint& tp) {
    if (tp.key.enabled()) return;
    note(Note::key_enable, 0, static_cast<int>(tp.number));
    tp.key.enable();
}

// tp_rcu_get_state(), tp_rcu_cond_sync()
void tp_rcu_get_state(Transition transition) {
    State& all = state();
    TransitionSnapshot& snapshot = all.snapshots[transition];
    note(Note::get_state, transition, 0);
    judge_P8_out_of_reach(all.replaced, Site::current());
    snapshot.rcu_sections = all.rcu.sections_begun();
    snapshot.srcu_sections = all.srcu.sections_begun();
    snapshot.rcu = all.rcu.get_state(Site::current(), !bug(T23_cookie_unfenced));
    snapshot.srcu = all.srcu.start_poll();
    snapshot.ongoing = true;
}

void tp_rcu_cond_sync(Transition transition) {
    State& all = state();
    TransitionSnapshot& snapshot = all.snapshots[transition];
    if (!snapshot.ongoing) return;
    note(Note::cond_sync, transition, 0);
    for (Tracepoint& tp : all.tps) tp.has_waited = true;  // only one of them is being changed
    all.rcu.cond_synchronize(snapshot.rcu);
    all.srcu.cond_synchronize(snapshot.srcu);
    check_P8_waited(snapshot, Site::current());
    snapshot.ongoing = false;
}

bool first_data_changed(const TpProbes& fresh, const TpProbes& old) {
    if (bug(T03_function_compared)) return fresh.probes[0].func.get() != old.probes[0].func.get();
    return fresh.probes[0].data.get() != old.probes[0].data.get();
}

void begin_change(Tracepoint& tp, const TpProbes* fresh, const TpProbes* old) {
    tp.last_change = {static_cast<std::uint8_t>(nr_func_state(old)),
                      static_cast<std::uint8_t>(nr_func_state(fresh)), tp.last_change.number + 1};
    tp.has_waited = false;
    state().replaced = old;
}

// --- adding -------------------------------------------------------------------------------------

void publish_added_old(Tracepoint& tp, TpProbes* fresh) {
    if (at_least(gen_352384d5c84e)) {
        tracepoint_update_call(tp, fresh);
        assign_funcs(tp, fresh);
    } else {
        assign_funcs(tp, fresh);
        tracepoint_update_call(tp, fresh);
    }
    key_enable(tp);
}

void publish_added(Tracepoint& tp, TpProbes* fresh, const TpProbes* old) {
    const bool cookies = at_least(gen_7b40066c97ec);
    switch (nr_func_state(fresh)) {
        case TP_FUNC_1:
            if (cookies && !bug(T10_no_cond_sync_at_0_1))
                tp_rcu_cond_sync(TP_TRANSITION_SYNC_1_0_1);
            if (bug(T07_old_code_new_funcs)) {
                assign_funcs(tp, fresh);
                tracepoint_update_call(tp, fresh);
            } else {
                tracepoint_update_call(tp, fresh);
                assign_funcs(tp, fresh);
            }
            key_enable(tp);
            return;
        case TP_FUNC_2:
            if (bug(T01_funcs_before_code)) {
                assign_funcs(tp, fresh);
                tracepoint_update_call(tp, fresh);
            } else {
                tracepoint_update_call(tp, fresh);
                assign_funcs(tp, fresh);
            }
            break;
        default:
            assign_funcs(tp, fresh);
    }
    if (cookies && !bug(T04_no_snapshot_on_add) && first_data_changed(*fresh, *old))
        tp_rcu_get_state(TP_TRANSITION_SYNC_N_2_1);
}

// --- removing -----------------------------------------------------------------------------------

void unregister_regfunc(Tracepoint& tp) {
    if (tp.has_regfunc && tp.key.enabled()) --tp.regfunc_balance;
}

void publish_removed_old(Tracepoint& tp, TpProbes* fresh, const TpProbes* old) {
    if (nr_func_state(fresh) == TP_FUNC_0) {
        unregister_regfunc(tp);
        tp.key.disable();
        assign_funcs(tp, nullptr);  // the code keeps the last function
        return;
    }
    if (!at_least(gen_547305a64632)) {
        tracepoint_update_call(tp, fresh);
        assign_funcs(tp, fresh);
        return;
    }
    assign_funcs(tp, fresh);
    if (nr_func_state(fresh) == TP_FUNC_1) {
        const bool changed = at_least(gen_f7ec41212563)
                                 ? fresh->probes[0].data.get() != old->probes[0].data.get()
                                 : fresh->probes[0].func.get() != old->probes[0].func.get();
        if (changed) tracepoint_synchronize_unregister();
    }
    tracepoint_update_call(tp, fresh);
}

void publish_removed_last(Tracepoint& tp) {
    unregister_regfunc(tp);
    note(Note::key_disable, 0, static_cast<int>(tp.number));
    tp.key.disable();
    if (!bug(T07_old_code_new_funcs)) tracepoint_update_call(tp, nullptr);
    assign_funcs(tp, nullptr);
    if (!at_least(gen_7b40066c97ec))
        tracepoint_synchronize_unregister();
    else if (!bug(T11_no_snapshot_at_1_0))
        tp_rcu_get_state(TP_TRANSITION_SYNC_1_0_1);
}

void publish_removed_to_one(Tracepoint& tp, TpProbes* fresh, const TpProbes* old) {
    if (bug(T02a_code_before_funcs)) {
        tracepoint_update_call(tp, fresh);
        assign_funcs(tp, fresh);
        return;
    }
    assign_funcs(tp, fresh);
    if (!at_least(gen_7b40066c97ec)) {
        tracepoint_synchronize_unregister();
    } else {
        if (first_data_changed(*fresh, *old)) tp_rcu_get_state(TP_TRANSITION_SYNC_N_2_1);
        if (!bug(T02b_no_sync_at_2_1)) tp_rcu_cond_sync(TP_TRANSITION_SYNC_N_2_1);
    }
    tracepoint_update_call(tp, fresh);
}

void publish_removed(Tracepoint& tp, TpProbes* fresh, const TpProbes* old) {
    switch (nr_func_state(fresh)) {
        case TP_FUNC_0:
            publish_removed_last(tp);
            return;
        case TP_FUNC_1:
            publish_removed_to_one(tp, fresh, old);
            return;
        default:
            assign_funcs(tp, fresh);
            if (at_least(gen_7b40066c97ec) && !bug(T05_no_snapshot_on_remove) &&
                first_data_changed(*fresh, *old))
                tp_rcu_get_state(TP_TRANSITION_SYNC_N_2_1);
    }
}

// The balance of 2026: an add that fails leaves the subsystem as it was.
void unwind_regfunc(Tracepoint& tp) {
    if (tp.has_regfunc && !tp.key.enabled()) --tp.regfunc_balance;
}

int tracepoint_add_func(Tracepoint& tp, const ProbeSpec& probe) {
    const bool enables = tp.has_regfunc && !tp.key.enabled();
    if (enables) ++tp.regfunc_balance;
    TpProbes* fresh = tp.funcs.get();
    TpProbes* old = nullptr;
    const int error = func_add(fresh, probe, old);
    if (error != 0) {
        if (at_least(gen_7b40066c97ec) && !bug(T19_regfunc_not_undone)) unwind_regfunc(tp);
        return error;
    }
    begin_change(tp, fresh, old);
    if (at_least(gen_231264d6927f))
        publish_added(tp, fresh, old);
    else
        publish_added_old(tp, fresh);
    release_probes(old);
    return 0;
}

int tracepoint_remove_func(Tracepoint& tp, const ProbeSpec& probe) {
    TpProbes* fresh = tp.funcs.get();
    TpProbes* old = nullptr;
    const int error = func_remove(fresh, probe, old);
    if (error != 0) return error;
    if (fresh == old) return 0;  // no memory: the stub has taken its place
    begin_change(tp, fresh, old);
    if (at_least(gen_231264d6927f))
        publish_removed(tp, fresh, old);
    else
        publish_removed_old(tp, fresh, old);
    release_probes(old);
    return 0;
}

}  // namespace

int tracepoint_probe_register(Tracepoint& tp, const ProbeSpec& probe) {
    state().tracepoints_mutex.lock();
    const int error = tracepoint_add_func(tp, probe);
    state().tracepoints_mutex.unlock();
    return error;
}

int tracepoint_probe_unregister(Tracepoint& tp, const ProbeSpec& probe) {
    state().tracepoints_mutex.lock();
    const int error = tracepoint_remove_func(tp, probe);
    state().tracepoints_mutex.unlock();
    return error;
}

void tracepoint_synchronize_unregister() {
    state().srcu.synchronize();
    state().rcu.synchronize();
}

}  // namespace rcufuzz::tracepoint
