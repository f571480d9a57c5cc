// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/sim/decision.h"

#include <gtest/gtest.h>

#include "core/sim/test_machine.h"

namespace rcufuzz::sim {
namespace {

using test::irq0;
using test::nmi0;
using test::softirq0;

TEST(Actors, HaveNumbersThatReadBack) {
    for (const Act act : {Act::run, Act::irq, Act::softirq, Act::resched, Act::nmi}) {
        for (unsigned cpu = 0; cpu < max_cpus; ++cpu) {
            EXPECT_EQ(actor_act(actor(act, cpu)), act);
            EXPECT_EQ(actor_cpu(actor(act, cpu)), cpu);
            EXPECT_LT(actor(act, cpu), actor_time);
        }
    }
}

TEST(Decision, KeepsItsMeaningWhenOtherCandidatesComeAndGo) {
    const ActorMask others = actor_bit(irq0) | actor_bit(softirq0) | actor_bit(actor_time);
    const Choice few{ChoiceKind::schedule, 0, 5, 4, actor(Act::run, 0), others, 0};
    Choice more = few;
    more.others |= actor_bit(actor(Act::run, 3)) | actor_bit(nmi0);
    more.count = 6;
    for (std::uint32_t answer = 1; answer < few.count; ++answer) {
        const Decision decision = to_decision(few, answer);
        EXPECT_EQ(decision.key, few.key);
        EXPECT_EQ(decision.ordinal, few.ordinal);
        EXPECT_NE(decision.value, 0);
        EXPECT_EQ(to_answer(few, decision.value), answer);
        EXPECT_EQ(more.actor_of(to_answer(more, decision.value)), few.actor_of(answer));
    }
    Choice without = few;
    without.others &= ~actor_bit(irq0);
    without.count = 3;
    EXPECT_EQ(to_answer(without, to_decision(few, few.answer_for(irq0)).value), 0u);
}

TEST(Decision, AnyValueIsAnAnswer) {
    const Choice choice{ChoiceKind::schedule,
                        0,
                        1,
                        3,
                        actor(Act::run, 0),
                        actor_bit(irq0) | actor_bit(actor_time),
                        0};
    const Choice data{ChoiceKind::data, 0, 1, 3, 0, 0, 1};
    for (unsigned value = 0; value < 256; ++value) {
        EXPECT_LT(to_answer(choice, static_cast<std::uint8_t>(value)), choice.count);
        EXPECT_LT(to_answer(data, static_cast<std::uint8_t>(value)), data.count);
    }
    EXPECT_EQ(to_answer(data, data_value + 2), 2u);
    EXPECT_EQ(to_answer(data, data_value + 3), 0u);
    EXPECT_EQ(to_answer(data, 2), 0u) << "an actor is no answer to a data choice";
    EXPECT_EQ(to_decision(data, 2).value, data_value + 2);
}

}  // namespace
}  // namespace rcufuzz::sim
