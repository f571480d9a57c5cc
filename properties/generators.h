// SPDX-License-Identifier: GPL-2.0-or-later
//
// What properties quantify over: plans of any subsystem, from its tables alone. And what happens
// to a plan for which one does not hold: it is made small and kept. `base` has no operations.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/run/runner.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::properties {

run::Plan any_subsystem();  // an empty plan of it
std::unique_ptr<strategy::Policy> any_policy();

// The plan that fuzzers make of these bytes.
run::Plan decoded(const run::Plan& base, const std::vector<std::uint8_t>& bytes);

// A sequence of operations with a configuration to it, both of which shrink: operations go one by
// one, and what is left becomes plain.
rc::Gen<run::Plan> workload_of(const run::Plan& base);

// A plan for which a property does not hold, for people: minimised, where its run finds something,
// and written to $RCUFUZZ_FAILURES/PROPERTY.plan, if that is set. Returns what was done, and the
// plan as text. Rapidcheck shrinks by trying again, so the file that stays is that of the smallest.
std::string keep_failure(const run::Plan& plan, const char* property);

}  // namespace rcufuzz::properties
