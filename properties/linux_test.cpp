// SPDX-License-Identifier: GPL-2.0-or-later
//
// The same properties of a kernel's own source: RCUFUZZ_KERNEL, or 6.12. They are skipped where it
// has not been built. What the kernel itself does wrong fails here as well; it is told in
// corpus/linux.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>

#include "core/base/check.h"
#include "core/report/story_run.h"
#include "core/run/codec.h"
#include "core/run/frame.h"
#include "core/run/generate.h"
#include "core/run/names.h"
#include "properties/generators.h"

namespace rcufuzz::properties {
namespace {

class Linux : public testing::Test {
   protected:
    void SetUp() override {
        const char* const said = std::getenv("RCUFUZZ_KERNEL");
        try {
            base_ = run::make_frame(run::target_from_word("linux"),
                                    {.kernel = said != nullptr ? said : "6.12"})
                        .plan;
        } catch (const UserError& error) {
            GTEST_SKIP() << error.what();
        }
    }

    run::Plan base_;
};

void expect_clean(const run::Plan& plan, const run::Outcome& outcome, const char* property) {
    if (outcome.found()) RC_LOG() << keep_failure(plan, property);
    RC_ASSERT(!outcome.found());
}

TEST_F(Linux, IsNotBlamedWhateverTheBytes) {
    EXPECT_TRUE(rc::check([this](const std::vector<std::uint8_t>& bytes) {
        const run::Plan plan = decoded(base_, bytes);
        expect_clean(plan, run::replay(plan), "linux-clean-bytes");
    }));
}

TEST_F(Linux, IsNotBlamedUnderAnyScheduleOfAGeneratedWorkload) {
    EXPECT_TRUE(rc::check([this](std::uint64_t seed) {
        const auto policy = any_policy();
        Prng prng(seed);
        const run::Plan plan = run::generate(base_, {}, prng);
        policy->reseed(prng.next());
        const run::Recorded recorded = run::record(plan, *policy);
        expect_clean(recorded.plan, recorded.outcome, "linux-clean-generated");
    }));
}

TEST_F(Linux, IsNotBlamedForAnySequenceOfOperations) {
    EXPECT_TRUE(rc::check([this](std::uint64_t seed) {
        const auto policy = any_policy();
        const run::Plan plan = *workload_of(base_);
        policy->reseed(seed);
        const run::Recorded recorded = run::record(plan, *policy);
        expect_clean(recorded.plan, recorded.outcome, "linux-clean-sequence");
    }));
}

// Whatever ran before: the other plan leaves its marks in the kernel's memory.
TEST_F(Linux, TakesTheSameCourseTwice) {
    EXPECT_TRUE(rc::check([this](std::uint64_t seed) {
        const auto policy = any_policy();
        Prng prng(seed);
        const run::Plan plan = run::generate(base_, {}, prng);
        const run::Plan other = run::generate(base_, {}, prng);
        policy->reseed(prng.next());
        const run::Recorded first = run::record(plan, *policy);
        run::replay(other);
        const run::Outcome again = run::replay(first.plan);
        if (again.trace_hash != first.outcome.trace_hash)
            RC_LOG() << keep_failure(first.plan, "linux-determinism");
        RC_ASSERT(again.trace_hash == first.outcome.trace_hash);
        RC_ASSERT(again.points == first.outcome.points);
    }));
}

TEST_F(Linux, PlansSurviveEveryFormWithTheirKernel) {
    EXPECT_TRUE(rc::check([this](const std::vector<std::uint8_t>& bytes) {
        const run::Plan plan = decoded(base_, bytes);
        RC_ASSERT(plan.subject == base_.subject);
        RC_ASSERT(run::decode(run::encode(plan), {base_}) == plan);
        RC_ASSERT(run::from_text(run::to_text(plan), "text") == plan);
    }));
}

TEST_F(Linux, DecisionsSurviveEveryFormWithTheirKernel) {
    EXPECT_TRUE(rc::check([this](std::uint64_t seed) {
        const auto policy = any_policy();
        Prng prng(seed);
        policy->reseed(seed);
        const run::Plan plan = run::record(run::generate(base_, {}, prng), *policy).plan;
        RC_ASSERT(run::decode(run::encode(plan), {base_}) == plan);
        RC_ASSERT(run::from_text(run::to_text(plan), "text") == plan);
    }));
}

class KernelStory : public Linux {
   protected:
    report::Story story(const std::string& steps) const {
        return report::parse_story("story \"t\"\ntarget linux\nkernel " + base_.subject +
                                       "\nop cpu1 off call_rcu how=0 as a\nverdict clean\n" + steps,
                                   "f");
    }
    std::string error_of(const std::string& steps) const {
        try {
            run_story(story(steps));
        } catch (const UserError& error) {
            return error.what();
        }
        return "";
    }
};

TEST_F(KernelStory, SeesWhatTheKernelDoes) {
    const report::Story told = story(
        "step 1 \"s\"\n  holds rcuog0 asleep, len1=0, gp=0, gp_sleep1=1\n"
        "step 2 \"s\"\n  run cpu1 until a done\n  holds len1=1, next1=1, timer1=1, invoked=0\n"
        "step 3 \"s\"\n  run all until rcuog0 awake\n  run all until wait1=1\n"
        "  run all but cpu1 until gp=1\n  run all until invoked=1, rcuog0 asleep, rcuos1 asleep\n"
        "  holds len1=0, timer1=0\n");
    const report::StoryResult result = report::run_story(told);
    EXPECT_TRUE(report::as_told(told, result)) << report::describe(told, result);
}

TEST_F(KernelStory, WhoIsHeldDoesNotAct) {
    const report::Story told = story("step 1 \"s\"\n  run all but cpu0, cpu1 until a done\n");
    const report::StoryResult result = report::run_story(told);
    EXPECT_EQ(result.steps[0].what,
              "f:7: run all but cpu0, cpu1 until a done: nobody can act; it has not begun");
}

TEST_F(KernelStory, SaysWhatCannotBeSeenOrDone) {
    EXPECT_EQ(error_of("step 1 \"s\"\n  holds moon1=1\n"),
              "f:7: linux lets nobody observe that: holds moon1=1");
    EXPECT_EQ(error_of("step 1 \"s\"\n  holds moon asleep\n"),
              "f:7: linux lets nobody observe that: holds moon asleep");
    EXPECT_EQ(error_of("step 1 \"s\"\n  run rcuog0 until asleep\n"),
              "f:7: unknown actor 'rcuog0'");
    EXPECT_EQ(error_of("step 1 \"s\"\n  holds cpu1 asleep\n"),
              "f:7: 'cpu1 asleep': on this target only its tasks are asleep or awake");
}

}  // namespace
}  // namespace rcufuzz::properties
