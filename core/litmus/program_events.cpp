// SPDX-License-Identifier: GPL-2.0-or-later
//
// The events of all processes with the relations that their own code makes: linux-kernel.bell, and
// of linux-kernel.cat the fences.
#include "core/litmus/axioms.h"

namespace rcufuzz::litmus {

namespace {

// How many events, with which relations over them.
unsigned total(std::span<const Trace* const> traces) {
    std::size_t events = 0;
    for (const Trace* const trace : traces) events += trace->events.size();
    return static_cast<unsigned>(events);
}

template <typename Set>
Set below(unsigned event) {
    return event >= sizeof(Set) * 8 ? ~Set{0} : (Set{1} << event) - 1;
}

}  // namespace

template <typename Set>
Program<Set>::Program(std::span<const Trace* const> traces)
    : count(total(traces)),
      po(count),
      internal(count),
      same_location(count),
      data(count),
      addr(count),
      ctrl(count),
      rmw(count),
      strong(count),
      release(count),
      acquire(count),
      wmb(count),
      rmb(count),
      after_unlock_lock(count),
      rmb_then_any(count),
      any_then_rmb(count),
      barrier(count),
      rcu_rscs(count) {
    std::vector<Index> locations;
    unsigned first = 0;
    for (const Trace* const trace : traces) {
        add(*trace, first);
        for (const Event& event : trace->events) locations.push_back(event.location);
        first += static_cast<unsigned>(trace->events.size());
    }
    for (unsigned a = 0; a < count; ++a)
        for (unsigned b = 0; b < count; ++b)
            if (locations[a] != none && locations[a] == locations[b]) same_location.add(a, b);
}

template <typename Set>
void Program<Set>::add(const Trace& trace, unsigned first) {
    const auto last = first + static_cast<unsigned>(trace.events.size());
    const Set own = below<Set>(last) & ~below<Set>(first);
    for (unsigned i = first; i < last; ++i) {
        const Event& event = trace.events[i - first];
        const Set bit = R::bit(i);
        internal.row[i] = own;
        po.row[i] = own & ~below<Set>(i + 1);
        if (event.kind == Event::Kind::read) reads |= bit;
        if (event.kind == Event::Kind::write) writes |= bit;
        if (event.kind == Event::Kind::sync_rcu) sync_rcu |= bit;
        if (event.kind == Event::Kind::sync_srcu) sync_srcu |= bit;
        if (!event.is(Event::plain)) marked |= bit;
        if (event.is(Event::noreturn)) noreturn |= bit;
        if (event.is(Event::unlock)) unlocks |= bit;
        if (event.is(Event::lock_read)) lock_reads |= bit;
        if (event.is(Event::srcu_lock)) srcu_locks |= bit;
        if (event.is(Event::srcu_unlock)) srcu_unlocks |= bit;
        if (event.follows_read) rmw.add(i - 1, i);
        for (unsigned from = first; from < i; ++from) {
            const Some load = Some{1} << (from - first);
            if ((event.data & load) != 0) data.add(from, i);
            if ((event.addr & load) != 0) addr.add(from, i);
            if ((event.ctrl & load) != 0) ctrl.add(from, i);
        }
    }
    memory = reads | writes;
    for (unsigned i = first; i < last; ++i) {
        const Event& event = trace.events[i - first];
        const Set before = own & below<Set>(i);
        const Set after = own & ~below<Set>(i + 1);
        if (event.is(Event::acquire)) acquire.row[i] |= after & memory;
        if (event.is(Event::release)) release |= product<Set>(count, before & memory, R::bit(i));
        if (event.kind == Event::Kind::sync_rcu || event.kind == Event::Kind::sync_srcu)
            strong |= product<Set>(count, before, after | R::bit(i));
        const bool compiler = !event.is_memory() || event.is(Event::srcu_lock) ||
                              event.is(Event::srcu_unlock) || event.is(Event::acquire) ||
                              event.is(Event::release);
        if (!compiler) continue;
        barrier |= product<Set>(count, before, after);
        if (event.is(Event::release)) barrier |= product<Set>(count, before, R::bit(i));
        if (event.is(Event::acquire)) barrier |= product<Set>(count, R::bit(i), after);
    }
    for (const Cut& cut : trace.cuts) add_cut(trace, first, cut);
    add_sections(trace, first);
}

// smp_mb__before_atomic() and those like it reach to, or from, an operation of their kind.
template <typename Set>
void Program<Set>::add_cut(const Trace& trace, unsigned first, const Cut& cut) {
    const auto last = first + static_cast<unsigned>(trace.events.size());
    const Set own = below<Set>(last) & ~below<Set>(first);
    const Set before = own & below<Set>(first + cut.at);
    const Set after = own & ~before;
    const auto each = [&](Set among, Event::Mark mark, auto act) {
        for (unsigned i = first; i < last; ++i)
            if ((among >> i & 1u) != 0 && trace.events[i - first].is(mark)) act(i);
    };
    const auto reach_back = [&](Event::Mark mark) {
        each(before, mark, [&](unsigned i) {
            strong |= product<Set>(count, own & below<Set>(i + 1) & memory, after & memory);
        });
    };
    const Set loads = reads & ~noreturn;
    if (cut.barrier != Op::after_spinlock && cut.barrier != Op::after_unlock_lock &&
        cut.barrier != Op::after_srcu_read_unlock)
        barrier |= product<Set>(count, before, after);
    switch (cut.barrier) {
        case Op::smp_mb:
            strong |= product<Set>(count, before & memory, after & memory);
            return;
        case Op::smp_wmb:
            wmb |= product<Set>(count, before & writes, after & writes);
            return;
        case Op::smp_rmb:
            rmb |= product<Set>(count, before & loads, after & loads);
            rmb_then_any |= product<Set>(count, before & loads, after & ~noreturn);
            any_then_rmb |= product<Set>(count, before & ~noreturn, after & loads);
            return;
        case Op::before_atomic:
            each(after, Event::rmw, [&](unsigned i) {
                strong |= product<Set>(count, before & memory, own & ~below<Set>(i) & memory);
            });
            return;
        case Op::after_atomic:
            return reach_back(Event::rmw);
        case Op::after_spinlock:
            return reach_back(Event::lock_write);
        case Op::after_srcu_read_unlock:
            return reach_back(Event::srcu_unlock);
        case Op::after_unlock_lock:
            each(before, Event::lock_read,
                 [&](unsigned i) { after_unlock_lock.row[i] |= after & memory; });
            return;
        default:
            return;
    }
}

template <typename Set>
void Program<Set>::add_sections(const Trace& trace, unsigned first) {
    std::vector<unsigned> open;
    for (unsigned i = 0; i < trace.events.size(); ++i) {
        const Event::Kind kind = trace.events[i].kind;
        if (kind == Event::Kind::rcu_lock) open.push_back(first + i);
        if (kind != Event::Kind::rcu_unlock) continue;
        if (open.empty()) {
            unmatched_rcu |= R::bit(first + i);
            continue;
        }
        rcu_rscs.add(open.back(), first + i);
        open.pop_back();
    }
    for (const unsigned i : open) unmatched_rcu |= R::bit(i);
}

template struct Program<std::uint64_t>;
template struct Program<Wide>;

}  // namespace rcufuzz::litmus
