// SPDX-License-Identifier: GPL-2.0-or-later
//
// One run: its beginning and end, its state, what is asked of its final state. What the statements
// of a process do is in execute.cpp.
#include "core/litmus/machine.h"

#include <algorithm>

#include "core/base/check.h"

namespace rcufuzz::litmus {

namespace {

constexpr sim::Limits limits{.points = 20000, .free_jiffies = 0};

std::uint32_t choose_store(void*, std::uint32_t count) {
    return sim::world().choose(0, count, sim::Site::current());
}

std::uint32_t newest_store(void*, std::uint32_t) { return 0; }

bool uses_srcu(const Test& test) {
    return std::ranges::any_of(test.exprs, [](const Expr& expr) {
        const Op op = expr.primitive.op;
        return expr.kind == Expr::Kind::call &&
               (op == Op::srcu_read_lock || op == Op::srcu_read_unlock ||
                op == Op::synchronize_srcu);
    });
}

}  // namespace

Machine::Machine(const Test& test, const std::string& file, Mode mode)
    : test_(test), file_(file), mode_(mode) {
    threads_.resize(test.processes.size());
    locations_.resize(test.locations.size());
    srcu_.resize(test.locations.size());
    if (threads_.size() > memory::max_agents)
        throw UserError(file + ": more than " + std::to_string(memory::max_agents) +
                        " processes are not supported");
    if (locations_.size() > 200) throw UserError(file + ": more than 200 variables");
    if (test.statements.size() > 1000) throw UserError(file + ": more than 1000 statements");
    if (uses_srcu(test) && locations_.size() >= memory::Model::max_domains)
        throw UserError(file + ": SRCU with more than 15 variables is not supported");
}

Final Machine::run(sim::Strategy& strategy) {
    sim::World& w = sim::world();
    w.begin(static_cast<unsigned>(threads_.size()), strategy, sim::TraceLevel::off, limits);
    model_.begin(w.arena(), static_cast<unsigned>(threads_.size()),
                 mode_ == Mode::weak ? choose_store : newest_store, nullptr);
    model_.track_races(test_.has_plain);
    const bool srcu = uses_srcu(test_);
    rcu_ = &model_.make_domain();
    for (Index i = 0; i < locations_.size(); ++i) {
        locations_[i] = &model_.make_location(test_.locations[i].initial);
        srcu_[i] = srcu ? &model_.make_domain() : nullptr;
    }
    for (unsigned i = 0; i < threads_.size(); ++i) {
        Thread& thread = threads_[i];
        const Process& process = test_.processes[i];
        thread.machine = this;
        thread.number = i;
        thread.statement = none;
        thread.rounds = 0;
        thread.done = false;
        thread.locals.assign(process.locals.size(), {});
        for (std::size_t local = 0; local < process.locals.size(); ++local)
            thread.locals[local].value = process.initial[local];
        w.spawn(i, thread_main, &thread);
    }
    w.run_to_quiescence();
    const bool refused = !refused_.empty();
    Final result;
    if (!refused && !w.abandoned()) finish(result);
    w.finish();
    if (refused) throw UserError(refused_);
    return result;
}

void Machine::thread_main(void* arg) {
    Thread& thread = *static_cast<Thread*>(arg);
    thread.machine->execute(thread, thread.machine->test_.processes[thread.number].body);
    thread.statement = none;
    thread.loaded = {};
    thread.loaded_times.clear();
    thread.done = true;
}

std::uint64_t Machine::state() {
    ranks_.clear();
    memory::note_times(model_, ranks_);
    // A time that the load bound has passed makes no difference any more.
    const auto relevant = [&](const Thread& thread, memory::Time time) {
        return time <= model_.agent(thread.number).load_bound ? 0 : time;
    };
    for (const Thread& thread : threads_) {
        for (const Local& local : thread.locals) ranks_.note(relevant(thread, local.time));
        for (const memory::Time time : thread.loaded_times) ranks_.note(relevant(thread, time));
    }
    ranks_.seal();
    RunningHash hash;
    memory::feed(model_, ranks_, hash);
    for (const Thread& thread : threads_) {
        hash.add(std::uint64_t{thread.rounds} << 32 | thread.statement);
        hash.add(thread.done ? 1 : 0);
        for (const Local& local : thread.locals) {
            hash.add(static_cast<std::uint64_t>(local.value));
            hash.add(ranks_.of(relevant(thread, local.time)));
        }
        hash.add(thread.loaded.value());
        for (const memory::Time time : thread.loaded_times)
            hash.add(ranks_.of(relevant(thread, time)));
        hash.add(static_cast<std::uint64_t>(
            sim::world().context(sim::context_key(thread.number, sim::Slot::task)).state));
    }
    return hash.value();
}

// Loads only add to what their own process knows, so two of them commute, and so does a load with
// whatever does not store to the same location: a load executes in the past of any fence that comes
// after it or beside it. Stores, fences and grace periods take their places on one time line.
bool Machine::commute(const sim::Access& a, const sim::Access& b) {
    using sim::AccessKind;
    if (a.kind == AccessKind::none || b.kind == AccessKind::none) return false;
    const bool reads_a = a.kind == AccessKind::read;
    const bool reads_b = b.kind == AccessKind::read;
    if (reads_a && reads_b) return true;
    return (reads_a || reads_b) && a.object != b.object;
}

// --- final states -------------------------------------------------------------------------------

void Machine::finish(Final& result) {
    result.complete = std::ranges::all_of(threads_, [](const Thread& t) { return t.done; });
    result.race = model_.race().location != nullptr;
    forgot_ |= model_.forgot();
    for (const Observed& observed : test_.shown) result.shown.push_back(final_value(observed));
    const auto value_of = [this](const Observed& observed) { return final_value(observed); };
    result.counts = test_.filter == none || holds(test_, test_.filter, value_of);
    result.holds = holds(test_, test_.condition, value_of);
}

Value Machine::final_value(const Observed& observed) const {
    if (observed.process == none) return locations_[observed.index]->newest().value;
    return threads_[observed.process].locals[observed.index].value;
}

}  // namespace rcufuzz::litmus
