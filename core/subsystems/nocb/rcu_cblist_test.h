// SPDX-License-Identifier: GPL-2.0-or-later
//
// For the tests of the callback lists: lists, numbered callbacks, and a task to work on them.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "core/kernel/kernel_test.h"
#include "core/subsystems/nocb/rcu_cblist.h"

namespace rcufuzz::nocb::test {

// Runs the body in a task, where the lists' points have somewhere to be.
inline void in_task(const kernel::test::Body& body) {
    kernel::test::Sequential strategy;
    const auto ran = kernel::test::run_kernel(1, strategy, [&] { kernel::test::task(0, body); });
    EXPECT_EQ(kernel::test::fault(ran), "");
}

inline RcuCblist& make_list() {
    RcuCblist& list = sim::world().arena().make<RcuCblist>();
    list.init("list", 0);
    return list;
}

inline RcuSegcblist& make_segcblist() {
    RcuSegcblist& list = sim::world().arena().make<RcuSegcblist>();
    list.len.init("len", 0, 0);
    list.flags.init("flags", 0, SEGCBLIST_OFFLOADED);
    rcu_segcblist_init(list);
    return list;
}

struct Numbered : RcuHead {
    int number = 0;
};

inline int number_of(const RcuHead* head) { return static_cast<const Numbered*>(head)->number; }

inline std::vector<int> numbers(const RcuHead* head) {
    std::vector<int> all;
    for (; head != nullptr && all.size() < 1000; head = head->next) all.push_back(number_of(head));
    return all;
}

}  // namespace rcufuzz::nocb::test
