// SPDX-License-Identifier: GPL-2.0-or-later
//
// Explores a litmus test and says which final states it has: what `rcufuzz litmus` prints.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/litmus/machine.h"

namespace rcufuzz::litmus {

// By the axioms: all that the kernel's model allows. On the machine: what the suite's own memory
// shows, which is less (README, "The two ways").
enum class Method : std::uint8_t { axioms, machine };

struct CheckOptions {
    Method method = Method::axioms;
    Mode mode = Mode::weak;               // of the machine
    std::uint64_t max_runs = 20'000'000;  // beyond it the exploration is given up
    std::size_t max_states = std::size_t{1} << 22;
    // Both reductions of the search; off, it takes every order of every step.
    bool reduce = true;
    // Asked now and then; true: give the exploration up. Null: never.
    bool (*stop)(void* arg) = nullptr;
    void* stop_arg = nullptr;
};

struct FinalState {
    std::vector<Value> shown;
    bool holds = false;
    bool operator==(const FinalState&) const = default;
};

struct Report {
    std::vector<FinalState>
        states;  // distinct, in ascending order; those that the filter lets pass
    std::uint64_t positive = 0;
    std::uint64_t negative = 0;
    bool race = false;
    bool mixed = false;           // a location is accessed both plainly and marked, with no barrier
    bool unmatched = false;       // some srcu_read_unlock() had no section to end
    bool unmatched_lock = false;  // some srcu_read_lock() began a section that has no end
    bool unmatched_rcu = false;   // rcu_read_lock() without rcu_read_unlock(), or the reverse
    bool cut_short = false;       // a loop that loads went round more than twice, and was left out
    bool stuck = false;           // some run does not come to an end
    bool complete = false;        // everything was explored
    bool forgot = false;          // but for what memory::max_history is too short for
    std::uint64_t runs = 0;
    std::uint64_t explored = 0;  // states of the search

    // "Never", "Sometimes", "Always"; "DEADLOCK" where there is no final state; "Unknown" where the
    // search was given up before it knew.
    std::string observation() const;
};

// Throws UserError where the test does what the dialect does not allow.
Report check(const Test& test, const std::string& file, const CheckOptions& options);

enum class Agreement : std::uint8_t { agrees, disagrees, undecided, not_recorded };
// With the word behind "Result:" in the file.
Agreement agreement(const Test& test, const Report& report);

// As herd7 prints it, with numbers of states where herd has executions.
std::string to_text(const Test& test, const Report& report);
std::string state_text(const Test& test, const FinalState& state);

}  // namespace rcufuzz::litmus
