// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/tracepoint.c: func_add(), func_remove(), allocate_probes(), release_probes().
#include <utility>

#include "core/subsystems/tracepoint/notes.h"
#include "core/subsystems/tracepoint/tracepoint.h"

namespace rcufuzz::tracepoint {

namespace {

bool has_stub() { return state().generation >= gen_352384d5c84e && !bug(T17_unregister_fails); }

TpProbes* allocate_probes(unsigned entries) {
    if (state().allocations_fail && kernel::may_fail(kernel::allocation_fails)) return nullptr;
    TpProbes& array = kernel::allocate<TpProbes>();
    array.capacity = entries;
    array.allocated_before = std::exchange(state().last_allocated, &array);
    for (unsigned i = 0; i < entries; ++i) {
        array.probes[i].func.init_uninitialised("tp_func.func", -1);
        array.probes[i].data.init_uninitialised("tp_func.data", -1);
    }
    return &array;
}

// Fills an array that nobody else can see yet.
class Filler {
   public:
    explicit Filler(TpProbes& array) : array_(array) {}
    void add(int func, int data, int prio) {
        if (count_ >= array_.capacity)
            kernel::fail(Verdict::list_corrupted, "writes beyond the end of a new array");
        FuncEntry& entry = array_.probes[count_++];
        entry.func.set_private(func);
        entry.data.set_private(data);
        entry.prio = prio;
    }
    void copy(const FuncEntry& entry) { add(entry.func.get(), entry.data.get(), entry.prio); }

   private:
    TpProbes& array_;
    unsigned count_ = 0;
};

bool is_stub(const FuncEntry& entry) { return entry.func.get() == func_stub; }
bool is_probe(const FuncEntry& entry, const ProbeSpec& probe) {
    return entry.func.get() == probe.func && entry.data.get() == probe.data;
}

}  // namespace

int func_add(TpProbes*& funcs, const ProbeSpec& probe, TpProbes*& old) {
    old = funcs;
    unsigned live = 0;
    if (old != nullptr) {
        for (const FuncEntry* it = old->probes.data(); it->func.get() != 0; ++it) {
            if (is_stub(*it)) continue;
            if (is_probe(*it, probe)) return error_exist;
            ++live;
        }
    }
    TpProbes* const fresh = allocate_probes(live + 2);
    if (fresh == nullptr) return error_nomem;
    Filler filler(*fresh);
    bool inserted = false;
    if (old != nullptr) {
        for (const FuncEntry* it = old->probes.data(); it->func.get() != 0; ++it) {
            if (is_stub(*it) && !bug(T18a_stubs_copied)) continue;
            // Before the first of strictly lower priority: equals stay in order of registration.
            if (!inserted && it->prio < probe.prio) {
                filler.add(probe.func, probe.data, probe.prio);
                inserted = true;
            }
            filler.copy(*it);
        }
    }
    if (!inserted) filler.add(probe.func, probe.data, probe.prio);
    filler.add(0, 0, 0);
    funcs = fresh;
    return 0;
}

int func_remove(TpProbes*& funcs, const ProbeSpec& probe, TpProbes*& old) {
    old = funcs;
    if (old == nullptr) return error_noent;
    unsigned count = 0;
    unsigned removed = 0;
    for (const FuncEntry* it = old->probes.data(); it->func.get() != 0; ++it) {
        ++count;
        const bool stub = is_stub(*it) && !bug(T18b_stubs_not_counted);
        if (stub || is_probe(*it, probe)) ++removed;
    }
    if (count == removed) {
        funcs = nullptr;
        return 0;
    }
    TpProbes* const fresh = allocate_probes(count - removed + 1);
    if (fresh == nullptr) {
        if (!has_stub()) return error_nomem;
        for (FuncEntry* it = old->probes.data(); it->func.get() != 0; ++it)
            if (is_probe(*it, probe)) WRITE_ONCE(it->func, func_stub);
        note(Note::stubbed, static_cast<int>(probe.func), static_cast<int>(probe.data));
        return 0;
    }
    Filler filler(*fresh);
    for (const FuncEntry* it = old->probes.data(); it->func.get() != 0; ++it) {
        if (is_stub(*it) && !bug(T18b_stubs_not_counted)) continue;
        if (!is_probe(*it, probe)) filler.copy(*it);
    }
    filler.add(0, 0, 0);
    funcs = fresh;
    return 0;
}

namespace {

void srcu_free_old_probes(GpCallback& callback) { static_cast<TpProbes&>(callback).freed = true; }

void rcu_free_old_probes(GpCallback& callback) {
    if (bug(T16b_no_srcu_leg)) {
        srcu_free_old_probes(callback);
        return;
    }
    callback.fn = srcu_free_old_probes;
    state().srcu.call(callback);
}

}  // namespace

void release_probes(TpProbes* old) {
    if (old == nullptr) return;
    judge_P8_out_of_reach(old, Site::current());
    if (bug(T16a_array_freed_at_once)) {
        old->freed = true;
        return;
    }
    old->fn = rcu_free_old_probes;
    state().rcu.call(*old);
}

void check_not_freed(const TpProbes& array, const Site& site) {
    if (array.freed) kernel::fail(Verdict::use_after_free, "reads an array that was freed", site);
}

}  // namespace rcufuzz::tracepoint
