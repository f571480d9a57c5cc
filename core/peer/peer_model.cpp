// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/peer/peer_model.h"

#include <array>
#include <span>

#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/sim/image.h"
#include "core/sim/run_state.h"
#include "core/strategy/strategies.h"

namespace rcufuzz::peer {

namespace {

using sim::AccessKind;
using sim::Site;

// What a step touches. Everything of a CPU is under its lock; the stop flags go with what their
// readers wait for.
enum Object : sim::ObjectId { cpu0_lock = 1, cpu1_lock, gp_state, cb_state };

struct Thread {
    using Ready = bool (*)(const Thread& self);

    std::uint8_t number = 0;
    std::uint8_t pc = 0;
    std::uint8_t cpu = 0;   // loop variable, or the CPU it belongs to
    std::uint8_t left = 0;  // enqueues
    bool irqs_on = false;
    bool wake = false;
    bool need = false;
    bool ready = false;
    bool done = false;
    Ready waits_for = nullptr;

    std::uint64_t state() const {
        const std::uint64_t flags = (irqs_on ? 1u : 0u) | (wake ? 2u : 0u) | (need ? 4u : 0u) |
                                    (ready ? 8u : 0u) | (done ? 16u : 0u);
        return std::uint64_t{pc} | std::uint64_t{cpu} << 8 | std::uint64_t{left} << 16 |
               flags << 24;
    }
};

struct Cpu {
    std::uint8_t next = 0, wait = 0, done = 0;
    bool defer = false, timer = false, stop_timer = false;
};

struct PeerState {
    std::array<Cpu, 2> cpus{};
    std::array<Thread, 6> threads{};
    std::uint8_t total = 0;
    std::uint8_t wanted = 0;
    bool gp_sleeps = true;
    bool stop_gp = false;
    bool cb_wake = false;
    bool fixed = false;
};
PeerState state;

sim::ObjectId lock_of(unsigned cpu) {
    return static_cast<sim::ObjectId>(cpu == 0 ? cpu0_lock : cpu1_lock);
}

// Lets those go on whose condition has come true; after every step.
void wake_up() {
    sim::World& w = sim::world();
    for (const Thread& thread : state.threads) {
        sim::Context& context = w.context(sim::context_key(thread.number, sim::Slot::task));
        if (context.state == sim::ContextState::spinning && thread.waits_for(thread))
            w.unblock(context);
    }
}

void step(Thread& self, std::uint8_t pc, sim::ObjectId object) {
    wake_up();
    self.pc = pc;
    sim::world().point({object, AccessKind::write}, Site::current());
}

void step_when(Thread& self, std::uint8_t pc, sim::ObjectId object, Thread::Ready ready) {
    wake_up();
    self.pc = pc;
    self.waits_for = ready;
    if (ready(self)) sim::world().point({object, AccessKind::write}, Site::current());
    while (!ready(self))
        sim::world().block(sim::ContextState::spinning, object, Site::current());
}

void finish(Thread& self) {
    self.done = true;
    self.pc = 0;
    wake_up();
}

// --- the threads --------------------------------------------------------------------------------

void enqueue(Thread& self) {
    Cpu& cpu = state.cpus[self.cpu];
    self.wake = false;
    if (cpu.next + cpu.wait == 0) {
        if (self.irqs_on) {  // wake_nocb_gp(), with del_timer()
            cpu.timer = false;
            self.wake = true;
            if (state.fixed) cpu.defer = false;
        } else {  // wake_nocb_gp_defer()
            if (!cpu.defer) cpu.timer = true;
            cpu.defer = true;
        }
    }
    ++cpu.next;
}

void cpu_main(void* arg) {
    Thread& self = *static_cast<Thread*>(arg);
    for (; self.left != 0; --self.left) {
        self.irqs_on = sim::world().choose(1, 2, Site::current()) == 0;
        step(self, 1, lock_of(self.cpu));
        enqueue(self);
        if (self.wake) {
            step(self, 2, gp_state);
            state.gp_sleeps = false;
            self.wake = false;
        }
        self.irqs_on = false;
    }
    finish(self);
}

void timer_main(void* arg) {
    Thread& self = *static_cast<Thread*>(arg);
    Cpu& cpu = state.cpus[self.cpu];
    for (;;) {
        step_when(self, 1, lock_of(self.cpu), [](const Thread& t) {
            return state.cpus[t.cpu].timer || state.cpus[t.cpu].stop_timer;
        });
        if (cpu.stop_timer) break;
        cpu.timer = false;  // it fires: do_nocb_deferred_wakeup_timer()
        const bool deferred = cpu.defer;
        cpu.defer = false;
        if (deferred) {
            step(self, 2, gp_state);
            state.gp_sleeps = false;
        }
    }
    finish(self);
}

void gp_main(void* arg) {
    Thread& self = *static_cast<Thread*>(arg);
    for (;;) {
        self.need = self.ready = false;
        for (self.cpu = 0; self.cpu < 2; ++self.cpu) {
            step(self, 1, lock_of(self.cpu));
            Cpu& cpu = state.cpus[self.cpu];
            cpu.done = static_cast<std::uint8_t>(cpu.done + cpu.wait);  // its grace period is over
            cpu.wait = cpu.next;
            self.need |= cpu.next != 0;
            cpu.next = 0;
            self.ready |= cpu.done != 0;
        }
        self.cpu = 0;
        if (self.ready) {
            step(self, 2, cb_state);
            state.cb_wake = true;
            self.ready = false;
        }
        if (self.need) {
            step(self, 3, gp_state);
        } else {
            step_when(self, 4, gp_state,
                      [](const Thread&) { return !state.gp_sleeps || state.stop_gp; });
            if (state.stop_gp) break;
        }
        state.gp_sleeps = true;
    }
    finish(self);
}

void cb_main(void* arg) {
    Thread& self = *static_cast<Thread*>(arg);
    while (state.total < state.wanted) {
        step_when(self, 1, cb_state, [](const Thread&) { return state.cb_wake; });
        state.cb_wake = false;
        for (self.cpu = 0; self.cpu < 2; ++self.cpu) {
            step(self, 2, lock_of(self.cpu));
            Cpu& cpu = state.cpus[self.cpu];
            state.total = static_cast<std::uint8_t>(state.total + cpu.done);
            cpu.done = 0;
        }
        self.cpu = 0;
    }
    for (self.cpu = 0; self.cpu < 2; ++self.cpu) {
        step(self, 3, lock_of(self.cpu));
        state.cpus[self.cpu].stop_timer = true;
    }
    step(self, 4, gp_state);
    state.stop_gp = true;
    finish(self);
}

std::uint64_t hash_state(void*) {
    RunningHash hash;
    for (const Cpu& cpu : state.cpus) {
        hash.add(std::uint64_t{cpu.next} | std::uint64_t{cpu.wait} << 8 |
                 std::uint64_t{cpu.done} << 16 | std::uint64_t{cpu.defer} << 24 |
                 std::uint64_t{cpu.timer} << 25 | std::uint64_t{cpu.stop_timer} << 26 |
                 std::uint64_t{state.total} << 32 | std::uint64_t{state.gp_sleeps} << 40 |
                 std::uint64_t{state.stop_gp} << 41 | std::uint64_t{state.cb_wake} << 42);
    }
    for (const Thread& thread : state.threads) hash.add(thread.state());
    return hash.value();
}

PeerProof proof_of(const strategy::Dfs& search, bool clean) {
    return {clean, search.runs() + (clean ? 0 : 1), search.states(), search.table_bytes() >> 20};
}

bool commute(const sim::Access& a, const sim::Access& b) {
    return a.kind != AccessKind::none && b.kind != AccessKind::none && a.object != b.object;
}

}  // namespace

bool run_peer_model(const PeerModel& model, sim::Strategy& strategy) {
    sim::World& w = sim::world();
    w.begin(6, strategy, sim::TraceLevel::off, {.points = 2000, .free_jiffies = 0});
    state = PeerState{};
    sim::run_state.add(state);
    state.fixed = model.fixed;
    state.wanted = static_cast<std::uint8_t>(model.enqueues0 + model.enqueues1);
    constexpr std::array<sim::Job, 6> jobs{cpu_main, cpu_main,   gp_main,
                                           cb_main,  timer_main, timer_main};
    for (std::uint8_t i = 0; i < jobs.size(); ++i) {
        Thread& thread = state.threads[i];
        thread.number = i;
        thread.cpu = i == 1 || i == 5 ? 1 : 0;
        thread.left = static_cast<std::uint8_t>(i == 0   ? model.enqueues0
                                                : i == 1 ? model.enqueues1
                                                         : 0);
        w.spawn(i, jobs[i], &thread);
    }
    const bool quiescent = w.run_to_quiescence();
    bool done = true;
    for (const Thread& thread : state.threads) done &= thread.done;
    const bool wrong = quiescent && !done;
    CHECK(quiescent || w.abandoned());
    w.finish();
    return !wrong;
}

strategy::DfsOptions peer_model_search() {
    return {.state = hash_state,
            .commute = commute,
            .starts_are_local = false,
            .returns = sim::has_image};
}

PeerProof prove_peer_model(const PeerModel& model) {
    strategy::Dfs search(peer_model_search());
    do {
        if (!run_peer_model(model, search)) return proof_of(search, false);
    } while (search.next());
    return proof_of(search, true);
}

std::uint64_t hunt_peer_model(const PeerModel& model, const char* policy_name, std::uint64_t seed,
                              std::uint64_t limit) {
    const auto policy = strategy::make_policy(policy_name);
    CHECK(policy != nullptr);
    for (std::uint64_t run = 1; run <= limit; ++run) {
        policy->reseed(seed << 32 | run);
        if (!run_peer_model(model, *policy)) return run;
    }
    return limit;
}

}  // namespace rcufuzz::peer
