// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/oracle/lock_order.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "core/kernel/spinlock.h"
#include "core/sim/run_state.h"

namespace rcufuzz::oracle {

namespace {

using kernel::LockClass;
using kernel::max_lock_classes;
using kernel::RawSpinlock;
using sim::Site;

constexpr unsigned max_held = 128;

struct Held {
    const RawSpinlock* lock = nullptr;
    std::uint64_t key = 0;  // of the context that holds it
};

// What all contexts hold: ordered by context, then by when it was taken.
class HeldLocks {
   public:
    void clear() { count_ = 0; }
    const std::size_t& count() const { return count_; }
    std::span<const Held> all() const { return std::span(held_).first(count_); }
    std::span<const Held> of(sim::ContextKey key) const {
        const std::size_t begin = end_below(key);
        return all().subspan(begin, end_below(key + 1u) - begin);
    }
    void add(sim::ContextKey key, const RawSpinlock& lock) {
        CHECK(count_ < max_held);
        const std::size_t place = end_below(key + 1u);
        std::copy_backward(held_.begin() + place, held_.begin() + count_,
                           held_.begin() + count_ + 1);
        held_[place] = {&lock, key};
        ++count_;
    }
    void remove(sim::ContextKey key, const RawSpinlock& lock) {
        for (std::size_t i = end_below(key + 1u); i-- > end_below(key);) {
            if (held_[i].lock != &lock) continue;
            std::copy(held_.begin() + i + 1, held_.begin() + count_, held_.begin() + i);
            --count_;
            return;
        }
    }

   private:
    std::size_t end_below(std::uint64_t key) const {
        std::size_t end = 0;
        while (end < count_ && held_[end].key < key) ++end;
        return end;
    }

    std::array<Held, max_held> held_{};
    std::size_t count_ = 0;
};

struct Usage {
    bool in_hardirq = false;
    bool in_softirq = false;
    bool with_irqs_on = false;      // where a hardirq could come in
    bool with_softirqs_on = false;  // where a softirq could come in
};

struct State {
    std::array<std::uint32_t, max_lock_classes> before{};  // bit c: taken while holding this class
    std::array<Usage, max_lock_classes> usage{};
};

HeldLocks held_locks;
State state;
const sim::RunState run_state([](unsigned piece) -> std::span<const std::byte> {
    if (piece == 0) return std::as_bytes(std::span(&state, 1));
    if (piece == 1) return std::as_bytes(std::span(&held_locks.count(), 1));
    if (piece == 2) return std::as_bytes(held_locks.all());
    return {};
});

std::string lock_name(const RawSpinlock& lock) {
    const sim::ObjectName& name = sim::world().names().of(lock.object());
    return name.index < 0 ? name.text : name.text + ("[" + std::to_string(name.index) + "]");
}

void check_order(std::span<const Held> already, const RawSpinlock& lock, bool nested,
                 const Site& site) {
    const LockClass taken = lock.lock_class();
    for (const Held& held : already) {
        const LockClass outer = held.lock->lock_class();
        if (outer == taken && !nested)
            sim::world().fail(Verdict::lock_misuse,
                              lock_name(lock) + " is taken while " + lock_name(*held.lock) +
                                  " of the same class is held",
                              site);
        if (outer == taken) continue;
        if (((state.before[taken] >> outer) & 1u) != 0)
            sim::world().fail(
                Verdict::lock_misuse,
                lock_name(*held.lock) + " and " + lock_name(lock) + " are taken in both orders",
                site);
        state.before[outer] |= 1u << taken;
    }
}

// A trylock in an interrupt cannot wait; but an interrupt can wait for a lock that was tried.
void note_wait(const RawSpinlock& lock) {
    Usage& usage = state.usage[lock.lock_class()];
    if (kernel::in_hardirq()) usage.in_hardirq = true;
    if (kernel::in_serving_softirq()) usage.in_softirq = true;
}

// Asked when a lock is taken, and again when it is released: interrupts may have been enabled in
// between.
void check_usage(const RawSpinlock& lock, const Site& site) {
    sim::World& w = sim::world();
    Usage& usage = state.usage[lock.lock_class()];
    const sim::Cpu& cpu = w.this_cpu();
    if (cpu.irqs_on && !kernel::in_hardirq()) {
        usage.with_irqs_on = true;
        if (cpu.bh_count == 0 && kernel::in_task()) usage.with_softirqs_on = true;
    }
    if ((usage.in_hardirq && usage.with_irqs_on) || (usage.in_softirq && usage.with_softirqs_on))
        w.fail(Verdict::lock_misuse,
               lock_name(lock) +
                   "'s class is taken in interrupts, and elsewhere held with them enabled",
               site);
}

void acquired(const RawSpinlock& lock, bool nested, bool tried, const Site& site) {
    sim::World& w = sim::world();
    if (!w.in_context()) return;
    const sim::ContextKey key = w.current().key;
    if (!tried) check_order(held_locks.of(key), lock, nested, site);  // a trylock cannot wait
    if (!tried) note_wait(lock);
    check_usage(lock, site);
    held_locks.add(key, lock);
}

void released(const RawSpinlock& lock, const Site& site) {
    sim::World& w = sim::world();
    if (!w.in_context()) return;
    check_usage(lock, site);
    held_locks.remove(w.current().key, lock);
}

}  // namespace

void begin_lock_order() {
    held_locks.clear();
    state.before.fill(0);
    state.usage.fill({});
    kernel::lock_hooks = {acquired, released};
}

}  // namespace rcufuzz::oracle
