// SPDX-License-Identifier: GPL-2.0-or-later
//
// The invariants of invariants_more.cpp, and I4: silent on the state of a correct run, and heard
// when that is broken by hand. What they share with the first ones is in invariants_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/subsystems/nocb/invariants.h"
#include "core/subsystems/nocb/nocb_test.h"

namespace rcufuzz::nocb {
namespace {

using test::config;
using test::fault;
using test::op_kind;
using test::Ran;
using test::rdp1;
using test::run_nocb;
using test::Sequential;
using test::task;
using testing::StartsWith;

// The machine at rest; `look` puts right what it breaks.
void at_rest(const test::Body& look) {
    Sequential strategy;
    const Ran ran = run_nocb(strategy, config(), [] {}, 0, look);
    EXPECT_EQ(fault(ran), "");
}

bool run_op(std::string_view name, unsigned other = 0) {
    return test::instance->run_op({.kind = op_kind(name),
                                   .cpu = static_cast<std::uint8_t>(kernel::smp_processor_id()),
                                   .args = {static_cast<std::uint8_t>(other), 0}});
}

TEST(I12, ACountThatDoesNotFitIsHeard) {
    at_rest([] {
        Nocb& state = nocb();
        EXPECT_EQ(check_I12_barrier_count(state), "");
        state.barrier_cpu_count.set(2);
        EXPECT_EQ(check_I12_barrier_count(state), "") << "still queueing";
        state.barrier_cpu_count.set(1);
        EXPECT_THAT(check_I12_barrier_count(state), StartsWith("I12"));
        state.barrier_cpu_count.set(0);
    });
}

TEST(I13, ARequestThatNobodyServesIsHeard) {
    at_rest([] {
        kernel::RcuState& rcu = nocb().rcu_state;
        EXPECT_EQ(check_I13_requests(nocb()), "");
        rcu.gp_flags.set(kernel::rcu_gp_flag_init);
        EXPECT_THAT(check_I13_requests(nocb()), StartsWith("I13"));
        rcu.gp_seq.set(1);
        EXPECT_EQ(check_I13_requests(nocb()), "") << "the end of this one looks at it";
        rcu.gp_seq.set(0);
        rcu.gp_flags.set(0);
    });
}

TEST(I18, KthreadsOrBypassOfACpuThatIsNotOffloadedAreHeard) {
    at_rest([] {
        EXPECT_EQ(check_I18_not_offloaded(rdp1()), "");
        const unsigned whole = rdp1().cblist.flags.get();
        rdp1().cblist.flags.set(whole | SEGCBLIST_SOFTIRQ_ONLY);
        EXPECT_THAT(check_I18_not_offloaded(rdp1()), StartsWith("I18: kthreads"));
        rdp1().cblist.flags.set(SEGCBLIST_SOFTIRQ_ONLY);
        EXPECT_EQ(check_I18_not_offloaded(rdp1()), "");
        RcuHead head;
        rdp1().nocb_bypass.head = &head;
        EXPECT_THAT(check_I18_not_offloaded(rdp1()), StartsWith("I18: callbacks"));
        rdp1().nocb_bypass.head = nullptr;
        rdp1().cblist.flags.set(whole);
    });
}

TEST(I19, ADeadCpusListInUseIsHeard) {
    at_rest([] {
        EXPECT_THAT(check_I19_dead_cpu(rdp1()), StartsWith("I19")) << "it is enabled";
        const unsigned whole = rdp1().cblist.flags.get();
        rdp1().cblist.flags.set(SEGCBLIST_SOFTIRQ_ONLY);
        EXPECT_EQ(check_I19_dead_cpu(rdp1()), "");
        rdp1().cblist.flags.set(whole);
    });
}

TEST(I20, RestingWithADeferralIsHeard) {
    Sequential strategy;
    run_nocb(strategy, config(), [] {
        task(1, [] {
            EXPECT_EQ(check_I20_rest(rdp1()), "");
            kernel::local_irq_disable();
            test::post();
            EXPECT_THAT(check_I20_rest(rdp1()), StartsWith("I20: cpu1 rests with"));
        });
    });
}

TEST(I21, ASecondRcuogIsHeard) {
    at_rest([] {
        EXPECT_EQ(check_I21_kthreads(rdp1()), "");
        kernel::Task* const whole = rdp1().nocb_gp_kthread.get();
        rdp1().nocb_gp_kthread.set(rdp1().nocb_cb_kthread);
        EXPECT_THAT(check_I21_kthreads(rdp1()), StartsWith("I21"));
        rdp1().nocb_gp_kthread.set(whole);
    });
}

// I10: callbacks that wait for a number too early, or for one that nobody has asked for.
TEST(I10, WrongNumbersAreHeard) {
    Sequential strategy;
    run_nocb(strategy, config(), [] {
        task(1, [] {
            kernel::local_irq_disable();
            test::post();
            RcuSegcblist& list = rdp1().cblist;
            list.tails[RCU_WAIT_TAIL] = list.tails[RCU_NEXT_READY_TAIL] = list.tails[RCU_NEXT_TAIL];
            list.gp_seq[RCU_WAIT_TAIL] = 4;
            EXPECT_THAT(check_I10_numbers(rdp1()), testing::HasSubstr("nobody has asked for"));
            list.gp_seq[RCU_WAIT_TAIL] = 0;
            EXPECT_THAT(check_I10_numbers(rdp1()), testing::HasSubstr("too early"));
        });
    });
}

// --- the operations, on correct code ------------------------------------------------------------

TEST(Barrier, WaitsForCallbacksOfEveryCpu) {
    Sequential strategy;
    const Ran ran = run_nocb(strategy, config({{"barriers", 1}}), [] {
        task(1, [] { test::post(4); });
        task(0, [] {
            test::post(2);
            EXPECT_TRUE(run_op("rcu_barrier"));
            EXPECT_EQ(test::now("invoked0"), 2);
        });
    });
    EXPECT_EQ(fault(ran), "");
    EXPECT_GT(test::notes_of(ran, Note::LastCB), 0);
}

TEST(Toggling, LetsACpuLookAfterItself) {
    Sequential strategy;
    const Ran ran = run_nocb(strategy, config({{"toggling", 1}}), [] {
        task(1, [] {
            EXPECT_TRUE(run_op("deoffload", 1));
            EXPECT_FALSE(rcu_rdp_is_offloaded(rdp1()));
            test::post(3);
            EXPECT_TRUE(run_op("await"));
            EXPECT_TRUE(run_op("offload", 1));
            EXPECT_TRUE(rcu_segcblist_completely_offloaded(rdp1().cblist));
            test::post(3);
        });
    });
    EXPECT_EQ(fault(ran), "");
}

TEST(Hotplug, MovesTheCallbacksOfACpuThatIsNotOffloaded) {
    Sequential strategy;
    const Ran ran = run_nocb(strategy, config({{"toggling", 1}, {"hotplug", 1}}), [] {
        task(1, [] {
            run_op("deoffload", 1);
            test::post();
        });
        task(0, [] {
            while (rdp1().cblist.head == nullptr) kernel::cpu_relax();
            EXPECT_TRUE(run_op("cpu_down", 1));
            EXPECT_FALSE(kernel::cpu_online(1));
            EXPECT_FALSE(rcu_segcblist_is_enabled(rdp1().cblist));
            EXPECT_TRUE(run_op("cpu_up", 1));
            EXPECT_TRUE(rcu_segcblist_is_enabled(rdp1().cblist));
        });
    });
    EXPECT_EQ(fault(ran), "");
    EXPECT_EQ(test::notes_of(ran, Note::migrated), 1);
}

}  // namespace
}  // namespace rcufuzz::nocb
