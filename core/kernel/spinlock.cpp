// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/spinlock.h"

#include <bit>

#include "core/kernel/wait_for.h"
#include "core/sim/run_state.h"

namespace rcufuzz::kernel {

LockHooks lock_hooks;

namespace {

std::array<std::uint8_t, sim::max_cpus * sim::slots_per_cpu> held_by_key{};

// An interrupt cannot wait for the code that it interrupted.
bool owner_is_below(const sim::Context& owner, const sim::Context& self) {
    return owner.cpu == self.cpu && &owner != &self && (owner.is_task() ? !self.is_task() : true) &&
           owner.state == sim::ContextState::ready;
}

}  // namespace

void begin_spinlocks() {
    held_by_key.fill(0);
    sim::run_state.add(held_by_key);
}

unsigned locks_held_by_current() {
    const sim::ContextKey key = sim::world().current().key;
    return key < held_by_key.size() ? held_by_key[key] : 0;
}

void RawSpinlock::init(const char* name, int index, LockClass lock_class) {
    CHECK(lock_class < max_lock_classes);
    *this = RawSpinlock{};
    object_ = sim::world().names().add(name, index);
    class_ = lock_class;
    order_.init();
}

void RawSpinlock::acquire(const Site& site, bool nested) {
    sim::world().point({object_, sim::AccessKind::lock}, site);
    take(site, nested);
}

// One point for both: what comes between them is an NMI at most, and nobody else sees the flag. It
// comes first, where an interrupt may still follow on what this CPU has done before.
IrqFlags RawSpinlock::lock_irqsave(const Site& site) {
    sim::world().point({object_, sim::AccessKind::lock}, site);
    const IrqFlags flags = irqs_disabled() ? 0 : 1;
    local_irq_disable_now(site);
    take(site, false);
    return flags;
}

void RawSpinlock::take(const Site& site, bool nested) {
    sim::World& w = sim::world();
    w.add_preempt_count(1);
    while (owner_ != nullptr) wait(site);
    taken(site, nested, false);
}

void RawSpinlock::wait(const Site& site) {
    sim::World& w = sim::world();
    sim::Context& self = w.current();
    if (owner_ == &self) w.fail(Verdict::deadlock, "takes a spinlock that it already holds", site);
    if (owner_is_below(*owner_, self))
        w.fail(Verdict::deadlock, "an interrupt waits for a spinlock of the code it interrupted",
               site);
    waiters_[self.key / 64u] |= std::uint64_t{1} << (self.key % 64u);
    w.event(sim::EventKind::lock_wait, object_, owner_->key, 0, site);
    const auto owner = [](const void* lock, Awaited& awaited) {
        const sim::Context* const holder = static_cast<const RawSpinlock*>(lock)->owner_;
        if (holder != nullptr) awaited.context(holder->key);
    };
    const WaitScope scope({owner, this, object_});
    w.block(sim::ContextState::spinning, object_, site);
}

bool RawSpinlock::trylock(const Site& site) {
    sim::World& w = sim::world();
    w.point({object_, sim::AccessKind::lock}, site);
    if (owner_ != nullptr) {
        w.event(sim::EventKind::trylock_failed, object_, owner_->key, 0, site);
        return false;
    }
    w.add_preempt_count(1);
    taken(site, false, true);
    return true;
}

void RawSpinlock::taken(const Site& site, bool nested, bool tried) {
    sim::World& w = sim::world();
    owner_ = &w.current();
    if (owner_->key < held_by_key.size()) ++held_by_key[owner_->key];
    order_.taken();
    w.event(sim::EventKind::lock, object_, 0, 0, site);
    if (lock_hooks.acquired != nullptr) lock_hooks.acquired(*this, nested, tried, site);
}

void RawSpinlock::unlock(const Site& site) {
    sim::World& w = sim::world();
    w.point({object_, sim::AccessKind::unlock}, site);
    if (owner_ != &w.current())
        w.fail(Verdict::lock_misuse, "releases a spinlock that it does not hold", site);
    if (owner_->key < held_by_key.size()) --held_by_key[owner_->key];
    owner_ = nullptr;
    order_.released();
    w.event(sim::EventKind::unlock, object_, 0, 0, site);
    for (unsigned half = 0; half < waiters_.size(); ++half) {
        for (std::uint64_t rest = waiters_[half]; rest != 0; rest &= rest - 1) {
            const unsigned key = half * 64 + static_cast<unsigned>(std::countr_zero(rest));
            w.unblock(w.context(static_cast<sim::ContextKey>(key)));
        }
        waiters_[half] = 0;
    }
    w.add_preempt_count(-1);
    if (lock_hooks.released != nullptr) lock_hooks.released(*this, site);
}

}  // namespace rcufuzz::kernel
