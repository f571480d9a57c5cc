// SPDX-License-Identifier: GPL-2.0-or-later
//
// Loads, stores and read-modify-writes. Barriers, locks and grace periods are in sync.cpp.
#include "core/memory/model.h"

#include <algorithm>

#include "core/base/check.h"

namespace rcufuzz::memory {

std::span<const std::byte> Model::piece(unsigned number) const {
    switch (number) {
        case 0: {
            const auto* const begin = reinterpret_cast<const std::byte*>(this);
            return {begin, reinterpret_cast<const std::byte*>(&invisible_)};
        }
        case 1:
            return std::as_bytes(std::span(invisible_).first(invisible_count_));
        case 2:
            return std::as_bytes(std::span(locations_).first(location_count_));
        case 3:
            return std::as_bytes(std::span(domains_).first(domain_count_));
        default:
            return std::as_bytes(std::span(agents_).first(agent_count_));
    }
}

void Model::begin(Arena& arena, unsigned agents, Choose choose, void* choose_arg) {
    CHECK(agents >= 1 && agents <= max_agents);
    arena_ = &arena;
    choose_ = choose;
    choose_arg_ = choose_arg;
    agent_count_ = agents;
    now_ = 0;
    location_count_ = domain_count_ = invisible_count_ = 0;
    tracks_races_ = true;
    forgot_ = false;
    race_ = {};
    fence_loads_ = {};
    for (unsigned i = 0; i < agents; ++i) agents_[i] = Agent{};
}

Location& Model::make_location(Value initial) {
    CHECK(location_count_ < max_locations);
    Location& x = arena_->make<Location>();
    x.number = static_cast<std::uint16_t>(location_count_);
    locations_[location_count_++] = &x;
    Store& first = arena_->make<Store>();
    first.value = initial;
    first.visible = 0;
    first.location = &x;
    x.stores[0] = &first;
    x.count = 1;
    x.seen.fill(&first);
    return x;
}

GpDomain& Model::make_domain() {
    CHECK(domain_count_ < max_domains);
    return *(domains_[domain_count_++] = &arena_->make<GpDomain>());
}

// -1: it is no longer kept, and so older than all that are.
int Model::index_of(const Location& x, const Store* store) {
    for (int i = x.count; i-- > 0;)
        if (x.stores[static_cast<unsigned>(i)] == store) return i;
    return -1;
}

// --- what a load may read -----------------------------------------------------------------------

// The earliest time at which this agent can load this store. Its own stores it may see before they
// are executed, and reading them orders nothing. For a foreign one: an earlier access that missed a
// store which propagates before this one to everybody must have come first.
Time Model::execution_time(const Agent& a, unsigned agent, const Store& store, Time depends) const {
    if (store.id.writer == agent) return std::max({a.load_bound, depends, store.ready});
    Time time = std::max({a.load_bound, depends, store.time});
    for (unsigned i = 0; i < a.stale_count; ++i) {
        const Agent::Stale& stale = a.stale[i];
        if (stale.time <= time) continue;
        const Location& y = *stale.store->location;
        for (int newer = index_of(y, stale.store) + 1; newer < y.count; ++newer) {
            const Store& missed = *y.stores[static_cast<unsigned>(newer)];
            if (missed.id.writer == agent) continue;
            if (&missed == &store || store.before.has(missed.id)) {
                time = stale.time;
                break;
            }
        }
    }
    return time;
}

// No newer store of the location may be one that this load would have to see.
bool Model::may_read(const Agent& a, const Location& x, int index, Time time) const {
    for (int newer = index + 1; newer < x.count; ++newer) {
        const Store& store = *x.stores[static_cast<unsigned>(newer)];
        if (store.visible <= time || a.settled.has(store.id)) return false;
        for (unsigned i = 0; i < a.log_count; ++i)
            if (a.log[i].time <= time && a.log[i].before.has(store.id)) return false;
    }
    return true;
}

// A store comes after all stores that have propagated here, or that everybody sees.
int Model::first_slot(const Agent& a, unsigned agent, const Location& x) const {
    const int seen = std::max(0, index_of(x, x.seen[agent]));
    for (int i = x.count - 1; i > seen; --i) {
        const Store& store = *x.stores[static_cast<unsigned>(i)];
        if (store.visible != never || a.known.has(store.id)) return i;
    }
    return seen;
}

const Model::Candidate& Model::pick(const Candidates& candidates) {
    const std::uint32_t answer = candidates.count > 1 ? choose_(choose_arg_, candidates.count) : 0;
    CHECK(answer < candidates.count);
    return candidates.all[answer];
}

Loaded Model::load(unsigned agent, Location& x, Order order, Depends on, bool plain) {
    const Agent& a = agents_[agent];
    Candidates candidates;
    const int seen = std::max(0, index_of(x, x.seen[agent]));
    for (int i = x.count - 1; i >= seen; --i) {
        const Store& store = *x.stores[static_cast<unsigned>(i)];
        const Time time = execution_time(a, agent, store, on.address);
        if (may_read(a, x, i, time)) candidates.add({static_cast<std::uint8_t>(i), false, time, 0});
    }
    return commit_load(agent, x, pick(candidates), order, true, plain);
}

bool Model::must_see_newest(unsigned agent, const Location& x) const {
    const Agent& a = agents_[agent];
    for (int i = x.count - 2; i >= std::max(0, index_of(x, x.seen[agent])); --i) {
        const Store& store = *x.stores[static_cast<unsigned>(i)];
        if (may_read(a, x, i, execution_time(a, agent, store, 0))) return false;
    }
    return true;
}

Loaded Model::commit_load(unsigned agent, Location& x, const Candidate& picked, Order order,
                          bool orders_rmb, bool plain) {
    Agent& a = agents_[agent];
    Store& read = *x.stores[picked.index];
    const Time time = picked.time;
    check_load(agent, x, time, plain);
    ++a.loads_done;
    (plain ? x.plain_load : x.marked_load)[agent] = a.loads_done;
    if (index_of(x, x.seen[agent]) < picked.index) x.seen[agent] = &read;
    a.known.add(read.id);
    a.known.join(read.before);
    a.latest_load = std::max(a.latest_load, time);
    if (orders_rmb) a.latest_for_rmb = std::max(a.latest_for_rmb, time);
    if (read.id.writer != no_writer && read.id.writer != agent) keep_log(a, time, read);
    if (picked.index + 1 < x.count) keep_stale(a, time, read, agent);
    const bool acquires = order == Order::acquire || order == Order::full;
    if (acquires) raise_load_bound(a, time);
    (acquires ? a.ordered : a.pending).join(read.loads_before);
    const bool missed = picked.index + 1 < x.count;
    const bool held_back = missed && x.stores[picked.index + 1u]->visible == never;
    return {read.value, time, static_cast<std::uint32_t>(x.count - 1 - picked.index), false,
            read.id.writer == no_writer, held_back};
}

// --- what an agent keeps of its loads -----------------------------------------------------------

void Model::keep_log(Agent& a, Time time, const Store& read) {
    if (time <= a.load_bound) {
        a.settled.join(read.before);
        a.settled_reads.add(read.id);
        return;
    }
    if (a.log_count >= log_limit) {
        // No room: the earliest one holds for all later loads from now on.
        const auto* const first =
            std::min_element(a.log.data(), a.log.data() + a.log_count,
                             [](const auto& l, const auto& r) { return l.time < r.time; });
        raise_load_bound(a, first->time);
        keep_log(a, time, read);
        return;
    }
    a.log[a.log_count++] = {time, read.id, read.before};
}

void Model::keep_stale(Agent& a, Time time, const Store& store, unsigned agent) {
    const Location& x = *store.location;
    bool missed = false;
    for (int i = index_of(x, &store) + 1; i < x.count; ++i)
        missed |= x.stores[static_cast<unsigned>(i)]->id.writer != agent;
    if (!missed || time <= a.load_bound) return;
    if (a.stale_count >= log_limit) {
        const auto* const first =
            std::min_element(a.stale.data(), a.stale.data() + a.stale_count,
                             [](const auto& l, const auto& r) { return l.time < r.time; });
        raise_load_bound(a, first->time);
        keep_stale(a, time, store, agent);
        return;
    }
    a.stale[a.stale_count++] = {time, &store};
}

// From now on loads execute at this time or later. What loads up to then have promised holds for
// all of them.
void Model::raise_load_bound(Agent& a, Time time) {
    if (time <= a.load_bound) return;
    a.load_bound = time;
    std::uint8_t kept = 0;
    for (std::uint8_t i = 0; i < a.log_count; ++i) {
        if (a.log[i].time <= time) {
            a.settled.join(a.log[i].before);
            a.settled_reads.add(a.log[i].read);
        } else {
            if (kept != i) a.log[kept] = a.log[i];
            ++kept;
        }
    }
    a.log_count = kept;
    kept = 0;
    for (std::uint8_t i = 0; i < a.stale_count; ++i)
        if (a.stale[i].time > time) a.stale[kept++] = a.stale[i];
    a.stale_count = kept;
}

// --- stores -------------------------------------------------------------------------------------

// Before places are chosen: the oldest store goes where there is no room for one more.
void Model::make_room(Location& x) {
    if (x.count < history_limit) return;
    forgot_ = true;
    drop_oldest(x);
}

void Model::drop_oldest(Location& x) {
    Store* const oldest = x.stores[0];
    // Who has missed something newer is held to it for good, since the order is forgotten.
    for (unsigned i = 0; i < agent_count_; ++i) {
        Agent& a = agents_[i];
        for (std::uint8_t s = 0; s < a.stale_count;) {
            if (a.stale[s].store == oldest) {
                raise_load_bound(a, a.stale[s].time);
                s = 0;
            } else {
                ++s;
            }
        }
        if (x.seen[i] == oldest) x.seen[i] = x.stores[1];
    }
    Store** const end = invisible_.data() + invisible_count_;
    invisible_count_ =
        static_cast<std::uint32_t>(std::remove(invisible_.data(), end, oldest) - invisible_.data());
    std::move(x.stores.begin() + 1, x.stores.begin() + x.count, x.stores.begin());
    --x.count;
}

void Model::settle(Location& x, Value value) {
    while (x.count > 1) drop_oldest(x);
    set_newest(x, value);
}

Store& Model::commit_store(unsigned agent, Location& x, unsigned slot, Value value,
                           const View& before, Time ready, bool plain) {
    Agent& a = agents_[agent];
    Store& store = arena_->make<Store>();
    store.value = value;
    store.id = {static_cast<std::uint8_t>(agent), ++a.stores};
    store.time = ++now_;
    store.ready = std::max(ready, a.load_bound);
    store.plain = plain;
    store.before = before;
    store.location = &x;
    std::move_backward(x.stores.begin() + slot, x.stores.begin() + x.count,
                       x.stores.begin() + x.count + 1);
    x.stores[slot] = &store;
    ++x.count;
    x.seen[agent] = &store;
    a.known.add(store.id);
    a.own.add(store.id);
    a.own.join(before);
    invisible_[invisible_count_++] = &store;
    if (slot + 1 < x.count) keep_stale(a, store.time, store, agent);
    return store;
}

void Model::store(unsigned agent, Location& x, Value value, Order order, Depends on, bool plain) {
    Agent& a = agents_[agent];
    make_room(x);
    check_store(agent, x, on.address, plain);
    Candidates slots;
    for (int i = x.count - 1; i >= first_slot(a, agent, x); --i) {
        if (!x.stores[static_cast<unsigned>(i)]->overwritten)
            slots.add({static_cast<std::uint8_t>(i), true, 0, 0});
    }
    const unsigned slot = pick(slots).index + 1u;
    const bool releases = order == Order::release;
    Store& made = commit_store(agent, x, slot, value, releases ? a.known : a.fenced,
                               std::max(on.address, on.data), plain);
    release_loads(agent, made, releases);
}

// --- read-modify-writes -------------------------------------------------------------------------

// Whether it succeeds is decided by what it reads, and only then is it a barrier.
Loaded Model::rmw(unsigned agent, Location& x, Update update, void* arg, Order order, bool returns,
                  Depends on) {
    Agent& a = agents_[agent];
    make_room(x);
    if (a.fence_before_atomic) {
        a.fence_before_atomic = false;
        fence(a, a.before_atomic);
    }
    const bool full = order == Order::full;
    const int slot = first_slot(a, agent, x);
    const int seen = std::max(0, index_of(x, x.seen[agent]));
    Candidates candidates;
    for (int i = x.count - 1; i >= seen; --i) {
        const Store& store = *x.stores[static_cast<unsigned>(i)];
        Candidate candidate{static_cast<std::uint8_t>(i), false, 0, 0};
        candidate.updates = update(arg, store.value, candidate.result);
        const Time time = execution_time(a, agent, store, on.address);
        candidate.time = time;
        // Behind a full barrier a load sees what a store would have to come after.
        if (candidate.updates && (i < slot || store.overwritten)) continue;
        if (!(candidate.updates && full) && !may_read(a, x, i, time)) continue;
        candidates.add(candidate);
    }
    Candidate picked = pick(candidates);
    if (!picked.updates) {
        const Loaded loaded = commit_load(agent, x, picked, Order::relaxed, returns, false);
        a.at_rmw = a.known;  // given up, but a read-modify-write to smp_mb__after_atomic()
        return loaded;
    }
    return commit_rmw(agent, x, picked, order, returns, on);
}

Loaded Model::commit_rmw(unsigned agent, Location& x, Candidate picked, Order order, bool returns,
                         Depends on) {
    Agent& a = agents_[agent];
    Store& read = *x.stores[picked.index];
    if (order == Order::full) {
        fence(a, a.known);
        picked.time = execution_time(a, agent, read, on.address);
    }
    check_store(agent, x, 0, false);
    Loaded loaded = commit_load(agent, x, picked, order, returns, false);
    // What propagates before a store propagates before the read-modify-writes that follow it.
    View before = order == Order::release ? a.known : a.fenced;
    before.join(read.before);
    read.overwritten = true;
    Store& made = commit_store(agent, x, picked.index + 1u, picked.result, before,
                               std::max(loaded.time, on.data), false);
    release_loads(agent, made, order == Order::release || order == Order::full);
    made.loads_before.join(read.loads_before);
    a.at_rmw = a.known;  // with the store itself: smp_mb__after_atomic() reaches back to it
    loaded.stored = true;
    return loaded;
}

}  // namespace rcufuzz::memory
