// SPDX-License-Identifier: GPL-2.0-or-later
//
// Barriers, locks and grace periods: what each adds to the sets and bounds that loads and stores
// are held to.
#include <algorithm>
#include <bit>

#include "core/base/check.h"
#include "core/memory/model.h"

namespace rcufuzz::memory {

namespace {

constexpr std::uint64_t section_bit(unsigned number) { return std::uint64_t{1} << number; }

}  // namespace

// --- barriers -----------------------------------------------------------------------------------

void Model::fence(Agent& a, const View& view) {
    const Time time = ++now_;
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i < invisible_count_; ++i) {
        Store& store = *invisible_[i];
        if (view.has(store.id))
            store.visible = time;
        else
            invisible_[kept++] = &store;
    }
    invisible_count_ = kept;
    a.fenced.join(view);
    raise_load_bound(a, time);
    // Strong fences are taken in the order in which they come, for loads too: that is more than
    // the kernel's model promises of a single execution, and so misses races, never invents one.
    const auto agent = static_cast<unsigned>(&a - agents_.data());
    a.ordered.join(a.pending);
    a.ordered.plain[agent] = a.ordered.marked[agent] = a.loads_done;
    a.loads_released = a.loads_done;
    fence_loads_.join(a.ordered);
    a.ordered = fence_loads_;
}

void Model::smp_mb(unsigned agent) { fence(agents_[agent], agents_[agent].known); }

void Model::smp_rmb(unsigned agent) {
    raise_load_bound(agents_[agent], agents_[agent].latest_for_rmb);
}

void Model::smp_wmb(unsigned agent) {
    Agent& a = agents_[agent];
    a.fenced.join(a.own);
}

// Takes effect with the read-modify-write that follows; what comes in between is not ordered.
void Model::smp_mb__before_atomic(unsigned agent) {
    Agent& a = agents_[agent];
    a.before_atomic = a.known;
    a.fence_before_atomic = true;
}

void Model::smp_mb__after_atomic(unsigned agent) {
    Agent& a = agents_[agent];
    if (!a.at_rmw.empty()) fence(a, a.at_rmw);
}

void Model::smp_mb__after_spinlock(unsigned agent) {
    Agent& a = agents_[agent];
    if (!a.at_lock.empty()) fence(a, a.at_lock);
}

void Model::smp_mb__after_unlock_lock(unsigned agent) {
    Agent& a = agents_[agent];
    if (!a.at_unlock_lock.empty()) fence(a, a.at_unlock_lock);
}

void Model::smp_mb__after_srcu_read_unlock(unsigned agent) {
    Agent& a = agents_[agent];
    if (a.srcu_unlocked) fence(a, a.at_srcu_unlock);
}

void Model::observe_at_rest(unsigned agent, unsigned other) {
    fence(agents_[other], agents_[other].known);
    agents_[agent].known.join(agents_[other].known);
    fence(agents_[agent], agents_[agent].known);
}

// --- locks --------------------------------------------------------------------------------------

// Lock operations of one lock are in one order. The holder comes after everything before the unlock
// that it follows (acquire), and, by po-unlock-lock-po, its own loads and stores from before an
// earlier unlock keep their order with what it does now, to all observers.
void Model::spin_lock(unsigned agent, Location& lock) {
    CHECK(is_free(lock));
    Agent& a = agents_[agent];
    make_room(lock);
    if (a.fence_before_atomic) {
        a.fence_before_atomic = false;
        fence(a, a.before_atomic);
    }
    Store& unlock = *lock.stores[lock.count - 1u];
    raise_load_bound(a, a.loads_until_unlock);
    a.at_unlock_lock.join(a.at_unlock);
    a.at_unlock_lock.join(unlock.before);
    a.at_unlock_lock.add(unlock.id);
    a.fenced.join(a.own_at_unlock);
    a.fenced.join(unlock.own_before_unlock);
    const auto newest = static_cast<std::uint8_t>(lock.count - 1);
    const Time time = execution_time(a, agent, unlock, 0);
    const Loaded loaded =
        commit_load(agent, lock, {newest, true, time, 1}, Order::acquire, true, false);
    View before = a.fenced;
    before.join(unlock.before);
    unlock.overwritten = true;
    Store& made = commit_store(agent, lock, lock.count, 1, before, loaded.time, false);
    release_loads(agent, made, false);
    made.loads_before.join(unlock.loads_before);
    a.at_lock = a.at_rmw = a.known;
}

