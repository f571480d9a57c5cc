// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/break_watch.h"

#include "core/run/runner.h"
#include "core/sim/world.h"
#include "core/strategy/from_plan.h"

namespace rcufuzz::report {

namespace {

// Replays a plan and looks at each choice whether an invariant has been found broken.
class BreakWatch final : public sim::Strategy {
   public:
    explicit BreakWatch(const run::Plan& plan) : inner_(plan.decisions) {}

    void begin(const sim::World& world) override {
        world_ = &world;
        inner_.begin(world);
    }
    std::uint32_t choose(const sim::Choice& choice) override {
        // That nobody will look at a callback any more is seen inside as well, before the end.
        const sim::Finding& finding = world_->findings().suspicion();
        if (!seen_ && (finding.verdict == Verdict::invariant ||
                       finding.verdict == Verdict::stranded_callback))
            seen_ = Break{world_->points(), finding.detail};
        return inner_.choose(choice);
    }
    bool asks_at_every_point() const override { return true; }
    const std::optional<Break>& seen() const { return seen_; }

   private:
    strategy::FromPlan inner_;
    const sim::World* world_ = nullptr;
    std::optional<Break> seen_;
};

}  // namespace

std::optional<Break> find_break(const run::Plan& plan) {
    run::Plan watched = plan;
    watched.oracle = run::OracleMode::all;  // oracles do not steer: it is the same run
    BreakWatch watch(watched);
    run::run(watched, watch);
    return watch.seen();
}

}  // namespace rcufuzz::report
