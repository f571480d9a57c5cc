// SPDX-License-Identifier: GPL-2.0-or-later
//
// Data races: two accesses by different CPUs to one location, at least one a store and at least one
// plain, that no barrier orders. Each access is held against those that were executed before it:
// a race is where the machine had a choice.
//
// Told by herd as `Flag data-race`. What it tells beyond this needs loads reordered after stores.
#include <algorithm>

#include "core/memory/model.h"

namespace rcufuzz::memory {

// Whether everything that this agent loads at this time or later comes after the store.
bool Model::knows(const Agent& a, const Store& store, Time time) const {
    if (store.visible <= time || a.settled.has(store.id) || a.settled_reads.has(store.id))
        return true;
    return std::any_of(a.log.data(), a.log.data() + a.log_count, [&](const Agent::Logged& load) {
        return load.time <= time && (load.read == store.id || load.before.has(store.id));
    });
}

void Model::check_load(unsigned agent, const Location& x, Time time, bool plain) {
    if (!tracks_races_) return;
    for (unsigned i = 0; i < x.count; ++i) {
        const Store& store = *x.stores[i];
        if (store.id.writer == agent || store.id.writer == no_writer) continue;
        if ((plain || store.plain) && !knows(agents_[agent], store, time))
            note_race(x, "a load does not come after another CPU's store",
                      agents_[agent].known.has(store.id));
    }
}

void Model::check_store(unsigned agent, const Location& x, Time address, bool plain) {
    if (!tracks_races_) return;
    const Agent& a = agents_[agent];
    const Time time = std::max(a.load_bound, address);
    for (unsigned i = 0; i < x.count; ++i) {
        const Store& store = *x.stores[i];
        if (store.id.writer == agent || store.id.writer == no_writer) continue;
        if (!plain && !store.plain) continue;
        // Data and control dependencies hold for marked stores only.
        const bool after =
            plain ? knows(a, store, time) : store.visible != never || a.known.has(store.id);
        if (!after) note_race(x, "two stores are in no order", a.known.has(store.id));
    }
    LoadClock before = a.ordered;
    if (!plain || address != 0) before.join(a.pending);
    for (unsigned other = 0; other < agent_count_; ++other) {
        if (other == agent) continue;
        if (x.plain_load[other] > before.plain[other] ||
            (plain && x.marked_load[other] > before.marked[other]))
            note_race(x, "a store does not come after another CPU's load", false);
    }
}

// A store takes along what its CPU knows of everybody's loads. Its own plain loads come before it
// only where it is a release, or behind one.
void Model::release_loads(unsigned agent, Store& made, bool releases) {
    Agent& a = agents_[agent];
    if (releases) a.loads_released = a.loads_done;
    made.loads_before = a.ordered;
    made.loads_before.join(a.pending);
    made.loads_before.plain[agent] = a.loads_released;
    made.loads_before.marked[agent] = a.loads_done;
}

void Model::note_race(const Location& x, const char* what, bool seen) {
    if (race_.location == nullptr) race_ = {&x, what, seen};
}

}  // namespace rcufuzz::memory
