// SPDX-License-Identifier: GPL-2.0-or-later
//
// What CPUs do: take and leave interrupts, change tasks, keep the clock, and, after each change,
// keep the mask of actors who may act next.
#include <algorithm>

#include "core/sim/world.h"

namespace rcufuzz::sim {

namespace {

constexpr std::array task_slots{Slot::task, Slot::task2, Slot::task3};

bool takes_irq(const Cpu& cpu) {
    return cpu.irq_head != nullptr && cpu.irqs_on && cpu.depth < cpu.interrupts.size() &&
           !cpu.is_in(Slot::hardirq2);
}

// Softirqs do not nest, and wait while a hardirq runs or bottom halves are disabled.
bool takes_softirq(const Cpu& cpu, Jiffies now) {
    return (cpu.softirq_pending != 0 || cpu.next_expiry <= now) && cpu.irqs_on && cpu.depth == 0 &&
           cpu.bh_count == 0;
}

bool takes_nmi(const Cpu& cpu) {
    return cpu.nmi_pending != nullptr && cpu.depth < cpu.interrupts.size() &&
           !cpu.is_in(Slot::nmi2);
}

}  // namespace

// In turn, beginning after the current one, so that repeated preemption reaches every task.
Context* World::next_ready_task(unsigned number) const {
    const Context* const current = cpus_[number].task;
    std::size_t start = 0;
    for (std::size_t i = 0; i < task_slots.size(); ++i)
        if (current == &contexts_[context_key(number, task_slots[i])]) start = i + 1;
    for (std::size_t i = 0; i < task_slots.size(); ++i) {
        const Slot slot = task_slots[(start + i) % task_slots.size()];
        const Context& task = contexts_[context_key(number, slot)];
        if (task.state == ContextState::ready && &task != current)
            return const_cast<Context*>(&task);
    }
    return nullptr;
}

void World::refresh(unsigned number) {
    const Cpu& cpu = cpus_[number];
    ActorMask mask = 0;
    const Context* const top = cpu.top();
    if (top != nullptr && top->state == ContextState::ready && (!cpu.halted || cpu.depth != 0))
        mask |= actor_bit(actor(Act::run, 0));
    if (guest_ != nullptr) return set_acts(number, cpu.online ? mask | guest_acts(number) : 0);
    if (takes_irq(cpu)) mask |= actor_bit(actor(Act::irq, 0));
    if (takes_softirq(cpu, jiffies_)) mask |= actor_bit(actor(Act::softirq, 0));
    if (takes_nmi(cpu)) mask |= actor_bit(actor(Act::nmi, 0));
    // Whoever spins with preemption enabled, in del_timer_sync() say, is preempted as well.
    if (cpu.depth == 0 && cpu.task != nullptr && cpu.irqs_on && cpu.preempt_count == 0 &&
        cpu.bh_count == 0 && cpu.task->state != ContextState::sleeping &&
        next_ready_task(number) != nullptr)
        mask |= actor_bit(actor(Act::resched, 0));
    set_acts(number, cpu.online ? mask : 0);
}

// What this CPU may do, as the bits of CPU 0.
void World::set_acts(unsigned number, ActorMask acts) {
    constexpr ActorMask one_cpu = actor_bit(actor(Act::run, 0)) | actor_bit(actor(Act::irq, 0)) |
                                  actor_bit(actor(Act::softirq, 0)) |
                                  actor_bit(actor(Act::resched, 0)) | actor_bit(actor(Act::nmi, 0));
    set_actors((actors_ & ~(one_cpu << number)) | acts << number);
}

void World::set_actors(ActorMask mask) {
    // Fair scheduling asks nobody, and must take the same course whoever would have been asked.
    if (asks_on_new_actor_ && !fair_ && (mask & ~actors_) != 0 && in_context()) {
        actor_appeared_ = true;
        granted_ = quiet_ = 1;
    }
    actors_ = mask;
}

void World::set_expiry(unsigned number, Jiffies when) {
    Cpu& cpu = cpus_[number];
    if (cpu.next_expiry == when) return;
    cpu.next_expiry = when;
    refresh(number);
    refresh_clock();
}

void World::refresh_clock() {
    timer_armed_ = false;
    for (unsigned i = 0; i < cpu_count_; ++i)
        if (cpus_[i].next_expiry != no_expiry && cpus_[i].next_expiry > jiffies_)
            timer_armed_ = true;
    const bool may_advance = timer_armed_ || free_jiffies_ > 0;
    const ActorMask time = actor_bit(actor_time);
    set_actors(may_advance ? actors_ | time : actors_ & ~time);
}

// By a jiffy; of a guest, whose timers may be far ahead, to the next expiry.
void World::advance_clock() {
    if (!timer_armed_) --free_jiffies_;
    ++jiffies_;
    if (guest_ != nullptr && timer_armed_ && actors_ == actor_bit(actor_time)) {
        Jiffies next = no_expiry;
        for (unsigned i = 0; i < cpu_count_; ++i)
            if (cpus_[i].next_expiry >= jiffies_) next = std::min(next, cpus_[i].next_expiry);
        jiffies_ = next;
    }
    event(EventKind::jiffies, 0, static_cast<std::int64_t>(jiffies_), 0, current_->site);
    for (unsigned i = 0; i < cpu_count_; ++i)
        if (cpus_[i].next_expiry == jiffies_) refresh(i);
    refresh_clock();
}

void World::set_irqs(bool on) {
    Cpu& cpu = this_cpu();
    if (cpu.irqs_on == on) return;
    cpu.irqs_on = on;
    cpu.woken_from_afar = false;
    // Most of the time nothing waits for interrupts here and the mask stays as it is.
    if (cpu.irq_head != nullptr || cpu.softirq_pending != 0 || cpu.next_expiry <= jiffies_ ||
        cpu.crowded)
        refresh(current_->cpu);
}

// A task has become ready: a CPU that rests is interrupted, one that is about to rest will be.
void World::reschedule(Cpu& cpu, unsigned number) {
    cpu.halted = false;
    if (current_->cpu != number) cpu.woken_from_afar = true;
}

void World::begin_context(Context& context, Job job, void* arg) {
    context.fiber.create(context_main, &context);
    context.state = ContextState::ready;
    context.job = job;
    context.arg = arg;
    context.site = Site::current();
    context.pending = {};
    context.fresh = true;
}

Context& World::spawn(unsigned number, Job job, void* arg) {
    for (const Slot slot : task_slots) {
        Context& task = contexts_[context_key(number, slot)];
        if (task.state != ContextState::unused) continue;
        begin_context(task, job, arg);
        Cpu& cpu = cpus_[number];
        cpu.used_slots |= slot_bit(slot);
        for (const Slot other : task_slots)
            if (other != slot &&
                contexts_[context_key(number, other)].state != ContextState::unused)
                cpu.crowded = true;
        if (cpu.task == nullptr) cpu.task = &task;
        reschedule(cpu, number);
        refresh(number);
        return task;
    }
    CHECK(false && "too many tasks on one cpu");
    __builtin_unreachable();
}

void World::raise_irq(unsigned number, Irq& irq) {
    if (irq.pending) return;  // pending interrupts of one kind coalesce
    Cpu& cpu = cpus_[number];
    irq.pending = true;
    event(EventKind::irq_raise, irq.name, static_cast<std::int64_t>(number), 0, current_->site);
    irq.next = nullptr;
    if (cpu.irq_tail != nullptr)
        cpu.irq_tail->next = &irq;
    else
        cpu.irq_head = &irq;
    cpu.irq_tail = &irq;
    refresh(number);
}

void World::raise_nmi(unsigned number, Irq& irq) {
    if (cpus_[number].nmi_pending != nullptr) return;
    cpus_[number].nmi_pending = &irq;
    event(EventKind::irq_raise, irq.name, static_cast<std::int64_t>(number), 0, current_->site);
    refresh(number);
}

Context* World::push(unsigned number, Slot slot, Job job, void* arg) {
    Cpu& cpu = cpus_[number];
    Context& context = contexts_[context_key(number, slot)];
    CHECK(context.state == ContextState::unused);
    begin_context(context, job, arg);
    cpu.used_slots |= slot_bit(slot);
    context.saved_irqs_on = cpu.irqs_on;
    cpu.interrupts[cpu.depth++] = &context;
    cpu.irqs_on = slot == Slot::softirq;
    refresh(number);
    return &context;
}

// Leaves the interrupt; returns the softirq context that must run on the way out, if any.
Context* World::pop_interrupt(Context& self) {
    Cpu& cpu = cpus_[self.cpu];
    CHECK(cpu.top() == &self);
    --cpu.depth;
    cpu.irqs_on = self.saved_irqs_on;
    const bool hard = self.slot == Slot::hardirq || self.slot == Slot::hardirq2;
    event(hard                         ? EventKind::irq_exit
          : self.slot == Slot::softirq ? EventKind::softirq_exit
                                       : EventKind::nmi_exit,
          0, 0, 0, self.site);
    refresh(self.cpu);
    if (hard && cpu.softirq_pending != 0 && takes_softirq(cpu, jiffies_))
        return act(actor(Act::softirq, self.cpu));
    if (cpu.halted && cpu.depth == 0) {  // the way out of an interrupt looks for a ready task
        cpu.halted = false;
        refresh(self.cpu);
    }
    return nullptr;
}

// Makes the actor act. Returns the context that runs now, or none where only time went on.
Context* World::act(unsigned actor_number) {
    if (actor_number == actor_time) {
        advance_clock();
        return nullptr;
    }
    if (actor_number < max_cpus) return cpus_[actor_number].top();  // Act::run, the usual case
    const unsigned number = actor_cpu(actor_number);
    Cpu& cpu = cpus_[number];
    if (guest_ != nullptr) {
        cpu.halted = false;
        came_ = static_cast<std::uint8_t>(actor_act(actor_number));
        return cpu.top();
    }
    switch (actor_act(actor_number)) {
        case Act::run:
            return cpu.top();
        case Act::irq: {
            Irq& irq = *cpu.irq_head;
            cpu.irq_head = irq.next;
            if (cpu.irq_head == nullptr) cpu.irq_tail = nullptr;
            irq.pending = false;
            const Slot slot = cpu.is_in(Slot::hardirq) ? Slot::hardirq2 : Slot::hardirq;
            event(EventKind::irq_enter, irq.name, static_cast<std::int64_t>(number), 0,
                  current_->site);
            return push(number, slot, irq.handler, irq.arg);
        }
        case Act::softirq:
            event(EventKind::softirq_enter, 0, static_cast<std::int64_t>(number), 0,
                  current_->site);
            return push(number, Slot::softirq, softirq_body_, nullptr);
        case Act::resched: {
            Context* const next = next_ready_task(number);
            cpu.task = next;
            ++cpu.task_switches;
            refresh(number);
            return next;
        }
        case Act::nmi: {
            Irq& irq = *cpu.nmi_pending;
            cpu.nmi_pending = nullptr;
            const Slot slot = cpu.is_in(Slot::nmi) ? Slot::nmi2 : Slot::nmi;
            event(EventKind::nmi_enter, irq.name, static_cast<std::int64_t>(number), 0,
                  current_->site);
            return push(number, slot, irq.handler, irq.arg);
        }
    }
    CHECK(false && "no such actor");
    __builtin_unreachable();
}

}  // namespace rcufuzz::sim
