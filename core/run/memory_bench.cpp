// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/memory_bench.h"

#include <array>

#include "core/memory/atomic.h"
#include "core/run/time_bench.h"
#include "core/sim/world.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::run {

namespace {

using memory::Shared;
using sim::World;

constexpr int accesses = 4000;

class Sequential final : public sim::Strategy {
   public:
    std::uint32_t choose(const sim::Choice&) override { return 0; }
    std::uint32_t points_until_choice(sim::ContextKey, std::uint32_t) override {
        return sim::never_ask;
    }
};

struct Variables {
    Shared<int> x, y, data0, data1, data2, flag;
};
Variables* variables = nullptr;

void begin(unsigned cpus, sim::Strategy& strategy, bool weak) {
    World& w = sim::world();
    w.begin(cpus, strategy, sim::TraceLevel::off, {.points = 29000, .free_jiffies = 0});
    memory::begin_memory(weak);
    variables = &w.arena().make<Variables>();
    for (Shared<int>* v : {&variables->x, &variables->y, &variables->data0, &variables->data1,
                           &variables->data2, &variables->flag})
        v->init("v", -1, 0);
}

void finish() {
    sim::world().run_to_quiescence();
    sim::world().finish();
}

// --- single operations --------------------------------------------------------------------------

template <typename Operation>
void repeat(void*) {
    for (int i = 0; i < accesses; ++i) Operation::run(i);
}

template <typename Operation>
double cost(double seconds, bool weak) {
    Sequential strategy;
    return nanoseconds_per_unit(seconds, [&] {
        begin(1, strategy, weak);
        sim::world().spawn(0, repeat<Operation>, nullptr);
        finish();
        return std::uint64_t{accesses};
    });
}

struct Read {
    static constexpr const char* name = "READ_ONCE";
    static void run(int) { READ_ONCE(variables->x); }
};
struct Write {
    static constexpr const char* name = "WRITE_ONCE";
    static void run(int i) { WRITE_ONCE(variables->x, i); }
};
struct WriteAndBarrier {
    static constexpr const char* name = "WRITE_ONCE and smp_mb";
    static void run(int i) {
        WRITE_ONCE(variables->x, i);
        memory::smp_mb();
    }
};
struct Atomic {
    static constexpr const char* name = "atomic_inc_return";
    static void run(int) { memory::atomic_inc_return(variables->x); }
};

template <typename Operation>
void measure(std::vector<Measurement>& all, double seconds) {
    for (const bool weak : {false, true})
        all.push_back({std::string(Operation::name) + (weak ? ", weak" : ", sc"),
                       cost<Operation>(seconds, weak), "ns"});
}

// --- message passing ----------------------------------------------------------------------------

// Three stores and the flag; the flag and three loads: eight accesses.
void send(void*) {
    WRITE_ONCE(variables->data0, 1);
    WRITE_ONCE(variables->data1, 1);
    WRITE_ONCE(variables->data2, 1);
    WRITE_ONCE(variables->flag, 1);
}
void receive(void*) {
    if (READ_ONCE(variables->flag) == 0) return;
    READ_ONCE(variables->data0);
    READ_ONCE(variables->data1);
    READ_ONCE(variables->data2);
}

double message_passing(double seconds, bool weak) {
    const auto policy = strategy::make_policy("random");
    std::uint64_t seed = 0;
    return nanoseconds_per_unit(seconds, [&] {
        for (int i = 0; i < 100; ++i) {
            policy->reseed(++seed);
            begin(2, *policy, weak);
            sim::world().spawn(0, send, nullptr);
            sim::world().spawn(1, receive, nullptr);
            finish();
        }
        return std::uint64_t{100};
    });
}

}  // namespace

std::vector<Measurement> measure_memory(double seconds) {
    std::vector<Measurement> all;
    measure<Read>(all, seconds);
    measure<Write>(all, seconds);
    measure<WriteAndBarrier>(all, seconds);
    measure<Atomic>(all, seconds);
    for (const bool weak : {false, true})
        all.push_back({std::string("message passing, eight accesses, ") + (weak ? "weak" : "sc"),
                       1e9 / message_passing(seconds, weak), "executions per CPU-second"});
    memory::begin_memory(false);
    return all;
}

}  // namespace rcufuzz::run
