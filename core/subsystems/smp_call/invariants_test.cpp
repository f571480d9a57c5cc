// SPDX-License-Identifier: GPL-2.0-or-later
//
// Each oracle: silent on a correct state, and heard when that is broken by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/kernel/kernel_test.h"
#include "core/subsystems/smp_call/smp_call.h"

namespace rcufuzz::smp_call {
namespace {

using kernel::test::fault;
using kernel::test::run_kernel;
using kernel::test::Sequential;
using kernel::test::task;
using testing::HasSubstr;
using testing::StartsWith;

constexpr unsigned cpus = 3;

// What a task on CPU 1 is found guilty of.
std::string judged(Generation generation, const kernel::test::Body& body) {
    scenario::active_bugs = 0;
    scenario::white_box_oracles = true;
    Sequential strategy;
    return fault(run_kernel(cpus, strategy, [&] {
        State& all = sim::world().arena().make<State>();
        set_state(all);
        init_state(all, generation, cpus);
        all.many_ipi.init("call_function", cpus, [] {});
        all.single_ipi.init("call_function_single", cpus, [] {});
        task(1, body);
    }));
}

std::string judged(const kernel::test::Body& body) { return judged(gen_723aae25d5cd, body); }

Call& new_call(unsigned how, CpuMask targets) {
    Call& call = *state().calls.begin(how, targets, true);
    state().calls.set_targets(call, targets);
    return call;
}

void run(int func, int info) {
    Call& call = state().calls.begin_run(func, info, Site::current());
    state().calls.end_run(call);
}

// The task's own CPU stands for a target: the caller's bit is left out of what it asked for.
Call& call_for_cpu1() {
    Call& call = new_call(0, cpu_bit(2));
    call.targets = cpu_bit(1);
    return call;
}

TEST(Q1, ACallRunsOnceWithItsOwnData) {
    EXPECT_EQ(judged([] { run(call_for_cpu1().func, 1); }), "");
    EXPECT_THAT(judged([] { run(call_for_cpu1().func + 1, 1); }), StartsWith("wrong_data"));
    EXPECT_THAT(judged([] { run(1, 1); }), StartsWith("wrong_data"));
    EXPECT_THAT(judged([] {
                    const Call& call = call_for_cpu1();
                    run(call.func, 1);
                    run(call.func, 1);
                }),
                StartsWith("callback_twice"));
    EXPECT_THAT(judged([] {
                    Call& call = call_for_cpu1();
                    call.over = true;
                    run(call.func, 1);
                }),
                HasSubstr("which is over"));
    EXPECT_THAT(judged([] { run(new_call(0, cpu_bit(2)).func, 1); }),
                StartsWith("wrong_cpu_or_incarnation"));
}

TEST(Q1, ACallThatNeverRunsIsLost) {
    const auto end = [](CpuMask ran, CpuMask deaf) {
        return judged([ran, deaf] {
            new_call(0, cpu_bit(0) | cpu_bit(2)).ran = ran;
            state().calls.judge_end(deaf, 0, 0);
        });
    };
    EXPECT_EQ(end(cpu_bit(0) | cpu_bit(2), 0), "");
    EXPECT_THAT(end(cpu_bit(0), 0), HasSubstr("call 1 has never run on cpu2"));
    EXPECT_EQ(end(cpu_bit(0), cpu_bit(2)), "");
}

TEST(Q2, WhoHasWaitedReliesOnTheCall) {
    EXPECT_EQ(judged([] {
                  Call& call = new_call(1, 0);
                  call.targets = cpu_bit(1);
                  run(call.func, 1);
                  state().calls.returned(call);
              }),
              "");
    EXPECT_THAT(judged([] { state().calls.returned(new_call(1, cpu_bit(2))); }),
                StartsWith("barrier_too_short"));
    EXPECT_EQ(judged([] { state().calls.returned(new_call(0, cpu_bit(2))); }), "");
}

TEST(Q3, EachCountComesToAValueOfItsOwn) {
    judged([] {
        CfdData& cfd = state().callers[0].cfd;
        cfd.references = 2;
        EXPECT_EQ(check_Q3_counted_to(cfd, 1), "");
        EXPECT_THAT(check_Q3_counted_to(cfd, 2), StartsWith("Q3"));
        EXPECT_THAT(check_Q3_counted_to(cfd, -1), StartsWith("Q3"));
        cfd.counted_to = 1u << 1;
        EXPECT_THAT(check_Q3_counted_to(cfd, 1), HasSubstr("a second time"));
    });
}

TEST(Q4, TheListIsOne) {
    judged([] {
        State& all = state();
        EXPECT_EQ(check_Q4_list(), "");
        list_add_rcu(all.callers[0].cfd);
        list_add_rcu(all.callers[1].cfd);
        EXPECT_EQ(check_Q4_list(), "");
        list_del_rcu(all.callers[0].cfd);
        EXPECT_EQ(check_Q4_list(), "");
        EXPECT_THAT(check_Q4_locked(all.callers[1].cfd), StartsWith("Q4"));
        EXPECT_EQ(check_Q4_locked(all.callers[0].cfd), "");
        all.callers[1].cfd.next.set(&all.callers[1].cfd);
        EXPECT_THAT(check_Q4_list(), StartsWith("Q4"));
    });
}

TEST(Q4, AddingTwiceAndDeletingTwiceAreSeenAtOnce) {
    EXPECT_THAT(judged([] {
                    list_add_rcu(state().callers[0].cfd);
                    list_add_rcu(state().callers[0].cfd);
                }),
                StartsWith("list_corrupted"));
    EXPECT_THAT(judged([] { list_del_rcu(state().callers[0].cfd); }), StartsWith("list_corrupted"));
}

TEST(Q5, TheMaskIsWhatWasAskedFor) {
    EXPECT_THAT(judged([] {
                    Call& call = *state().calls.begin(0, cpu_bit(0), true);
                    state().calls.set_targets(call, cpu_bit(0) | cpu_bit(1));
                }),
                HasSubstr("Q5"));
    EXPECT_EQ(judged([] {
                  Call& call = *state().calls.begin(0, cpu_bit(0) | cpu_bit(1), true);
                  state().calls.set_targets(call, cpu_bit(0));
                  state().calls.returned(call);
              }),
              "");
}

// Whoever leaves the mm may be left out of a call for it, nobody else.
TEST(Q5, TheMaskLacksNobody) {
    const auto returned = [](bool exact, CpuMask leaving) {
        return judged([exact, leaving] {
            Calls& calls = state().calls;
            Call& call = *calls.begin(0, cpu_bit(0) | cpu_bit(2), exact);
            if (leaving != 0) calls.leaves_mm(2);
            calls.set_targets(call, cpu_bit(0));
            calls.returned(call);
        });
    };
    EXPECT_THAT(returned(true, cpu_bit(2)), HasSubstr("call 1 was not made for cpu2"));
    EXPECT_THAT(returned(false, 0), HasSubstr("call 1 was not made for cpu2"));
    EXPECT_EQ(returned(false, cpu_bit(2)), "");
}

TEST(Q6, WhoWasInterruptedHasSeenTheElement) {
    judged([] {
        State& all = state();
        CfdData& cfd = all.callers[0].cfd;
        list_add_rcu(cfd);
        cfd.cpumask.set(cpu_bit(2));
        EXPECT_EQ(check_Q6_interrupted(2), "");
        cfd.interrupted = cpu_bit(2);
        EXPECT_THAT(check_Q6_interrupted(2), StartsWith("Q6"));
        EXPECT_EQ(check_Q6_interrupted(1), "");
        all.many_ipi.raise(2);
        EXPECT_EQ(check_Q6_interrupted(2), "");
    });
}

TEST(Q7, NobodyWaitsWithInterruptsDisabled) {
    const auto wait = [](bool off) {
        return judged([off] {
            Csd& csd = state().caller().stack;
            csd.flags.set(csd_flag_lock);
            if (off) kernel::local_irq_disable();
            csd_lock_wait(csd);
        });
    };
    EXPECT_THAT(wait(true), HasSubstr("Q7"));
    EXPECT_EQ(wait(false), "");
}

TEST(Q8, NothingIsLeftBehind) {
    judged([] {
        State& all = state();
        EXPECT_EQ(check_Q8_quiescent(), "");
        all.callers[0].stack.flags.set(csd_flag_lock);
        EXPECT_THAT(check_Q8_quiescent(), StartsWith("Q8: a csd of cpu0"));
        all.callers[0].stack.flags.set(0);
        list_add_rcu(all.callers[0].cfd);
        EXPECT_THAT(check_Q8_quiescent(), StartsWith("Q8: the list"));
    });
}

TEST(Q9, SomebodyWillLookAtAQueue) {
    judged(gen_6_12, [] {
        State& all = state();
        EXPECT_EQ(check_Q9_queue(2), "");
        EXPECT_TRUE(call_single_queue_add(2, all.callers[1].to[2]));
        EXPECT_EQ(check_Q9_queue(2), "");  // this CPU is about to interrupt it
        all.queues[2].owed = 0;
        EXPECT_THAT(check_Q9_queue(2), StartsWith("Q9"));
        all.single_ipi.raise(2);
        EXPECT_EQ(check_Q9_queue(2), "");
        EXPECT_THAT(check_Q8_quiescent(), StartsWith("Q8: the queue of cpu2"));
    });
}

TEST(Q10, NobodyTakesACsdThatIsInUse) {
    const auto lock_again = [](std::uint64_t bugs) {
        return judged(gen_6_12, [bugs] {
            Csd& csd = state().caller().stack;
            csd_lock(csd);
            csd_unlock(csd);
            csd_lock(csd);
            if (bugs == 0) csd_unlock(csd);
            scenario::active_bugs = bugs;
            csd_lock(csd);
        });
    };
    EXPECT_EQ(lock_again(0), "");
    EXPECT_THAT(lock_again(std::uint64_t{1} << S31_csd_not_locked), HasSubstr("Q10"));
}

}  // namespace
}  // namespace rcufuzz::smp_call
