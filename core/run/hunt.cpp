// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/hunt.h"

#include <algorithm>
#include <bit>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "core/base/check.h"
#include "core/strategy/record.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::run {

namespace {

constexpr std::uint64_t runs_between_questions = 32;
constexpr std::uint64_t runs_before_long_workloads = 1024;
constexpr std::uint32_t max_near = 256;
constexpr std::uint32_t most_variations = 3;

class Hunter {
   public:
    explicit Hunter(const HuntOptions& options) : options_(options), prng_(options.seed) {
        for (const strategy::PolicyInfo& info : strategy::all_policies())
            if (options.strategy == info.name || options.strategy == "all")
                seats_.emplace_back(strategy::make_policy(info.name));
        if (seats_.empty()) throw UserError("unknown strategy '" + options.strategy + "'");
        for (Seat& seat : seats_) seat.policy->name_places(options.places);
        CHECK(seats_.size() <= max_strategies);
        resume(options.resumed);
    }

    HuntResult hunt() {
        while (result_.runs < options_.runs && wanted()) {
            Prng prng(prng_.next());
            const Plan plan = next_plan(prng);
            Seat& seat = *std::ranges::min_element(seats_, {}, &Seat::points);
            seat.policy->forget();
            for (unsigned i = 0; i < options_.runs_per_workload; ++i) {
                if (!is_kept() && (result_.runs >= options_.runs || !wanted())) break;
                seat.policy->reseed(prng.next());
                one_run(plan, seat);
            }
            if (options_.came_near && options_.came_near()) keep_near(plan, prng);
            ++workloads_;
            if (is_kept()) tell_position();
        }
        return std::move(result_);
    }

   private:
    struct Seat {
        explicit Seat(std::unique_ptr<strategy::Policy> given)
            : policy(std::move(given)), recorder(*policy, max_decisions) {}
        std::unique_ptr<strategy::Policy> policy;
        strategy::Record recorder;
        std::uint64_t points = 0;  // of its runs
    };

    bool is_kept() const { return options_.keep != nullptr; }

    void resume(const HuntPosition& from) {
        if (from.workloads != 0) prng_ = std::bit_cast<Prng>(from.seeds);
        workloads_ = from.workloads;
        result_.runs = from.runs;
        result_.points = from.points;
        for (std::size_t i = 0; i < seats_.size(); ++i) seats_[i].points = from.points_of_each[i];
        result_.position = from;
    }

    void tell_position() {
        result_.position = {std::bit_cast<decltype(HuntPosition::seeds)>(prng_),
                            workloads_,
                            result_.runs,
                            result_.points,
                            {}};
        for (std::size_t i = 0; i < seats_.size(); ++i)
            result_.position.points_of_each[i] = seats_[i].points;
        options_.keep(result_);
    }

    // What common bugs want has had its chance by then; half of the workloads still are short.
    GenerateOptions workload(Prng& prng) const {
        GenerateOptions options = options_.workload;
        if (result_.runs < runs_before_long_workloads || prng.one_in(2)) return options;
        options.min_ops = options.max_ops;
        options.max_ops = std::max(options.max_ops, options.long_max_ops);
        return options;
    }

    // As a workload of this hunt: without a schedule, with what the user has fixed.
    Plan made_ours(Plan plan) const {
        plan.bugs = options_.base.bugs;
        plan.subject = options_.base.subject;
        plan.memory = options_.base.memory;
        plan.oracle = options_.base.oracle;
        plan.decisions.clear();
        for (std::size_t i = 0; i < plan.target->configs.size(); ++i)
            if (((options_.workload.fixed_configs >> i) & 1u) != 0)
                plan.config[i] = options_.base.config[i];
        canonicalize(plan);
        return plan;
    }

    // Where nearly every workload comes near, that says nothing of this one.
    Plan next_plan(Prng& prng) {
        if (workloads_ < options_.first.size()) return made_ours(options_.first[workloads_]);
        const bool tells = !near_.empty() && near_count_ * 10 < workloads_ * 9;
        if (!tells || prng.one_in(2)) return generate(options_.base, workload(prng), prng);
        Plan plan = near_[prng.below(static_cast<std::uint32_t>(near_.size()))];
        for (unsigned left = 1 + prng.below(most_variations); left > 0; --left) mutate(plan, prng);
        return made_ours(std::move(plan));
    }

    void keep_near(const Plan& plan, Prng& prng) {
        ++near_count_;
        if (near_.size() < max_near)
            near_.push_back(plan);
        else
            near_[prng.below(max_near)] = plan;
    }

