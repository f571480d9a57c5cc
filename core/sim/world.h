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
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/arena.h"
#include "core/sim/context.h"
#include "core/sim/findings.h"
#include "core/sim/guest.h"
#include "core/sim/moment.h"
#include "core/sim/names.h"
#include "core/sim/strategy.h"
#include "core/sim/watchers.h"

namespace rcufuzz::sim {

class World {
   public:
    // --- one run, driven by core/run ----------------------------------------------------------
    World();
    // `guest`, if any, must outlive the run.
    void begin(unsigned cpus, Strategy& strategy, TraceLevel level, const Limits& limits,
               Guest* guest = nullptr);
    // Lets contexts act until nobody can (true), or a verdict is reached or the strategy gives the
    // run up (false).
    bool run_to_quiescence();
    // Gives all contexts up, with their frames: no destructor runs, so what frames own must be in
    // the arena. The run's results stay readable.
    void finish();
    Findings& findings() { return findings_; }
    const Findings& findings() const { return findings_; }
    const Trace& trace() const { return trace_; }
    bool abandoned() const { return abandoned_; }  // by the strategy
    std::uint64_t points() const { return points_; }
    // At which a task has begun to run last: since then only interrupts have, and the clock.
    std::uint64_t last_task_turn() const { return last_task_turn_; }
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
            take_what_came();
        }
    }
    // The current context cannot go on until unblock(). `state` is spinning or sleeping.
    void block(ContextState state, ObjectId what, const Site& site);
    void unblock(Context& context);
    // Lets somebody else act if anybody can; the body of every busy-wait loop.
    void yield(const Site& site);
    // A decision that is not about scheduling; below `count`, 0 = the ordinary thing.
    std::uint32_t choose(std::uint16_t what, std::uint32_t count, const Site& site);
    // Ends the run. The context is given up where it stands.
    [[noreturn]] void fail(Verdict verdict, Objection why, const Site& site);

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
    // To be called after changing counts, pending bits, online or halted of a CPU.
    void refresh(unsigned cpu);
    // When a timer of this CPU is due; no_expiry: none is.
    void set_expiry(unsigned cpu, Jiffies when);
    // Another task of the CPU than the current one could run now.
    bool another_task_ready(unsigned cpu) const { return next_ready_task(cpu) != nullptr; }
    Jiffies jiffies() const { return jiffies_; }
    // Those that have gone by since strategies are no longer asked, and everybody has his turn.
    Jiffies fair_jiffies() const { return fair_ ? jiffies_ - fair_since_ : 0; }

    Context& current() { return *current_; }
    bool in_context() const { return current_ != &main_; }
    Cpu& this_cpu() { return cpus_[current_->cpu]; }
    Cpu& cpu(unsigned number) { return cpus_[number]; }
    const Cpu& cpu(unsigned number) const { return cpus_[number]; }
    unsigned cpus() const { return cpu_count_; }
    Context& context(ContextKey key) {
        return is_task_key(key) ? *free_tasks_[key - first_task_key] : contexts_[key];
    }
    const Context& context(ContextKey key) const {
        return is_task_key(key) ? *free_tasks_[key - first_task_key] : contexts_[key];
    }
    // Calls f(context) for each that this run could have, in the order of their keys.
    template <typename F>
    void each_context(F f) const {
        for (unsigned key = 0; key < cpu_count_ * slots_per_cpu; ++key) f(contexts_[key]);
        for (unsigned i = 0; i < free_task_count_; ++i) f(*free_tasks_[i]);
    }

    // --- what is told -------------------------------------------------------------------------
    Names& names() { return names_; }
    const Names& names() const { return names_; }
    Watchers& watchers() { return watchers_; }
    void event(EventKind kind, ObjectId object, std::int64_t a, std::int64_t b, const Site& site) {
        if (trace_.level() != TraceLevel::off) [[unlikely]]
            add_event(kind, object, a, b, site);
    }

   private:
    friend class Image;
    friend class GuestSchedule;
    template <typename Bytes>
    friend class RunBytes;

    static void context_main(void* context);
    static void run_job(Context& self);
    void job_done(Context& self);
    [[nodiscard]] Context* ask_at_point();  // who runs now
    // The same for a strategy that needs the image: nothing of the caller stays in registers only.
    [[nodiscard]] Context* ask_with_image();
    void block_with_image(ContextState state, ObjectId what, const Site& site);
    void yield_with_image(const Site& site);
    void block_now(ContextState state, ObjectId what, const Site& site);
    void yield_now(const Site& site);
    Context* choose_next(ChoiceKind kind);
    Context* choose_with_image(ChoiceKind kind);
    void hand_over(ChoiceKind kind);
    // A guest's interrupt is taken by the context that it interrupts, as the first thing when that
    // is chosen to act.
    void take_what_came() {
        if (came_ != nothing_came) [[unlikely]]
            take_interrupts();
    }
    // At a point that makes no switch, what has come is for the context that asked.
    Context* settle(const Context& self, Context* next) {
        if (next == &self) take_what_came();
        return next;
    }
    void take_interrupts();
    void take_interrupt();
    Context& enter_level(Act act, ObjectId name);
    void leave_level(Context& level, Context& interrupted);
    unsigned take_vector(Cpu& cpu, Act act, ObjectId& name);
    ActorMask guest_acts(unsigned number) const;
    void set_acts(unsigned number, ActorMask acts);
    Context& next_free_task();
    bool runs_somewhere(const Context& task) const;
    void give_cpu_to(Context& next, const Site& site);
    void begin_context(Context& context, Job job, void* arg);
    // To an interrupt, which has all of it in its keeping; or it is in the guest's memory.
    bool stack_is_lent(const Context& context) const {
        if (context.is_task() && context.on_borrowed_stack) return true;
        const Cpu& cpu = cpus_[context.cpu];
        if (context.on_borrowed_stack && cpu.task->on_borrowed_stack) return true;
        const bool on_cpu = context.on_borrowed_stack || cpu.task == &context;
        return guest_ != nullptr && on_cpu && cpu.depth != 0 && cpu.top() != &context;
    }
    // A CPU's own context, from which the guest has gone to a stack of its own.
    bool carries_guest(const Context& context) const;
    // Of its stack, in bytes: as far down as who acts there now has it, or by no more than the way
    // into the guest.
    std::size_t used_beside_guest(const Context& context, const void* low_of_current) const;
    void borrow_stack(Context& level, const Context& from);
    void give_stack_back(Context& level);
    void give_up(Context& context);
    [[noreturn]] void livelock();
    [[nodiscard]] Context* enter(Context& next);  // all of a switch but the jump; returns next
    unsigned first_actor(ActorMask mask) const;
    ActorMask beside_spinners(ActorMask mask);
    void become_fair();
    unsigned fair_actor(ActorMask mask);
    std::uint32_t ask(ChoiceKind kind, unsigned first, ActorMask others);
    std::uint32_t answer_to(const Choice& choice);
    void answer_from_outside();
    Context* act(unsigned actor_number);
    Context* push(unsigned cpu, Slot slot, Job job, void* arg);
    Context* pop_interrupt(Context& self);
    Context* next_ready_task(unsigned cpu) const;
    void reschedule(Cpu& cpu, unsigned number);
    void switch_to(Context& next);
    void leave(ChoiceKind kind);
    void grant_points();
    void go_on();
    void advance_clock();
    void refresh_clock();  // after a next_expiry changed
    void set_actors(ActorMask mask);
    void add_event(EventKind kind, ObjectId object, std::int64_t a, std::int64_t b,
                   const Site& site);

    // Hot.
    Context* current_ = nullptr;
    std::int64_t quiet_ = 0;  // points until the strategy is asked; 1 while somebody watches all
    std::uint64_t points_ = 0;
    ActorMask actors_ = 0;
    Strategy* strategy_ = nullptr;
    Jiffies jiffies_ = 0;
    // What the context that was chosen last takes before it goes on: an Act.
    static constexpr std::uint8_t nothing_came = 0xff;
    std::uint8_t came_ = nothing_came;
    // Cold.
    Guest* guest_ = nullptr;
    Explorer* explorer_ = nullptr;
    std::uint64_t run_number_ = 0;
    std::uint64_t turn_began_ = 0;  // points_ at the last switch
    std::uint64_t switches_ = 0;
    std::uint64_t last_task_turn_ = 0;
    const std::byte* image_low_ = nullptr;  // the stack of the context that asks, from here
    unsigned yields_in_a_row_ = 0;
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
    bool abandoned_ = false;
    bool fair_ = false;  // the strategy is no longer asked: round robin until the end
    Jiffies fair_since_ = 0;
    struct FairTurn {
        bool ran = false;  // a context that runs had the last choice
        unsigned last_run = 0;
        unsigned last_rest = 0;
        unsigned turns = 0;                // since the clock went on
        std::uint64_t clock_went_on = 0;  // at this point of the run
    };
    FairTurn fair_turn_;
    Choice question_{};
    std::uint32_t answer_ = 0;
    Moments moments_;
    std::int64_t heap_in_use_outside_ = 0;  // blocks that no context has taken in this run
    Job softirq_body_ = nullptr;
    Watchers watchers_;
    std::int64_t granted_ = 0;  // what quiet_ would be if nobody watched
    Limits limits_{};
    Trace trace_;
    Findings findings_;
    Arena arena_{1u << 24};  // weak memory keeps every store of a run
    Names names_;
    std::array<Cpu, max_cpus> cpus_{};
    std::array<Context, bound_key_count> contexts_{};
    std::vector<std::unique_ptr<Context>> free_tasks_;  // never fewer: their stacks stay
    unsigned free_task_count_ = 0;                      // of this run
    Context main_{};
};

// The one world of this process.
extern World the_world;
inline World& world() { return the_world; }

}  // namespace rcufuzz::sim
