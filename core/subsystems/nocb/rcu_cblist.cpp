// SPDX-License-Identifier: GPL-2.0-or-later
//
// kernel/rcu/rcu_segcblist.c, v5.13.
#include "core/subsystems/nocb/rcu_cblist.h"

#include "core/subsystems/nocb/bugs.h"

namespace rcufuzz::nocb {

ExclusiveAccess::ExclusiveAccess(Flag& flag, const Site& site) : flag_(flag) {
    if (flag.busy && !kernel::run_is_over())
        kernel::fail(Verdict::data_race, "two contexts work on one callback list at the same time",
                     site);
    flag.busy = true;
    kernel::plain_write(flag.object, site);
}

// --- the simple list ----------------------------------------------------------------------------

void RcuCblist::init(const char* name, int index) {
    len.init(name, index, 0);
    access.object = len.object();
}

long rcu_cblist_n_cbs(const RcuCblist& list, const Site& site) { return READ_ONCE(list.len, site); }

void rcu_cblist_enqueue(RcuCblist& list, RcuHead& head, const Site& site) {
    const ExclusiveAccess exclusive(list.access, site);
    head.next = nullptr;
    *list.tail = &head;
    list.tail = &head.next;
    WRITE_ONCE(list.len, list.len.get() + 1, site);
}

// A reader of from.len without the lock never sees a passing 0 when `head` goes in.
void rcu_cblist_flush_enqueue(RcuCblist& to, RcuCblist& from, RcuHead* head, const Site& site) {
    const ExclusiveAccess exclusive(from.access, site);
    to.head = from.head;
    to.tail = from.head != nullptr ? from.tail : &to.head;
    to.len.set(from.len.get());
    if (head == nullptr) {
        from.head = nullptr;
        from.tail = &from.head;
        WRITE_ONCE(from.len, 0, site);
    } else {
        head->next = nullptr;
        from.head = head;
        from.tail = &head->next;
        WRITE_ONCE(from.len, 1, site);
    }
}

RcuHead* rcu_cblist_dequeue(RcuCblist& list) {
    RcuHead* const head = list.head;
    if (head == nullptr) return nullptr;
    list.len.set(list.len.get() - 1);
    list.head = head->next;
    if (list.head == nullptr) list.tail = &list.head;
    return head;
}

// --- the segmented list -------------------------------------------------------------------------

void rcu_segcblist_init(RcuSegcblist& list) {
    list.head = nullptr;
    list.tails.fill(&list.head);
    list.seglen.fill(0);
    list.len.set(0);
    list.flags.set(list.flags.get() | SEGCBLIST_ENABLED);
}

bool rcu_segcblist_nextgp(const RcuSegcblist& list, Seq& seq) {
    if (!rcu_segcblist_pend_cbs(list)) return false;
    seq = list.gp_seq[RCU_WAIT_TAIL];
    return true;
}

long rcu_segcblist_n_cbs(const RcuSegcblist& list, const Site& site) {
    return READ_ONCE(list.len, site);
}

void rcu_segcblist_add_len(RcuSegcblist& list, long count, const Site& site) {
    // Orders the invocations before the decrement. Pairs with rcu_barrier()'s test of len.
    if (!bug(Bug::D47_len_lowered_early)) smp_mb__before_atomic();
    memory::atomic_add(count, list.len, site);
    // Orders the increment before the linking, and before what the caller of call_rcu() does next.
    // Pairs with rcu_seq_start() of rcu_barrier().
    if (!bug(Bug::D48_len_raised_late)) smp_mb__after_atomic();
}

void rcu_segcblist_enqueue(RcuSegcblist& list, RcuHead& head, const Site& site) {
    rcu_segcblist_inc_len(list, site);
    const ExclusiveAccess exclusive(list.access, site);
    ++list.seglen[RCU_NEXT_TAIL];
    head.next = nullptr;
    *list.tails[RCU_NEXT_TAIL] = &head;
    list.tails[RCU_NEXT_TAIL] = &head.next;
}

bool rcu_segcblist_entrain(RcuSegcblist& list, RcuHead& head, const Site& site) {
    if (rcu_segcblist_n_cbs(list, site) == 0) return false;
    rcu_segcblist_inc_len(list, site);
    // Orders the counting before the linking.
    if (!bug(Bug::D52_entrain_unordered)) smp_mb();
    const ExclusiveAccess exclusive(list.access, site);
    head.next = nullptr;
    unsigned i = RCU_NEXT_TAIL;
    while (i > RCU_DONE_TAIL && rcu_segcblist_segempty(list, i)) --i;
    ++list.seglen[i];
    *list.tails[i] = &head;
    for (; i <= RCU_NEXT_TAIL; ++i) list.tails[i] = &head.next;
    return true;
}

void rcu_segcblist_extract_done_cbs(RcuSegcblist& list, RcuCblist& to, const Site& site) {
    if (!rcu_segcblist_ready_cbs(list)) return;
    const ExclusiveAccess exclusive(list.access, site);
    to.len.set(list.seglen[RCU_DONE_TAIL]);
    *to.tail = list.head;
    RcuHead** const done_end = list.tails[RCU_DONE_TAIL];
    list.head = *done_end;
    *done_end = nullptr;
    to.tail = done_end;
    for (unsigned i = RCU_DONE_TAIL; i < RCU_CBLIST_NSEGS; ++i)
        if (list.tails[i] == done_end) list.tails[i] = &list.head;
    list.seglen[RCU_DONE_TAIL] = 0;
}

void rcu_segcblist_insert_done_cbs(RcuSegcblist& list, RcuCblist& from, const Site& site) {
    if (from.head == nullptr) return;
    const ExclusiveAccess exclusive(list.access, site);
    list.seglen[RCU_DONE_TAIL] += from.len.get();
    *from.tail = list.head;
    list.head = from.head;
    for (unsigned i = RCU_DONE_TAIL; i < RCU_CBLIST_NSEGS; ++i) {
        if (list.tails[i] != &list.head) break;
        list.tails[i] = from.tail;
    }
    from.head = nullptr;
    from.tail = &from.head;
}

void rcu_segcblist_insert_pend_cbs(RcuSegcblist& list, RcuCblist& from, const Site& site) {
    if (from.head == nullptr) return;
    const ExclusiveAccess exclusive(list.access, site);
    list.seglen[RCU_NEXT_TAIL] += from.len.get();
    *list.tails[RCU_NEXT_TAIL] = from.head;
    list.tails[RCU_NEXT_TAIL] = from.tail;
}

namespace {

void extract_pend_cbs(RcuSegcblist& list, RcuCblist& to, const Site& site) {
    if (!rcu_segcblist_pend_cbs(list)) return;
    const ExclusiveAccess exclusive(list.access, site);
    to.head = *list.tails[RCU_DONE_TAIL];
    to.tail = list.tails[RCU_NEXT_TAIL];
    *list.tails[RCU_DONE_TAIL] = nullptr;
    long count = 0;
    for (unsigned i = RCU_WAIT_TAIL; i < RCU_CBLIST_NSEGS; ++i) {
        count += list.seglen[i];
        list.tails[i] = list.tails[RCU_DONE_TAIL];
        list.seglen[i] = 0;
    }
    to.len.set(count);
}

}  // namespace

void rcu_segcblist_merge(RcuSegcblist& to, RcuSegcblist& from, const Site& site) {
    RcuCblist done;
    RcuCblist pend;
    rcu_segcblist_extract_done_cbs(from, done, site);
    extract_pend_cbs(from, pend, site);
    const long count = from.len.get();
    from.len.set(0);
    rcu_segcblist_add_len(to, count, site);
    rcu_segcblist_insert_done_cbs(to, done, site);
    rcu_segcblist_insert_pend_cbs(to, pend, site);
    rcu_segcblist_init(from);
}

void rcu_segcblist_disable(RcuSegcblist& list, const Site& site) {
    kernel::warn_on(!rcu_segcblist_empty(list), "a list that is disabled has callbacks", site);
    kernel::warn_on(list.len.get() != 0, "a list that is disabled counts callbacks", site);
    rcu_segcblist_clear_flags(list, SEGCBLIST_ENABLED, site);
}

void rcu_segcblist_advance(RcuSegcblist& list, Seq seq, const Site& site) {
    if (rcu_segcblist_restempty(list, RCU_DONE_TAIL)) return;
    const ExclusiveAccess exclusive(list.access, site);
    unsigned i = RCU_WAIT_TAIL;
    for (; i < RCU_NEXT_TAIL; ++i) {
        if (kernel::ulong_cmp_lt(seq, list.gp_seq[i])) break;
        list.tails[RCU_DONE_TAIL] = list.tails[i];
        list.seglen[RCU_DONE_TAIL] += list.seglen[i];
        list.seglen[i] = 0;
    }
    if (i == RCU_WAIT_TAIL) return;  // nothing was ready
    for (unsigned j = RCU_WAIT_TAIL; j < i; ++j) list.tails[j] = list.tails[RCU_DONE_TAIL];
    // Close the gap where WAIT became empty and NEXT_READY did not.
    for (unsigned j = RCU_WAIT_TAIL; i < RCU_NEXT_TAIL; ++i, ++j) {
        if (list.tails[j] == list.tails[RCU_NEXT_TAIL]) break;
        list.tails[j] = list.tails[i];
        list.seglen[j] += list.seglen[i];
        list.seglen[i] = 0;
        list.gp_seq[j] = list.gp_seq[i];
    }
}

bool rcu_segcblist_accelerate(RcuSegcblist& list, Seq seq, const Site& site) {
    if (rcu_segcblist_restempty(list, RCU_DONE_TAIL)) return false;
    const ExclusiveAccess exclusive(list.access, site);
    // Find the oldest segment that may take the rest: behind the last one with an older number.
    unsigned i = RCU_NEXT_READY_TAIL;
    for (; i > RCU_DONE_TAIL; --i)
        if (!rcu_segcblist_segempty(list, i) && kernel::ulong_cmp_lt(list.gp_seq[i], seq)) break;
    if (rcu_segcblist_restempty(list, i) || ++i >= RCU_NEXT_TAIL) return false;
    for (unsigned j = i + 1; j <= RCU_NEXT_TAIL; ++j) {
        list.seglen[i] += list.seglen[j];
        list.seglen[j] = 0;
    }
    for (; i < RCU_NEXT_TAIL; ++i) {
        list.tails[i] = list.tails[RCU_NEXT_TAIL];
        list.gp_seq[i] = seq;
    }
    return true;
}

}  // namespace rcufuzz::nocb
