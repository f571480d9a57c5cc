// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/triage.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>

#include "core/base/effort_test.h"
#include "core/report/find_test.h"
#include "core/run/names.h"
#include "core/run/toy_test.h"

namespace rcufuzz::report {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

run::Plan find_of(std::string_view bug, std::uint64_t seed) {
    run::Plan base = run::empty_plan(toy::subsystem());
    run::enable_bug(base, bug);
    return find_one(base, "random", seed);
}

// Each find has its own operations, schedule and end.
TEST(Triage, OneGroupForEachBug) {
    std::vector<NamedPlan> plans;
    for (std::uint64_t seed = 1; seed <= effort(12u); ++seed) {
        plans.push_back({"lost " + std::to_string(seed), find_of("T01", seed)});
        plans.push_back({"stranded " + std::to_string(seed), find_of("T02", seed)});
    }
    plans.push_back({"nothing", run::empty_plan(toy::subsystem())});
    const Triage result = triage(plans);
    EXPECT_THAT(result.quiet, ElementsAre("nothing"));
    std::vector<std::string> names;
    for (const FindGroup& group : result.groups) {
        EXPECT_TRUE(run::replay(group.minimal).same_find(group.outcome));
        const std::string kind = group.minimal.bugs == 1 ? "lost" : "stranded";
        for (const std::string& name : group.names) EXPECT_TRUE(name.starts_with(kind)) << name;
        EXPECT_LE(group.minimal.ops.size(), 2u);
        std::ranges::copy(group.names, std::back_inserter(names));
    }
    EXPECT_THAT(names, SizeIs(2 * effort(12u)));
    EXPECT_THAT(result.groups, SizeIs(2));
}

TEST(Triage, ToldBeforeEachStep) {
    std::vector<std::pair<std::size_t, std::size_t>> steps;
    const std::vector<NamedPlan> plans{{"a", find_of("T01", 1)}, {"b", find_of("T01", 1)}};
    triage(plans, [&](std::size_t done, std::size_t all) { steps.emplace_back(done, all); });
    EXPECT_THAT(steps, ElementsAre(std::pair(0u, 2u), std::pair(1u, 3u), std::pair(2u, 3u)));
}

}  // namespace
}  // namespace rcufuzz::report
