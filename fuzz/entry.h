// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a fuzz target does with bytes, whatever engine brings them: libFuzzer and AFL++ are a few
// lines on top of this. An input is the body of a plan (core/run/codec.h). Environment:
//   RCUFUZZ_BUG      bugs to switch on, separated by commas
//   RCUFUZZ_CONFIG   "name=value,...": configuration that inputs cannot change
//   RCUFUZZ_MEMORY   sc or weak; default: inputs choose; with a bug sc, or weak where it needs that
//   RCUFUZZ_ORACLE   all or black-box
//   RCUFUZZ_KERNEL   which kernel, of the target linux; default: the only one that is built
//   RCUFUZZ_MUTATOR  plans or bytes: who changes inputs, this or the engine
//   RCUFUZZ_SCHEDULES  under how many further schedules a mutant is run; default 15
//   RCUFUZZ_FEEDBACK states, orders, all or code: what counts beside code coverage
//                    (core/run/coverage.h)
//   RCUFUZZ_KNOWN    plans of this target, separated by commas: what they show is no find any more
//   RCUFUZZ_OUT      directory for the plans of finds; default the current one
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/prng.h"
#include "core/run/coverage.h"
#include "core/run/frame.h"
#include "core/run/reschedule.h"
#include "core/run/runner.h"

namespace rcufuzz::fuzz {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// A find in the form of a failed assertion of glibc, which ClusterFuzz takes two crashes apart by:
// a hash of the identity comes first, then the identity for those who read it. Nothing between the
// quotes may depend on anything else: two finds of one identity are one crash, whatever came of it.
std::string assertion_line(const run::Outcome& outcome);

class Entry {
   public:
    // Reads the environment. A value that makes no sense ends the program, with one line that says
    // so and exit code 64.
    explicit Entry(std::string_view target);

    // What is switched on, in a line: "fuzzing nocb with D01_wake_leaves_level, memory sc, ...".
    // The first thing that a fuzz target says.
    std::string described() const;

    run::Plan decode(ByteView input) const;

    // Otherwise the engine's own mutator has to do.
    bool mutates_plans() const { return mutates_plans_; }

    // Runs the input. A find that is not known is written out and reported, and ends the program by
    // abort(), which is what engines take for a crash. `counters` receives samples of the run's
    // states.
    void run_one(ByteView input, std::span<std::uint8_t> counters) const;

    // One random change of an input, or a child of two; at most max_size bytes. Each is run under
    // some further schedules. One that finds something is in what comes out, so that the engine
    // comes upon it, and has in its hands an input that needs nothing else to show it again.
    Bytes mutate(ByteView input, std::size_t max_size, std::uint64_t seed);
    Bytes cross(ByteView input, ByteView other, std::size_t max_size, std::uint64_t seed);

   private:
    run::Plan generated(Prng& prng);
    // If one of the further schedules finds something, the plan has that run's decisions; those of
    // the last one if it is to have another schedule anyway.
    void try_schedules(run::Plan& plan, std::size_t max_size, bool redraw, Prng& prng);

    run::Frame frame_;
    run::Feedback feedback_;
    std::vector<std::string> known_;  // identities
    bool mutates_plans_ = true;
    unsigned schedules_ = 0;
    unsigned generated_ = 0;  // how many plans were
    run::Rescheduler rescheduler_;
};

}  // namespace rcufuzz::fuzz
