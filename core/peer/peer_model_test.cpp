// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/peer/peer_model.h"

#include <gtest/gtest.h>

namespace rcufuzz::peer {
namespace {

TEST(PeerModel, TheFixedFormIsProved) {
    const PeerProof proof = prove_peer_model({.fixed = true, .enqueues0 = 2, .enqueues1 = 0});
    EXPECT_TRUE(proof.clean);
    EXPECT_GT(proof.states, 1000u);
}

TEST(PeerModel, TheBrokenFormIsNot) {
    EXPECT_FALSE(prove_peer_model({.enqueues0 = 3, .enqueues1 = 0}).clean);
}

// The bug takes three on one CPU: deferred, woken without the level being reset, deferred again.
// SPIN says the same of both.
TEST(PeerModel, TwoEnqueuesAreSafeEvenBroken) {
    EXPECT_TRUE(prove_peer_model({.enqueues0 = 2, .enqueues1 = 0}).clean);
}

// The reduction by commuting steps leaves out no state: the same number without it.
TEST(PeerModel, SleepSetsLeaveOutNoState) {
    const PeerModel model{.fixed = true, .enqueues0 = 1, .enqueues1 = 1};
    strategy::DfsOptions options = peer_model_search();
    options.commute = nullptr;
    strategy::Dfs search(options);
    do {
        EXPECT_TRUE(run_peer_model(model, search));
    } while (search.next());
    const PeerProof proof = prove_peer_model(model);
    EXPECT_EQ(search.states(), proof.states);
    EXPECT_GT(search.runs(), proof.runs);
}

TEST(PeerModel, IsFoundByAPolicy) { EXPECT_LT(hunt_peer_model({}, "pct", 1, 200000), 200000u); }

}  // namespace
}  // namespace rcufuzz::peer
