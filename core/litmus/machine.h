// SPDX-License-Identifier: GPL-2.0-or-later
//
// Runs a litmus test on the machine: one task for each process, each on a CPU of its own, one point
// before each access, and the memory model in between. Whoever drives the run answers both kinds of
// choices: who acts, and what a load observes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/litmus/program.h"
#include "core/memory/state_hash.h"
#include "core/sim/world.h"

namespace rcufuzz::litmus {

enum class Mode : std::uint8_t { sc, weak };

// What a run that came to its end leaves.
struct Final {
    bool complete = false;     // all processes ran to their end; else they are stuck, or given up
    bool race = false;         // some plain access raced
    std::vector<Value> shown;  // values of Test::shown
    bool counts = false;       // the filter holds
    bool holds = false;        // the condition does
};

// Thrown as UserError where a test does what it may not: *p of a p that is no address, and so on.
class Machine {
   public:
    Machine(const Test& test, const std::string& file, Mode mode);

    // One run; the strategy answers.
    Final run(sim::Strategy& strategy);
    // In the middle of a run: its state, as Dfs wants to know it.
    std::uint64_t state();
    // Of two accesses by different processes: whether their order makes no difference.
    static bool commute(const sim::Access& a, const sim::Access& b);
    // Since the beginning: some store was forgotten (memory::max_history), so not everything that
    // the model allows was seen.
    bool forgot() const { return forgot_; }
    // Since the beginning: some srcu_read_unlock() had no section to end.
    bool unmatched() const { return unmatched_; }

   private:
    struct Local {
        Value value = 0;
        memory::Time time = 0;  // no access through it comes before
    };
    struct Thread {
        Machine* machine = nullptr;
        unsigned number = 0;
        Index statement = none;  // where it stands
        unsigned rounds = 0;     // of loops, so far
        std::vector<Local> locals;
        // What it has loaded in this statement so far.
        RunningHash loaded;
        std::vector<memory::Time> loaded_times;
        bool done = false;
    };

    static void thread_main(void* arg);
    void execute(Thread& thread, const std::vector<Index>& statements);
    void execute(Thread& thread, Index number);
    void loop(Thread& thread, const Statement& statement);
    Local evaluate(Thread& thread, Index number);
    Local binary(Thread& thread, const Expr& expr);
    Local call(Thread& thread, const Expr& expr);
    Local call_memory(Thread& thread, const Expr& expr);
    void call_sync(Thread& thread, const Expr& expr);
    Local call_lock(Thread& thread, const Expr& expr);
    Local call_srcu(Thread& thread, const Expr& expr);
    Local rmw(Thread& thread, const Expr& expr, Index location, memory::Depends on);
    void grace_period(Thread& thread, memory::GpDomain& domain, sim::ObjectId object);
    Local kept(Thread& thread, const memory::Loaded& loaded);
    Index address(const Local& pointer, unsigned line);
    void before(sim::AccessKind kind, sim::ObjectId object);
    void wake_waiters(sim::ObjectId object);
    Value final_value(const Observed& observed) const;
    void finish(Final& result);
    [[noreturn]] void refuse(unsigned line, const std::string& what);

    sim::ObjectId object_of(Index location) const {
        return static_cast<sim::ObjectId>(location + 2);
    }

    const Test& test_;
    std::string file_;
    Mode mode_;
    memory::Model model_;
    memory::TimeRanks ranks_;
    std::vector<Thread> threads_;
    std::vector<memory::Location*> locations_;
    std::vector<memory::GpDomain*> srcu_;  // by location; null: none yet
    memory::GpDomain* rcu_ = nullptr;
    bool forgot_ = false;
    bool unmatched_ = false;
    std::string refused_;
};

}  // namespace rcufuzz::litmus
