// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a guest with a scheduler of its own does with the machine: tasks that it creates and gives
// to CPUs, CPUs that start, stop and rest, and interrupts on the stack of what they interrupt.
#include <utility>

#include "core/sim/guest_schedule.h"

namespace rcufuzz::sim {

// --- tasks ---------------------------------------------------------------------------------------

Context& World::next_free_task() {
    CHECK(free_task_count_ < max_free_tasks);
    if (free_task_count_ == free_tasks_.size()) {
        free_tasks_.push_back(std::make_unique<Context>());
        free_tasks_.back()->key = task_key(free_task_count_);
    }
    Context& task = *free_tasks_[free_task_count_++];
    task.ordinal = 0;
    return task;
}

Context& GuestSchedule::create_task(Job job, void* arg) {
    World& w = world();
    Context& task = w.next_free_task();
    w.begin_context(task, job, arg);
    return task;
}

Context& GuestSchedule::task(unsigned number) {
    CHECK(number < world().free_task_count_);
    return *world().free_tasks_[number];
}

// The stack that this runs on has been changed already, or will be before the next point. What the
// sanitizers think of as the stack stays the CPU's own.
void GuestSchedule::become_task(unsigned number) {
    World& w = world();
    while (w.free_task_count_ <= number) w.next_free_task();
    Context& self = *w.current_;
    Context& next = *w.free_tasks_[number];
    if (&next == &self) return;
    if (next.state == ContextState::unused) {
        next.state = ContextState::ready;
        next.job = nullptr;
        next.arg = nullptr;
        next.pending = {};
        next.fresh = false;
        w.borrow_stack(next, self);
    }
    CHECK(next.on_borrowed_stack);
    w.give_cpu_to(next, self.site);
    w.current_ = &next;
    ++w.switches_;
    w.event(EventKind::resume, 0, next.key, 0, self.site);
    w.go_on();
}

bool World::runs_somewhere(const Context& task) const {
    for (unsigned i = 0; i < cpu_count_; ++i)
        if (cpus_[i].task == &task) return true;
    return false;
}

void World::give_cpu_to(Context& next, const Site& site) {
    Context& self = *current_;
    Cpu& cpu = cpus_[self.cpu];
    CHECK(in_context() && cpu.task == &self && cpu.depth == 0 && "only a task switches");
    CHECK(next.state == ContextState::ready && !runs_somewhere(next));
    self.site = site;
    self.pending = {};
    next.cpu = self.cpu;
    cpu.task = &next;
    ++cpu.task_switches;
    // Tasks may go round without ever reaching a point.
    if (++handovers_ > limits_.points) livelock();
    refresh(self.cpu);
}

void GuestSchedule::switch_task(Context& next, const Site& site) {
    World& w = world();
    if (&next == w.current_) return;
    w.give_cpu_to(next, site);
    w.switch_to(next);
}

void GuestSchedule::end_task(Context& next, const Site& site) {
    World& w = world();
    Context& self = *w.current_;
    CHECK(is_task_key(self.key));
    w.give_cpu_to(next, site);
    self.state = ContextState::unused;
    self.left_frames = true;
    w.switch_to(next);
    CHECK(false && "a task that has ended goes on");
    std::abort();
}

// --- cpus ----------------------------------------------------------------------------------------

void GuestSchedule::start_cpu(unsigned number, Context& task) {
    World& w = world();
    CHECK(number < w.cpu_count_);
    Cpu& cpu = w.cpus_[number];
    CHECK(cpu.task == nullptr && task.state == ContextState::ready && !w.runs_somewhere(task));
    cpu.task = &task;
    task.cpu = static_cast<std::uint8_t>(number);
    cpu.online = true;
    w.refresh(number);
}

void GuestSchedule::stop_cpu(const Site& site) {
    World& w = world();
    Context& self = *w.current_;
    Cpu& cpu = w.cpus_[self.cpu];
    CHECK(w.in_context() && cpu.task == &self && cpu.depth == 0 && "only a task stops its cpu");
    self.site = site;
    self.pending = {};
    cpu.online = false;
    cpu.task = nullptr;
    w.refresh(self.cpu);
    w.leave(ChoiceKind::handover);
}

// The current context does not go on before somebody has chosen it.
void World::leave(ChoiceKind kind) {
    Context& self = *current_;
    Context* const next = keeps_image_ ? choose_with_image(kind) : choose_next(kind);
    if (next != &self) Fiber::switch_between(self.fiber, next->fiber);
    take_what_came();
}

void GuestSchedule::halt(const Site& site) {
    World& w = world();
    Context& self = *w.current_;
    Cpu& cpu = w.cpus_[self.cpu];
    CHECK(w.in_context() && cpu.task == &self && cpu.depth == 0 && "only a task rests");
    self.site = site;
    self.pending = {};
    cpu.halted = true;
    w.refresh(self.cpu);
    w.leave(ChoiceKind::handover);
}

void GuestSchedule::unblock_all(ObjectId what) {
    World& w = world();
    const auto unblock_if = [&](Context* context, unsigned cpu) {
        if (context == nullptr || context->state != ContextState::spinning) return;
        if (context->blocked_on != what) return;
        context->state = ContextState::ready;
        w.refresh(cpu);
    };
    for (unsigned i = 0; i < w.cpu_count_; ++i) {
        unblock_if(w.cpus_[i].task, i);
        for (unsigned level = 0; level < w.cpus_[i].depth; ++level)
            unblock_if(w.cpus_[i].interrupts[level], i);
    }
}

void GuestSchedule::changed(unsigned number) {
    World& w = world();
    const Cpu& cpu = w.cpus_[number];
    if (cpu.irq_head != nullptr || cpu.nmi_pending != nullptr || cpu.next_expiry <= w.jiffies_)
        w.refresh(number);
}

// --- interrupts ----------------------------------------------------------------------------------

// Beside its running: what this CPU may take, as the bits of CPU 0.
ActorMask World::guest_acts(unsigned number) const {
    const Cpu& cpu = cpus_[number];
    if (cpu.task == nullptr) return 0;
    ActorMask acts = 0;
    const bool timer = cpu.next_expiry <= jiffies_;
    if ((cpu.irq_head != nullptr || timer) && !cpu.is_in(Slot::hardirq2) && !cpu.is_in(Slot::nmi) &&
        guest_->takes_interrupt(number)) {
        if (cpu.irq_head != nullptr) acts |= actor_bit(actor(Act::irq, 0));
        if (timer) acts |= actor_bit(actor(Act::softirq, 0));
    }
    if (cpu.nmi_pending != nullptr && !cpu.is_in(Slot::nmi) && guest_->takes_nmi(number))
        acts |= actor_bit(actor(Act::nmi, 0));
    return acts;
}

// Each is over before the next comes, which may come at once.
void World::take_interrupts() {
    Context& self = *current_;
    do {
        take_interrupt();
        Context* const next = keeps_image_ ? choose_with_image(ChoiceKind::handover)
                                           : choose_next(ChoiceKind::handover);
        if (next != &self) Fiber::switch_between(self.fiber, next->fiber);
    } while (came_ != nothing_came);
}

void World::take_interrupt() {
    const auto act = static_cast<Act>(std::exchange(came_, nothing_came));
    Context& self = *current_;
    const unsigned number = self.cpu;
    const bool outermost = cpus_[number].depth == 0;
    ObjectId name = 0;
    const unsigned vector = take_vector(cpus_[number], act, name);
    Context& level = enter_level(act, name);
    if (act == Act::nmi)
        guest_->nmi(number);
    else
        guest_->interrupt(number, vector);
    CHECK(current_ == &level && "a handler returns to what it interrupted");
    leave_level(level, self);
    if (act != Act::nmi && outermost) guest_->leave_interrupt(number);
}

// Of several pending interrupts any may be the next, whatever the order in which they were raised.
unsigned World::take_vector(Cpu& cpu, Act act, ObjectId& name) {
    if (act == Act::softirq) {
        cpu.next_expiry = no_expiry;
        refresh_clock();
        return timer_vector;
    }
    if (act == Act::nmi) {
        name = std::exchange(cpu.nmi_pending, nullptr)->name;
        return 0;
    }
    unsigned count = 0;
    for (const Irq* irq = cpu.irq_head; irq != nullptr; irq = irq->next) ++count;
    const std::uint32_t chosen = choose(which_interrupt.number, count, current_->site);
    Irq* previous = nullptr;
    Irq* irq = cpu.irq_head;
    for (std::uint32_t i = 0; i < chosen; ++i) previous = std::exchange(irq, irq->next);
    (previous != nullptr ? previous->next : cpu.irq_head) = irq->next;
    if (cpu.irq_tail == irq) cpu.irq_tail = previous;
    irq->pending = false;
    name = irq->name;
    return irq->vector;
}

Context& World::enter_level(Act act, ObjectId name) {
    Context& self = *current_;
    Cpu& cpu = cpus_[self.cpu];
    const Slot slot = act == Act::nmi            ? Slot::nmi
                      : cpu.is_in(Slot::hardirq) ? Slot::hardirq2
                                                 : Slot::hardirq;
    Context& level = contexts_[context_key(self.cpu, slot)];
    CHECK(level.state == ContextState::unused);
    event(act == Act::nmi ? EventKind::nmi_enter : EventKind::irq_enter, name,
          static_cast<std::int64_t>(self.cpu), 0, self.site);
    level.state = ContextState::ready;
    level.job = nullptr;
    level.arg = nullptr;
    level.site = self.site;
    level.pending = {};
    level.fresh = false;
    borrow_stack(level, self);
    cpu.used_slots |= slot_bit(slot);
    cpu.interrupts[cpu.depth++] = &level;
    current_ = &level;
    turn_began_ = points_;
    refresh(level.cpu);
    go_on();
    return level;
}

void World::leave_level(Context& level, Context& interrupted) {
    Cpu& cpu = cpus_[level.cpu];
    CHECK(cpu.top() == &level);
    --cpu.depth;
    event(level.slot == Slot::nmi ? EventKind::nmi_exit : EventKind::irq_exit, 0, 0, 0, level.site);
    level.state = ContextState::unused;
    give_stack_back(level);
    current_ = &interrupted;
    turn_began_ = points_;
    refresh(level.cpu);
    go_on();
}

bool World::carries_guest(const Context& context) const {
    if (is_task_key(context.key) || !context.is_task()) return false;
    const Context* const task = cpus_[context.cpu].task;
    return task != nullptr && task != &context && task->on_borrowed_stack;
}

std::size_t World::used_beside_guest(const Context& context, const void* low_of_current) const {
    constexpr std::size_t way_in = 8 * 1024;
    const Context* const acts = cpus_[context.cpu].top();
    const auto* const top = static_cast<const std::byte*>(context.fiber.stack_top());
    const void* const where = acts == current_ ? low_of_current : acts->fiber.suspended_at();
    const auto* const low = static_cast<const std::byte*>(where);
    const bool here = low < top && context.fiber.holds(low);
    return here ? static_cast<std::size_t>(top - low) : way_in;
}

void World::borrow_stack(Context& level, const Context& from) {
    level.on_borrowed_stack = true;
    level.own_fiber.share(level.fiber);
    level.fiber.share(from.fiber);
    level.job_frame = from.job_frame;
}

void World::give_stack_back(Context& level) {
    level.on_borrowed_stack = false;
    level.job_frame = nullptr;
    level.fiber.share(level.own_fiber);
}

}  // namespace rcufuzz::sim
