// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/dfs.h"

#include <bit>

#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/strategy/policy.h"

namespace rcufuzz::strategy {

using sim::Access;
using sim::actor_bit;
using sim::ActorMask;
using sim::Choice;
using sim::ChoiceKind;

namespace {

// Shards are told apart by so many answers; states are not kept above that, since what lies below
// them is not explored as a whole.
constexpr std::size_t shard_depth = 8;
// So that whoever drives the search hears of it now and then.
constexpr unsigned returns_per_run = 1000;

// What the context that this actor runs is about to do; nothing known for other actors.
Access about_to_do(const sim::World& world, unsigned actor_number) {
    return is_run(actor_number) ? runner(world, actor_number).pending : Access{};
}

}  // namespace

Dfs::Dfs(const DfsOptions& options) : options_(options) {
    CHECK(options.shards >= 1 && options.shard < options.shards);
    if (options_.preemptions != DfsOptions::unlimited) options_.commute = nullptr;
}

void Dfs::begin(const sim::World& world) {
    world_ = &world;
    at_ = 0;
    sleep_ = 0;
    preemptions_ = 0;
    points_ = 0;
    data_choices_ = 0;
    returns_left_ = returns_per_run;
}

std::uint32_t Dfs::choose(const Choice& choice) {
    before_ = now();
    if (choice.kind == ChoiceKind::data) return choose_data(choice);
    // Steps in between, where there was nothing to choose, may have met whoever is asleep.
    if (world_->points() > points_ + data_choices_ + 1) sleep_ = 0;
    points_ = world_->points();
    data_choices_ = 0;
    if (at_ == path_.size()) {
        const std::uint32_t answer = meet(choice);
        if (answer == sim::abandon_run) return answer;
    }
    const Node& node = path_[at_++];
    CHECK(!node.data && node.first == choice.first && node.others == choice.others);
    follow(node);
    return node.answer;
}

std::uint32_t Dfs::choose_data(const Choice& choice) {
    ++data_choices_;
    if (at_ == path_.size()) {
        Node node;
        node.count = choice.count;
        node.data = true;
        path_.push_back(node);
    }
    const Node& node = path_[at_++];
    CHECK(node.data && node.count == choice.count);
    return node.answer;
}

std::uint32_t Dfs::chosen(Node& node, unsigned actor_number) const {
    node.left &= ~actor_bit(actor_number);
    if (actor_number == node.first) return 0;
    return 1 +
           static_cast<std::uint32_t>(std::popcount(node.others & (actor_bit(actor_number) - 1)));
}

// A context at its very beginning: its first step commutes with everything, so it is enough to let
// it go first.
ActorMask Dfs::fresh_start(ActorMask candidates) const {
    for (ActorMask mask = candidates & all_run_actors; mask != 0; mask &= mask - 1) {
        const unsigned actor_number = first_actor(mask);
        const sim::Context& context = runner(*world_, actor_number);
        if (context.ordinal == 0 && context.state == sim::ContextState::ready)
            return actor_bit(actor_number);
    }
    return 0;
}

std::uint32_t Dfs::meet(const Choice& choice) {
    if (!within_shard()) return sim::abandon_run;
    Node node;
    node.count = choice.count;
    node.first = choice.first;
    node.others = choice.others;
    node.preemptions = preemptions_;
    node.costs = choice.kind == ChoiceKind::schedule || options_.bound_delays;
    const ActorMask candidates = all_candidates(choice);
    // Who was alone has gone on unasked, asleep or not, and may be at its end.
    node.sleep = options_.commute != nullptr ? sleep_ & candidates : 0;
    node.left = candidates & ~node.sleep;
    const ActorMask starting = options_.starts_are_local ? fresh_start(candidates) : 0;
    if (starting != 0) {
        node.left = starting;
        node.costs = false;
    } else if (look_up(choice, node.sleep, node.left) == Seen::whole) {
        return sim::abandon_run;
    }
    if (node.costs && preemptions_ == options_.preemptions) node.left &= actor_bit(choice.first);
    if (node.left == 0) return sim::abandon_run;
    const bool go_on = (node.left & actor_bit(choice.first)) != 0;
    node.answer = chosen(node, go_on ? choice.first : first_actor(node.left));
    path_.push_back(node);
    return 0;
}

Dfs::Seen Dfs::look_up(const Choice& choice, ActorMask& sleep, ActorMask& left) {
    if (options_.state == nullptr) return Seen::no;
    if (options_.shards > 1 && path_.size() <= shard_depth) return Seen::no;
    RunningHash hash;
    hash.add(options_.state(options_.state_arg));
    hash.add(all_candidates(choice));
    if (options_.preemptions != DfsOptions::unlimited) {
        // What remains within the bound depends on who could go on, and how often not.
        hash.add(static_cast<std::uint64_t>(preemptions_) << 1 |
                 (choice.kind == ChoiceKind::schedule ? 1 : 0));
        hash.add(choice.first);
    }
    StateTable::Entry& entry = table_.find(hash.value());
    if (StateTable::is_empty(entry)) {
        if (table_.count() == options_.max_states) {
            full_ = true;
            return Seen::no;
        }
        table_.add(entry, hash.value(), sleep);
        return Seen::no;
    }
    left &= entry.sleep;
    sleep &= entry.sleep;
    entry.sleep = sleep;
    return left == 0 ? Seen::whole : Seen::in_part;
}

// Who sleeps on after the step that the node's answer takes: those that it does not touch. Whoever
// was run from here before it sleeps too.
void Dfs::follow(const Node& node) {
    const unsigned runs =
        node.answer == 0 ? node.first : sim::nth_bit(node.others, node.answer - 1);
    if (node.costs && node.answer != 0) ++preemptions_;
    if (options_.commute == nullptr) return;
    const Access step = about_to_do(*world_, runs);
    const bool starts =
        options_.starts_are_local && is_run(runs) && runner(*world_, runs).ordinal == 0;
    sleep_ = node.sleep & ~actor_bit(runs);
    if (starts) return;
    for (ActorMask mask = sleep_; mask != 0; mask &= mask - 1) {
        const unsigned sleeper = first_actor(mask);
        if (!options_.commute(about_to_do(*world_, sleeper), step)) sleep_ &= ~actor_bit(sleeper);
    }
}

bool Dfs::within_shard() const {
    if (options_.shards == 1 || path_.size() < shard_depth) return true;
    RunningHash hash;
    for (std::size_t i = 0; i < shard_depth; ++i) hash.add(path_[i].answer);
    return hash.value() % options_.shards == options_.shard;
}

bool Dfs::has_more(const Node& node) {
    return node.data ? node.answer + 1 < node.count : node.left != 0;
}

bool Dfs::next() {
    ++runs_;
    while (!path_.empty() && !has_more(path_.back())) path_.pop_back();
    if (path_.empty()) return false;
    Node& node = path_.back();
    if (node.data) {
        ++node.answer;
        return true;
    }
    const unsigned ran = node.answer == 0 ? node.first : sim::nth_bit(node.others, node.answer - 1);
    if (options_.commute != nullptr) node.sleep |= actor_bit(ran);
    node.answer = chosen(node, first_actor(node.left));
    ++node.tried;
    return true;
}

// --- going back ---------------------------------------------------------------------------------

bool Dfs::keeps_moment() {
    const bool kept = !moments_.empty() && moments_.back().at == before_.at;
    if (kept || !has_more(path_[before_.at])) return false;
    moments_.push_back(before_);
    return true;
}

std::size_t Dfs::go_back() {
    if (returns_left_ == 0) return 0;
    --returns_left_;
    std::size_t last = path_.size();
    while (last != 0 && !has_more(path_[last - 1])) --last;
    while (!moments_.empty() && moments_.back().at + 1 > last) moments_.pop_back();
    if (moments_.empty() || moments_.back().at + 1 != last) return 0;
    next();
    const Knowledge& moment = moments_.back();
    at_ = moment.at;
    sleep_ = moment.sleep;
    preemptions_ = moment.preemptions;
    points_ = moment.points;
    data_choices_ = moment.data_choices;
    return moments_.size();
}

void Dfs::forget_moments() { moments_.clear(); }

double Dfs::progress() const {
    double done = 0;
    double share = 1;
    for (const Node& node : path_) {
        const double over = node.data ? node.answer : node.tried;
        const double parts = node.data ? node.count : over + 1 + std::popcount(node.left);
        share /= parts;
        done += share * over;
    }
    return done;
}

}  // namespace rcufuzz::strategy
