// SPDX-License-Identifier: GPL-2.0-or-later
//
// The words by which people name what a plan holds as numbers: CPUs, contexts, actors, bugs,
// configuration values. Each has one spelling for output; input takes some more.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/run/plan.h"

namespace rcufuzz::run {

// "cpu1", "rcuog0"; a CPU that this configuration lacks, or whose name is not its own: "@7".
std::string cpu_word(const Plan& plan, unsigned cpu);
std::optional<unsigned> cpu_from_word(const Plan& plan, std::string_view text);

// "cpu1" for its first task, else "cpu1/softirq"; "world" for what is chosen before anybody runs.
std::string context_word(const Plan& plan, sim::ContextKey key);
std::optional<sim::ContextKey> context_from_word(const Plan& plan, std::string_view text);

// What a decision's value says, as words: "run cpu1", "irq cpu0", "time", "answer 3".
std::string value_words(const Plan& plan, std::uint8_t value);
std::optional<std::uint8_t> value_from_words(const Plan& plan,
                                             std::span<const std::string_view> text);

// What an answer to a question about data means: "an allocation fails". Of a kernel its platform
// says so.
std::string answer_words(const Plan& plan, unsigned question);
// Which store a load sees, say: an event of its own tells what came of the answer.
bool is_about_memory(unsigned question);

// Index of the bug that `text` names: the whole name, the part before its first '_', or the
// spec's id as "nocb:D01" or "D01". Throws UserError where it names none or several.
std::size_t find_bug(const scenario::Subsystem& target, std::string_view text);
inline void enable_bug(Plan& plan, std::string_view text) {
    plan.bugs |= std::uint64_t{1} << find_bug(*plan.target, text);
}

// "name=value". Returns the index of the configuration entry. Throws UserError for an unknown
// name or a value out of range.
std::size_t set_config(Plan& plan, std::string_view assignment);
std::size_t set_config(Plan& plan, std::string_view name, std::string_view value);

// "sc" or "weak"; empty: weak where a bug of the plan cannot show otherwise, else sc. Throws
// UserError for another word, and where the target does not run so.
void set_memory(Plan& plan, std::string_view word);

// The target of this name. Throws UserError if there is none.
const scenario::Subsystem& target_from_word(std::string_view text);
std::span<const scenario::Subsystem* const> all_targets();

std::string_view memory_word(MemoryMode mode);
std::string_view oracle_word(OracleMode mode);
std::optional<MemoryMode> memory_from_word(std::string_view text);
std::optional<OracleMode> oracle_from_word(std::string_view text);

// Names of the plan's bugs, in the order of their bits.
std::vector<std::string_view> bug_names(const Plan& plan);

}  // namespace rcufuzz::run
