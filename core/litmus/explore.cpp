// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/explore.h"

#include <algorithm>
#include <bitset>
#include <map>
#include <memory>
#include <set>

#include "core/base/check.h"
#include "core/litmus/combination.h"

namespace rcufuzz::litmus {

namespace {

constexpr std::size_t max_ways = 20000;  // of one process

// What loads of a way need from other processes, and what its stores give them: values of
// locations, by number.
using Values = std::bitset<512>;

struct Way {
    Trace trace;
    Values needs;
    Values gives;
};

class Exploration {
   public:
    Exploration(const Test& test, const std::string& file, const CheckOptions& options)
        : test_(test), file_(file), options_(options), combination_(test, file, options, report_) {}

    Report all() {
        report_.complete = true;
        find_ways();
        number_values();
        drop_what_nobody_gives();
        chosen_.clear();
        if (!ways_.empty()) choose(0, Values{});
        report_.complete &= !combination_.given_up();
        for (const FinalState& state : report_.states)
            ++(state.holds ? report_.positive : report_.negative);
        return std::move(report_);
    }

   private:
    // The values that a location may hold are those that some way stores there, when its loads
    // return such values. A value has gone through each store at most once: so many rounds.
    //
    // A constant that is stored because a condition holds may be what makes the condition hold, as
    // no store depends on an `if` before it. So the rounds begin with such constants; what nobody
    // gives in the end is dropped.
    void find_ways() {
        const std::set<Value> constants = chosen_constants();
        if (!constants.empty() && find_ways_from(constants)) return;
        find_ways_from({});
    }

    // False: there are too many.
    bool find_ways_from(const std::set<Value>& constants) {
        stored_.assign(test_.processes.size(), Domains(test_.locations.size(), constants));
        for (std::size_t rounds = 0;; ++rounds) {
            const std::vector<Domains> before = stored_;
            const std::size_t stores = one_round(before);
            if (stored_ == before) return report_.complete;
            if (stop()) report_.complete = false;
            if (rounds > stores || !report_.complete) return report_.complete;
        }
    }

    // Of all assignments, if some stand under a condition.
    std::set<Value> chosen_constants() const {
        std::set<Value> found;
        const auto assigns = [this](Index number) {
            return test_.statements[number].kind == Statement::Kind::assign;
        };
        const bool chosen = std::ranges::any_of(test_.statements, [&](const Statement& statement) {
            return std::ranges::any_of(statement.then_part, assigns) ||
                   std::ranges::any_of(statement.else_part, assigns);
        });
        if (!chosen) return found;
        for (const Statement& statement : test_.statements) {
            if (statement.kind != Statement::Kind::assign) continue;
            const Expr& value = test_.exprs[statement.value];
            if (value.kind == Expr::Kind::number) found.insert(value.number);
        }
        return found;
    }

    // Returns how many stores one execution can have.
    std::size_t one_round(const std::vector<Domains>& before) {
        ways_.assign(test_.processes.size(), {});
        std::size_t stores = 0;
        report_.cut_short = false;
        bool all = true;
        for (Index process = 0; process < ways_.size(); ++process) {
            Domains others(test_.locations.size());
            for (Index other = 0; other < ways_.size(); ++other)
                for (std::size_t x = 0; x < others.size() && other != process; ++x)
                    others[x].insert(before[other][x].begin(), before[other][x].end());
            Traces traces = traces_of(test_, file_, process, others, max_ways);
            all &= !traces.too_many;
            report_.cut_short |= traces.cut_short;
            std::size_t most = 0;
            for (Trace& trace : traces.all) {
                std::size_t own = 0;
                for (const Event& event : trace.events) {
                    if (event.kind != Event::Kind::write) continue;
                    ++own;
                    if (!event.is(Event::lock_write) && !event.is(Event::unlock))
                        stored_[process][event.location].insert(event.value);
                }
                most = std::max(most, own);
                ways_[process].push_back({std::move(trace), {}, {}});
            }
            stores += most;
        }
        report_.complete = all;
        return stores;
    }

    void number_values() {
        for (auto& ways : ways_)
            for (Way& way : ways)
                for (std::size_t i = 0; i < way.trace.events.size(); ++i) number(way, i);
    }

    void number(Way& way, std::size_t i) {
        const Event& event = way.trace.events[i];
        if (!event.is_memory() || event.is(Event::lock_read) || event.is(Event::lock_write) ||
            event.is(Event::unlock) || event.is(Event::sees_locked) ||
            event.is(Event::sees_unlocked))
            return;
        const auto [at, fresh] =
            numbers_.try_emplace({event.location, event.value}, numbers_.size());
        if (at->second >= Values{}.size()) return;  // not looked at
        if (event.kind == Event::Kind::write) {
            way.gives.set(at->second);
            return;
        }
        for (std::size_t j = i; j-- > 0;) {
            const Event& earlier = way.trace.events[j];
            if (earlier.kind != Event::Kind::write || earlier.location != event.location) continue;
            if (earlier.value != event.value) way.needs.set(at->second);
            return;
        }
        if (event.value != test_.locations[event.location].initial) way.needs.set(at->second);
    }

    void drop_what_nobody_gives() {
        for (bool again = true; again;) {
            again = false;
            for (std::size_t p = 0; p < ways_.size(); ++p) {
                Values others;
                for (std::size_t q = 0; q < ways_.size(); ++q)
                    if (q != p)
                        for (const Way& way : ways_[q]) others |= way.gives;
                again |= std::erase_if(ways_[p], [&](const Way& way) {
                             return (way.needs & ~others).any();
                         }) != 0;
            }
        }
        later_.assign(ways_.size() + 1, {});
        for (std::size_t p = ways_.size(); p-- > 0;) {
            later_[p] = later_[p + 1];
            for (const Way& way : ways_[p]) later_[p] |= way.gives;
        }
    }

    // Values that the ways chosen so far need must come from one of them, or from one to come.
    void choose(std::size_t process, const Values& given) {
        if (process == ways_.size()) {
            combination_.judge(chosen_);
            return;
        }
        for (const Way& way : ways_[process]) {
            if (combination_.given_up()) return;
            const Values gives = given | way.gives;
            needed_.push_back(way.needs);
            const bool possible = std::ranges::none_of(needed_, [&](const Values& needs) {
                return (needs & ~(gives | later_[process + 1])).any();
            });
            if (possible) {
                chosen_.push_back(&way.trace);
                choose(process + 1, gives);
                chosen_.pop_back();
            }
            needed_.pop_back();
        }
    }

    bool stop() const { return options_.stop != nullptr && options_.stop(options_.stop_arg); }

    const Test& test_;
    const std::string& file_;
    const CheckOptions& options_;
    Report report_;
    Combination combination_;
    std::vector<std::vector<Way>> ways_;  // by process
    std::vector<Domains> stored_;         // what each process may store
    std::map<std::pair<Index, Value>, std::size_t> numbers_;
    std::vector<Values> later_;  // what processes from this one on may give
    std::vector<Values> needed_;
    std::vector<const Trace*> chosen_;
};

}  // namespace

Report explore(const Test& test, const std::string& file, const CheckOptions& options) {
    return Exploration(test, file, options).all();
}

}  // namespace rcufuzz::litmus
