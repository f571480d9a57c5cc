// SPDX-License-Identifier: GPL-2.0-or-later
//
// Callback lists. As in kernel/rcu/rcu_segcblist.{h,c} and include/linux/rcu_segcblist.h, v5.13.
//
// The plain fields belong to whoever holds the list's lock; each operation declares itself with
// an ExclusiveAccess, in the middle of which the world may change: two operations that overlap on
// one list are a data race, whatever they would have done to each other.
#pragma once

#include <array>

#include "core/kernel/rcu.h"
#include "core/kernel/subject.h"

namespace rcufuzz::nocb {

using kernel::atomic_add_return;
using kernel::READ_ONCE;
using kernel::Seq;
using kernel::Shared;
using kernel::Site;
using kernel::smp_mb;
using kernel::WRITE_ONCE;
using memory::smp_load_acquire;
using memory::smp_mb__after_atomic;
using memory::smp_mb__before_atomic;

struct RcuHead {
    RcuHead* next = nullptr;
    void (*func)(RcuHead* head) = nullptr;
};

// Says that nobody else may touch `what` until the end of the scope, as the kernel's
// ASSERT_EXCLUSIVE_ACCESS_SCOPED does, and passes a point inside.
class ExclusiveAccess {
   public:
    struct Flag {
        bool busy = false;
        kernel::ObjectId object = 0;
    };
    ExclusiveAccess(Flag& flag, const Site& site);
    ~ExclusiveAccess() { flag_.busy = false; }
    ExclusiveAccess(const ExclusiveAccess&) = delete;
    ExclusiveAccess& operator=(const ExclusiveAccess&) = delete;

   private:
    Flag& flag_;
};

// The simple list: the bypass, and scratch lists. `len` is read without the lock.
struct RcuCblist {
    RcuHead* head = nullptr;
    RcuHead** tail = &head;
    Shared<long> len;
    ExclusiveAccess::Flag access{};

    void init(const char* name, int index);
    RcuCblist() = default;
    RcuCblist(const RcuCblist&) = delete;
    RcuCblist& operator=(const RcuCblist&) = delete;
};

long rcu_cblist_n_cbs(const RcuCblist& list, const Site& site = Site::current());
void rcu_cblist_enqueue(RcuCblist& list, RcuHead& head, const Site& site = Site::current());
// `to` takes the whole content of `from`; then `from` is empty, or holds exactly `head`.
void rcu_cblist_flush_enqueue(RcuCblist& to, RcuCblist& from, RcuHead* head,
                              const Site& site = Site::current());
RcuHead* rcu_cblist_dequeue(RcuCblist& list);

// --- the segmented list -------------------------------------------------------------------------

enum Segment : unsigned { RCU_DONE_TAIL, RCU_WAIT_TAIL, RCU_NEXT_READY_TAIL, RCU_NEXT_TAIL };
inline constexpr unsigned RCU_CBLIST_NSEGS = 4;

// Flags of a segmented list, as v5.13 has them.
inline constexpr unsigned SEGCBLIST_ENABLED = 1u << 0;
inline constexpr unsigned SEGCBLIST_SOFTIRQ_ONLY = 1u << 1;
inline constexpr unsigned SEGCBLIST_KTHREAD_CB = 1u << 2;
inline constexpr unsigned SEGCBLIST_KTHREAD_GP = 1u << 3;
inline constexpr unsigned SEGCBLIST_OFFLOADED = 1u << 4;

struct RcuSegcblist {
    RcuHead* head = nullptr;
    std::array<RcuHead**, RCU_CBLIST_NSEGS> tails{&head, &head, &head, &head};
    std::array<Seq, RCU_CBLIST_NSEGS> gp_seq{};
    std::array<long, RCU_CBLIST_NSEGS> seglen{};
    Shared<long> len;  // callbacks here, in the bypass, and being invoked
    Shared<unsigned> flags;
    ExclusiveAccess::Flag access{};

