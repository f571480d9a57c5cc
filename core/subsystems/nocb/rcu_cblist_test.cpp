// SPDX-License-Identifier: GPL-2.0-or-later
//
// The callback lists by hand, and the two traps that the kernel's algorithms rely on or fall into.
// Beside a naive model: rcu_cblist_model_test.cpp.
#include "core/subsystems/nocb/rcu_cblist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/rcu_cblist_test.h"

namespace rcufuzz::nocb {
namespace {

using kernel::test::EveryRun;
using kernel::test::fault;
using kernel::test::run_kernel;
using kernel::test::task;
using test::in_task;
using test::make_list;
using test::make_segcblist;
using test::number_of;
using test::Numbered;
using test::numbers;
using testing::ElementsAre;

// --- the simple list ----------------------------------------------------------------------------

TEST(RcuCblist, KeepsCallbacksInOrder) {
    in_task([] {
        RcuCblist& list = make_list();
        std::array<Numbered, 3> heads;
        EXPECT_EQ(rcu_cblist_dequeue(list), nullptr);
        for (int i = 0; i < 3; ++i) {
            heads[static_cast<unsigned>(i)].number = i;
            rcu_cblist_enqueue(list, heads[static_cast<unsigned>(i)]);
        }
        EXPECT_EQ(rcu_cblist_n_cbs(list), 3);
        EXPECT_THAT(numbers(list.head), ElementsAre(0, 1, 2));
        for (int i = 0; i < 3; ++i) EXPECT_EQ(number_of(rcu_cblist_dequeue(list)), i);
        EXPECT_EQ(list.tail, &list.head);
        EXPECT_EQ(rcu_cblist_n_cbs(list), 0);
    });
}

TEST(RcuCblist, FlushMovesAllAndLeavesTheNewOneAlone) {
    for (const bool with_new : {false, true}) {
        for (const unsigned count : {0u, 1u, 3u}) {
            in_task([with_new, count] {
                RcuCblist& from = make_list();
                RcuCblist& to = make_list();
                std::array<Numbered, 3> heads;
                Numbered fresh;
                fresh.number = 9;
                for (unsigned i = 0; i < count; ++i) {
                    heads[i].number = static_cast<int>(i);
                    rcu_cblist_enqueue(from, heads[i]);
                }
                rcu_cblist_flush_enqueue(to, from, with_new ? &fresh : nullptr);
                std::vector<int> moved{0, 1, 2};
                moved.resize(count);
                EXPECT_EQ(numbers(to.head), moved);
                EXPECT_EQ(to.len.get(), static_cast<long>(count));
                EXPECT_EQ(*to.tail, nullptr);
                EXPECT_EQ(numbers(from.head), with_new ? std::vector<int>{9} : std::vector<int>{});
                EXPECT_EQ(from.len.get(), with_new ? 1 : 0);
                Numbered next;  // both tails are good for another enqueue
                rcu_cblist_enqueue(from, next);
                EXPECT_EQ(from.len.get(), with_new ? 2 : 1);
            });
        }
    }
}

TEST(RcuCblist, AReaderWithoutTheLockNeverSeesAPassingZero) {
    EveryRun strategy(4);
    std::set<long> seen;
    do {
        run_kernel(2, strategy, [&] {
            RcuCblist& from = make_list();
            RcuCblist& to = make_list();
            static std::array<Numbered, 3> heads;
            rcu_cblist_enqueue(from, heads[0]);
            rcu_cblist_enqueue(from, heads[1]);
            task(0, [&] { rcu_cblist_flush_enqueue(to, from, &heads[2]); });
            task(1, [&] { seen.insert(rcu_cblist_n_cbs(from)); });
        });
    } while (strategy.next());
    EXPECT_THAT(seen, ElementsAre(1, 2));
}

// --- exclusive access ---------------------------------------------------------------------------

std::string two_enqueues(sim::Strategy& strategy, bool locked) {
    return fault(run_kernel(2, strategy, [locked] {
        RcuCblist& list = make_list();
        kernel::RawSpinlock& lock = sim::world().arena().make<kernel::RawSpinlock>();
        lock.init("lock", -1, 0);
        static std::array<Numbered, 2> heads;
        for (const unsigned cpu : {0u, 1u})
            task(cpu, [&list, &lock, cpu, locked] {
                if (locked) raw_spin_lock(lock);
                rcu_cblist_enqueue(list, heads[cpu]);
                if (locked) raw_spin_unlock(lock);
            });
    }));
}

TEST(ExclusiveAccess, TwoAtATimeAreADataRace) {
    EveryRun strategy(2);
    std::set<std::string> faults;
    do faults.insert(two_enqueues(strategy, false));
    while (strategy.next());
    EXPECT_THAT(faults, ElementsAre("",
                                    "data_race: two contexts work on one callback list at the same "
                                    "time"));
}

TEST(ExclusiveAccess, OneAfterTheOtherIsFine) {
    EveryRun strategy(3);
    do ASSERT_EQ(two_enqueues(strategy, true), "");
    while (strategy.next());
}

// --- the segmented list: by hand ----------------------------------------------------------------

// One callback in each segment: done, waiting for 8, waiting for 12, without a number.
struct FourSegments {
    RcuSegcblist& list = make_segcblist();
    std::array<Numbered, 5> heads;

