// SPDX-License-Identifier: GPL-2.0-or-later
//
// Answers choices so that a story's actions happen one after the other. Where an action cannot be
// done its step fails, the rest of that step is left out, and the story goes on with the next: a
// report of what still holds says more than silence.
//
// A task that stands between two operations begins the next one only when a step tells it to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/report/story_run.h"
#include "core/report/story_view.h"

namespace rcufuzz::report {

class StoryStrategy final : public sim::Strategy {
   public:
    explicit StoryStrategy(const Story& story) : story_(story), view_(story.plan) {}

    // RunOptions::on_boot; `arg` is the strategy.
    static void on_boot(void* arg, scenario::Instance& instance);

    void begin(const sim::World& world) override;
    std::uint32_t choose(const sim::Choice& choice) override;
    bool asks_at_every_point() const override { return true; }
    void end(std::uint64_t points) override;

    const std::vector<StepResult>& results() const { return results_; }
    // A line that asks for something nobody knows of; null: there is none.
    const Action* unknown() const { return unknown_; }

   private:
    using Answer = std::optional<std::uint32_t>;  // none: it cannot be done

    Answer answer_for(const Action& action, const sim::Choice& choice) const;
    Answer towards_cpu(unsigned cpu, const sim::Choice& choice) const;
    Answer towards_task(const sim::Context& task, const sim::Choice& choice) const;
    Answer towards_interrupt(const sim::Context& interrupt, const sim::Choice& choice) const;
    Answer settle(const Action& action, const sim::Choice& choice) const;
    bool may_act(unsigned actor_number, const Action& action) const;
    bool rests(unsigned cpu, const Action& action) const;
    bool awaits_timer(const Action& action) const;

    const Action* current() const;  // null: the story is told
    bool is_complete(const Action& action) const;
    void arrive();
    void next_action();
    void end_step(StepResult::State state, const std::string& what);
    void fail(const Action& action, const std::string& what);
    std::string objection(const Action& action) const;
    std::string why_not(const Action& action) const;

    const Story& story_;
    StoryView view_;
    const Action* unknown_ = nullptr;
    std::size_t step_ = 0;
    std::size_t action_ = 0;
    std::size_t began_ = 0;  // the moment at which the current action began
    std::uint64_t began_at_point_ = 0;
    std::uint64_t began_at_jiffy_ = 0;
    std::vector<StepResult> results_;
};

}  // namespace rcufuzz::report