    bool wanted() {
        if (!options_.all && !result_.finds.empty()) return false;
        if (!is_kept() && result_.runs % runs_between_questions != 0 && !found_last_) return true;
        found_last_ = false;
        return !options_.keep_going || options_.keep_going(result_);
    }

    void one_run(const Plan& plan, Seat& seat) {
        strategy::Record& recorder = seat.recorder;
        ++result_.runs;
        const bool repeat = options_.repeat_every != 0 && result_.runs % options_.repeat_every == 0;
        const sim::TraceLevel level = repeat ? sim::TraceLevel::hash : sim::TraceLevel::off;
        std::optional<CoveredWatch> watch;
        if (is_kept()) watch.emplace(result_.covered, plan);
        const Outcome outcome = run(plan, recorder, {.trace = level});
        watch.reset();
        result_.points += outcome.points;
        seat.points += outcome.points;
        result_.states.add(outcome.state_hash);
        if (repeat) check_same(outcome, replay(recorded(plan, recorder)));
        if (outcome.found()) keep(outcome, recorded(plan, recorder));
    }

    static Plan recorded(const Plan& plan, strategy::Record& recorder) {
        Plan result = plan;
        result.decisions.assign(recorder.decisions().begin(), recorder.decisions().end());
        canonicalize(result);
        return result;
    }

    void check_same(const Outcome& first, const Outcome& again) const {
        if (first.trace_hash == again.trace_hash && first.same_find(again)) return;
        const std::string text = "nondeterminism: run " + std::to_string(result_.runs) +
                                 " of seed " + std::to_string(options_.seed) +
                                 " took another course when repeated";
        check_failed(text.c_str(), __FILE__, __LINE__);
    }

    bool is_known(const std::string& identity) const {
        const auto same = [&](const Find& find) { return find.outcome.identity == identity; };
        return std::ranges::find(options_.known, identity) != options_.known.end() ||
               std::ranges::any_of(result_.finds, same);
    }

    // A hunt that is kept has one for each find, in whichever session that comes.
    std::uint64_t budget() const {
        if (!options_.all || is_kept()) return minimize_budget;
        const std::uint64_t share = result_.points - std::min(result_.points, minimizing_);
        return std::clamp(share, minimize_budget_least, minimize_budget);
    }

    void count_seen(const std::string& identity) {
        if (is_kept()) ++result_.seen[identity];
    }

    // Finds after an old load cost some replays each until it is known whether that has a part in
    // them: of those that look alike only the first few and then ever fewer are looked at. A hunt
    // that is kept looks at all, since it counts them.
    bool is_seen_often(const Plan& found) {
        constexpr std::uint64_t few = 4;
        if (is_kept() || found.memory == MemoryMode::sc) return false;
        const Outcome outcome = replay(found, {.identify = true, .blame = false});
        if (outcome.cause.old_load.empty()) return false;
        const std::uint64_t times = ++alike_[outcome.identity];
        return times > few && !std::has_single_bit(times);
    }

    void keep(const Outcome& outcome, Plan found) {
        if (result_.finds.size() >= max_finds || is_seen_often(found)) return;
        const Outcome again = replay(found);
        CHECK(again.same_find(outcome));
        const auto known_as = also_known_.find(again.identity);
        const std::string& name = known_as == also_known_.end() ? again.identity : known_as->second;
        if (is_known(name)) return count_seen(name);
        found_last_ = true;
        if (options_.minimize != nullptr) {
            Smaller smaller = options_.minimize(found, budget(), [this] {
                return !options_.keep_going || options_.keep_going(result_);
            });
            found = std::move(smaller.plan);
            minimizing_ += smaller.cost;
        }
        const Outcome minimized = replay(found);
        CHECK(minimized.shows(again));
        count_seen(minimized.identity);
        if (minimized.identity != again.identity) {
            also_known_[again.identity] = minimized.identity;
            if (is_known(minimized.identity)) return;
        }
        result_.finds.push_back({std::move(found), minimized, result_.runs});
    }

    const HuntOptions& options_;
    Prng prng_;
    std::deque<Seat> seats_;  // who take turns
    HuntResult result_;
    std::uint64_t minimizing_ = 0;  // points spent on it
    std::map<std::string, std::uint64_t> alike_;  // how many finds after an old load, by its words
    // Finds that have turned out to show without an old load, and as what.
    std::map<std::string, std::string> also_known_;
    bool found_last_ = false;
    std::vector<Plan> near_;  // workloads that came near
    std::uint64_t near_count_ = 0;
    std::uint64_t workloads_ = 0;
};

}  // namespace

HuntResult hunt(const HuntOptions& options) { return Hunter(options).hunt(); }

}  // namespace rcufuzz::run
