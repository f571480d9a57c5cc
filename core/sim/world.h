// SPDX-License-Identifier: GPL-2.0-or-later
//
// The machine: CPUs, contexts, interrupts, the clock, and the one loop that decides who acts next.
//
// A CPU is a stack of contexts (task, softirq, hardirq, NMI); only the top one runs. Kernel code
// calls point() before everything that other CPUs could see; there the strategy may let somebody
// else act. Kernel primitives (core/kernel) are built from point(), block() and unblock() alone.
//
// There is one world per process, reset between runs. Everything is single-threaded.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <source_location>
#include <string>
#include <utility>

#include "core/base/arena.h"
#include "core/base/verdict.h"
#include "core/sim/decision.h"
#include "core/sim/fiber_switch.h"
#include "core/sim/moment.h"
#include "core/sim/strategy.h"
#include "core/sim/trace.h"

namespace rcufuzz::sim {

using Site = std::source_location;
using Jiffies = std::uint64_t;
inline constexpr Jiffies no_expiry = ~Jiffies{0};

// What a context is about to do; strategies look at it, and the memory model will.
enum class AccessKind : std::uint8_t { none, read, write, lock, unlock, wake, timer, irq };
struct Access {
    ObjectId object = 0;
    AccessKind kind = AccessKind::none;
};

enum class ContextState : std::uint8_t {
    unused,  // no job
    ready,
    spinning,  // waits for a lock; holds its CPU
    sleeping,  // a task that gave its CPU away
};

using Job = void (*)(void* arg);

struct Context {
    // Hot: touched at every point.
    std::uint32_t ordinal = 0;  // points passed in this run by this (cpu, slot)
    Access pending{};
    // Warm: touched at switches.
    ContextState state = ContextState::unused;
    ContextKey key = 0;
    std::uint8_t cpu = 0;
    Slot slot = Slot::task;
    bool stoppable = false;      // sleeps in a wait that returns when the run is over
    bool saved_irqs_on = false;  // of the context it interrupted
    bool fresh = false;          // its job has not begun
    bool given_up = false;       // its frames are of no use any more (oops.h)
    ObjectId blocked_on = 0;
    Job job = nullptr;
    void* arg = nullptr;
    Site site{};
    const std::byte* job_frame = nullptr;  // the job's frames are below it; for images
    Fiber fiber{};

    bool is_task() const {
        return slot == Slot::task || slot == Slot::task2 || slot == Slot::task3;
    }
};

// An interrupt source. Pending at most once per CPU; the caller owns it for the length of the run.
struct Irq {
    Job handler = nullptr;
    void* arg = nullptr;
    ObjectId name = 0;
    bool pending = false;
    Irq* next = nullptr;
};

struct Cpu {
    Context* task = nullptr;  // the current task; none: the CPU idles
    std::array<Context*, 4> interrupts{};
    std::uint8_t depth = 0;  // how many of them are on the stack
    bool online = true;      // offline: nothing of this CPU acts, whatever it was doing
    bool halted = false;     // idle or in user mode: tasks wait for the end of an interrupt
    bool irqs_on = true;
    bool woken_from_afar = false;    // by another CPU, since interrupts were disabled here
    bool crowded = false;            // has had more than one task: preemption is possible
    std::uint8_t used_slots = 0;     // bit s: slot s has had a job in this run
    std::int16_t preempt_count = 0;  // preempt_disable() depth, spinlocks included
    std::int16_t bh_count = 0;       // local_bh_disable() depth
    std::uint32_t softirq_pending = 0;
    std::uint32_t task_switches = 0;
    Jiffies next_expiry = no_expiry;  // kept by the timer wheel
    Irq* irq_head = nullptr;
    Irq* irq_tail = nullptr;
    Irq* nmi_pending = nullptr;

    Context* top() const { return depth != 0 ? interrupts[depth - 1u] : task; }
};

struct ObjectName {
    const char* text;
    int index;  // below 0: no index
};

// Thrown through the frames of contexts that are left over when a run ends early.
struct Unwind {};

struct Finding {
    Verdict verdict = Verdict::clean;
    Site site{};
    std::string detail;  // why the oracle objects, in one sentence
};

struct Limits {
    std::uint64_t points = 29000;    // beyond it the run is a livelock
    std::uint32_t free_jiffies = 8;  // how often the clock may advance with no timer to wait for
};

class World {
   public:
    // --- one run, driven by core/run ----------------------------------------------------------
    World();
    void begin(unsigned cpus, Strategy& strategy, TraceLevel level, const Limits& limits);
    // Lets contexts act until nobody can (true), or a verdict is reached or the strategy gives the
    // run up (false).
    bool run_to_quiescence();
    // Ends all contexts; no oracle hears of it. The run's results stay readable.
    void finish();
    const Finding& finding() const {
        return finding_.verdict != Verdict::clean ? finding_ : suspicion_;
    }
    // What is found is more than a suspicion.
    bool has_consequence() const { return finding_.verdict != Verdict::clean; }
    const Trace& trace() const { return trace_; }
    bool abandoned() const { return abandoned_; }  // by the strategy
    std::uint64_t points() const { return points_; }
    std::uint64_t run_number() const { return run_number_; }  // of this process
    std::uint64_t switches() const { return switches_; }      // from one context to another
    Arena& arena() { return arena_; }

