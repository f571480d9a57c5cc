// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a story can see of the run while it happens: contexts, operations, the clock, and what the
// subsystem's instance lets be observed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/report/story_condition.h"
#include "core/scenario/scenario.h"
#include "core/sim/world.h"

namespace rcufuzz::report {

class StoryView {
   public:
    explicit StoryView(const run::Plan& plan) : plan_(plan) {}

    void begin(const sim::World& world);
    void boot(const scenario::Instance& instance) { instance_ = &instance; }
    // Takes in what happened since the last call. The run must keep its whole trace.
    void follow();

    const sim::World& world() const { return *world_; }
    // A moment, for Condition::Kind::returned: what came after it is what happened from now on.
    std::size_t now() const { return events_seen_; }

    bool knows(const Condition& condition) const;
    bool holds(const Condition& condition, std::size_t since) const;
    // How it is instead: "level1 is 0", "rcuog0 sleeps on nocb_gp_wq[0]".
    std::string instead_of(const Condition& condition) const;
    std::string state_of(const sim::Context& context) const;

    // Whether the CPU's task stands before an operation, or after its last.
    bool between_ops(unsigned cpu) const;
    // Whether this is the task that executes the operations of that CPU.
    bool is_workload(const sim::Context& task, unsigned cpu) const;
    // Whether it does and what comes next is raised as an interrupt of this kind.
    bool raises_next(unsigned cpu, sim::Slot slot) const;

   private:
    enum class OpState : std::uint8_t { waits, begun, done };

    std::string object_name(sim::ObjectId id) const;
    std::int64_t observed(const std::string& name) const;
    std::optional<bool> sleeps(const std::string& task) const;
    std::size_t when_seen(sim::ContextKey key) const {
        const auto found = last_seen_.find(key);
        return found == last_seen_.end() ? 0 : found->second;
    }
    std::size_t next_op(unsigned cpu) const;

    const run::Plan& plan_;
    const sim::World* world_ = nullptr;
    const scenario::Instance* instance_ = nullptr;
    std::size_t events_seen_ = 0;
    std::vector<OpState> ops_;                          // by operation
    std::map<sim::ContextKey, std::size_t> last_seen_;  // the moment of its last event
};

}  // namespace rcufuzz::report
