// SPDX-License-Identifier: GPL-2.0-or-later
//
// The segmented list beside a naive model of it, compared after each of many random operations.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>

#include "core/base/prng.h"
#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/rcu_cblist_test.h"

namespace rcufuzz::nocb {
namespace {

using test::in_task;
using test::make_list;
using test::make_segcblist;
using test::Numbered;
using test::numbers;

// What the list is meant to be: callbacks in order, each in a segment, and a number for each of the
// two waiting segments that has callbacks.
class Model {
   public:
    struct Item {
        int number;
        unsigned segment;
    };

    void enqueue(int number) {
        items.push_back({number, RCU_NEXT_TAIL});
        ++len;
    }
    std::vector<int> extract_done() {
        std::vector<int> done;
        while (!items.empty() && items.front().segment == RCU_DONE_TAIL) {
            done.push_back(items.front().number);
            items.pop_front();
        }
        return done;
    }
    void insert_done(const std::vector<int>& list) {
        for (auto number = list.rbegin(); number != list.rend(); ++number)
            items.push_front({*number, RCU_DONE_TAIL});
    }
    void insert_pend(const std::vector<int>& list) {
        for (const int number : list) items.push_back({number, RCU_NEXT_TAIL});
    }
    void advance(Seq seq) {
        for (const unsigned segment : {RCU_WAIT_TAIL, RCU_NEXT_READY_TAIL}) {
            if (count(segment) == 0 || seq < waits_for[segment]) break;
            rename(segment, RCU_DONE_TAIL);
        }
        if (count(RCU_WAIT_TAIL) != 0 || count(RCU_NEXT_READY_TAIL) == 0) return;
        rename(RCU_NEXT_READY_TAIL, RCU_WAIT_TAIL);
        waits_for[RCU_WAIT_TAIL] = waits_for[RCU_NEXT_READY_TAIL];
    }
    bool accelerate(Seq seq) {
        // Behind the last segment with an older number everything may take this one, if there is
        // anything and a segment to hold it.
        unsigned older = RCU_DONE_TAIL;
        for (const unsigned segment : {RCU_WAIT_TAIL, RCU_NEXT_READY_TAIL})
            if (count(segment) != 0 && waits_for[segment] < seq) older = segment;
        if (items.empty() || items.back().segment <= older) return false;
        if (older + 1 >= RCU_NEXT_TAIL) return false;
        for (Item& item : items)
            if (item.segment > older) item.segment = older + 1;
        waits_for[older + 1] = seq;
        return true;
    }

    long count(unsigned segment) const {
        return std::count_if(items.begin(), items.end(),
                             [segment](const Item& item) { return item.segment == segment; });
    }

    std::deque<Item> items;
    std::array<Seq, RCU_CBLIST_NSEGS> waits_for{};
    long len = 0;

   private:
    void rename(unsigned from, unsigned to) {
        for (Item& item : items)
            if (item.segment == from) item.segment = to;
    }
};

void expect_same(const RcuSegcblist& list, const Model& model) {
    std::vector<int> all;
    for (const Model::Item& item : model.items) all.push_back(item.number);
    ASSERT_EQ(numbers(list.head), all);
    ASSERT_EQ(check_I5_list_shape(list), "");
    long behind = static_cast<long>(all.size());
    for (unsigned segment = 0; segment < RCU_CBLIST_NSEGS; ++segment) {
        const long count = model.count(segment);
        behind -= count;
        ASSERT_EQ(list.seglen[segment], count) << "segment " << segment;
        ASSERT_EQ(rcu_segcblist_segempty(list, segment), count == 0);
        ASSERT_EQ(rcu_segcblist_restempty(list, segment), behind == 0);
        if (count != 0 && segment != RCU_DONE_TAIL && segment != RCU_NEXT_TAIL) {
            ASSERT_EQ(list.gp_seq[segment], model.waits_for[segment]);
        }
    }
    const long done = model.count(RCU_DONE_TAIL);
    const bool pending = static_cast<long>(all.size()) > done;
    ASSERT_EQ(rcu_segcblist_empty(list), all.empty());
    ASSERT_EQ(rcu_segcblist_ready_cbs(list), done != 0);
    ASSERT_EQ(rcu_segcblist_pend_cbs(list), pending);
    ASSERT_EQ(rcu_segcblist_n_cbs(list), model.len);
    Seq seq = 0;
    ASSERT_EQ(rcu_segcblist_nextgp(list, seq), pending);
    if (model.count(RCU_WAIT_TAIL) != 0) {
        ASSERT_EQ(seq, model.waits_for[RCU_WAIT_TAIL]);
    }
}

// A list, its model, and the callbacks that were taken off it.
class SideBySide {
   public:
    explicit SideBySide(std::uint64_t seed) : prng_(seed), list_(make_segcblist()) {}