    // --- the door for kernel primitives -------------------------------------------------------
    // The world may change here. `access` is what the context does right afterwards.
    void point(Access access, const Site& site) {
        Context& self = *current_;
        ++points_;
        ++self.ordinal;
        self.pending = access;
        self.site = site;
        if (--quiet_ > 0) [[likely]]
            return;
        // The switch is inline, at the point itself: see fiber_switch.h on returns.
        Context* const next = keeps_image_ ? ask_with_image() : ask_at_point();
        if (next != &self) {
            Fiber::switch_between(self.fiber, next->fiber);
            leave_if_unwinding();
        }
    }
    // The current context cannot go on until unblock(). `state` is spinning or sleeping.
    void block(ContextState state, ObjectId what, bool stoppable, const Site& site);
    void unblock(Context& context);
    // Lets somebody else act if anybody can; the body of every busy-wait loop.
    void yield(const Site& site);
    // A decision that is not about scheduling; below `count`, 0 = the ordinary thing.
    std::uint32_t choose(std::uint16_t what, std::uint32_t count, const Site& site);
    [[noreturn]] void fail(Verdict verdict, std::string detail, const Site& site);
    // The same for oracles that run outside any context: records and returns.
    void note_finding(Verdict verdict, std::string detail, const Site& site);
    // An inner invariant does not hold. The run goes on: a consequence that users would see is the
    // better find. Where none comes, this is the verdict.
    void note_invariant(std::string detail, const Site& site) {
        note_suspicion(Verdict::invariant, std::move(detail), site);
    }
    void note_suspicion(Verdict verdict, std::string detail, const Site& site);
    // As fail(), but the context cannot be unwound: its frames are given up. See oops.h.
    [[noreturn]] void give_up_context(Verdict verdict, std::string detail);

    // --- cpus, tasks, interrupts, clock -------------------------------------------------------
    Context& spawn(unsigned cpu, Job job, void* arg);
    void raise_irq(unsigned cpu, Irq& irq);
    void raise_nmi(unsigned cpu, Irq& irq);
    // What runs in softirq context; pending bits are the kernel layer's own business.
    void set_softirq_body(Job body) { softirq_body_ = body; }
    void set_irqs(bool on);  // of the current CPU; not a point
    void add_preempt_count(int delta) {
        Cpu& cpu = this_cpu();
        cpu.preempt_count = static_cast<std::int16_t>(cpu.preempt_count + delta);
        if (cpu.crowded) refresh(current_->cpu);
    }
    void add_bh_count(int delta) {
        Cpu& cpu = this_cpu();
        cpu.bh_count = static_cast<std::int16_t>(cpu.bh_count + delta);
        refresh(current_->cpu);
    }
    // To be called after changing counts, pending bits, next_expiry, online or halted of a CPU.
    void refresh(unsigned cpu);
    // Another task of the CPU than the current one could run now.
    bool another_task_ready(unsigned cpu) const { return next_ready_task(cpu) != nullptr; }
    void refresh_clock();  // after a next_expiry changed
    Jiffies jiffies() const { return jiffies_; }

    Context& current() { return *current_; }
    bool in_context() const { return current_ != &main_; }
    unsigned this_cpu_number() const { return current_->cpu; }
    Cpu& this_cpu() { return cpus_[current_->cpu]; }
    Cpu& cpu(unsigned number) { return cpus_[number]; }
    const Cpu& cpu(unsigned number) const { return cpus_[number]; }
    unsigned cpus() const { return cpu_count_; }
    Context& context(ContextKey key) { return contexts_[key]; }
    const Context& context(ContextKey key) const { return contexts_[key]; }
    // True while finish() ends the contexts: waits return at once, kthreads leave their loops.
    bool stopping() const { return stopping_; }

    // --- coarse states ------------------------------------------------------------------------
    // Hunts and fuzzers count the distinct coarse states that runs reach. Whoever wants to know
    // sets a sink; subsystems call note_state() where their state has become consistent.
    using StateSink = void (*)(void* arg, std::uint64_t state);
    void set_state_sink(StateSink sink, void* arg) {
        state_sink_ = sink;
        state_sink_arg_ = arg;
    }
    bool wants_states() const { return state_sink_ != nullptr && !stopping_; }
    void note_state(std::uint64_t state) {
        if (wants_states()) state_sink_(state_sink_arg_, state);
    }

