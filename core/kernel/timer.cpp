// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/timer.h"

#include <array>

#include "core/sim/run_state.h"

namespace rcufuzz::kernel {

TimerHooks timer_hooks;

namespace {

std::array<TimerList*, sim::max_cpus> wheels{};             // sorted by expiry, first armed first
std::array<memory::LockOrder, sim::max_cpus> base_locks{};  // each operation is one step
constexpr unsigned where_armed = ~0u;
unsigned timer_target = where_armed;

void wheel_changed(unsigned cpu) {
    const TimerList* const first = wheels[cpu];
    sim::world().set_expiry(cpu, first != nullptr ? first->expires : sim::no_expiry);
}

void insert(TimerList& timer) {
    TimerList** link = &wheels[timer.cpu];
    while (*link != nullptr && (*link)->expires <= timer.expires) link = &(*link)->next;
    timer.next = *link;
    *link = &timer;
    timer.pending = true;
    base_locks[timer.cpu].pass();
    wheel_changed(timer.cpu);
}

void detach(TimerList& timer) {
    TimerList** link = &wheels[timer.cpu];
    while (*link != &timer) link = &(*link)->next;
    *link = timer.next;
    timer.pending = false;
    base_locks[timer.cpu].pass();
    wheel_changed(timer.cpu);
}

void settle_phase(TimerList& timer) {
    if (!timer.handler_due_or_running())
        timer.phase = timer.pending ? TimerPhase::pending : TimerPhase::inactive;
}

// get_target_base()
unsigned target_of(const TimerList& timer) {
    const bool here =
        timer.pinned || timer_target == where_armed || !sim::world().cpu(timer_target).online;
    return here ? smp_processor_id() : timer_target;
}

void wake_sync_waiters(TimerList& timer) {
    sim::World& w = sim::world();
    for (unsigned key = 0; key < sim::max_cpus * sim::slots_per_cpu; ++key)
        if ((timer.sync_waiters[key / 64] >> (key % 64)) & 1u)
            w.unblock(w.context(static_cast<sim::ContextKey>(key)));
    timer.sync_waiters[0] = timer.sync_waiters[1] = 0;
}

}  // namespace

void begin_timers() {
    wheels.fill(nullptr);
    sim::run_state.add(wheels);
    timer_target = where_armed;
    for (unsigned cpu = 0; cpu < sim::world().cpus(); ++cpu) base_locks[cpu].init();
}

void set_timer_target(unsigned cpu) { timer_target = cpu; }

void timer_setup(TimerList& timer, TimerFn fn, void* owner, const char* name, int index) {
    timer = TimerList{};
    timer.fn = fn;
    timer.owner = owner;
    timer.object = sim::world().names().add(name, index);
}

bool mod_timer(TimerList& timer, sim::Jiffies expires, const Site& site) {
    sim::World& w = sim::world();
    w.point({timer.object, sim::AccessKind::timer}, site);
    const bool was_pending = timer.pending;
    w.event(sim::EventKind::timer_arm, timer.object, static_cast<std::int64_t>(expires),
            was_pending ? 1 : 0, site);
    if (was_pending && timer.expires == expires) return true;
    if (was_pending) detach(timer);
    timer.expires = expires;
    // A timer whose handler runs stays on that CPU; else it moves, to the wheel of this one mostly.
    if (!timer.handler_due_or_running()) timer.cpu = static_cast<std::uint8_t>(target_of(timer));
    insert(timer);
    settle_phase(timer);
    return was_pending;
}

bool del_timer(TimerList& timer, const Site& site) {
    sim::World& w = sim::world();
    w.point({timer.object, sim::AccessKind::timer}, site);
    const bool was_pending = timer.pending;
    w.event(sim::EventKind::timer_cancel, timer.object, was_pending ? 1 : 0, 0, site);
    if (was_pending) detach(timer);
    settle_phase(timer);
    return was_pending;
}

bool del_timer_sync(TimerList& timer, const Site& site) {
    sim::World& w = sim::world();
    if (timer_hooks.waits_for_handler != nullptr) timer_hooks.waits_for_handler(timer, site);
    const bool was_pending = del_timer(timer, site);
    const auto handler = [](const void* arg, Awaited& awaited) {
        const TimerList& awaited_timer = *static_cast<const TimerList*>(arg);
        if (awaited_timer.handler_due_or_running()) awaited.context(awaited_timer.handler);
    };
    const WaitScope scope({handler, &timer, timer.object});
    while (timer.handler_due_or_running()) {
        const sim::ContextKey key = w.current().key;
        timer.sync_waiters[key / 64u] |= std::uint64_t{1} << (key % 64u);
        w.block(sim::ContextState::spinning, timer.object, site);
        if (timer.pending) del_timer(timer, site);  // the handler armed it again
    }
    base_locks[timer.cpu].pass();  // under which it has looked for a running handler
    return was_pending;
}

bool timer_pending(const TimerList& timer, const Site& site) {
    sim::World& w = sim::world();
    w.point({timer.object, sim::AccessKind::read}, site);
    w.event(sim::EventKind::read, timer.object, timer.pending ? 1 : 0, 0, site);
    return timer.pending;
}

void run_expired_timers() {
    sim::World& w = sim::world();
    const unsigned cpu = smp_processor_id();
    while (wheels[cpu] != nullptr && wheels[cpu]->expires <= jiffies()) {
        TimerList& timer = *wheels[cpu];
        detach(timer);
        timer.phase = TimerPhase::expired;
        timer.handler = w.current().key;
        w.event(sim::EventKind::timer_fire, timer.object, 0, 0, Site::current());
        w.point({timer.object, sim::AccessKind::timer}, Site::current());
        timer.phase = TimerPhase::running;
        if (timer_hooks.handler_begins != nullptr)
            timer_hooks.handler_begins(timer, Site::current());
        timer.fn(timer);
        if (timer_hooks.handler_ends != nullptr) timer_hooks.handler_ends(timer, Site::current());
        // Interrupts are enabled until base->lock is taken again, to say that it is over.
        w.point({timer.object, sim::AccessKind::timer}, Site::current());
        timer.phase = TimerPhase::inactive;
        base_locks[cpu].pass();
        settle_phase(timer);
        wake_sync_waiters(timer);
    }
}

void migrate_timers(unsigned dead_cpu) {
    while (wheels[dead_cpu] != nullptr) {
        TimerList& timer = *wheels[dead_cpu];
        detach(timer);
        timer.cpu = static_cast<std::uint8_t>(smp_processor_id());
        insert(timer);
    }
}

}  // namespace rcufuzz::kernel
