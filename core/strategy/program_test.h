// SPDX-License-Identifier: GPL-2.0-or-later
//
// Small programs for the tests of strategies, and how to run one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/sim/world.h"

namespace rcufuzz::strategy::test {

// What the running program has done so far: one letter for each step.
inline std::string story;

// What the tasks of one program share; its boot() sets it.
inline sim::ObjectId x;
inline sim::Irq irq;
inline bool flag;

inline sim::Limits without_ticks() { return {.points = 20000, .free_jiffies = 0}; }

struct Ran {
    std::string story;
    std::uint64_t trace_hash = 0;
    std::uint64_t points = 0;
    sim::Jiffies jiffies = 0;  // that have passed
    Verdict verdict = Verdict::clean;
};

struct Program {
    unsigned cpus;
    void (*boot)();  // names objects and spawns tasks
    sim::Limits limits = without_ticks();
};

inline Ran run(const Program& program, sim::Strategy& strategy) {
    sim::World& world = sim::world();
    story.clear();
    world.begin(program.cpus, strategy, sim::TraceLevel::hash, program.limits);
    program.boot();
    const sim::Jiffies began = world.jiffies();
    world.run_to_quiescence();
    const Ran ran{story, world.trace().hash(), world.points(), world.jiffies() - began,
                  world.findings().result().verdict};
    world.finish();
    return ran;
}

inline void access(sim::ObjectId object, sim::AccessKind kind) {
    sim::world().point({object, kind}, sim::Site::current());
}

// A task that makes `count` accesses to one object and tells each by its letter.
struct Walker {
    char letter;
    int count;
    sim::ObjectId object;
    sim::AccessKind kind = sim::AccessKind::write;

    void walk() const {
        for (int i = 0; i < count; ++i) {
            access(object, kind);
            story += letter;
        }
    }
};

inline sim::Context& spawn(unsigned cpu, sim::Job job) {
    return sim::world().spawn(cpu, job, nullptr);
}

inline void spawn_walker(unsigned cpu, const Walker& walker) {
    Walker& kept = sim::world().arena().make<Walker>(walker);
    sim::world().spawn(cpu, [](void* arg) { static_cast<Walker*>(arg)->walk(); }, &kept);
}

// Two tasks on CPUs of their own, three accesses each: 20 orders, "aaabbb" to "bbbaaa".
inline void boot_two_by_three() {
    const sim::ObjectId object = sim::world().names().add("x");
    spawn_walker(0, {'a', 3, object});
    spawn_walker(1, {'b', 3, object});
}
inline const Program two_by_three{2, boot_two_by_three};

}  // namespace rcufuzz::strategy::test
