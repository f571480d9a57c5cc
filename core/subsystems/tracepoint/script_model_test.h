// SPDX-License-Identifier: GPL-2.0-or-later
//
// Scripts of registrations and removals on one tracepoint, and an exhaustive judgement of each:
// what the writer publishes is a row of states, and a reader takes branch, array and call target
// from any three of them, in this order, with interrupts on. It knows nothing of the simulated
// machine.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/subsystems/tracepoint/probes.h"
#include "core/subsystems/tracepoint/tracepoint.h"

namespace rcufuzz::tracepoint {

struct ScriptStep {
    bool registers = false;  // or removes
    unsigned probe = 0;
};
using Script = std::vector<ScriptStep>;

// All of 1 to `longest` steps over the probes of probe_specs, no probe registered twice.
std::vector<Script> all_scripts(unsigned longest);

// "+A+B-A"
std::string name_of(const Script& script);

struct ScriptVerdict {
    bool wrong_data = false;  // a function may be called with data it was never registered with
    bool lost_call = false;   // a probe registered throughout an event may be left out

    bool clean() const { return !wrong_data && !lost_call; }
};
using ProbeSpecs = std::array<ProbeSpec, probe_count>;
ScriptVerdict judge(const Script& script, Generation generation,
                    const ProbeSpecs& probes = probe_specs);

}  // namespace rcufuzz::tracepoint