    FourSegments() {
        for (int i = 0; i < 5; ++i) heads[static_cast<unsigned>(i)].number = i;
        rcu_segcblist_enqueue(list, heads[0]);
        EXPECT_TRUE(rcu_segcblist_accelerate(list, 4));
        rcu_segcblist_advance(list, 4);
        rcu_segcblist_enqueue(list, heads[1]);
        EXPECT_TRUE(rcu_segcblist_accelerate(list, 8));
        rcu_segcblist_enqueue(list, heads[2]);
        EXPECT_TRUE(rcu_segcblist_accelerate(list, 12));
        rcu_segcblist_enqueue(list, heads[3]);
    }
};

TEST(RcuSegcblist, HasOneCallbackInEachSegment) {
    in_task([] {
        FourSegments four;
        EXPECT_THAT(four.list.seglen, ElementsAre(1, 1, 1, 1));
        EXPECT_EQ(four.list.gp_seq[RCU_WAIT_TAIL], 8u);
        EXPECT_EQ(four.list.gp_seq[RCU_NEXT_READY_TAIL], 12u);
        EXPECT_EQ(check_I5_list_shape(four.list), "");
    });
}

// nextgp() tells of pending callbacks even when none of them has a number; what it then tells is
// the number of an earlier time, mostly one that is over. nocb_cb_wait() thus numbers new ones.
TEST(RcuSegcblist, NextgpIsTrueWithAStaleNumber) {
    in_task([] {
        RcuSegcblist& list = make_segcblist();
        Numbered first;
        Numbered second;
        Seq seq = 77;
        EXPECT_FALSE(rcu_segcblist_nextgp(list, seq));
        EXPECT_EQ(seq, 77u);
        rcu_segcblist_enqueue(list, first);
        ASSERT_TRUE(rcu_segcblist_accelerate(list, 8));
        rcu_segcblist_advance(list, 8);
        RcuCblist done;
        rcu_segcblist_extract_done_cbs(list, done);
        rcu_segcblist_enqueue(list, second);
        EXPECT_TRUE(rcu_segcblist_segempty(list, RCU_WAIT_TAIL));
        EXPECT_TRUE(rcu_segcblist_nextgp(list, seq));
        EXPECT_EQ(seq, 8u) << "a grace period that is over";
    });
}

// With older numbers in both waiting segments a new callback stays without one, and false is all
// that the caller hears.
TEST(RcuSegcblist, AccelerateIsFalseThoughSomethingHasNoNumber) {
    in_task([] {
        FourSegments four;
        EXPECT_FALSE(rcu_segcblist_accelerate(four.list, 16));
        EXPECT_EQ(four.list.seglen[RCU_NEXT_TAIL], 1) << "still without a number";
        EXPECT_TRUE(rcu_segcblist_accelerate(four.list, 12)) << "but it may join its elders";
        EXPECT_THAT(four.list.seglen, ElementsAre(1, 1, 2, 0));
    });
}

TEST(RcuSegcblist, AdvanceClosesTheGap) {
    in_task([] {
        FourSegments four;
        rcu_segcblist_advance(four.list, 8);
        EXPECT_THAT(four.list.seglen, ElementsAre(2, 1, 0, 1));
        EXPECT_EQ(four.list.gp_seq[RCU_WAIT_TAIL], 12u);
        EXPECT_EQ(check_I5_list_shape(four.list), "");
        rcu_segcblist_advance(four.list, 12);
        EXPECT_THAT(four.list.seglen, ElementsAre(3, 0, 0, 1));
        EXPECT_THAT(numbers(four.list.head), ElementsAre(0, 1, 2, 3));
    });
}

TEST(RcuSegcblist, AdvanceComparesAcrossTheWrap) {
    in_task([] {
        RcuSegcblist& list = make_segcblist();
        Numbered head;
        rcu_segcblist_enqueue(list, head);
        ASSERT_TRUE(rcu_segcblist_accelerate(list, 4));  // just behind the wrap
        rcu_segcblist_advance(list, ~Seq{0} - 3);
        EXPECT_FALSE(rcu_segcblist_ready_cbs(list));
        rcu_segcblist_advance(list, 4);
        EXPECT_TRUE(rcu_segcblist_ready_cbs(list));
    });
}

TEST(RcuSegcblist, LenCountsUntilTheInvocationIsOver) {
    in_task([] {
        FourSegments four;
        RcuCblist done;
        rcu_segcblist_extract_done_cbs(four.list, done);
        EXPECT_EQ(rcu_segcblist_n_cbs(four.list), 4) << "one of them is being invoked";
        rcu_segcblist_add_len(four.list, -1);
        EXPECT_EQ(rcu_segcblist_n_cbs(four.list), 3);
        EXPECT_THAT(numbers(done.head), ElementsAre(0));
        EXPECT_THAT(numbers(four.list.head), ElementsAre(1, 2, 3));
    });
}

TEST(RcuSegcblist, FlagsAskForAnyOfThem) {
    in_task([] {
        RcuSegcblist& list = make_segcblist();
        list.flags.set(SEGCBLIST_ENABLED | SEGCBLIST_OFFLOADED | SEGCBLIST_KTHREAD_GP);
        EXPECT_TRUE(rcu_segcblist_test_flags(list, SEGCBLIST_KTHREAD_CB | SEGCBLIST_KTHREAD_GP));
        EXPECT_FALSE(rcu_segcblist_test_flags(list, SEGCBLIST_KTHREAD_CB));
        EXPECT_TRUE(rcu_segcblist_is_offloaded(list));
        EXPECT_FALSE(rcu_segcblist_completely_offloaded(list));
        list.flags.set(list.flags.get() | SEGCBLIST_KTHREAD_CB);
        EXPECT_TRUE(rcu_segcblist_completely_offloaded(list));
        list.flags.set(SEGCBLIST_ENABLED | SEGCBLIST_SOFTIRQ_ONLY);
        EXPECT_FALSE(rcu_segcblist_is_offloaded(list)) << "nocb_lock is not taken";
    });
}

TEST(RcuSegcblist, ADisabledListHasNothingToOffer) {
    in_task([] {
        FourSegments four;
        four.list.flags.set(0);
        EXPECT_FALSE(rcu_segcblist_ready_cbs(four.list));
        EXPECT_FALSE(rcu_segcblist_pend_cbs(four.list));
        rcu_segcblist_init(four.list);
        EXPECT_TRUE(rcu_segcblist_is_enabled(four.list));
        EXPECT_TRUE(rcu_segcblist_empty(four.list));
        EXPECT_THAT(four.list.seglen, ElementsAre(0, 0, 0, 0));
    });
}

}  // namespace
}  // namespace rcufuzz::nocb
