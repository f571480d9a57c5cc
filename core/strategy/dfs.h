// SPDX-License-Identifier: GPL-2.0-or-later
//
// Depth-first search: every run of a program, one after the other, each prefix of answers once.
//
//   Dfs search(options);
//   do { run(..., search, ...); } while (search.next());
//
// With DfsOptions::returns a run goes back instead of being abandoned, and so stands for many.
//
// Two reductions, both off unless the options supply what they rest on:
//   - states: a run that comes to a state which was explored before ends there (abandon_run);
//   - sleep sets (Godefroid 1996): of two steps that commute, one order is enough. Together with
//     states as in his algorithm (fig. 5.2): the table keeps the sleep set a state was explored
//     with, and a later visit explores what was asleep then and is not now. Every reachable state
//     is still visited.
// A bound on preemptions cuts the search to the runs that have no more; sleep sets are off then,
// since the order that they leave out may be the one within the bound.
//
// The program must do the same whenever the same answers are given. States are 64-bit hashes: two
// states with one hash count as one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/sim/explorer.h"
#include "core/sim/strategy.h"
#include "core/sim/world.h"
#include "core/strategy/state_table.h"

namespace rcufuzz::strategy {

struct DfsOptions {
    static constexpr std::uint32_t unlimited = ~std::uint32_t{0};

    // The state of the whole program, wherever a choice of who acts is made. Null: not known.
    std::uint64_t (*state)(void* arg) = nullptr;
    void* state_arg = nullptr;
    bool state_is_image = false;  // it is taken by sim::image_hash()
    // Whether two steps commute, each told by what its context was about to do; neither enables
    // or disables the other. Steps must touch nothing else up to their next point. Null: not known.
    bool (*commute)(const sim::Access& a, const sim::Access& b) = nullptr;
    // True: what a context does before its first point touches nothing that others could see.
    bool starts_are_local = false;
    std::uint32_t preemptions = unlimited;  // how often a context is interrupted that could go on
    // The bound counts every choice of who acts that is not answered with the ordinary 0, also
    // where the context cannot go on (delay bounding: Emmi, Qadeer, Rakamaric 2011).
    bool bound_delays = false;
    std::size_t max_states = std::size_t{1} << 22;  // beyond it nothing is kept
    // Of `shards` searches that together are the whole one, this one. Shards are told apart by the
    // answers to the first choices.
    std::uint32_t shard = 0;
    std::uint32_t shards = 1;
    // A run that would be abandoned goes back to the last choice with another answer instead
    // (sim/moment.h, whose terms the program must meet).
    bool returns = false;
};

class Dfs final : public sim::Strategy, public sim::Explorer {
   public:
    explicit Dfs(const DfsOptions& options);

    void begin(const sim::World& world) override;
    std::uint32_t choose(const sim::Choice& choice) override;
    bool asks_at_every_point() const override { return true; }
    sim::Explorer* explorer() override { return this; }
    bool needs_image() const override { return options_.state_is_image; }
    bool returns() const override { return options_.returns; }
    bool keeps_moment() override;
    std::size_t go_back() override;
    void forget_moments() override;

    // To the next run; false: that was the last.
    bool next();

    std::uint64_t runs() const { return runs_; }
    // Distinct ones; 0 where they are not known.
    std::uint64_t states() const { return table_.count(); }
    std::size_t table_bytes() const { return table_.bytes(); }
    bool states_full() const { return full_; }  // some were not kept
    std::size_t depth() const { return path_.size(); }
    // How much of the search is done, from 0 to 1, were all subtrees of a choice of one size.
    double progress() const;

   private:
    struct Node {
        std::uint32_t count = 0;  // of answers
        std::uint32_t answer = 0;
        std::uint32_t preemptions = 0;  // before it
        bool data = false;
        bool costs = false;       // an answer other than 0 is a preemption
        std::uint32_t tried = 0;  // answers before this one
        unsigned first = 0;       // as in Choice
        sim::ActorMask others = 0;
        sim::ActorMask sleep = 0;  // not to be run from here
        sim::ActorMask left = 0;   // to be run from here, after the current one
    };
    // What the search knew at a choice of which the world has kept the moment.
    struct Knowledge {
        std::size_t at = 0;
        sim::ActorMask sleep = 0;
        std::uint32_t preemptions = 0;
        std::uint64_t points = 0;
        std::uint32_t data_choices = 0;
    };
    enum class Seen : std::uint8_t { no, in_part, whole };

    static bool has_more(const Node& node);
    Knowledge now() const { return {at_, sleep_, preemptions_, points_, data_choices_}; }
    std::uint32_t choose_data(const sim::Choice& choice);
    std::uint32_t meet(const sim::Choice& choice);  // a choice that is new
    sim::ActorMask fresh_start(sim::ActorMask candidates) const;
    Seen look_up(const sim::Choice& choice, sim::ActorMask& sleep, sim::ActorMask& left);
    void follow(const Node& node);
    bool within_shard() const;
    std::uint32_t chosen(Node& node, unsigned actor_number) const;

    DfsOptions options_;
    const sim::World* world_ = nullptr;
    std::vector<Node> path_;
    StateTable table_;
    std::uint64_t runs_ = 0;
    bool full_ = false;
    // Of the running run.
    std::size_t at_ = 0;
    sim::ActorMask sleep_ = 0;
    std::uint32_t preemptions_ = 0;
    std::uint64_t points_ = 0;  // at the last choice
    std::uint32_t data_choices_ = 0;
    Knowledge before_;  // the last choice
    std::vector<Knowledge> moments_;
    unsigned returns_left_ = 0;  // until the run ends all the same
};

}  // namespace rcufuzz::strategy
