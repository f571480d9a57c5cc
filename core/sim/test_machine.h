// SPDX-License-Identifier: GPL-2.0-or-later
//
// For the tests of sim and of what stands on it: contexts and strategies as closures, one run from
// beginning to end, and all runs of a small program.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/prng.h"
#include "core/sim/world.h"

namespace rcufuzz::sim::test {

// What the running program has done so far: one letter for each step, as a rule.
inline std::string told;

using Body = std::function<void()>;

// Contexts take a function and a pointer; the closures behind the pointers live until the next run.
inline std::deque<Body> bodies;
inline void call_body(void* body) { (*static_cast<Body*>(body))(); }
inline void* keep(Body body) { return &bodies.emplace_back(std::move(body)); }

inline Context& spawn(unsigned cpu, Body body) {
    return world().spawn(cpu, call_body, keep(std::move(body)));
}

inline Irq& make_irq(Body handler) {
    Irq& irq = world().arena().make<Irq>();
    irq.handler = call_body;
    irq.arg = keep(std::move(handler));
    return irq;
}

inline void point(const Site& site = Site::current()) { world().point({}, site); }
inline void step(char letter, const Site& site = Site::current()) {
    point(site);
    told += letter;
}
inline void steps(std::string_view letters) {
    for (const char letter : letters) step(letter);
}

// --- what may be chosen on CPU 0 ----------------------------------------------------------------

inline constexpr unsigned irq0 = actor(Act::irq, 0);
inline constexpr unsigned softirq0 = actor(Act::softirq, 0);
inline constexpr unsigned nmi0 = actor(Act::nmi, 0);
inline constexpr unsigned resched0 = actor(Act::resched, 0);

// --- strategies ---------------------------------------------------------------------------------

class Sequential final : public Strategy {
   public:
    std::uint32_t choose(const Choice&) override { return 0; }
};

// Never asked at a point, where that can be had: what replay of an empty plan does.
class NeverAsked final : public Strategy {
   public:
    std::uint32_t choose(const Choice&) override { return 0; }
    std::uint32_t points_until_choice(ContextKey, std::uint32_t) override { return never_ask; }
};

// Answers with a closure: mostly `told == "..." ? choice.answer_for(actor) : 0`.
class Answers final : public Strategy {
   public:
    using Fn = std::function<std::uint32_t(const Choice&)>;
    explicit Answers(Fn fn) : fn_(std::move(fn)) {}
    std::uint32_t choose(const Choice& choice) override { return fn_(choice); }

   private:
    Fn fn_;
};

// The first of these actors that may act; none of them: the ordinary thing.
class Prefer final : public Strategy {
   public:
    explicit Prefer(std::vector<unsigned> actors) : actors_(std::move(actors)) {}
    std::uint32_t choose(const Choice& choice) override {
        if (choice.kind == ChoiceKind::data) return 0;
        for (const unsigned wanted : actors_) {
            if (wanted == choice.first) return 0;
            if (const std::uint32_t answer = choice.answer_for(wanted)) return answer;
        }
        return 0;
    }

   private:
    std::vector<unsigned> actors_;
};

// Walks a way of its own with each seed; `patience` points go by between choices on average.
class AtRandom final : public Strategy {
   public:
    explicit AtRandom(std::uint64_t seed, std::uint32_t patience = 1)
        : prng_(seed), patience_(patience) {}
    std::uint32_t choose(const Choice& choice) override {
        return prng_.one_in(patience_) ? prng_.below(choice.count) : 0;
    }

   private:
    Prng prng_;
    std::uint32_t patience_;
};

// Every run of a program in which at most `disturbances` answers are not 0, one after the other:
//   EveryRun strategy(2);
//   do { ran = run(..., strategy, ...); } while (strategy.next());
class EveryRun final : public Strategy {
   public:
    explicit EveryRun(unsigned disturbances) : disturbances_(disturbances) {}

    void begin(const World&) override { depth_ = used_ = 0; }
    std::uint32_t choose(const Choice& choice) override {
        if (used_ == disturbances_) return 0;
        if (depth_ == path_.size()) path_.push_back({0, choice.count});
        const Step& step = path_[depth_++];
        CHECK(step.count == choice.count);
        if (step.answer != 0) ++used_;
        return step.answer;
    }

    // To the next run; false: that was the last.
    bool next() {
        ++runs_;
        while (!path_.empty() && path_.back().answer + 1 == path_.back().count) path_.pop_back();
        if (path_.empty()) return false;
        ++path_.back().answer;
        return true;
    }
    unsigned runs() const { return runs_; }

   private:
    struct Step {
        std::uint32_t answer;
        std::uint32_t count;
    };

    unsigned disturbances_;
    unsigned used_ = 0;
    unsigned runs_ = 0;
    std::size_t depth_ = 0;
    std::vector<Step> path_;
};

// --- one run ------------------------------------------------------------------------------------

struct Ran {
    bool quiescent = false;
    Verdict verdict = Verdict::clean;
    std::string detail;
    unsigned line = 0;  // of the finding
    std::string told;
    std::uint64_t points = 0;
    Jiffies began = 0;  // jiffies at the start and the end
    Jiffies ended = 0;
    std::uint64_t hash = 0;
    std::vector<Event> events;

    Jiffies passed() const { return ended - began; }
};

inline Limits without_ticks() { return {.points = 20000, .free_jiffies = 0}; }

// `boot` spawns the tasks; `at_end` is called between the last step and finish(), if at all.
inline Ran run(unsigned cpus, Strategy& strategy, const Body& boot,
               const Limits& limits = without_ticks(), const Body& at_end = {}) {
    World& w = world();
    told.clear();
    bodies.clear();
    w.begin(cpus, strategy, TraceLevel::full, limits);
    Ran ran;
    ran.began = w.jiffies();
    boot();
    ran.quiescent = w.run_to_quiescence();
    if (at_end) at_end();
    ran.verdict = w.findings().result().verdict;
    ran.detail = w.findings().result().detail;
    ran.line = w.findings().result().site.line();
    ran.told = told;
    ran.points = w.points();
    ran.ended = w.jiffies();
    ran.hash = w.trace().hash();
    ran.events = w.trace().events();
    w.finish();
    return ran;
}

}  // namespace rcufuzz::sim::test
