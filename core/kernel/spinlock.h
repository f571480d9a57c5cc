// SPDX-License-Identifier: GPL-2.0-or-later
//
// Raw spinlocks. As in include/linux/spinlock.h, v5.13: taking one disables preemption; the irq
// forms also disable interrupts. Waiters are not queued: whoever is scheduled first gets it.
//
// Misuse is a verdict: unlocking what one does not hold, taking a lock that this CPU already holds
// (a self-deadlock), and, through lock_hooks, whatever core/oracle/lock_order.h objects to.
#pragma once

#include <array>
#include <cstdint>

#include "core/kernel/context.h"

namespace rcufuzz::kernel {

inline constexpr unsigned max_lock_classes = 32;

// Locks of one class play one role ("nocb_lock" of any CPU); the order between classes is checked.
using LockClass = std::uint8_t;

class RawSpinlock {
   public:
    void init(const char* name, int index, LockClass lock_class);

    void lock(const Site& site) { acquire(site, false); }
    IrqFlags lock_irqsave(const Site& site);
    // May be taken while another lock of its class is held: lockdep's SINGLE_DEPTH_NESTING.
    void lock_nested(const Site& site) { acquire(site, true); }
    bool trylock(const Site& site);
    void unlock(const Site& site);

    bool is_locked() const { return owner_ != nullptr; }
    bool held_by_current() const { return owner_ == &sim::world().current(); }
    sim::ObjectId object() const { return object_; }
    LockClass lock_class() const { return class_; }

   private:
    void acquire(const Site& site, bool nested);
    void take(const Site& site, bool nested);
    void wait(const Site& site);
    void taken(const Site& site, bool nested, bool tried);

    sim::Context* owner_ = nullptr;
    std::array<std::uint64_t, 2> waiters_{};  // by context key
    sim::ObjectId object_ = 0;
    LockClass class_ = 0;
    memory::LockOrder order_;
};

// Set by core/oracle; null: nobody listens.
struct LockHooks {
    void (*acquired)(const RawSpinlock& lock, bool nested, bool tried, const Site& site) = nullptr;
    void (*released)(const RawSpinlock& lock, const Site& site) = nullptr;
};
extern LockHooks lock_hooks;

void begin_spinlocks();
unsigned locks_held_by_current();  // by the current context itself

inline void raw_spin_lock(RawSpinlock& lock, const Site& site = Site::current()) {
    lock.lock(site);
}
inline void raw_spin_lock_nested(RawSpinlock& lock, const Site& site = Site::current()) {
    lock.lock_nested(site);
}
inline bool raw_spin_trylock(RawSpinlock& lock, const Site& site = Site::current()) {
    return lock.trylock(site);
}
inline void raw_spin_unlock(RawSpinlock& lock, const Site& site = Site::current()) {
    lock.unlock(site);
}
inline IrqFlags raw_spin_lock_irqsave(RawSpinlock& lock, const Site& site = Site::current()) {
    return lock.lock_irqsave(site);
}
inline void raw_spin_unlock_irqrestore(RawSpinlock& lock, IrqFlags flags,
                                       const Site& site = Site::current()) {
    lock.unlock(site);
    local_irq_restore(flags, site);
}

}  // namespace rcufuzz::kernel