bool Model::spin_trylock(unsigned agent, Location& lock) {
    const Agent& a = agents_[agent];
    Candidates candidates;
    const int seen = std::max(0, index_of(lock, lock.seen[agent]));
    for (int i = lock.count - 1; i >= seen; --i) {
        const Store& store = *lock.stores[static_cast<unsigned>(i)];
        const bool held = store.value != 0;
        if (!held && i != lock.count - 1) continue;
        const Time time = execution_time(a, agent, store, 0);
        if (may_read(a, lock, i, time)) {
            candidates.add({static_cast<std::uint8_t>(i), !held, time, 1});
        }
    }
    const Candidate& picked = pick(candidates);
    if (picked.updates)
        spin_lock(agent, lock);
    else
        commit_load(agent, lock, picked, Order::relaxed, true, false);
    return picked.updates;
}

void Model::spin_unlock(unsigned agent, Location& lock) {
    Agent& a = agents_[agent];
    make_room(lock);
    const View own = a.own;
    a.loads_until_unlock = a.latest_load;
    Store& made = commit_store(agent, lock, lock.count, 0, a.known, 0, false);
    release_loads(agent, made, true);
    made.own_before_unlock = own;
    a.own_at_unlock = own;
    a.at_unlock = a.known;
}

// --- RCU and SRCU -------------------------------------------------------------------------------

// A section that begins after a grace period did sees all that came before that grace period; one
// that began earlier is waited for, and what it saw comes before the end of the grace period.
void Model::begin_section(unsigned agent, GpDomain& domain, unsigned number) {
    Agent& a = agents_[agent];
    domain.open |= section_bit(number);
    raise_load_bound(a, domain.last_start);
    a.ordered.join(domain.loads_before_start);
}

void Model::end_section(unsigned agent, GpDomain& domain, unsigned number) {
    Agent& a = agents_[agent];
    const std::uint64_t bit = section_bit(number);
    CHECK((domain.open & bit) != 0);
    domain.open &= ~bit;
    domain.ended.join(a.known);
    LoadClock loads = a.ordered;
    loads.join(a.pending);
    loads.plain[agent] = loads.marked[agent] = a.loads_done;
    domain.loads_ended.join(loads);
    for (unsigned i = 0; i < agent_count_; ++i) {
        GracePeriod& gp = agents_[i].gp;
        if (gp.domain != &domain || (gp.waits_for & bit) == 0) continue;
        gp.waits_for &= ~bit;
        gp.collected.join(a.known);
        gp.loads.join(loads);
    }
}

void Model::rcu_read_lock(unsigned agent, GpDomain& rcu) {
    if (agents_[agent].rcu_nesting++ == 0) begin_section(agent, rcu, agent);
}

void Model::rcu_read_unlock(unsigned agent, GpDomain& rcu) {
    CHECK(agents_[agent].rcu_nesting != 0);
    if (--agents_[agent].rcu_nesting == 0) end_section(agent, rcu, agent);
}

Value Model::srcu_read_lock(unsigned agent, GpDomain& srcu) {
    const unsigned per_agent = 64 / agent_count_;  // sections are bits of one word
    for (unsigned i = 0; i < per_agent; ++i) {
        const unsigned number = agent * per_agent + i;
        if ((srcu.open & section_bit(number)) != 0) continue;
        begin_section(agent, srcu, number);
        return number;
    }
    return -1;
}

void Model::srcu_read_unlock(unsigned agent, GpDomain& srcu, Value token) {
    end_section(agent, srcu, static_cast<unsigned>(token));
    agents_[agent].at_srcu_unlock = agents_[agent].known;
    agents_[agent].srcu_unlocked = true;
}

void Model::gp_begin(unsigned agent, GpDomain& domain) {
    Agent& a = agents_[agent];
    CHECK(a.gp.domain == nullptr);
    fence(a, a.known);
    a.gp = {&domain, domain.open, domain.ended, domain.loads_ended};
    domain.last_start = now_;
    domain.loads_before_start = a.ordered;
}

void Model::gp_end(unsigned agent) {
    Agent& a = agents_[agent];
    CHECK(a.gp.domain != nullptr && gp_over(agent));
    a.known.join(a.gp.collected);
    a.pending.join(a.gp.loads);
    a.gp = {};
    fence(a, a.known);
}

}  // namespace rcufuzz::memory