    // --- accesses -----------------------------------------------------------------------------
    // Whoever sets this sink is told of each access to an object as it is about to be made:
    // `who.pending`, at `who.site`. Runs take the same course, and longer.
    using AccessSink = void (*)(void* arg, const Context& who);
    void set_access_sink(AccessSink sink, void* arg) {
        access_sink_ = sink;
        access_sink_arg_ = arg;
    }

    // --- names and events ---------------------------------------------------------------------
    ObjectId name_object(const char* text, int index = -1);
    const ObjectName& object(ObjectId id) const { return names_[id]; }
    void event(EventKind kind, ObjectId object, std::int64_t a, std::int64_t b, const Site& site) {
        if (trace_.level() != TraceLevel::off) [[unlikely]]
            add_event(kind, object, a, b, site);
    }

   private:
    friend class Image;
    template <typename Bytes>
    friend class RunBytes;

    static void context_main(void* context);
    static void run_job(Context& self);
    void job_done(Context& self);
    [[nodiscard]] Context* ask_at_point();  // who runs now
    // The same for a strategy that needs the image: nothing of the caller stays in registers only.
    [[nodiscard]] Context* ask_with_image();
    void block_with_image(ContextState state, ObjectId what, bool stoppable, const Site& site);
    void yield_with_image(const Site& site);
    void block_now(ContextState state, ObjectId what, bool stoppable, const Site& site);
    void yield_now(const Site& site);
    Context* choose_next(ChoiceKind kind);
    void hand_over(ChoiceKind kind);
    void leave_if_unwinding() const {
        if (unwinding_) [[unlikely]]
            throw Unwind{};
    }
    [[noreturn]] void livelock();
    [[nodiscard]] Context* enter(Context& next);  // all of a switch but the jump; returns next
    unsigned first_actor(ActorMask mask) const;
    std::uint32_t ask(ChoiceKind kind, unsigned first, ActorMask others);
    std::uint32_t answer_to(const Choice& choice);
    void answer_from_outside();
    Context* act(unsigned actor_number);
    Context* push(unsigned cpu, Slot slot, Job job, void* arg);
    Context* pop_interrupt(Context& self);
    Context* next_ready_task(unsigned cpu) const;
    void reschedule(Cpu& cpu, unsigned number);
    void switch_to(Context& next);
    void grant_points();
    void tell_access(const Context& who);
    void advance_clock();
    void set_actors(ActorMask mask);
    void end_context(Context& context);
    void add_event(EventKind kind, ObjectId object, std::int64_t a, std::int64_t b,
                   const Site& site);

    // Hot.
    Context* current_ = nullptr;
    std::int64_t quiet_ = 0;  // points until the strategy is asked; 1 while somebody watches all
    std::uint64_t points_ = 0;
    ActorMask actors_ = 0;
    Strategy* strategy_ = nullptr;
    Jiffies jiffies_ = 0;
    // Cold.
    std::uint64_t run_number_ = 0;
    std::uint64_t turn_began_ = 0;  // points_ at the last switch
    std::uint64_t switches_ = 0;
    const std::byte* image_low_ = nullptr;  // the stack of the context that asks, from here
    std::uint64_t handovers_ = 0;  // choices of who acts when the current context does not go on
    std::uint32_t free_jiffies_ = 0;
    unsigned cpu_count_ = 0;
    bool asks_on_new_actor_ = false;
    bool asks_at_every_point_ = false;
    bool keeps_image_ = false;
    bool returns_ = false;
    bool asks_from_outside_ = false;  // a context waits for the answer to question_
    bool actor_appeared_ = false;     // since the last choice, and the strategy wants to hear of it
    bool timer_armed_ = false;        // on some wheel, with an expiry still ahead
    bool stopping_ = false;
    bool unwinding_ = false;
    bool abandoned_ = false;
    bool fair_ = false;  // the strategy is no longer asked: round robin until the end
    Choice question_{};
    std::uint32_t answer_ = 0;
    Moments moments_;
    std::int64_t heap_in_use_outside_ = 0;  // blocks that no context has taken in this run
    Job softirq_body_ = nullptr;
    StateSink state_sink_ = nullptr;
    void* state_sink_arg_ = nullptr;
    AccessSink access_sink_ = nullptr;
    void* access_sink_arg_ = nullptr;
    std::int64_t granted_ = 0;  // what quiet_ would be if nobody watched
    Limits limits_{};
    Trace trace_;
    Finding finding_;
    Finding suspicion_;      // the first broken invariant
    Arena arena_{1u << 24};  // weak memory keeps every store of a run
    std::uint32_t name_count_ = 0;
    std::array<ObjectName, max_objects> names_{};
    std::array<Cpu, max_cpus> cpus_{};
    std::array<Context, max_cpus * slots_per_cpu> contexts_{};
    Context main_{};
};

// The one world of this process.
extern World the_world;
inline World& world() { return the_world; }

}  // namespace rcufuzz::sim
