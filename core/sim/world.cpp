// SPDX-License-Identifier: GPL-2.0-or-later
//
// The loop: points, choices, switches, and the beginning and end of a run. What the CPUs do when
// somebody has been chosen is in machine.cpp.
#include "core/sim/world.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "core/base/hash.h"
#include "core/base/heap.h"
#include "core/sim/explorer.h"
#include "core/sim/image.h"
#include "core/sim/run_state.h"

namespace rcufuzz::sim {

namespace {

// A context that never gives way is made to after so many points: below the step bound the
// scheduler is fair, whatever the strategy answers.
constexpr std::uint64_t max_turn_points = 1000;
constexpr std::int64_t fair_turn_points = 64;  // on average
constexpr std::int64_t unlimited = std::int64_t{1} << 60;
constexpr const char* endless = "each has his turn again and again, and the run does not end";

// What a context has taken from the heap would be given back once for each return. So no moment is
// kept while one owns something.
std::int64_t heap_in_use() {
    return static_cast<std::int64_t>(heap_blocks_taken() - heap_blocks_given_back());
}

// A run that ends early leaves its contexts where they stand, and with their frames goes what these
// have taken from the heap: a sentence that an oracle was about to say, mostly.
struct LossIsNoLeak {
#if defined(RCUFUZZ_ASAN)
    LossIsNoLeak() { __lsan_disable(); }
    ~LossIsNoLeak() { __lsan_enable(); }
#else
    LossIsNoLeak() {}
#endif
    LossIsNoLeak(const LossIsNoLeak&) = delete;
    LossIsNoLeak& operator=(const LossIsNoLeak&) = delete;
};

// For images: what callees leave behind would otherwise be found in the frames that come to lie
// there.
[[gnu::noinline]] void scrub_below() {
    std::byte pad[4096];
    std::memset(pad, 0, sizeof pad);
    asm volatile("" : : "r"(pad) : "memory");  // not for nothing, says this
}

// What other runs have left there is no part of a state.
void clear_stacks(std::span<Context> contexts) {
    for (Context& context : contexts) {
        if (context.job_frame == nullptr) continue;  // it has never run
        context.fiber.scrub();
        context.fiber.restart();
    }
}

}  // namespace

World the_world;

// --- switching ----------------------------------------------------------------------------------

// Turns of one length might end at the same few places of a loop each time, for instance where it
// has interrupts disabled.
static std::int64_t fair_turn(std::uint64_t points) {
    constexpr std::uint64_t spread = 32;
    return fair_turn_points - spread / 2 + static_cast<std::int64_t>(mix64(points) % (spread + 1));
}

inline void World::grant_points() {
    if (asks_at_every_point_ && !fair_) {
        granted_ = quiet_ = 1;
        return;
    }
    std::int64_t wanted = fair_ ? fair_turn(points_)
                                : strategy_->points_until_choice(current_->key, current_->ordinal);
    if (actor_appeared_ && !fair_) wanted = 1;
    const auto turn_left = static_cast<std::int64_t>(turn_began_ + max_turn_points - points_);
    // Turns may be short and never asked at their end: the bounds are met all the same.
    const std::uint64_t bound = fair_ ? limits_.points : limits_.free_points;
    const auto bound_left = static_cast<std::int64_t>(bound - points_);
    granted_ = std::max<std::int64_t>(1, std::min({wanted, turn_left, bound_left}));
    quiet_ = watchers_.wants_accesses() ? 1 : granted_;
}

void World::go_on() { grant_points(); }

Context* World::enter(Context& next) {
    if (&next != current_) {
        current_ = &next;
        turn_began_ = points_;
        ++switches_;
        if (&next != &main_) {
            if (next.is_task()) last_task_turn_ = points_;
            event(EventKind::resume, 0, next.key, 0, next.site);
        }
    }
    if (&next != &main_) {
        grant_points();
        watchers_.note_access(next);
    }
    return &next;
}

void World::switch_to(Context& next) {
    Context& from = *current_;
    if (enter(next) != &from) Fiber::switch_between(from.fiber, next.fiber);
}

[[gnu::always_inline]] inline void World::hand_over(ChoiceKind kind) {
    Context& self = *current_;
    if (Context* const next = choose_next(kind); next != &self)
        Fiber::switch_between(self.fiber, next->fiber);
    take_what_came();
}

World::World() {
    for (unsigned key = 0; key < contexts_.size(); ++key) {
        contexts_[key].key = static_cast<ContextKey>(key);
        contexts_[key].cpu = static_cast<std::uint8_t>(key / slots_per_cpu);
        contexts_[key].slot = static_cast<Slot>(key % slots_per_cpu);
    }
    main_.key = main_key;
    current_ = &main_;
    quiet_ = unlimited;
}

void World::begin(unsigned cpus, Strategy& strategy, TraceLevel level, const Limits& limits,
                  Guest* guest) {
    CHECK(cpus >= 1 && cpus <= max_cpus);
    CHECK(current_ == &main_ && free_task_count_ == 0);
    ++run_number_;
    cpu_count_ = cpus;
    guest_ = guest;
    for (unsigned i = 0; i < cpus; ++i) cpus_[i] = Cpu{};
    for (unsigned key = 0; key < cpus * slots_per_cpu; ++key) contexts_[key].ordinal = 0;
    main_.ordinal = 0;
    strategy_ = &strategy;
    asks_on_new_actor_ = strategy.asks_on_new_actor();
    asks_at_every_point_ = strategy.asks_at_every_point();
    limits_ = limits;
    if (limits_.free_points == 0) limits_.free_points = limits_.points / 2;
    free_jiffies_ = limits.free_jiffies;
    jiffies_ = 100;
    points_ = turn_began_ = last_task_turn_ = switches_ = handovers_ = 0;
    yields_in_a_row_ = 0;
    fair_ = actor_appeared_ = abandoned_ = false;
    fair_turn_ = {};
    fair_since_ = 0;
    actors_ = 0;
    quiet_ = unlimited;
    names_.begin();
    findings_.begin(trace_, current_);
    explorer_ = has_image ? strategy.explorer() : nullptr;
    const bool kept_image = keeps_image_;
    keeps_image_ = explorer_ != nullptr && explorer_->needs_image();
    if (keeps_image_ && !kept_image) clear_stacks(contexts_);
    returns_ = explorer_ != nullptr && explorer_->returns() && counts_heap();
    asks_from_outside_ = false;
    if (keeps_image_) arena_.clear_used();
    arena_.rewind();
    run_state.begin();
    trace_.begin(level);
    refresh_clock();
    if (guest_ != nullptr) guest_->begin(cpus);
    strategy.begin(*this);
}

bool World::run_to_quiescence() {
    CHECK(current_ == &main_);
    if (findings_.has_consequence()) return false;
    calm_floating_point();
    // The caller has gone on since: no run can go back behind this.
    moments_.clear();
    if (returns_) explorer_->forget_moments();
    if (handovers_ == 0) heap_in_use_outside_ = heap_in_use();
    {
        const LossIsNoLeak in_contexts;
        hand_over(ChoiceKind::handover);
        while (asks_from_outside_) answer_from_outside();
    }
    quiet_ = unlimited;  // what the oracles look at is no point
    return !findings_.has_consequence() && !abandoned_;
}

void World::finish() {
    CHECK(current_ == &main_);
    strategy_->end(points_);
    calm_floating_point();
    for (unsigned key = 0; key < cpu_count_ * slots_per_cpu; ++key) give_up(contexts_[key]);
    for (unsigned i = 0; i < free_task_count_; ++i) give_up(*free_tasks_[i]);
    free_task_count_ = 0;
    came_ = nothing_came;
    actors_ = 0;
}

// Whoever first switches to it again enters its stack anew.
void World::give_up(Context& context) {
    // For images: how a context has come to its next job must not tell.
    const bool was_used = keeps_image_ && context.ordinal != 0 && context.job_frame != nullptr;
    const bool has_frames =
        context.state != ContextState::unused || context.left_frames || was_used;
    context.state = ContextState::unused;
    context.left_frames = false;
    if (!has_frames) return;
    if (context.on_borrowed_stack) return give_stack_back(context);
    if (keeps_image_) context.fiber.scrub();
    context.fiber.restart();
}

// --- the life of a context ----------------------------------------------------------------------

// Not inline: what stands in the frames above this one tells of how the context has come here.
[[gnu::noinline]] void World::run_job(Context& self) {
    self.job_frame = static_cast<const std::byte*>(__builtin_frame_address(0));
    world().take_what_came();
    self.job(self.arg);
}

// Begins in one run and goes on in a later one.
RCUFUZZ_NO_COVERAGE void World::context_main(void* arg) {
    Context& self = *static_cast<Context*>(arg);
    World& w = world();
    for (;;) {
        self.fresh = false;
        if (w.keeps_image_) scrub_below();  // of the job before
        run_job(self);
        w.job_done(self);
    }
}

RCUFUZZ_NO_COVERAGE void World::job_done(Context& self) {
    CHECK(!is_task_key(self.key) && "a task of a guest's own ends by end_task()");
    self.state = ContextState::unused;
    if (self.is_task()) {
        Cpu& cpu = cpus_[self.cpu];
        cpu.task = next_ready_task(self.cpu);
        ++cpu.task_switches;
        refresh(self.cpu);
    } else if (Context* const softirq = pop_interrupt(self)) {
        switch_to(*softirq);
        return;
    }
    hand_over(ChoiceKind::handover);
}

void World::block(ContextState state, ObjectId what, const Site& site) {
    if (keeps_image_) [[unlikely]]
        return block_with_image(state, what, site);
    block_now(state, what, site);
}

void World::block_now(ContextState state, ObjectId what, const Site& site) {
    CHECK(in_context());
    Context& self = *current_;
    self.state = state;
    self.blocked_on = what;
    self.site = site;
    self.pending = {};
    if (state == ContextState::sleeping) {
        CHECK(self.is_task());
        event(EventKind::sleep, what, 0, 0, site);
        cpus_[self.cpu].task = next_ready_task(self.cpu);
        ++cpus_[self.cpu].task_switches;
    }
    refresh(self.cpu);
    hand_over(ChoiceKind::handover);
}

void World::unblock(Context& context) {
    if (context.state != ContextState::spinning && context.state != ContextState::sleeping) return;
    context.state = ContextState::ready;
    Cpu& cpu = cpus_[context.cpu];
    if (context.is_task() && cpu.task == nullptr) cpu.task = &context;
    if (context.is_task()) reschedule(cpu, context.cpu);
    refresh(context.cpu);
}

void World::yield(const Site& site) {
    if (keeps_image_) [[unlikely]]
        return yield_with_image(site);
    yield_now(site);
}

void World::yield_now(const Site& site) {
    current_->site = site;
    current_->pending = {};
    ++points_;
    if (points_ >= limits_.points) livelock();
    hand_over(ChoiceKind::yield);
}

void World::fail(Verdict verdict, Objection why, const Site& site) {
    CHECK(in_context());
    findings_.note(verdict, std::move(why), site);
    switch_to(main_);
    CHECK(false && "a context that was given up goes on");
    std::abort();
}

void World::livelock() { fail(Verdict::livelock, endless, current_->site); }

// --- for strategies that look at the whole state ------------------------------------------------

#if defined(RCUFUZZ_HAS_IMAGE)

// __builtin_unwind_init() has all registers that outlive a call saved in this frame, right below
// the frame address.
#define RCUFUZZ_REMEMBER_STACK()                                             \
    __builtin_unwind_init();                                                 \
    image_low_ = static_cast<const std::byte*>(__builtin_frame_address(0)) - \
                 5 * sizeof(std::uint64_t) /* rbx, r12 to r15 */

[[gnu::noinline]] Context* World::ask_with_image() {
    RCUFUZZ_REMEMBER_STACK();
    Context* const next = ask_at_point();
    scrub_below();
    return next;
}

[[gnu::noinline]] Context* World::choose_with_image(ChoiceKind kind) {
    RCUFUZZ_REMEMBER_STACK();
    Context* const next = choose_next(kind);
    scrub_below();
    return next;
}

[[gnu::noinline]] void World::block_with_image(ContextState state, ObjectId what,
                                               const Site& site) {
    RCUFUZZ_REMEMBER_STACK();
    block_now(state, what, site);
    scrub_below();
}

[[gnu::noinline]] void World::yield_with_image(const Site& site) {
    RCUFUZZ_REMEMBER_STACK();
    yield_now(site);
    scrub_below();
}

#undef RCUFUZZ_REMEMBER_STACK

#else

Context* World::ask_with_image() { return ask_at_point(); }
Context* World::choose_with_image(ChoiceKind kind) { return choose_next(kind); }
void World::block_with_image(ContextState state, ObjectId what, const Site& site) {
    block_now(state, what, site);
}
void World::yield_with_image(const Site& site) { yield_now(site); }

#endif

// --- going back ---------------------------------------------------------------------------------

// A context cannot go back under its own feet: it asks from where run_to_quiescence() stands.
std::uint32_t World::answer_to(const Choice& choice) {
    if (!returns_ || !in_context()) return strategy_->choose(choice);
    question_ = choice;
    asks_from_outside_ = true;
    Fiber::switch_between(current_->fiber, main_.fiber);
    return answer_;
}

void World::answer_from_outside() {
    asks_from_outside_ = false;
    std::int64_t owned = heap_in_use() - heap_in_use_outside_;
    answer_ = strategy_->choose(question_);
    if (answer_ == abandon_run) {
        if (const std::size_t count = explorer_->go_back()) {
            moments_.return_to(*this, count);
            findings_.forget_suspicion();
            owned = 0;  // none was kept otherwise; what frames owned that are gone is lost
            answer_ = strategy_->choose(question_);
        }
    } else if (owned == 0 && findings_.suspected() == Verdict::clean && moments_.have_room() &&
               explorer_->keeps_moment()) {
        moments_.keep(*this);
    }
    heap_in_use_outside_ = heap_in_use() - owned;
    Fiber::switch_between(main_.fiber, current_->fiber);
}

// --- choices ------------------------------------------------------------------------------------

std::uint32_t World::ask(ChoiceKind kind, unsigned first, ActorMask others) {
    const auto count = 1 + static_cast<std::uint32_t>(std::popcount(others));
    const Choice choice{kind, current_->key, current_->ordinal, count, first, others, 0};
    const std::uint32_t answer = answer_to(choice);
    if (answer == abandon_run) {
        abandoned_ = true;
        return answer;
    }
    CHECK(answer < count);
    if (answer != 0) event(EventKind::answer, 0, choice.actor_of(answer), 0, current_->site);
    return answer;
}

std::uint32_t World::choose(std::uint16_t what, std::uint32_t count, const Site& site) {
    if (!in_context() || count < 2) return 0;
    if (++points_ >= limits_.points) livelock();
    const Choice choice{ChoiceKind::data, current_->key, ++current_->ordinal, count, 0, 0, what};
    const std::uint32_t answer = answer_to(choice);
    CHECK(answer < count);
    if (answer != 0) event(EventKind::answer, what, answer, 1, site);
    grant_points();
    return answer;
}

Context* World::ask_at_point() {
    Context& self = *current_;
    if (!in_context()) {
        quiet_ = unlimited;
        return &self;
    }
    if (watchers_.wants_accesses() && --granted_ > 0) {
        quiet_ = 1;
        watchers_.note_access(self);
        return &self;
    }
    if (points_ >= limits_.points) livelock();
    actor_appeared_ = false;
    if (points_ >= limits_.free_points) become_fair();
    if (fair_ || (points_ - turn_began_ >= max_turn_points && !keeps_image_)) {
        turn_began_ = points_;
        return settle(self, choose_next(ChoiceKind::yield));
    }
    const unsigned own = actor(Act::run, self.cpu);
    const ActorMask others = actors_ & ~actor_bit(own);
    if (others != 0)
        if (const std::uint32_t answer = ask(ChoiceKind::schedule, own, others)) {
            if (abandoned_) return enter(main_);
            if (Context* const next = act(nth_bit(others, answer - 1)))
                return settle(self, enter(*next));
        }
    grant_points();
    watchers_.note_access(self);
    return &self;
}

// Who acts when the current context does not go on; main, where nobody can.
Context* World::choose_next(ChoiceKind kind) {
    Context& self = *current_;
    for (;;) {
        // Contexts may come and go without ever reaching a point.
        if (++handovers_ > limits_.points) {
            findings_.note(Verdict::livelock, endless, self.site);
            return enter(main_);
        }
        // Contexts that only give way come to no point.
        if (points_ >= limits_.free_points || handovers_ >= limits_.free_points) become_fair();
        actor_appeared_ = false;
        ActorMask mask = actors_;
        const bool gives_way = kind == ChoiceKind::yield && !fair_;
        if (gives_way) mask &= ~actor_bit(actor(Act::run, self.cpu));
        const bool time_only = mask == actor_bit(actor_time);
        if (mask == 0 || (time_only && !timer_armed_))
            return enter(kind == ChoiceKind::yield ? self : main_);
        const unsigned first = fair_ ? fair_actor(mask)
                                     : first_actor(gives_way ? beside_spinners(mask) : mask);
        const ActorMask others = mask & ~actor_bit(first);
        ++self.ordinal;
        const std::uint32_t answer = others != 0 && !fair_ ? ask(kind, first, others) : 0;
        if (abandoned_) return enter(main_);
        const unsigned chosen = answer == 0 ? first : nth_bit(others, answer - 1);
        if (!gives_way || chosen >= max_cpus) yields_in_a_row_ = 0;
        if (Context* const next = act(chosen)) return enter(*next);
        if (kind == ChoiceKind::yield) return enter(self);  // time went on: progress for a spinner
    }
}

void World::add_event(EventKind kind, ObjectId object, std::int64_t a, std::int64_t b,
                      const Site& site) {
    trace_.add({kind, current_->cpu, current_->key, object, static_cast<std::uint32_t>(points_),
                jiffies_, a, b, site});
}

}  // namespace rcufuzz::sim
