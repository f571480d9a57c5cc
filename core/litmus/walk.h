// SPDX-License-Identifier: GPL-2.0-or-later
//
// One way through one process: executes its statements, asks for the value of each load, and writes
// down events and dependencies. Who calls it goes through all answers (trace.cpp).
#pragma once

#include <string>
#include <vector>

#include "core/litmus/arithmetic.h"
#include "core/litmus/trace.h"

namespace rcufuzz::litmus {

// Answers to questions of 0 to count - 1, in depth-first order: all of them, one way after another.
class Answers {
   public:
    unsigned choose(std::size_t count) {
        if (at_ == given_.size()) given_.push_back({0, static_cast<unsigned>(count)});
        return given_[at_++].answer;
    }
    // False: all ways have been gone.
    bool next() {
        at_ = 0;
        while (!given_.empty() && given_.back().answer + 1 >= given_.back().count)
            given_.pop_back();
        if (given_.empty()) return false;
        ++given_.back().answer;
        return true;
    }

   private:
    struct Given {
        unsigned answer = 0;
        unsigned count = 0;
    };
    std::vector<Given> given_;
    std::size_t at_ = 0;
};

class Walk {
   public:
    Walk(const Test& test, const std::string& file, Index process, const Domains& others,
         Answers& answers);

    // False: this way is not one that a run can take.
    bool all();
    Trace& trace() { return trace_; }
    bool cut_short() const { return cut_short_; }

   private:
    // A value, and the loads that it came from: through registers (`data`), by this very expression
    // (`direct`), and, of registers, also by way of the conditions under which they were set.
    struct Computed {
        Value value = 0;
        Some data = 0;
        Some direct = 0;
        Some ctrl = 0;

        Some loads() const { return data | direct; }
        void depend_on(const Computed& other) {
            data |= other.data;
            direct |= other.direct;
            ctrl |= other.ctrl;
        }
    };
    struct Condition {
        bool holds = false;
        bool loaded = false;  // it was computed from some load
        Some of_events = 0;   // on which loads what stands inside depends
        Some of_registers = 0;
    };
    struct Fault {
        unsigned line;
        std::string what;
    };
    struct Impossible {};

    void execute(const std::vector<Index>& statements);
    void execute(const Statement& statement);
    void loop(const Statement& statement);
    Condition condition(Index expr);
    void assign(Index local, const Computed& value);
    Computed evaluate(Index number);
    Computed unary(const Expr& expr);
    Computed binary(const Expr& expr);
    Computed call(const Expr& expr);
    Computed load(const Expr& expr);
    void store(const Expr& expr);
    Computed rmw(const Expr& expr);
    Computed try_cmpxchg(const Expr& expr);
    Computed exchange(const Expr& expr, const Computed& pointer, Modify how,
                      const Computed& operand);
    Computed lock(const Expr& expr);
    Computed srcu(const Expr& expr);
    void barrier(const Expr& expr);

    Index address(const Computed& pointer, unsigned line) const;
    Value choose_value(Index location);
    Event& emit(Event::Kind kind, Index location, Value value, unsigned marks, Some addr);
    Computed read(Index location, Value value, unsigned marks, Some addr);
    void cut(Op op) { trace_.cuts.push_back({op, static_cast<unsigned>(trace_.events.size())}); }

    const Test& test_;
    const std::string& file_;
    const Index process_;
    const Domains& others_;
    Answers& answers_;
    Trace trace_;
    std::vector<Computed> locals_;
    std::vector<Index> held_;  // locks
    Some ctrl_events_ = 0;     // on which loads events depend now, by control
    Some ctrl_registers_ = 0;
    unsigned steps_ = 0;
    bool cut_short_ = false;
};

}  // namespace rcufuzz::litmus
