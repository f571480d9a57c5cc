// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a load may observe: an operational form of the Linux-kernel memory model
// (tools/memory-model/linux-kernel.cat, 6.12) in virtual time.
//
// Code runs in program order; what is reordered is what it sees. Each location has its stores in
// coherence order. A load picks one of them, a store picks its place among them, and both are legal
// unless a barrier has promised otherwise. A load executes at a virtual time, which may lie in the
// past: at the earliest time that dependencies and barriers leave it. Two things are promised:
//   - a store comes with the set of stores that propagate before it to everybody (`before`, the
//     cumul-fence* of the .cat file); who has seen the store sees those, in loads that execute no
//     earlier;
//   - after a strong fence, everything that had propagated to the fencing CPU is globally visible
//     (`visible`), for loads that execute no earlier than the fence.
//
// It shows what the kernel's model allows, less one thing: no load is reordered after a later store
// (README, Limits). Every bound errs towards forbidding: what is seen here, the kernel's model
// allows.
//
// Arithmetic on values is the caller's. The model knows neither contexts nor points; it takes one
// operation after another and asks `choose` for what is left open. Answer 0 is always the newest
// store, or the last place, so that all zeros are sequential consistency.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/base/arena.h"
#include "core/memory/order.h"
#include "core/memory/view.h"

namespace rcufuzz::memory {

using Time = std::uint32_t;  // virtual; only its order has a meaning
inline constexpr Time never = ~Time{0};

struct Location;

// For data races: of each agent, how many of its loads (by Agent::loads_done) are known to come
// before something; plain ones are promised less than marked ones.
struct LoadClock {
    std::array<std::uint16_t, max_agents> plain{};
    std::array<std::uint16_t, max_agents> marked{};

    void join(const LoadClock& other) {
        for (unsigned i = 0; i < max_agents; ++i) {
            plain[i] = std::max(plain[i], other.plain[i]);
            marked[i] = std::max(marked[i], other.marked[i]);
        }
    }
};

struct Store {
    Value value = 0;
    StoreId id{};
    Time time = 0;             // when it was executed
    Time visible = never;      // from when on everybody sees it, or something newer
    Time ready = 0;            // when all loads that it depends on had executed
    bool overwritten = false;  // by a read-modify-write that read it; no store comes between
    bool plain = false;
    View before;  // what propagates before it to everybody
    // Of a store that unlocks: what propagates before any store of the next holder.
    View own_before_unlock;
    LoadClock loads_before;  // loads that come before whatever has seen it
    const Location* location = nullptr;
    mutable std::uint64_t fixed_hash = 0;  // state_hash.cpp
};

inline constexpr std::size_t max_history = 8;
inline constexpr std::size_t max_log = 8;

// A shared variable: its stores in coherence order, oldest first, as far as they can still be read.
struct Location {
    std::array<Store*, max_history> stores{};
    std::uint8_t count = 0;
    std::uint16_t number = 0;                     // in order of creation
    std::array<const Store*, max_agents> seen{};  // coherence: no older one is read or overtaken
    // By agent: its last plain and its last marked load, as counted by Agent::loads_done.
    std::array<std::uint16_t, max_agents> plain_load{};
    std::array<std::uint16_t, max_agents> marked_load{};
    // By agent: loads in a row that did not see the newest store; kept by the caller, for a bound.
    std::array<std::uint8_t, max_agents> stale_loads{};
    std::uint32_t name = 0;      // the caller's
    bool uninitialised = false;  // reading its first value is a fault

    const Store& newest() const { return *stores[count - 1u]; }
};

// Which grace periods wait for which readers: RCU itself, or one srcu_struct.
struct GpDomain {
    Time last_start = 0;     // of its latest grace period
    std::uint64_t open = 0;  // sections: an agent each (RCU), or some of its own (SRCU)
    View ended;              // what had propagated to a CPU when it ended a section
    LoadClock loads_before_start;
    LoadClock loads_ended;
};

struct GracePeriod {
    GpDomain* domain = nullptr;  // none: none is waited for
    std::uint64_t waits_for = 0;
    View collected;
    LoadClock loads;
};

// One CPU's view.
struct Agent {
    std::uint16_t stores = 0;
    Time load_bound = 0;  // no later load executes before
    Time latest_load = 0;
    Time latest_for_rmb = 0;  // of those loads that smp_rmb() orders
    View known;               // what has propagated here
    View own;                 // own stores and what propagates before them
    View fenced;              // what propagates before the next relaxed store
    View settled;             // `before` of all loads that executed by load_bound
    View settled_reads;       // and what those loads read

