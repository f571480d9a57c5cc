// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/memory/state_hash.h"

#include <algorithm>

#include "core/base/check.h"

namespace rcufuzz::memory {

void TimeRanks::note(Time time) {
    CHECK(count_ < capacity);
    times_[count_++] = time;
}

void TimeRanks::seal() {
    Time* const end = times_.data() + count_;
    std::sort(times_.data(), end);
    count_ = static_cast<std::size_t>(std::unique(times_.data(), end) - times_.data());
}

std::uint32_t TimeRanks::of(Time time) const {
    const Time* const end = times_.data() + count_;
    return static_cast<std::uint32_t>(std::lower_bound(times_.data(), end, time) - times_.data());
}

namespace {

void feed(const LoadClock& clock, unsigned agents, RunningHash& hash) {
    for (unsigned i = 0; i < agents; ++i)
        hash.add(static_cast<std::uint64_t>(clock.plain[i]) << 16 | clock.marked[i]);
}

std::uint64_t number_of(StoreId id) {
    return static_cast<std::uint64_t>(id.writer) << 16 | id.number;
}

// What never changes once the operation that made the store is over.
std::uint64_t fixed_part(const Model& model, const Store& store) {
    RunningHash hash;
    hash.add(static_cast<std::uint64_t>(store.value));
    hash.add(number_of(store.id) << 1 | (store.plain ? 1 : 0));
    store.before.feed(hash, model.agents());
    store.own_before_unlock.feed(hash, model.agents());
    if (model.tracks_races()) feed(store.loads_before, model.agents(), hash);
    return hash.value();
}

void feed(const Model& model, const Location& x, const TimeRanks& ranks, RunningHash& hash) {
    for (unsigned i = 0; i < x.count; ++i) {
        const Store& store = *x.stores[i];
        if (store.fixed_hash == 0) store.fixed_hash = fixed_part(model, store);
        hash.add(store.fixed_hash);
        hash.add(static_cast<std::uint64_t>(ranks.of(store.time)) << 40 |
                 static_cast<std::uint64_t>(ranks.of(store.visible)) << 20 |
                 ranks.of(store.ready) << 1 | (store.overwritten ? 1u : 0u));
    }
    hash.add(x.count);
    for (unsigned agent = 0; agent < model.agents(); ++agent) {
        hash.add(number_of(x.seen[agent]->id));
        if (model.tracks_races())
            hash.add(static_cast<std::uint64_t>(x.plain_load[agent]) << 16 | x.marked_load[agent]);
    }
}

void feed_snapshots(const Model& model, const Agent& a, RunningHash& hash) {
    for (const View* view : {&a.at_rmw, &a.at_lock, &a.at_unlock, &a.own_at_unlock,
                             &a.at_unlock_lock, &a.at_srcu_unlock})
        view->feed(hash, model.agents());
    if (a.fence_before_atomic) a.before_atomic.feed(hash, model.agents());
    hash.add((a.fence_before_atomic ? 1u : 0u) | (a.srcu_unlocked ? 2u : 0u));
}

void feed(const Model& model, const Agent& a, const TimeRanks& ranks, RunningHash& hash) {
    const unsigned agents = model.agents();
    hash.add(a.stores);
    for (const Time time : {a.load_bound, a.latest_load, a.latest_for_rmb, a.loads_until_unlock})
        hash.add(ranks.of(time));
    for (const View* view : {&a.known, &a.own, &a.fenced, &a.settled}) view->feed(hash, agents);
    hash.add(a.log_count);
    for (unsigned i = 0; i < a.log_count; ++i) {
        hash.add(ranks.of(a.log[i].time));
        hash.add(number_of(a.log[i].read));
        a.log[i].before.feed(hash, agents);
    }
    hash.add(a.stale_count);
    for (unsigned i = 0; i < a.stale_count; ++i) {
        hash.add(ranks.of(a.stale[i].time));
        hash.add(number_of(a.stale[i].store->id) << 16 | a.stale[i].store->location->number);
    }
    feed_snapshots(model, a, hash);
    hash.add(a.rcu_nesting);
    hash.add(a.gp.domain != nullptr ? a.gp.waits_for + 1 : 0);
    a.gp.collected.feed(hash, agents);
    if (!model.tracks_races()) return;
    hash.add(a.loads_done << 16 | a.loads_released);
    a.settled_reads.feed(hash, agents);
    for (const LoadClock* clock : {&a.ordered, &a.pending, &a.gp.loads}) feed(*clock, agents, hash);
}

}  // namespace

void note_times(const Model& model, TimeRanks& ranks) {
    ranks.note(0);
    ranks.note(never);
    for (const Location* x : model.locations()) {
        for (unsigned i = 0; i < x->count; ++i) {
            const Store& store = *x->stores[i];
            for (const Time time : {store.time, store.visible, store.ready}) ranks.note(time);
        }
    }
    for (unsigned number = 0; number < model.agents(); ++number) {
        const Agent& a = model.agent(number);
        for (const Time time :
             {a.load_bound, a.latest_load, a.latest_for_rmb, a.loads_until_unlock})
            ranks.note(time);
        for (unsigned i = 0; i < a.log_count; ++i) ranks.note(a.log[i].time);
        for (unsigned i = 0; i < a.stale_count; ++i) ranks.note(a.stale[i].time);
    }
    for (const GpDomain* domain : model.domains()) ranks.note(domain->last_start);
}

void feed(const Model& model, const TimeRanks& ranks, RunningHash& hash) {
    for (const Location* x : model.locations()) feed(model, *x, ranks, hash);
    for (unsigned number = 0; number < model.agents(); ++number)
        feed(model, model.agent(number), ranks, hash);
    for (const GpDomain* domain : model.domains()) {
        hash.add(ranks.of(domain->last_start));
        hash.add(domain->open);
        domain->ended.feed(hash, model.agents());
        if (!model.tracks_races()) continue;
        feed(domain->loads_before_start, model.agents(), hash);
        feed(domain->loads_ended, model.agents(), hash);
    }
    hash.add(model.race().location != nullptr ? 1 : 0);
}

}  // namespace rcufuzz::memory
