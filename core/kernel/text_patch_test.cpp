// SPDX-License-Identifier: GPL-2.0-or-later
//
// Text that is patched while others run it: text_patch.h, and static_call.h on top of it.
#include "core/kernel/text_patch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "core/kernel/kernel_test.h"
#include "core/kernel/static_call.h"

namespace rcufuzz::kernel {
namespace {

using namespace test;
using Codes = std::vector<int>;

constexpr int old_code = 1;
constexpr int new_code = 2;

// What a CPU executes, one after the other, while another one patches; of every run with so many
// disturbances.
struct Patched {
    std::set<Codes> seen;
    std::set<bool> returned_before_last;  // the patcher, before the last execution
    std::set<Verdict> verdicts;
};

Patched every_run(unsigned disturbances, bool irqs_off) {
    EveryRun strategy(disturbances);
    Patched result;
    do {
        TextSite site;
        Codes codes;
        bool returned = false;
        bool was_returned = false;
        const Ran ran = run_kernel(2, strategy, [&] {
            text_patch_init(2);
            site.init("site", -1, old_code);
            task(0, [&] {
                TextSite* const one[] = {&site};
                text_poke(one, new_code);
                returned = true;
            });
            task(1, [&] {
                if (irqs_off) local_irq_disable();
                for (int i = 0; i < 3; ++i) {
                    was_returned = returned;
                    codes.push_back(site.execute());
                }
                if (irqs_off) local_irq_enable();
            });
        });
        result.verdicts.insert(ran.verdict);
        result.seen.insert(codes);
        if (codes.back() == old_code) result.returned_before_last.insert(was_returned);
    } while (strategy.next());
    return result;
}

TEST(TextPatch, WhatHasBeenFetchedOnceStays) {
    const Patched result = every_run(4, false);
    EXPECT_THAT(result.verdicts, testing::ElementsAre(Verdict::clean));
    const Codes o{old_code, old_code, old_code};
    EXPECT_THAT(result.seen, testing::UnorderedElementsAre(o, Codes{old_code, old_code, new_code},
                                                           Codes{old_code, new_code, new_code},
                                                           Codes{new_code, new_code, new_code}));
}

// The patcher returns when all CPUs run the new code: nobody runs the old one then.
TEST(TextPatch, AfterwardsEverybodyRunsTheNewCode) {
    EXPECT_THAT(every_run(4, false).returned_before_last, testing::ElementsAre(false));
}

// With interrupts disabled the interrupt does not come, and the patcher waits.
TEST(TextPatch, ACpuWithInterruptsDisabledHoldsThePatcherUp) {
    const Patched result = every_run(4, true);
    EXPECT_THAT(result.verdicts, testing::ElementsAre(Verdict::clean));
    EXPECT_THAT(result.returned_before_last, testing::ElementsAre(false));
}

TEST(TextPatch, WaitingForOthersWithInterruptsDisabledIsWarnedOf) {
    Sequential strategy;
    TextSite site;
    const Ran ran = run_kernel(2, strategy, [&] {
        text_patch_init(2);
        site.init("site", -1, old_code);
        task(0, [&] {
            local_irq_disable();
            TextSite* const one[] = {&site};
            text_poke(one, new_code);
            local_irq_enable();
        });
    });
    EXPECT_EQ(ran.verdict, Verdict::invariant);
}

// Without the interrupts text is memory: nothing is waited for.
TEST(TextPatch, WithoutInterruptsNobodyIsWaitedFor) {
    Sequential strategy;
    TextSite site;
    const Ran ran = run_kernel(2, strategy, [&] {
        text_patch_init(2, false);
        site.init("site", -1, old_code);
        task(0, [&] {
            TextSite* const one[] = {&site};
            text_poke(one, new_code);
            EXPECT_EQ(site.execute(), new_code);
        });
    });
    EXPECT_EQ(fault(ran), "");
    EXPECT_THAT(ran.events, testing::Not(testing::Contains(
                                testing::Field(&sim::Event::kind, sim::EventKind::irq_enter))));
}

// --- static calls and keys ----------------------------------------------------------------------

TEST(StaticCall, TheSameFunctionAgainPatchesNothing) {
    Sequential strategy;
    StaticCall call;
    const Ran ran = run_kernel(2, strategy, [&] {
        text_patch_init(2);
        static_call_init();
        call.init("call", -1, old_code);
        task(0, [&] { call.update(old_code); });
    });
    EXPECT_EQ(fault(ran), "");
    EXPECT_THAT(ran.events, testing::Not(testing::Contains(
                                testing::Field(&sim::Event::kind, sim::EventKind::irq_enter))));
}

// Its places change one after the other.
TEST(StaticCall, PlacesAreSeenToDiffer) {
    EveryRun strategy(3);
    std::set<std::pair<int, int>> seen;
    do {
        StaticCall call;
        std::pair<int, int> targets;
        run_kernel(2, strategy, [&] {
            text_patch_init(2);
            static_call_init();
            call.init("call", -1, old_code);
            task(0, [&] { call.update(new_code); });
            task(1, [&] { targets = {call.target(0), call.target(1)}; });
        });
        seen.insert(targets);
        EXPECT_EQ(call.func(), new_code);
    } while (strategy.next());
    EXPECT_THAT(seen, testing::UnorderedElementsAre(
                          std::pair(old_code, old_code), std::pair(old_code, new_code),
                          std::pair(new_code, old_code), std::pair(new_code, new_code)));
}

TEST(StaticKey, BranchesFollowIt) {
    Sequential strategy;
    StaticKey key;
    const Ran ran = run_kernel(2, strategy, [&] {
        text_patch_init(2);
        static_call_init();
        key.init("key", -1);
        task(0, [&] {
            EXPECT_FALSE(key.enabled());
            EXPECT_FALSE(key.branch(0));
            key.enable();
            key.enable();
            EXPECT_TRUE(key.enabled() && key.branch(0) && key.branch(1));
            key.disable();
            EXPECT_FALSE(key.enabled() || key.branch(0) || key.branch(1));
        });
    });
    EXPECT_EQ(fault(ran), "");
}

// While it is being enabled it counts as enabled, though no branch may be taken yet.
TEST(StaticKey, CountsAsEnabledBeforeItsBranchesAre) {
    EveryRun strategy(3);
    std::set<std::pair<bool, bool>> seen;
    do {
        StaticKey key;
        bool enabled = false;
        bool taken = false;
        run_kernel(2, strategy, [&] {
            text_patch_init(2);
            static_call_init();
            key.init("key", -1);
            task(0, [&] { key.enable(); });
            task(1, [&] {
                enabled = key.enabled();
                taken = key.branch(0);
            });
        });
        seen.insert({enabled, taken});
    } while (strategy.next());
    EXPECT_THAT(seen, testing::Contains(std::pair(true, false)));
    EXPECT_THAT(seen, testing::Contains(std::pair(true, true)));
}

}  // namespace
}  // namespace rcufuzz::kernel