    // Loads that executed after load_bound, so that a later load may still come before them.
    struct Logged {
        Time time = 0;
        StoreId read{};
        View before;
    };
    std::array<Logged, max_log> log{};
    std::uint8_t log_count = 0;

    // Accesses that were not to the newest store of their location.
    struct Stale {
        Time time = 0;
        const Store* store = nullptr;
    };
    std::array<Stale, max_log> stale{};
    std::uint8_t stale_count = 0;

    // Snapshots, for barriers that reach back to a certain operation.
    View at_rmw, at_lock, at_unlock, own_at_unlock, at_unlock_lock, at_srcu_unlock;
    View before_atomic;
    bool fence_before_atomic = false;
    bool srcu_unlocked = false;
    Time loads_until_unlock = 0;

    unsigned rcu_nesting = 0;
    GracePeriod gp;

    // Data races.
    std::uint16_t loads_done = 0;
    std::uint16_t loads_released = 0;  // of them, before the last release or full barrier
    LoadClock ordered;                 // come before its next store
    LoadClock pending;                 // come before its next marked store
};

// What a program's value depends on: no access through it comes before this time.
struct Loaded {
    Value value = 0;
    Time time = 0;
    std::uint32_t age = 0;  // how many stores of the location are newer
    bool stored = false;    // a read-modify-write that was not given up
    bool initial = false;   // the value that the location began with
    // A newer store was missed, and nothing made its CPU wait until everybody could see it.
    bool held_back = false;
};

// How an access depends on earlier loads; 0: it does not.
struct Depends {
    Time address = 0;
    Time data = 0;
};

class Model {
   public:
    using Choose = std::uint32_t (*)(void* arg, std::uint32_t count);
    // New value from old; false: the operation is given up, as cmpxchg() does.
    using Update = bool (*)(void* arg, Value old, Value& out);

    // `arena` holds the stores until the next begin(); nothing else is allocated.
    void begin(Arena& arena, unsigned agents, Choose choose, void* choose_arg);
    Location& make_location(Value initial);
    GpDomain& make_domain();
    // Programs without a plain access have no data race to look for.
    void track_races(bool on) { tracks_races_ = on; }
    bool tracks_races() const { return tracks_races_; }

    // READ_ONCE, rcu_dereference (relaxed); smp_load_acquire.
    Loaded load(unsigned agent, Location& x, Order order, Depends on = {}, bool plain = false);
    // WRITE_ONCE (relaxed); smp_store_release, rcu_assign_pointer.
    void store(unsigned agent, Location& x, Value value, Order order, Depends on = {},
               bool plain = false);
    // The location holds this value for everybody, and nobody sees an older one.
    void settle(Location& x, Value value);
    // A read-modify-write that is indivisible. With Order::full, the barrier before it is included;
    // the one after it is the caller's: smp_mb() after a point, unless it was given up. `returns`
    // false: a void operation such as atomic_inc(), whose load smp_rmb() does not order.
    Loaded rmw(unsigned agent, Location& x, Update update, void* arg, Order order, bool returns,
               Depends on = {});

    void smp_mb(unsigned agent);
    void smp_rmb(unsigned agent);
    void smp_wmb(unsigned agent);
    void smp_mb__before_atomic(unsigned agent);
    void smp_mb__after_atomic(unsigned agent);
    void smp_mb__after_spinlock(unsigned agent);
    void smp_mb__after_unlock_lock(unsigned agent);
    void smp_mb__after_srcu_read_unlock(unsigned agent);
    // A full barrier of `other`, which is at rest, and of `agent`, which has observed that.
    void observe_at_rest(unsigned agent, unsigned other);

    // A lock is a location that holds 0 (free) or 1. spin_lock() needs it free; the caller waits.
    static bool is_free(const Location& lock) { return lock.newest().value == 0; }
    void spin_lock(unsigned agent, Location& lock);
    bool spin_trylock(unsigned agent, Location& lock);  // may see a lock held that is free again
    void spin_unlock(unsigned agent, Location& lock);

    void rcu_read_lock(unsigned agent, GpDomain& rcu);
    void rcu_read_unlock(unsigned agent, GpDomain& rcu);
    // The token goes to srcu_read_unlock(), on whatever agent; -1: too many open sections.
    Value srcu_read_lock(unsigned agent, GpDomain& srcu);
    void srcu_read_unlock(unsigned agent, GpDomain& srcu, Value token);
    // A grace period begins; gp_over() tells when it may end, which gp_end() then does.
    void gp_begin(unsigned agent, GpDomain& domain);
    bool gp_over(unsigned agent) const { return agents_[agent].gp.waits_for == 0; }
    void gp_end(unsigned agent);

