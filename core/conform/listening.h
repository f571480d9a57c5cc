// SPDX-License-Identifier: GPL-2.0-or-later
//
// Somebody listens to the trace events of a plan's subject, as long as this object lives.
#pragma once

#include "core/base/check.h"
#include "core/run/plan.h"
#include "core/scenario/platform.h"
#include "core/sim/subject_events.h"

namespace rcufuzz::conform {

class Listening {
   public:
    Listening(const run::Plan& plan, sim::SubjectListener& listener)
        : platform_(plan.target->platform) {
        if (platform_ == nullptr || !platform_->listen(&listener))
            throw UserError("target " + std::string(plan.target->name) + " has no trace events");
    }
    ~Listening() { platform_->listen(nullptr); }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;

   private:
    scenario::Platform* platform_;
};

// rcu_state.gp_seq of a kernel that runs.
inline std::int64_t grace_period_now(const scenario::Instance& instance) {
    constexpr std::int64_t at_boot = -300 * 4;
    const auto since_boot = instance.observe("gp_seq");
    CHECK(since_boot.has_value());
    return at_boot + *since_boot;
}

}  // namespace rcufuzz::conform
