// SPDX-License-Identifier: GPL-2.0-or-later
//
// Decisions: every nondeterministic thing a run does is one answer to one Choice. Answer 0 is
// always the ordinary thing, so a run in which every answer is 0 is the plain sequential run.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "core/base/check.h"

namespace rcufuzz::sim {

inline constexpr unsigned max_cpus = 12;
inline constexpr unsigned slots_per_cpu = 8;

// Where code runs: a (cpu, slot) pair is one context. Slots 0, 4 and 5 are tasks.
enum class Slot : std::uint8_t { task, softirq, hardirq, nmi, task2, task3, hardirq2, nmi2 };
constexpr std::uint8_t slot_bit(Slot slot) {
    return static_cast<std::uint8_t>(1u << static_cast<unsigned>(slot));
}

// Names a context in all runs of one configuration. A level of interrupts and a task that is bound
// to its CPU have the key cpu * 8 + slot. Tasks that a guest's scheduler moves between CPUs have
// keys from first_task_key on, in the order of their creation.
using ContextKey = std::uint16_t;
inline constexpr unsigned bound_key_count = max_cpus * slots_per_cpu;
inline constexpr ContextKey main_key = 255;  // the world itself, before the first context runs
inline constexpr ContextKey first_task_key = 256;
inline constexpr unsigned max_free_tasks = 65536 - first_task_key;
constexpr ContextKey context_key(unsigned cpu, Slot slot) {
    return static_cast<ContextKey>(cpu * slots_per_cpu + static_cast<unsigned>(slot));
}
constexpr ContextKey task_key(unsigned number) {
    return static_cast<ContextKey>(first_task_key + number);
}
constexpr bool is_task_key(ContextKey key) { return key >= first_task_key; }

// Who may act next, as bits of a mask. For cpu c: run its top context; deliver a pending interrupt;
// run its expired timers and pending softirqs, or, where interrupts run on the interrupted stack,
// its timer interrupt; preempt its task by another ready one; deliver a pending NMI. One more bit
// advances the clock by a jiffy.
enum class Act : std::uint8_t { run, irq, softirq, resched, nmi };
using ActorMask = std::uint64_t;
inline constexpr unsigned actor_time = 60;

constexpr unsigned actor(Act act, unsigned cpu) {
    return static_cast<unsigned>(act) * max_cpus + cpu;
}
constexpr ActorMask actor_bit(unsigned actor_number) { return ActorMask{1} << actor_number; }
constexpr Act actor_act(unsigned actor_number) { return static_cast<Act>(actor_number / max_cpus); }
constexpr unsigned actor_cpu(unsigned actor_number) { return actor_number % max_cpus; }

enum class ChoiceKind : std::uint8_t {
    schedule,  // who acts next; the current context could go on, and answer 0 lets it
    handover,  // the current context cannot go on; answer 0 is the first actor in the fixed order
    yield,     // it could, but waits for others to make progress; otherwise as handover
    data,      // anything else: an allocation fails, an older store is read, ...
};

// The n-th set bit of a mask, n from 0.
constexpr unsigned nth_bit(ActorMask mask, unsigned n) {
    for (; n != 0; --n) mask &= mask - 1;
    return static_cast<unsigned>(std::countr_zero(mask));
}

struct Context;

// What a data choice asks. Its answer 0 is the ordinary one.
struct Question {
    std::uint16_t number;      // Choice::what
    std::string_view unusual;  // what any other answer means, for people: "the allocation fails"
};

// Which of the pending interrupts a CPU takes (tasks.cpp); whoever else has data choices numbers
// them from 1.
inline constexpr Question which_interrupt{0xffff, "another of its interrupts comes first"};

// One question. For all kinds but data: answer 0 stands for `first`; answer i > 0 for the i-th
// of `others` in ascending bit order. For data: any number below `count`.
struct Choice {
    ChoiceKind kind;
    ContextKey key;         // the context that asks
    std::uint32_t ordinal;  // how many points that context had passed, this one included
    std::uint32_t count;    // number of answers, at least 2
    unsigned first;         // actor behind answer 0 (schedule: the asker's own run actor)
    ActorMask others;       // the other actors
    std::uint16_t what;     // data: which question

    unsigned actor_of(std::uint32_t answer) const {
        return answer == 0 ? first : nth_bit(others, answer - 1);
    }
    // The answer that picks this actor, or 0 where it cannot act.
    std::uint32_t answer_for(unsigned actor_number) const {
        if ((others & actor_bit(actor_number)) == 0) return 0;
        return 1 +
               static_cast<std::uint32_t>(std::popcount(others & (actor_bit(actor_number) - 1)));
    }
};

// A recorded answer that was not 0. `value` is 1 + the actor's number for all but data choices, and
// 0x80 + the answer for those: it keeps its meaning when other candidates come or go.
inline constexpr std::uint8_t data_value = 0x80;

// Whether there can be a choice that has this answer.
constexpr bool is_decision_value(std::uint8_t value) {
    return (value >= 1 && value <= actor_time + 1) || value > data_value;
}

struct Decision {
    ContextKey key = 0;
    std::uint16_t ordinal = 0;
    std::uint8_t value = 0;

    bool operator==(const Decision&) const = default;
};

// `answer` must not be 0.
inline Decision to_decision(const Choice& choice, std::uint32_t answer) {
    const std::uint32_t value =
        choice.kind == ChoiceKind::data ? data_value + answer : 1 + choice.actor_of(answer);
    return {choice.key, static_cast<std::uint16_t>(choice.ordinal),
            static_cast<std::uint8_t>(value)};
}

// The answer that a stored decision gives to this choice; one that no longer fits gives 0.
inline std::uint32_t to_answer(const Choice& choice, std::uint8_t value) {
    if (choice.kind == ChoiceKind::data) {
        const std::uint32_t answer = value - data_value;
        return value >= data_value && answer < choice.count ? answer : 0;
    }
    if (value == 0 || value > actor_time + 1) return 0;
    return choice.answer_for(value - 1u);
}

}  // namespace rcufuzz::sim