    // The first data race found, as (location, what); null: none.
    struct Race {
        const Location* location = nullptr;
        const char* what = "";
        bool seen = false;  // this CPU knows of the other's access, and may still be early
    };
    const Race& race() const { return race_; }

    Time now() const { return now_; }
    unsigned agents() const { return agent_count_; }
    std::span<Location* const> locations() const { return {locations_.data(), location_count_}; }
    std::span<GpDomain* const> domains() const { return {domains_.data(), domain_count_}; }
    // True: some store was forgotten, so not all that the model allows can be seen any more.
    bool forgot() const { return forgot_; }
    const Agent& agent(unsigned number) const { return agents_[number]; }
    // Whether a load of this agent could read nothing but the newest store.
    bool must_see_newest(unsigned agent, const Location& x) const;
    // Changes the newest store itself; before anybody runs.
    static void set_newest(Location& x, Value value) { x.stores[x.count - 1u]->value = value; }

    // Tests squeeze the bounds; nothing else does.
    inline static std::size_t history_limit = max_history;
    inline static std::size_t log_limit = max_log;
    static constexpr std::size_t max_locations = 4096;
    static constexpr std::size_t max_domains = 16;
    // What of it counts at this moment, as so many pieces of bytes; the first says how large the
    // others are.
    static constexpr unsigned pieces = 5;
    std::span<const std::byte> piece(unsigned number) const;

   private:
    struct Candidate {
        std::uint8_t index = 0;  // of the store in its location
        bool updates = false;
        Time time = 0;
        Value result = 0;
    };
    struct Candidates {
        std::array<Candidate, max_history> all{};
        std::uint32_t count = 0;
        void add(const Candidate& candidate) { all[count++] = candidate; }
    };

    static int index_of(const Location& x, const Store* store);
    Time execution_time(const Agent& a, unsigned agent, const Store& store, Time depends) const;
    bool may_read(const Agent& a, const Location& x, int index, Time time) const;
    int first_slot(const Agent& a, unsigned agent, const Location& x) const;
    const Candidate& pick(const Candidates& candidates);
    Loaded commit_load(unsigned agent, Location& x, const Candidate& picked, Order order,
                       bool orders_rmb, bool plain);
    Store& commit_store(unsigned agent, Location& x, unsigned slot, Value value, const View& before,
                        Time ready, bool plain);
    void keep_log(Agent& a, Time time, const Store& read);
    void keep_stale(Agent& a, Time time, const Store& store, unsigned agent);
    void raise_load_bound(Agent& a, Time time);
    void make_room(Location& x);
    void drop_oldest(Location& x);
    Loaded commit_rmw(unsigned agent, Location& x, Candidate picked, Order order, bool returns,
                      Depends on);
    // A strong fence over these stores; `view` may be part of `a`.
    void fence(Agent& a, const View& view);
    void begin_section(unsigned agent, GpDomain& domain, unsigned number);
    void end_section(unsigned agent, GpDomain& domain, unsigned number);

    // race.cpp
    bool knows(const Agent& a, const Store& store, Time time) const;
    void check_load(unsigned agent, const Location& x, Time time, bool plain);
    void check_store(unsigned agent, const Location& x, Time address, bool plain);
    void release_loads(unsigned agent, Store& made, bool releases);
    void note_race(const Location& x, const char* what, bool seen);

    Arena* arena_ = nullptr;
    Choose choose_ = nullptr;
    void* choose_arg_ = nullptr;
    unsigned agent_count_ = 0;
    Time now_ = 0;
    std::uint32_t location_count_ = 0;
    std::uint32_t domain_count_ = 0;
    bool tracks_races_ = true;
    bool forgot_ = false;
    Race race_{};
    LoadClock fence_loads_;  // loads before some strong fence
    // Stores that are not yet visible to everybody.
    static constexpr std::size_t max_invisible = max_locations * max_history;
    std::uint32_t invisible_count_ = 0;
    std::array<Store*, max_invisible> invisible_{};
    std::array<Location*, max_locations> locations_{};
    std::array<GpDomain*, max_domains> domains_{};
    std::array<Agent, max_agents> agents_{};
};

}  // namespace rcufuzz::memory