    RcuSegcblist() = default;
    RcuSegcblist(const RcuSegcblist&) = delete;
    RcuSegcblist& operator=(const RcuSegcblist&) = delete;
};

// Empties the list and enables it; other flags stay.
void rcu_segcblist_init(RcuSegcblist& list);

// Under the list's lock; read without it by rcuog and by sleeping kthreads.
inline void rcu_segcblist_set_flags(RcuSegcblist& list, unsigned flags,
                                    const Site& site = Site::current()) {
    WRITE_ONCE(list.flags, list.flags.get() | flags, site);
}
inline void rcu_segcblist_clear_flags(RcuSegcblist& list, unsigned flags,
                                      const Site& site = Site::current()) {
    WRITE_ONCE(list.flags, list.flags.get() & ~flags, site);
}
inline bool rcu_segcblist_test_flags(const RcuSegcblist& list, unsigned flags,
                                     const Site& site = Site::current()) {
    return (READ_ONCE(list.flags, site) & flags) != 0;  // any of them
}
// True where the nocb lock must be taken.
inline bool rcu_segcblist_is_offloaded(const RcuSegcblist& list) {
    return (list.flags.get() & SEGCBLIST_SOFTIRQ_ONLY) == 0;
}
inline bool rcu_segcblist_completely_offloaded(const RcuSegcblist& list) {
    constexpr unsigned all = SEGCBLIST_KTHREAD_CB | SEGCBLIST_KTHREAD_GP | SEGCBLIST_OFFLOADED;
    return (list.flags.get() & all) == all;
}
inline bool rcu_segcblist_is_enabled(const RcuSegcblist& list) {
    return (list.flags.get() & SEGCBLIST_ENABLED) != 0;
}
inline bool rcu_segcblist_empty(const RcuSegcblist& list) { return list.head == nullptr; }
inline bool rcu_segcblist_restempty(const RcuSegcblist& list, unsigned segment) {
    return *list.tails[segment] == nullptr;
}
inline bool rcu_segcblist_segempty(const RcuSegcblist& list, unsigned segment) {
    return segment == RCU_DONE_TAIL ? list.tails[RCU_DONE_TAIL] == &list.head
                                    : list.tails[segment - 1] == list.tails[segment];
}
inline bool rcu_segcblist_ready_cbs(const RcuSegcblist& list) {
    return rcu_segcblist_is_enabled(list) && list.tails[RCU_DONE_TAIL] != &list.head;
}
inline bool rcu_segcblist_pend_cbs(const RcuSegcblist& list) {
    return rcu_segcblist_is_enabled(list) && !rcu_segcblist_restempty(list, RCU_DONE_TAIL);
}
// The number the first waiting segment waits for. Trap: when only NEXT_TAIL is populated this is
// still true, with a stale number.
bool rcu_segcblist_nextgp(const RcuSegcblist& list, Seq& seq);
long rcu_segcblist_n_cbs(const RcuSegcblist& list, const Site& site = Site::current());

// Full barriers on both sides of the update order it against the linking and the invoking.
void rcu_segcblist_add_len(RcuSegcblist& list, long count, const Site& site = Site::current());
inline void rcu_segcblist_inc_len(RcuSegcblist& list, const Site& site = Site::current()) {
    rcu_segcblist_add_len(list, 1, site);
}

void rcu_segcblist_enqueue(RcuSegcblist& list, RcuHead& head, const Site& site = Site::current());
// Queues behind the last callback there is, even where that is being invoked: for rcu_barrier(),
// which waits for callbacks and not for a grace period. False: there is none.
bool rcu_segcblist_entrain(RcuSegcblist& list, RcuHead& head, const Site& site = Site::current());
void rcu_segcblist_extract_done_cbs(RcuSegcblist& list, RcuCblist& to,
                                    const Site& site = Site::current());
void rcu_segcblist_insert_done_cbs(RcuSegcblist& list, RcuCblist& from,
                                   const Site& site = Site::current());
void rcu_segcblist_insert_pend_cbs(RcuSegcblist& list, RcuCblist& from,
                                   const Site& site = Site::current());
// The callbacks of a dead CPU go to `to`, which forgets what they waited for.
void rcu_segcblist_merge(RcuSegcblist& to, RcuSegcblist& from, const Site& site = Site::current());
// The list of a CPU that went offline, empty by now.
void rcu_segcblist_disable(RcuSegcblist& list, const Site& site = Site::current());
// Moves what waited for grace periods up to `seq` to DONE.
void rcu_segcblist_advance(RcuSegcblist& list, Seq seq, const Site& site = Site::current());
// Numbers what can be numbered with `seq`. False does not mean that everything has a number.
bool rcu_segcblist_accelerate(RcuSegcblist& list, Seq seq, const Site& site = Site::current());

}  // namespace rcufuzz::nocb
