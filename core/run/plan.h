// SPDX-License-Identifier: GPL-2.0-or-later
//
// A plan holds everything that a run needs, and nothing else matters: target, enabled bugs,
// configuration, operations, decisions. Whatever engine finds something, the result is a plan.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/scenario/scenario.h"
#include "core/sim/decision.h"

namespace rcufuzz::run {

enum class MemoryMode : std::uint8_t { sc, weak };
enum class OracleMode : std::uint8_t { all, black_box };

inline constexpr std::size_t max_ops = 64;
// A run that is recorded takes so many that are not 0, and is the ordinary one from there on.
inline constexpr std::size_t max_decisions = 30000;

using sim::main_key;
inline constexpr sim::ContextKey key_count = sim::bound_key_count;
// Whether a context of this target could have the key.
inline bool is_decision_key(const scenario::Subsystem& target, sim::ContextKey key) {
    if (sim::is_task_key(key)) return target.has_tasks;
    return key < key_count || key == main_key;
}

struct Plan {
    const scenario::Subsystem* target = nullptr;
    std::uint64_t bugs = 0;  // bit i: Subsystem::bugs[i] is on
    std::string subject{};   // which build of the target's own kernel; empty: what there is
    MemoryMode memory = MemoryMode::sc;
    OracleMode oracle = OracleMode::all;
    scenario::ConfigValues config{};  // one value for each of Subsystem::configs, in range
    std::vector<scenario::Op> ops;    // executed in this order on each CPU; CPUs run in parallel
    std::vector<sim::Decision> decisions;  // sorted by (key, ordinal), no two alike, values valid

    bool operator==(const Plan&) const = default;
};

// An empty plan: standard configuration, no bugs, no operations.
Plan empty_plan(const scenario::Subsystem& target);

// Puts a plan into canonical form: weak memory only where the target runs so, values clipped to
// their ranges, contexts that an operation does not allow replaced by the first it does, operations
// for CPUs that the configuration lacks moved to one it has (modulo), decisions sorted, zeros and
// keys of no context dropped, of two decisions for one choice that of the smaller value kept,
// lengths bounded.
void canonicalize(Plan& plan);

// Whether the plan's subject has nothing that this configuration value could change.
bool is_lacking(const Plan& plan, std::size_t config);

// The parts of it, for those who change one operation or read one configuration value.
void canonicalize_op(const Plan& plan, scenario::Op& op);
std::int16_t clip_config(const scenario::ConfigSpec& spec, std::int64_t value);

}  // namespace rcufuzz::run
