// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/verdict.h"

#include <ostream>

#include "core/base/check.h"

namespace rcufuzz {

namespace {

constexpr std::array<VerdictInfo, 24> verdicts{{
    {Verdict::clean, "clean", "nothing is wrong", true},
    {Verdict::stranded_callback, "stranded_callback",
     "a callback waits and nobody is left who would look at it", true},
    {Verdict::callback_too_early, "callback_too_early",
     "a callback ran before its grace period was over", true},
    {Verdict::callback_twice, "callback_twice", "a callback ran twice", true},
    {Verdict::callback_lost, "callback_lost", "a posted callback is on no list and did not run",
     true},
    {Verdict::order_violated, "order_violated", "callbacks of one CPU ran out of order", true},
    {Verdict::barrier_too_short, "barrier_too_short",
     "a barrier returned before a callback that it had to wait for", true},
    {Verdict::wrong_data, "wrong_data", "data were used that do not belong together", true},
    {Verdict::use_after_free, "use_after_free", "freed memory was used", true},
    {Verdict::double_free, "double_free", "memory was freed twice", true},
    {Verdict::wrong_cpu_or_incarnation, "wrong_cpu_or_incarnation",
     "a call ran on a CPU, or for an incarnation, that it was not meant for", true},
    {Verdict::lost_call, "lost_call", "a requested call never ran", true},
    {Verdict::rcu_not_watching, "rcu_not_watching", "RCU was used on a CPU that it ignores", true},
    {Verdict::lost_wakeup, "lost_wakeup", "a task sleeps though its condition holds", true},
    {Verdict::deadlock, "deadlock", "contexts wait for each other for ever", true},
    {Verdict::livelock, "livelock", "the run does not end under a fair scheduler", true},
    {Verdict::lock_misuse, "lock_misuse", "a lock, interrupt or sleep rule was broken", true},
    {Verdict::data_race, "data_race", "two contexts used plain data at the same time", false},
    {Verdict::invariant, "invariant", "a named inner invariant does not hold", false},
    {Verdict::list_corrupted, "list_corrupted", "a linked structure is inconsistent", true},
    {Verdict::latency_exceeded, "latency_exceeded", "something took longer than it may", false},
    {Verdict::uninitialised_read, "uninitialised_read", "memory was read before it was written",
     true},
    {Verdict::oops, "oops", "a pointer led nowhere, or the stack was too small", true},
    {Verdict::kernel_warning, "kernel_warning", "the kernel's own WARN or BUG says so", true},
}};

}  // namespace

const std::array<VerdictInfo, 24>& all_verdicts() { return verdicts; }

std::string_view word(Verdict verdict) {
    const auto index = static_cast<std::size_t>(verdict);
    CHECK(index < verdicts.size());
    return verdicts[index].word;
}

bool is_black_box(Verdict verdict) { return verdicts[static_cast<std::size_t>(verdict)].black_box; }

std::optional<Verdict> verdict_from_word(std::string_view text) {
    for (const VerdictInfo& info : verdicts)
        if (info.word == text) return info.verdict;
    return std::nullopt;
}

std::ostream& operator<<(std::ostream& stream, Verdict verdict) { return stream << word(verdict); }

}  // namespace rcufuzz
