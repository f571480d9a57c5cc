// SPDX-License-Identifier: GPL-2.0-or-later
//
// A kernel's own source under weak memory: what it may see, and that nothing is wrong with that.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/run/frame.h"
#include "core/run/generate.h"
#include "core/run/runner.h"
#include "core/run/site.h"
#include "core/strategy/strategies.h"
#include "core/subsystems/linux/configuration.h"
#include "core/subsystems/linux/every_kernel_test.h"

namespace rcufuzz::linux_subject {
namespace {

class WeakMemory : public EveryKernel {};

TEST_P(WeakMemory, HasNothingToFind) { finds_nothing(GetParam(), "weak", 25); }

// Old values are seen, in several places; a run that sees some takes the same course again.
TEST_P(WeakMemory, SeesOldValues) {
    const run::Frame frame = run::make_frame(target(), {.memory = "weak", .kernel = GetParam()});
    const auto policy = strategy::make_policy("random");
    Prng prng(11);
    std::set<std::string> places;
    for (unsigned i = 0; i < 60; ++i) {
        run::Plan workload = run::generate(frame.plan, {}, prng);
        workload.config[kcsan] = 0;
        policy->forget();
        policy->reseed(prng.next());
        const run::Recorded recorded = run::record(workload, *policy);
        run::NamedTrace trace;
        const run::Outcome again =
            run::replay(recorded.plan, {.trace = sim::TraceLevel::full, .keep = &trace});
        EXPECT_EQ(again.trace_hash, recorded.outcome.trace_hash) << i;
        for (const sim::Event& event : trace.events)
            if (event.kind == sim::EventKind::read && event.b != 0)
                places.insert(run::site_text(event.site));
    }
    EXPECT_GT(places.size(), 2u);
}

RCUFUZZ_FOR_EVERY_KERNEL(WeakMemory);

}  // namespace
}  // namespace rcufuzz::linux_subject