    void one_operation() {
        switch (prng_.below(10)) {
            case 0:
            case 1:
            case 2:
                return enqueue();
            case 3:
                return extract();
            case 4:
                return put_back();
            case 5:
                return flush_into();
            case 6:
            case 7:
                return accelerate();
            default:
                gp_seq_ += prng_.below(3);  // idle, in progress, ...
                if ((gp_seq_ & 3) > 1) gp_seq_ = (gp_seq_ | 3) + 1;
                rcu_segcblist_advance(list_, gp_seq_);
                model_.advance(gp_seq_);
        }
    }
    void compare() const { expect_same(list_, model_); }
    long longest() const { return longest_; }

   private:
    Numbered& fresh() {
        Numbered& head = heads_.emplace_back();
        head.number = static_cast<int>(heads_.size());
        return head;
    }
    void enqueue() {
        Numbered& head = fresh();
        rcu_segcblist_enqueue(list_, head);
        model_.enqueue(head.number);
        longest_ = std::max(longest_, static_cast<long>(model_.items.size()));
    }
    void extract() {
        if (taken_.head != nullptr) return;
        rcu_segcblist_extract_done_cbs(list_, taken_);
        const std::vector<int> done = model_.extract_done();
        ASSERT_EQ(numbers(taken_.head), done);
        ASSERT_EQ(taken_.len.get(), static_cast<long>(done.size()));
    }
    // Invokes some of what was extracted and puts the rest back, as rcu_do_batch() does.
    void put_back() {
        long invoked = 0;
        while (taken_.head != nullptr && prng_.below(2) != 0) {
            rcu_cblist_dequeue(taken_);
            ++invoked;
        }
        const std::vector<int> rest = numbers(taken_.head);
        rcu_segcblist_insert_done_cbs(list_, taken_);
        rcu_segcblist_add_len(list_, -invoked);
        model_.insert_done(rest);
        model_.len -= invoked;
        taken_.len.set(0);
    }
    // As the bypass goes in: counted before, linked all at once.
    void flush_into() {
        RcuCblist& bypass = make_list();
        for (unsigned i = prng_.below(3); i != 0; --i) {
            rcu_segcblist_inc_len(list_);
            rcu_cblist_enqueue(bypass, fresh());
            ++model_.len;
        }
        const std::vector<int> moved = numbers(bypass.head);
        rcu_segcblist_insert_pend_cbs(list_, bypass);
        model_.insert_pend(moved);
    }
    void accelerate() {
        const Seq snap = kernel::rcu_seq_snap_of(gp_seq_);
        ASSERT_EQ(rcu_segcblist_accelerate(list_, snap), model_.accelerate(snap));
    }

    Prng prng_;
    RcuSegcblist& list_;
    Model model_;
    RcuCblist taken_;
    std::deque<Numbered> heads_;
    Seq gp_seq_ = 0;
    long longest_ = 0;
};

TEST(RcuSegcblist, IsWhatItsModelSays) {
    long longest = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        in_task([&] {
            SideBySide both(seed);
            for (int i = 0; i < 300 && !testing::Test::HasFatalFailure(); ++i) {
                both.one_operation();
                both.compare();
            }
            longest = std::max(longest, both.longest());
        });
        ASSERT_FALSE(testing::Test::HasFatalFailure()) << "seed " << seed;
    }
    EXPECT_GT(longest, 20);
}

}  // namespace
}  // namespace rcufuzz::nocb
