// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/names.h"

#include <array>

#include "core/base/candidates.h"
#include "core/base/check.h"
#include "core/base/text.h"
#include "core/kernel/subject.h"
#include "core/kernel/text_patch.h"
#include "core/memory/run_memory.h"
#include "core/scenario/platform.h"
#include "core/subsystems/subsystems.h"

namespace rcufuzz::run {

namespace {

constexpr std::array<std::string_view, sim::slots_per_cpu> slot_words{
    "task", "softirq", "hardirq", "nmi", "task2", "task3", "hardirq2", "nmi2"};
constexpr std::array<std::string_view, 5> act_words{"run", "irq", "softirq", "resched", "nmi"};
constexpr std::array<std::string_view, 2> memory_words{"sc", "weak"};
constexpr std::array<std::string_view, 2> oracle_words{"all", "black-box"};
constexpr std::string_view world_word = "world";
constexpr std::string_view task_word = "task";
constexpr std::string_view time_word = "time";
constexpr std::string_view answer_word = "answer";

constexpr std::array questions_of_all{sim::which_interrupt, memory::which_store,
                                      memory::which_place};
constexpr std::array questions_of_own_kernel{kernel::kthread_fails, kernel::allocation_fails,
                                             kernel::which_text};

template <std::size_t size>
std::string unusual_answer(const std::array<sim::Question, size>& questions, unsigned number) {
    const auto* const found = std::ranges::find(questions, number, &sim::Question::number);
    return found == questions.end() ? "" : std::string(found->unusual);
}

template <std::size_t size>
std::optional<unsigned> index_of(const std::array<std::string_view, size>& list,
                                 std::string_view text) {
    for (unsigned i = 0; i < size; ++i)
        if (list[i] == text) return i;
    return std::nullopt;
}

std::optional<unsigned> small_number(std::string_view text, unsigned limit) {
    const auto number = parse_int(text);
    if (!number || *number < 0 || *number >= static_cast<std::int64_t>(limit)) return std::nullopt;
    return static_cast<unsigned>(*number);
}

std::optional<unsigned> named_cpu(const Plan& plan, std::string_view text) {
    const unsigned count = plan.target->all_cpus(plan.config);
    for (unsigned cpu = 0; cpu < count; ++cpu)
        if (plan.target->cpu_name(plan.config, cpu) == text) return cpu;
    return std::nullopt;
}

}  // namespace

// --- cpus, contexts, answers --------------------------------------------------------------------

std::string cpu_word(const Plan& plan, unsigned cpu) {
    if (cpu < plan.target->all_cpus(plan.config)) {
        std::string name = plan.target->cpu_name(plan.config, cpu);
        if (named_cpu(plan, name) == cpu) return name;
    }
    return "@" + std::to_string(cpu);
}

std::optional<unsigned> cpu_from_word(const Plan& plan, std::string_view text) {
    if (text.starts_with('@')) return small_number(text.substr(1), sim::max_cpus);
    return named_cpu(plan, text);
}

std::string context_word(const Plan& plan, sim::ContextKey key) {
    if (key == main_key) return std::string(world_word);
    if (sim::is_task_key(key))
        return std::string(task_word) + std::to_string(key - sim::first_task_key);
    std::string name = cpu_word(plan, key / sim::slots_per_cpu);
    const unsigned slot = key % sim::slots_per_cpu;
    return slot == 0 ? name : name + "/" + std::string(slot_words[slot]);
}

std::optional<sim::ContextKey> context_from_word(const Plan& plan, std::string_view text) {
    if (text == world_word) return main_key;
    if (plan.target->has_tasks && text.starts_with(task_word)) {
        const auto task = small_number(text.substr(task_word.size()), sim::max_free_tasks);
        return task ? std::optional(sim::task_key(*task)) : std::nullopt;
    }
    const std::size_t slash = text.find('/');
    const auto cpu = cpu_from_word(plan, text.substr(0, slash));
    const auto slot = slash == text.npos ? 0u : index_of(slot_words, text.substr(slash + 1));
    if (!cpu || !slot) return std::nullopt;
    return static_cast<sim::ContextKey>(*cpu * sim::slots_per_cpu + *slot);
}

std::string value_words(const Plan& plan, std::uint8_t value) {
    const unsigned actor = value - 1u;
    if (actor == sim::actor_time) return std::string(time_word);
    if (actor < sim::actor_time) {
        return std::string(act_words[actor / sim::max_cpus]) + " " +
               cpu_word(plan, sim::actor_cpu(actor));
    }
    return std::string(answer_word) + " " + std::to_string(value - sim::data_value);
}

std::optional<std::uint8_t> value_from_words(const Plan& plan,
                                             std::span<const std::string_view> text) {
    if (text.size() == 1 && text[0] == time_word) return std::uint8_t{sim::actor_time + 1};
    if (text.size() != 2) return std::nullopt;
    if (text[0] == answer_word) {
        const auto answer = small_number(text[1], 256 - sim::data_value);
        if (!answer || *answer == 0) return std::nullopt;
        return static_cast<std::uint8_t>(sim::data_value + *answer);
    }
    const auto act = index_of(act_words, text[0]);
    const auto cpu = cpu_from_word(plan, text[1]);
    if (!act || !cpu) return std::nullopt;
    return static_cast<std::uint8_t>(1 + *act * sim::max_cpus + *cpu);
}

// --- bugs, configuration, targets ---------------------------------------------------------------

namespace {

// Each by its number and by its name: who remembers the one does not mistype the other.
std::vector<std::string> bug_words(const scenario::Subsystem& target) {
    std::vector<std::string> list;
    for (const scenario::BugSpec& bug : target.bugs) {
        list.emplace_back(bug.spec);
        list.emplace_back(bug.name);
    }
    return list;
}

template <typename Spec>
std::vector<std::string> names_of(std::span<const Spec> specs) {
    std::vector<std::string> list;
    for (const Spec& spec : specs) list.emplace_back(spec.name);
    return list;
}

}  // namespace

std::size_t find_bug(const scenario::Subsystem& target, std::string_view text) {
    std::string_view spec = text;
    const std::string prefix = std::string(target.name) + ":";
    if (spec.starts_with(prefix)) spec.remove_prefix(prefix.size());
    std::size_t found = 0;
    std::string candidates;
    unsigned count = 0;
    for (std::size_t i = 0; i < target.bugs.size(); ++i) {
        const scenario::BugSpec& bug = target.bugs[i];
        if (bug.name == spec) return i;
        if (bug.spec != spec && bug.name.substr(0, bug.name.find('_')) != spec) continue;
        found = i;
        ++count;
        candidates += (candidates.empty() ? "" : ", ") + std::string(bug.name);
    }
    if (count == 1) return found;
    if (count == 0)
        throw UserError("unknown bug " + quoted(text) + " of " + std::string(target.name) +
                        did_you_mean(spec, bug_words(target)));
    throw UserError("bug " + quoted(text) + " is ambiguous: " + candidates);
}

std::size_t set_config(Plan& plan, std::string_view name, std::string_view value) {
    const auto configs = plan.target->configs;
    for (std::size_t i = 0; i < configs.size(); ++i) {
        const scenario::ConfigSpec& spec = configs[i];
        if (spec.name != name) continue;
        const auto number = parse_int(value);
        if (!number || *number < spec.min || *number > spec.max) {
            throw UserError("configuration " + std::string(name) + ": " + quoted(value) +
                            " is not a number from " + std::to_string(spec.min) + " to " +
                            std::to_string(spec.max));
        }
        plan.config[i] = static_cast<std::int16_t>(*number);
        return i;
    }
    throw UserError("unknown configuration " + quoted(name) + " of " +
                    std::string(plan.target->name) + did_you_mean(name, names_of(configs)));
}

std::size_t set_config(Plan& plan, std::string_view assignment) {
    const std::size_t equals = assignment.find('=');
    if (equals == assignment.npos)
        throw UserError("configuration " + quoted(assignment) + ": expected NAME=VALUE");
    return set_config(plan, assignment.substr(0, equals), assignment.substr(equals + 1));
}

const scenario::Subsystem& target_from_word(std::string_view text) {
    if (const scenario::Subsystem* const target = subsystems::find(text)) return *target;
    std::vector<std::string> known;
    std::string all;
    for (const scenario::Subsystem* const target : subsystems::all()) {
        known.emplace_back(target->name);
        all += (all.empty() ? "" : ", ") + known.back();
    }
    const std::string meant = did_you_mean(text, known);
    throw UserError("unknown target " + quoted(text) + (meant.empty() ? " (" + all + ")" : meant));
}

std::span<const scenario::Subsystem* const> all_targets() { return subsystems::all(); }

// --- answers ------------------------------------------------------------------------------------

std::string answer_words(const Plan& plan, unsigned question) {
    std::string words = unusual_answer(questions_of_all, question);
    if (words.empty())
        words = plan.target->platform != nullptr
                    ? plan.target->platform->answer_words(question)
                    : unusual_answer(questions_of_own_kernel, question);
    return words.empty() ? "question " + std::to_string(question) + " has an unusual answer"
                         : words;
}

bool is_about_memory(unsigned question) {
    return memory::is_question(static_cast<std::uint16_t>(question));
}

// --- modes --------------------------------------------------------------------------------------

std::string_view memory_word(MemoryMode mode) {
    return memory_words[static_cast<std::size_t>(mode)];
}

std::string_view oracle_word(OracleMode mode) {
    return oracle_words[static_cast<std::size_t>(mode)];
}

void set_memory(Plan& plan, std::string_view word) {
    const scenario::Subsystem& target = *plan.target;
    if (word.empty()) {
        plan.memory = MemoryMode::sc;
        for (std::size_t i = 0; i < target.bugs.size(); ++i)
            if (((plan.bugs >> i) & 1u) != 0 && target.bugs[i].needs.weak_memory)
                plan.memory = MemoryMode::weak;
        return;
    }
    const auto mode = memory_from_word(word);
    if (!mode) throw UserError("unknown memory model '" + std::string(word) + "' (sc, weak)");
    if (*mode == MemoryMode::weak && !target.runs_weak)
        throw UserError("memory model weak: " + std::string(target.name) + " runs under sc only");
    plan.memory = *mode;
}

std::optional<MemoryMode> memory_from_word(std::string_view text) {
    const auto index = index_of(memory_words, text);
    return index ? std::optional(static_cast<MemoryMode>(*index)) : std::nullopt;
}

std::optional<OracleMode> oracle_from_word(std::string_view text) {
    const auto index = index_of(oracle_words, text);
    return index ? std::optional(static_cast<OracleMode>(*index)) : std::nullopt;
}

std::vector<std::string_view> bug_names(const Plan& plan) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < plan.target->bugs.size(); ++i)
        if (((plan.bugs >> i) & 1u) != 0) names.push_back(plan.target->bugs[i].name);
    return names;
}

}  // namespace rcufuzz::run
