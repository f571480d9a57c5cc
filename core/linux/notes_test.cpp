// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/linux/notes.h"

#include <gtest/gtest.h>

#include <array>

namespace rcufuzz::linux_guest {
namespace {

long text(const char* word) { return reinterpret_cast<long>(word); }

TEST(Notes, TheWordOfAnEventNamesItsSentence) {
    const std::array<long, 3> start{text("rcu_sched"), 9, text("start")};
    const std::optional<Note> note = note_of("rcu_grace_period", start.data());
    ASSERT_TRUE(note);
    EXPECT_EQ(note_sentence(note->number), "{who} starts grace period {gp}.");
    EXPECT_EQ(note->a, 9);
    const std::array<long, 3> end{text("rcu_sched"), 9, text("end")};
    EXPECT_NE(note_of("rcu_grace_period", end.data())->number, note->number);
}

TEST(Notes, AnEventWithoutAWordHasOneSentence) {
    const std::array<long, 3> queued{text("rcu_sched"), 0, 7};
    const std::optional<Note> note = note_of("rcu_callback", queued.data());
    ASSERT_TRUE(note);
    EXPECT_EQ(note->a, 7);
}

TEST(Notes, WhatTheTableDoesNotHaveIsNotTold) {
    const std::array<long, 3> args{text("rcu_sched"), 9, text("a word of a later kernel")};
    EXPECT_FALSE(note_of("rcu_grace_period", args.data()));
    EXPECT_FALSE(note_of("rcu_torture_read", args.data()));
}

TEST(Notes, GracePeriodsCountFromTheBoot) {
    const auto first = -300L * 4;
    EXPECT_EQ(grace_period_number(first), 0);
    EXPECT_EQ(grace_period_number(first + 1), 0);
    EXPECT_EQ(grace_period_number(first + 4), 1);
}

// rcu_seq_snap() and rcu_seq_start(): it begins by a state of 1, and ends with the next number.
TEST(Notes, CallbacksWaitForTheGracePeriodThatIsToldToStart) {
    const long started = 9;
    const std::array<long, 3> start{text("rcu_sched"), started, text("start")};
    const std::array<long, 3> wait{text("rcu_sched"), (started | 3) + 1, text("AccWaitCB")};
    const std::optional<Note> begins = note_of("rcu_grace_period", start.data());
    const std::optional<Note> waits = note_of("rcu_grace_period", wait.data());
    ASSERT_TRUE(begins && waits);
    EXPECT_NE(note_sentence(begins->number).find("{gp}"), std::string_view::npos);
    EXPECT_NE(note_sentence(waits->number).find("{gp_end}"), std::string_view::npos);
    EXPECT_EQ(grace_period_over_at(waits->a), grace_period_number(begins->a));
}

}  // namespace
}  // namespace rcufuzz::linux_guest
