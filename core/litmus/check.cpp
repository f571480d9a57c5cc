// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/check.h"

#include <algorithm>
#include <memory>

#include "core/litmus/explore.h"
#include "core/strategy/dfs.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::litmus {

namespace {

std::string value_text(const Test& test, Value value) {
    const auto location = static_cast<std::size_t>(value - address_base);
    if (value >= address_base && location < test.locations.size())
        return test.locations[location].name;
    return std::to_string(value);
}

std::string observed_text(const Test& test, const Observed& observed) {
    if (observed.process == none) return test.locations[observed.index].name;
    return std::to_string(observed.process) + ":" +
           test.processes[observed.process].locals[observed.index];
}

// Random runs, by each of the policies in turn: where the search will not come to its end, they
// find states that it would have come to last.
class Sampler {
   public:
    Sampler() {
        for (const strategy::PolicyInfo& info : strategy::all_policies())
            policies_.push_back(strategy::make_policy(info.name));
    }
    Final run(Machine& machine) {
        strategy::Policy& policy = *policies_[runs_ % policies_.size()];
        policy.reseed(++runs_);
        return machine.run(policy);
    }

   private:
    std::vector<std::unique_ptr<strategy::Policy>> policies_;
    std::uint64_t runs_ = 0;
};

constexpr std::uint64_t runs_without_samples = 1u << 15;
constexpr std::uint64_t runs_for_a_sample = 4;

void take(Report& report, Final final) {
    report.stuck |= !sim::world().abandoned() && !final.complete;
    report.race |= final.race;
    if (!final.complete || !final.counts) return;
    const FinalState state{std::move(final.shown), final.holds};
    const auto at = std::ranges::lower_bound(report.states, state.shown, {}, &FinalState::shown);
    if (at == report.states.end() || at->shown != state.shown) report.states.insert(at, state);
}

// Runs on the machine.
Report check_runs(const Test& test, const std::string& file, const CheckOptions& options) {
    Machine machine(test, file, options.mode);
    strategy::DfsOptions how;
    how.max_states = options.max_states;
    how.starts_are_local = true;
    if (options.reduce) {
        how.state = [](void* arg) { return static_cast<Machine*>(arg)->state(); };
        how.state_arg = &machine;
        how.commute = Machine::commute;
    }
    strategy::Dfs search(how);
    Sampler sampler;
    Report report;
    for (;;) {
        take(report, machine.run(search));
        if (search.runs() > runs_without_samples && search.runs() % runs_for_a_sample == 0)
            take(report, sampler.run(machine));
        if (!search.next()) {
            report.complete = true;
            break;
        }
        if (search.runs() >= options.max_runs) break;
        if (options.stop != nullptr && search.runs() % 1024 == 0 && options.stop(options.stop_arg))
            break;
    }
    report.forgot = machine.forgot();
    report.unmatched = machine.unmatched();
    report.runs = search.runs();
    report.explored = search.states();
    for (const FinalState& state : report.states)
        ++(state.holds ? report.positive : report.negative);
    return report;
}

}  // namespace

Report check(const Test& test, const std::string& file, const CheckOptions& options) {
    if (options.method == Method::axioms && options.mode == Mode::weak)
        return explore(test, file, options);
    return check_runs(test, file, options);
}

std::string Report::observation() const {
    if (positive != 0 && negative != 0) return "Sometimes";
    if (!complete) return "Unknown";
    if (states.empty()) return "DEADLOCK";
    return positive == 0 ? "Never" : "Always";
}

Agreement agreement(const Test& test, const Report& report) {
    const auto lower = [](std::string text) {
        for (char& c : text)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        return text;
    };
    const std::string recorded = lower(test.result);
    const std::string ours = lower(report.observation());
    const auto judged = [&](bool agrees) {
        if (agrees) return Agreement::agrees;
        return report.complete ? Agreement::disagrees : Agreement::undecided;
    };
    if (recorded.starts_with("datarace")) return judged(report.race);
    for (const std::string_view word : {"never", "always", "sometimes", "deadlock"}) {
        if (!recorded.starts_with(word)) continue;
        // What was found counts, even where the search was given up.
        if (word == "never" && report.positive != 0) return Agreement::disagrees;
        if (word == "always" && report.negative != 0) return Agreement::disagrees;
        return judged(ours == word);
    }
    return Agreement::not_recorded;
}

std::string state_text(const Test& test, const FinalState& state) {
    std::string text;
    for (std::size_t i = 0; i < state.shown.size(); ++i) {
        text += (i == 0 ? "" : " ") + observed_text(test, test.shown[i]) + "=" +
                value_text(test, state.shown[i]) + ";";
    }
    return text;
}

std::string to_text(const Test& test, const Report& report) {
    const bool wanted = test.quantifier == Quantifier::forall       ? report.negative == 0
                        : test.quantifier == Quantifier::not_exists ? report.positive == 0
                                                                    : report.positive != 0;
    std::string text = "Test " + test.name + " " +
                       (test.quantifier == Quantifier::exists ? "Allowed" : "Required") + "\n";
    text += "States " + std::to_string(report.states.size()) + "\n";
    for (const FinalState& state : report.states) text += state_text(test, state) + "\n";
    text += report.observation() == "Unknown" ? "Unknown\n" : wanted ? "Ok\n" : "No\n";
    text += "Witnesses\nPositive: " + std::to_string(report.positive) +
            " Negative: " + std::to_string(report.negative) + "\n";
    if (report.race) text += "Flag data-race\n";
    if (report.mixed) text += "Flag mixed-accesses\n";
    if (report.unmatched) text += "Flag unmatched-srcu-unlock\n";
    if (report.unmatched_lock) text += "Flag unmatched-srcu-lock\n";
    if (report.unmatched_rcu) text += "Flag unmatched-rcu-lock-or-unlock\n";
    text += "Condition " + test.condition_text + "\n";
    text += "Observation " + test.name + " " + report.observation() + " " +
            std::to_string(report.positive) + " " + std::to_string(report.negative) + "\n";
    return text;
}

}  // namespace rcufuzz::litmus
