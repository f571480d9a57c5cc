// SPDX-License-Identifier: GPL-2.0-or-later
//
// A strategy that makes the machine trace what a window of a trace says, event by event, in its
// order. Each event is a point at which its context waits until it is due; who comes to an event
// that is not his next in the trace has taken another course, and the run ends there. What the
// trace leaves open (steps between two events, interrupts that trace nothing, where a task runs)
// is searched for: the next run keeps what led to the furthest event so far, goes back a little,
// and tries something else.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/prng.h"
#include "core/conform/meaning.h"
#include "core/conform/trace.h"
#include "core/scenario/platform.h"
#include "core/sim/strategy.h"
#include "core/sim/subject_events.h"
#include "core/sim/world.h"

namespace rcufuzz::conform {

class Follow final : public sim::Strategy, public sim::SubjectListener {
   public:
    Follow(const Window& window, std::uint64_t seed);

    // The next run; `base` is the machine's rcu_state.gp_seq at its beginning.
    void try_again();
    void booted(std::int64_t base) { meaning_ = Meaning(base); }

    bool accepted() const { return best_ == window_.events.size(); }
    std::size_t best() const { return best_; }           // events made, in the best run so far
    const std::string& instead() const { return instead_; }  // what kept it from the next

    void begin(const sim::World& world) override;
    std::uint32_t choose(const sim::Choice& choice) override;
    bool asks_at_every_point() const override { return true; }
    void end(std::uint64_t points) override;

    bool wants_points() const override { return true; }
    void comes(const sim::SubjectEvent& event) override;
    bool waits(const sim::SubjectEvent& event) override;
    void is_traced(const sim::SubjectEvent& event) override;
    void asks_about(std::string_view task, unsigned cpu) override;

   private:
    // Who of the trace.
    struct Who {
        std::string name;
        int cpu = -1;  // -1: a task that is bound to none
        unsigned level = 0;
        std::vector<std::size_t> events;
        std::size_t done = 0;  // of these, in this run
    };
    struct Answer {
        std::uint32_t answer;
        std::uint32_t event;  // that was due
        unsigned skipped;     // before it was given: interrupts that the machine has not
    };
    static constexpr std::size_t nothing = ~std::size_t{0};

    std::size_t who_is(const std::string& name) const;
    void give_up(std::string why);
    void keep_best();
    void cut();
    std::string pending_words() const;

    bool interrupts_are_told() const { return window_.interrupts != 0; }
    unsigned skip_interrupts(const sim::Choice& choice);
    void skip(unsigned count);
    unsigned interrupt_for(const sim::Choice& choice) const;
    void end_if_done();
    std::uint32_t choose_actor(const sim::Choice& choice);
    std::uint32_t choose_data(const sim::Choice& choice);
    std::uint32_t choose_place(const sim::Choice& choice);
    std::uint32_t choose_task(const sim::Choice& choice);
    std::size_t next_of(std::size_t who) const;
    std::size_t pending_of(unsigned cpu) const;
    bool may_act(unsigned actor) const;
    bool leads_on(unsigned actor) const;
    bool starts_work(unsigned actor) const;
    std::int64_t ahead() const;
    unsigned weight(unsigned actor) const;
    int due_cpu() const;
    bool is_stuck() const;
    std::uint32_t any_of(const sim::Choice& choice);
    bool chance(unsigned per_1000) { return prng_.below(1000) < per_1000; }

    const Window& window_;
    std::vector<Who> whos_;
    std::vector<std::size_t> who_of_event_;
    Prng prng_;
    Meaning meaning_{0};

    // Of this run.
    const sim::World* world_ = nullptr;
    sim::Jiffies began_ = 0;
    std::size_t next_ = 0;  // the event that is due
    std::map<sim::ContextKey, std::size_t> pending_;  // who stands before which event
    std::map<sim::ContextKey, std::size_t> tasks_;    // who has traced something
    std::string why_;       // the run has come to its end
    std::uint64_t points_at_event_ = 0;
    struct Asked {
        std::size_t who;  // nothing: not of the trace
        unsigned cpu;
    };
    std::vector<Asked> asked_;  // about whom the next question is
    unsigned waits_ = 0;    // of whoever is not due, and nobody else can act
    std::size_t chosen_for_ = nothing;  // event for which who acts now was chosen
    bool leaves_now_ = false;           // whoever acts does not go on to his next event
    bool differs_ = false;              // the next choice is not to be what it was
    std::vector<Answer> path_;
    std::size_t at_ = 0;

    // Of all.
    std::size_t kept_ = 0;  // answers that are as they were
    unsigned lazy_ = 0;     // of 1000 events, those after which whoever made it acts no further
    unsigned data_noise_ = 0;  // of 1000 questions that are not of who acts
    unsigned noise_ = 0;    // of 1000 choices, those left to chance
    std::size_t best_ = 0;
    bool tried_ = false;
    unsigned stuck_ = 0;  // runs since the best
    std::vector<Answer> best_path_;
    std::string instead_;
};

}  // namespace rcufuzz::conform
