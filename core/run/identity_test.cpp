// SPDX-License-Identifier: GPL-2.0-or-later
//
// The identity of finds, and the renaming of CPUs that keeps it.
#include "core/run/identity.h"

#include <gmock/gmock.h>

#include <set>

#include "core/run/codec.h"
#include "core/run/hunt.h"
#include "core/run/runner.h"
#include "core/run/symmetry.h"
#include "core/run/toy_test.h"

namespace rcufuzz::run {
namespace {

using scenario::Op;
using scenario::OpContext;

TEST(StableWords, LeaveNumbersAndNamesOfSingleObjectsOut) {
    EXPECT_EQ(stable_words("I1: nocb_timer of cpu1 is armed, but the level is not set"),
              "I1_nocb_timer_armed_level_not_set");
    EXPECT_EQ(stable_words("segment 2 of cpu0 counts a"), "segment_counts");
    EXPECT_EQ(stable_words("rcu_barrier() waits for nocb_lock[1]"),
              "rcu_barrier_waits_for_nocb_lock");
    EXPECT_EQ(stable_words(""), "");
}

Plan with_bug(toy::ToyBug bug, std::vector<Op> ops) {
    Plan plan = empty_plan(toy::subsystem());
    plan.bugs = std::uint64_t{1} << bug;
    plan.ops = std::move(ops);
    canonicalize(plan);
    return plan;
}

std::set<std::string> identities(toy::ToyBug bug, const std::string& strategy) {
    HuntOptions options;
    options.base = with_bug(bug, {});
    options.strategy = strategy;
    options.runs = 20000;
    std::set<std::string> found;
    for (options.seed = 1; options.seed <= 10; ++options.seed)
        for (const Find& find : hunt(options).finds) found.insert(find.outcome.identity);
    return found;
}

TEST(Identity, IsOneForABugAndAnotherForAnother) {
    std::set<std::string> all;
    for (const toy::ToyBug bug : {toy::bug_no_lock, toy::bug_no_wake, toy::bug_odd_posts}) {
        std::set<std::string> of_bug = identities(bug, "random");
        of_bug.merge(identities(bug, "pct"));
        EXPECT_THAT(of_bug, testing::SizeIs(1));
        all.merge(of_bug);
    }
    EXPECT_THAT(all, testing::SizeIs(3));
}

// A load of another variable that happens to see an old value, shortly before, has no part in it.
TEST(Identity, DoesNotNameALoadThatIsNotToBlame) {
    HuntOptions options;
    options.base = with_bug(toy::bug_no_lock, {});
    options.base.bugs |= std::uint64_t{1} << toy::bug_odd_posts;
    options.base.memory = MemoryMode::weak;
    options.strategy = "random";
    options.all = true;
    options.runs = 4000;
    std::set<std::string> of_posts;
    for (const Find& find : hunt(options).finds)
        if (find.outcome.verdict == Verdict::invariant) of_posts.insert(find.outcome.identity);
    EXPECT_THAT(of_posts, testing::ElementsAre("invariant-posts_are_even-post"));
}

TEST(Identity, BeginsWithTheVerdictAndIsFitForAFileName) {
    for (const toy::ToyBug bug : {toy::bug_no_lock, toy::bug_odd_posts}) {
        for (const std::string& identity : identities(bug, "pct")) {
            EXPECT_TRUE(identity.starts_with(bug == toy::bug_no_lock ? "wrong_data-"
                                                                     : "invariant-"));
            EXPECT_THAT(identity, testing::MatchesRegex("[A-Za-z0-9_.-]+"));
            EXPECT_LE(identity.size(), max_identity);
        }
    }
}

const std::vector<Op> two_posts{{toy::op_post, 0, OpContext::task_on, {}},
                                {toy::op_post, 0, OpContext::task_on, {}}};

// That an inner oracle stays silent is no property of the bug.
// The worker goes on nowhere; a third CPU that comes to spin later is there because of the others.
TEST(Identity, OfALivelockNamesThoseWhoSpinFirst) {
    const Op add{.kind = toy::op_add, .cpu = 0, .args = {1, 0}};
    const Op post{.kind = toy::op_post, .cpu = 1};
    Op as_well = post;
    as_well.cpu = 2;
    Op alone = add;
    alone.cpu = 2;
    const auto identity = [](std::vector<Op> ops) {
        Plan plan = with_bug(toy::bug_spins, std::move(ops));
        plan.config[toy::config_cpus] = 3;
        return replay(plan).identity;
    };
    EXPECT_EQ(identity({add, post}), "livelock-wait_for_addition_wait_for_post");
    EXPECT_EQ(identity({add, post, as_well}), identity({add, post}));
    EXPECT_EQ(identity({alone}), "livelock-wait_for_post");
    EXPECT_EQ(identity({post}), "livelock-wait_for_addition");
}

TEST(Identity, IsTheSameForBlackBoxPlans) {
    Plan plan = with_bug(toy::bug_no_wake, two_posts);
    plan.bugs |= std::uint64_t{1} << toy::bug_odd_posts;
    plan.decisions = {{main_key, 1, 1 + sim::actor(sim::Act::run, 2)}};
    const Outcome all = replay(plan);
    plan.oracle = OracleMode::black_box;
    const Outcome black_box = replay(plan);
    EXPECT_EQ(all.verdict, Verdict::invariant);
    EXPECT_EQ(black_box.verdict, Verdict::stranded_callback);
    EXPECT_EQ(black_box.identity, all.identity);
}

TEST(Identity, IsThereWhereItIsAskedForAndSomethingIsFound) {
    const Plan plan = with_bug(toy::bug_odd_posts, two_posts);
    EXPECT_NE(replay(plan).identity, "");
    EXPECT_EQ(replay(plan, {}).identity, "");
    EXPECT_EQ(replay(with_bug(toy::bug_extra_wake, two_posts)).identity, "");
}

// --- the numbers of CPUs ------------------------------------------------------------------------

constexpr Op add(unsigned cpu) {
    return {toy::op_add, static_cast<std::uint8_t>(cpu), OpContext::task_on, {1, 0}};
}

// An addition of one CPU is lost to that of another, which comes in between load and store.
Plan lost_addition(unsigned first, unsigned second) {
    Plan plan = with_bug(toy::bug_no_lock, {});
    plan.config[toy::config_cpus] = 3;
    plan.ops = {add(first), add(second)};
    const auto run = [](unsigned cpu) {
        return static_cast<std::uint8_t>(1 + sim::actor(sim::Act::run, cpu));
    };
    plan.decisions = {{main_key, 1, run(first)},
                      {sim::context_key(first, sim::Slot::task), 3, run(second)}};
    canonicalize(plan);
    return plan;
}

TEST(CanonicalCpus, PlansThatDifferInCpusAloneBecomeOne) {
    std::set<std::string> texts;
    unsigned shown = 0;
    for (unsigned first = 0; first < 3; ++first) {
        for (unsigned second = 0; second < 3; ++second) {
            if (first == second) continue;
            const Plan plan = lost_addition(first, second);
            if (replay(plan).found()) ++shown;
            texts.insert(to_text(with_canonical_cpus(plan)));
        }
    }
    EXPECT_EQ(shown, 6u);
    EXPECT_THAT(texts, testing::SizeIs(1));
}

TEST(CanonicalCpus, KeepTheFindAndStayAsTheyAre) {
    const Plan plan = lost_addition(1, 2);
    ASSERT_TRUE(replay(plan).found());
    const Plan canonical = with_canonical_cpus(plan);
    EXPECT_TRUE(replay(canonical).same_find(replay(plan)));
    EXPECT_LE(canonical.decisions.size(), plan.decisions.size());
    EXPECT_EQ(with_canonical_cpus(canonical), canonical);
}

TEST(CanonicalCpus, OperationsStandCpuByCpu) {
    const Plan plan = with_bug(toy::bug_extra_wake, {add(1), add(0)});
    const std::vector<Op> ordered{add(0), add(1)};
    EXPECT_EQ(with_canonical_cpus(plan).ops, ordered);
}

}  // namespace
}  // namespace rcufuzz::run
