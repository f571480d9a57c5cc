// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/oracle/lock_order.h"

#include <array>
#include <string>

#include "core/kernel/spinlock.h"
#include "core/sim/run_state.h"

namespace rcufuzz::oracle {

namespace {

using kernel::LockClass;
using kernel::max_lock_classes;
using kernel::RawSpinlock;
using sim::Site;

constexpr unsigned max_held = 8;

struct Held {
    std::array<const RawSpinlock*, max_held> locks{};
    unsigned count = 0;
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

std::array<Held, sim::max_cpus * sim::slots_per_cpu> held_by_key{};
const sim::RunState held_state(held_by_key);
State state;
const sim::RunState state_state(state);

std::string lock_name(const RawSpinlock& lock) {
    const sim::ObjectName& name = sim::world().object(lock.object());
    return name.index < 0 ? name.text : name.text + ("[" + std::to_string(name.index) + "]");
}

void check_order(const Held& held, const RawSpinlock& lock, bool nested, const Site& site) {
    const LockClass taken = lock.lock_class();
    for (unsigned i = 0; i < held.count; ++i) {
        const LockClass outer = held.locks[i]->lock_class();
        if (outer == taken && !nested)
            sim::world().fail(Verdict::lock_misuse,
                              lock_name(lock) + " is taken while " + lock_name(*held.locks[i]) +
                                  " of the same class is held",
                              site);
        if (outer == taken) continue;
        if (((state.before[taken] >> outer) & 1u) != 0)
            sim::world().fail(
                Verdict::lock_misuse,
                lock_name(*held.locks[i]) + " and " + lock_name(lock) + " are taken in both orders",
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
    if (w.stopping() || !w.in_context()) return;
    Held& held = held_by_key[w.current().key];
    if (!tried) check_order(held, lock, nested, site);  // a trylock cannot wait
    if (!tried) note_wait(lock);
    check_usage(lock, site);
    CHECK(held.count < max_held);
    held.locks[held.count++] = &lock;
}

void released(const RawSpinlock& lock, const Site& site) {
    sim::World& w = sim::world();
    if (w.stopping() || !w.in_context()) return;
    check_usage(lock, site);
    Held& held = held_by_key[w.current().key];
    for (unsigned i = held.count; i-- > 0;) {
        if (held.locks[i] != &lock) continue;
        for (unsigned j = i + 1; j < held.count; ++j) held.locks[j - 1] = held.locks[j];
        --held.count;
        return;
    }
}

}  // namespace

void begin_lock_order() {
    for (Held& held : held_by_key) held.count = 0;
    state.before.fill(0);
    state.usage.fill({});
    kernel::lock_hooks = {acquired, released};
}

}  // namespace rcufuzz::oracle
