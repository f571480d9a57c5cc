// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/oracle/lock_order.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "core/kernel/spinlock.h"
#include "core/kernel/timer.h"
#include "core/sim/run_state.h"

namespace rcufuzz::oracle {

namespace {

using kernel::LockClass;
using kernel::max_lock_classes;
using kernel::RawSpinlock;
using sim::Site;

constexpr unsigned max_held = 128;

// A lock; or a timer, as lockdep sees them: its handler holds it, and del_timer_sync() takes it.
struct Held {
    const void* object = nullptr;
    std::uint64_t key = 0;  // of the context that holds it
    std::uint64_t name = 0;
    std::uint64_t order_class = 0;  // index into State::before
};

// Timers with one handler are of one class; these come after the classes of locks.
constexpr unsigned max_timer_classes = 16;
constexpr unsigned max_classes = max_lock_classes + max_timer_classes;

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
    void add(const Held& held) {
        const auto key = static_cast<sim::ContextKey>(held.key);
        CHECK(count_ < max_held);
        const std::size_t place = end_below(key + 1u);
        std::copy_backward(held_.begin() + place, held_.begin() + count_,
                           held_.begin() + count_ + 1);
        held_[place] = held;
        ++count_;
    }
    void remove(sim::ContextKey key, const void* object) {
        for (std::size_t i = end_below(key + 1u); i-- > end_below(key);) {
            if (held_[i].object != object) continue;
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

struct Seen {
    std::array<std::uint64_t, max_classes> before{};  // bit c: taken while holding this class
    std::array<kernel::TimerFn, max_timer_classes> timer_classes{};
    std::array<Usage, max_lock_classes> usage{};
};

HeldLocks held_locks;
Seen seen;

std::span<const std::byte> piece_of_state(unsigned piece) {
    if (piece == 0) return std::as_bytes(std::span(&seen, 1));
    if (piece == 1) return std::as_bytes(std::span(&held_locks.count(), 1));
    if (piece == 2) return std::as_bytes(held_locks.all());
    return {};
}

std::string object_name(std::uint64_t id) {
    const sim::ObjectName& name = sim::world().names().of(static_cast<sim::ObjectId>(id));
    return name.index < 0 ? name.text : name.text + ("[" + std::to_string(name.index) + "]");
}
std::string lock_name(const RawSpinlock& lock) { return object_name(lock.object()); }

bool is_timer(const Held& held) { return held.order_class >= max_lock_classes; }

Held as_held(const RawSpinlock& lock) {
    return {&lock, sim::world().current().key, lock.object(), lock.lock_class()};
}

// A handler that comes when all classes are used up shares the last one with others: none does.
Held as_held(const kernel::TimerList& timer) {
    unsigned number = 0;
    while (seen.timer_classes[number] != nullptr && seen.timer_classes[number] != timer.fn &&
           number + 1 < max_timer_classes)
        ++number;
    CHECK(seen.timer_classes[number] == nullptr || seen.timer_classes[number] == timer.fn);
    seen.timer_classes[number] = timer.fn;
    return {&timer, sim::world().current().key, timer.object, max_lock_classes + number};
}

std::string both_orders(const Held& outer, const Held& taken) {
    if (is_timer(taken))
        return "del_timer_sync() waits for the handler of " + object_name(taken.name) + " with " +
               object_name(outer.name) + " held, which such a handler takes";
    if (is_timer(outer))
        return "the handler of " + object_name(outer.name) + " takes " + object_name(taken.name) +
               ", with which held del_timer_sync() waits for such a handler";
    return object_name(outer.name) + " and " + object_name(taken.name) +
           " are taken in both orders";
}

std::string same_class(const Held& outer, const Held& taken) {
    if (is_timer(taken))
        return "del_timer_sync() waits for the handler of " + object_name(taken.name) + " in it";
    return object_name(taken.name) + " is taken while " + object_name(outer.name) +
           " of the same class is held";
}

void check_order(std::span<const Held> already, const Held& taken, bool nested, const Site& site) {
    for (const Held& outer : already) {
        if (outer.order_class == taken.order_class) {
            if (!nested) sim::world().fail(Verdict::lock_misuse, same_class(outer, taken), site);
            continue;
        }
        if (((seen.before[taken.order_class] >> outer.order_class) & 1u) != 0)
            sim::world().fail(Verdict::lock_misuse, both_orders(outer, taken), site);
        seen.before[outer.order_class] |= std::uint64_t{1} << taken.order_class;
    }
}

// A trylock in an interrupt cannot wait; but an interrupt can wait for a lock that was tried.
void note_wait(const RawSpinlock& lock) {
    Usage& usage = seen.usage[lock.lock_class()];
    if (kernel::in_hardirq()) usage.in_hardirq = true;
    if (kernel::in_serving_softirq()) usage.in_softirq = true;
}

// Asked when a lock is taken, and again when it is released: interrupts may have been enabled in
// between.
void check_usage(const RawSpinlock& lock, const Site& site) {
    sim::World& w = sim::world();
    Usage& usage = seen.usage[lock.lock_class()];
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
    const Held taken = as_held(lock);
    const std::span<const Held> already = held_locks.of(w.current().key);
    if (!tried) check_order(already, taken, nested, site);  // a trylock cannot wait
    if (!tried) note_wait(lock);
    check_usage(lock, site);
    held_locks.add(taken);
}

void released(const RawSpinlock& lock, const Site& site) {
    sim::World& w = sim::world();
    if (!w.in_context()) return;
    check_usage(lock, site);
    held_locks.remove(w.current().key, &lock);
}

// --- timers: what lockdep's lockdep_map of a timer is for ---------------------------------------

void handler_begins(const kernel::TimerList& timer, const Site&) {
    held_locks.add(as_held(timer));
}

void handler_ends(const kernel::TimerList& timer, const Site&) {
    held_locks.remove(sim::world().current().key, &timer);
}

// It need not be running: that it may be is enough.
void waits_for_handler(const kernel::TimerList& timer, const Site& site) {
    sim::World& w = sim::world();
    if (!w.in_context()) return;
    check_order(held_locks.of(w.current().key), as_held(timer), false, site);
}

}  // namespace

void begin_lock_order() {
    held_locks.clear();
    seen.before.fill(0);
    seen.usage.fill({});
    seen.timer_classes.fill(nullptr);
    sim::run_state.add(piece_of_state);
    kernel::lock_hooks = {acquired, released};
    kernel::timer_hooks = {handler_begins, handler_ends, waits_for_handler};
}

}  // namespace rcufuzz::oracle
