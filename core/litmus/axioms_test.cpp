// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/axioms_test.h"

#include <algorithm>
#include <stdexcept>

#include "core/litmus/relation_test.h"

namespace rcufuzz::litmus::test {

namespace {

struct Event {
    enum class Kind : std::uint8_t { read, write, fence };
    Kind kind = Kind::fence;
    int thread = -1;  // -1: an initial write
    int location = -1;
    int value = 0;  // written; added, where `adds`
    bool adds = false;
    int reg = -1;  // read into
};

// A program as events, with all that does not depend on who reads from whom.
struct Program {
    std::vector<Event> events;
    Set reads = 0, writes = 0, initial = 0;
    Set acquire = 0, release = 0, noreturn = 0, rmw_events = 0;
    Set mb = 0, rmb = 0, wmb = 0, before_atomic = 0, after_atomic = 0, after_spinlock = 0;
    Set after_unlock_lock = 0, sync_rcu = 0;
    Set lock_reads = 0, lock_writes = 0, unlocks = 0;
    Relation po, rmw, data, addr, rcu_rscs, same_location, internal;
    std::vector<std::vector<unsigned>> writes_to;  // by location; the initial one first
    int locations = 0;                             // locks come behind the others
};

class Builder {
   public:
    explicit Builder(const Sketch& sketch) : sketch_(sketch) {}

    Program build() {
        p_.locations = sketch_.locations + sketch_.locks;
        p_.writes_to.resize(static_cast<std::size_t>(p_.locations));
        for (int x = 0; x < p_.locations; ++x) p_.initial |= bit(write(-1, x, 0));
        for (std::size_t t = 0; t < sketch_.threads.size(); ++t) thread(static_cast<int>(t));
        relate();
        return p_;
    }

   private:
    static Set bit(unsigned event) { return Set{1} << event; }

    unsigned add(const Event& event) {
        p_.events.push_back(event);
        if (p_.events.size() > max_events) throw std::length_error("too many events");
        const auto number = static_cast<unsigned>(p_.events.size() - 1);
        if (event.kind == Event::Kind::read) p_.reads |= bit(number);
        if (event.kind == Event::Kind::write) {
            p_.writes |= bit(number);
            p_.writes_to[static_cast<std::size_t>(event.location)].push_back(number);
        }
        return number;
    }
    unsigned write(int t, int x, int value) {
        return add({Event::Kind::write, t, x, value, false, -1});
    }
    unsigned read(int t, int x) {
        last_read_ = add({Event::Kind::read, t, x, 0, false, registers_++});
        return last_read_;
    }
    unsigned fence(int t) { return add({Event::Kind::fence, t, -1, 0, false, -1}); }

    void xchg(int t, const Step& step) {
        const bool full = step.what == Do::xchg;
        if (full) p_.mb |= bit(fence(t));
        const unsigned r = read(t, step.location);
        const unsigned w = write(t, step.location, step.value);
        p_.rmw.add(r, w);
        p_.rmw_events |= bit(r) | bit(w);
        if (step.what == Do::xchg_acquire) p_.acquire |= bit(r);
        if (step.what == Do::xchg_release) p_.release |= bit(w);
        if (full) p_.mb |= bit(fence(t));
    }

    void atomic_add(int t, const Step& step) {
        const unsigned r = add({Event::Kind::read, t, step.location, 0, false, -1});
        const unsigned w = add({Event::Kind::write, t, step.location, step.value, true, -1});
        p_.rmw.add(r, w);
        p_.data.add(r, w);
        p_.rmw_events |= bit(r) | bit(w);
        p_.noreturn |= bit(r);
    }

    void lock(int t, int x) {
        const unsigned r = add({Event::Kind::read, t, x, 0, false, -1});
        const unsigned w = write(t, x, 1);
        p_.rmw.add(r, w);
        p_.acquire |= bit(r);
        p_.lock_reads |= bit(r);
        p_.lock_writes |= bit(w);
    }

    void barrier(int t, const Step& s) {
        switch (s.what) {
            case Do::mb:
                p_.mb |= bit(fence(t));
                return;
            case Do::rmb:
                p_.rmb |= bit(fence(t));
                return;
            case Do::wmb:
                p_.wmb |= bit(fence(t));
                return;
            case Do::before_atomic:
                p_.before_atomic |= bit(fence(t));
                return;
            case Do::after_atomic:
                p_.after_atomic |= bit(fence(t));
                return;
            case Do::after_spinlock:
                p_.after_spinlock |= bit(fence(t));
                return;
            case Do::after_unlock_lock:
                p_.after_unlock_lock |= bit(fence(t));
                return;
            case Do::lock:
                lock(t, sketch_.locations + s.location);
                return;
            case Do::unlock: {
                const unsigned w = write(t, sketch_.locations + s.location, 0);
                p_.unlocks |= bit(w);
                p_.release |= bit(w);
                return;
            }
            case Do::rcu_lock:
                reader_ = fence(t);
                return;
            case Do::rcu_unlock:
                p_.rcu_rscs.add(reader_, fence(t));
                return;
            case Do::sync_rcu:
                p_.sync_rcu |= bit(fence(t));
                return;
            default:
                return;
        }
    }

    void step(int t, const Step& s) {
        switch (s.what) {
            case Do::load:
                read(t, s.location);
                return;
            case Do::load_acquire:
                p_.acquire |= bit(read(t, s.location));
                return;
            case Do::store:
                write(t, s.location, s.value);
                return;
            case Do::store_release:
                p_.release |= bit(write(t, s.location, s.value));
                return;
            case Do::store_data: {
                const unsigned from = last_read_;
                p_.data.add(from, write(t, s.location, s.value));
                return;
            }
            case Do::load_address: {
                const unsigned from = last_read_;
                p_.addr.add(from, read(t, s.location));
                return;
            }
            case Do::xchg:
            case Do::xchg_relaxed:
            case Do::xchg_acquire:
            case Do::xchg_release:
                xchg(t, s);
                return;
            case Do::atomic_add:
                atomic_add(t, s);
                return;
            default:
                barrier(t, s);
                return;
        }
    }

    void thread(int t) {
        registers_ = 0;
        for (const Step& s : sketch_.threads[static_cast<std::size_t>(t)]) step(t, s);
    }

    void relate() {
        const auto count = static_cast<unsigned>(p_.events.size());
        for (unsigned a = 0; a < count; ++a) {
            for (unsigned b = 0; b < count; ++b) {
                const Event& ea = p_.events[a];
                const Event& eb = p_.events[b];
                if (ea.thread == eb.thread && ea.thread >= 0) {
                    p_.internal.add(a, b);
                    if (a < b) p_.po.add(a, b);
                }
                if (ea.location >= 0 && ea.location == eb.location) p_.same_location.add(a, b);
            }
        }
    }

    const Sketch& sketch_;
    Program p_;
    int registers_ = 0;
    unsigned last_read_ = 0;
    unsigned reader_ = 0;
};

// --- the .cat file ------------------------------------------------------------------------------

// One candidate: who reads from whom, and the order of the writes to each location.
bool consistent(const Program& p, const Relation& rf, const Relation& co, Axioms axioms) {
    const Set m_set = p.reads | p.writes;
    const Relation m = id(m_set);
    const Relation& po = p.po;
    const Relation ext = by_row([&](unsigned i) { return ~p.internal.row[i]; });
    const Relation fr = (inverse(rf) * co) - id(~Set{0});
    const Relation rfe = rf & ext;
    const Relation rfi = rf & p.internal;
    if (!acyclic((po & p.same_location) | rf | co | fr)) return false;
    if (!empty(p.rmw & ((fr & ext) * (co & ext)))) return false;

    const auto fencerel = [&](Set fences) { return po * id(fences) * po; };
    const Relation acq_po = id(p.acquire) * po * m;
    const Relation po_rel = m * po * id(p.release);
    const Relation po_unlock_lock_po = po * id(p.unlocks) * (po | rf) * id(p.lock_reads) * po;
    const Relation r4rmb = id(p.reads & ~p.noreturn);
    const Relation rmb = r4rmb * fencerel(p.rmb) * r4rmb;
    const Relation wmb = id(p.writes) * fencerel(p.wmb) * id(p.writes);
    const Relation rmw_set = id(p.rmw_events);
    const Relation mb = (m * fencerel(p.mb) * m) |
                        (m * fencerel(p.before_atomic) * rmw_set * opt(po) * m) |
                        (m * opt(po) * rmw_set * fencerel(p.after_atomic) * m) |
                        (m * opt(po) * id(p.lock_writes) * fencerel(p.after_spinlock) * m) |
                        (m * po_unlock_lock_po * id(p.after_unlock_lock) * po * m);
    const Relation gp = po * id(p.sync_rcu) * opt(po);
    Relation strong_fence = mb | gp;
    Relation fence = strong_fence | po_rel | acq_po | wmb | rmb;

    const Relation overwrite = co | fr;
    const Relation dep = p.addr | p.data;
    Relation to_w = (dep * id(p.writes)) | (overwrite & p.internal);
    if (axioms == Axioms::kernel_loads_first) to_w = to_w | (id(p.reads) * po * id(p.writes));
    const Relation to_r = (p.addr * id(p.reads)) | (dep * rfi);
    const Relation ppo = to_r | to_w | (fence & p.internal) | (po_unlock_lock_po & p.internal);
    const auto cumul = [&](const Relation& r) { return opt(rfe) * r; };
    const Relation rmw_sequence = star(rf * p.rmw);
    const Relation cumul_fence =
        (cumul(strong_fence | po_rel) | wmb | po_unlock_lock_po) * rmw_sequence;
    const Relation prop = opt(overwrite & ext) * star(cumul_fence) * opt(rfe);
    const Relation hb = ppo | rfe | ((prop - id(~Set{0})) & p.internal);
    if (!acyclic(hb)) return false;
    const Relation pb = prop * strong_fence * star(hb);
    if (!acyclic(pb)) return false;

    const Relation rcu_gp = id(p.sync_rcu);
    const Relation rscsi = inverse(p.rcu_rscs);
    const Relation link = opt(po) * star(hb) * star(pb) * prop * po;
    Relation order = rcu_gp;
    for (;;) {
        const Relation next = order | (rcu_gp * link * rscsi) | (rscsi * link * rcu_gp) |
                              (rcu_gp * link * order * link * rscsi) |
                              (rscsi * link * order * link * rcu_gp) | (order * link * order);
        if (next == order) break;
        order = next;
    }
    const Relation rcu_fence = po * order * opt(po);
    return irreflexive(prop * rcu_fence * star(hb) * star(pb));
}

// --- all candidates -----------------------------------------------------------------------------

class Candidates {
   public:
    Candidates(const Sketch& sketch, Axioms axioms)
        : sketch_(sketch), axioms_(axioms), p_(Builder(sketch).build()) {
        for (unsigned e = 0; e < p_.events.size(); ++e)
            if ((p_.reads >> e & 1u) != 0) reads_.push_back(e);
        source_.resize(p_.events.size(), 0);
        order_ = p_.writes_to;
    }

    States all() {
        pick_order(0);
        return states_;
    }

   private:
    void pick_order(std::size_t location) {
        if (location == order_.size()) {
            pick_source(0);
            return;
        }
        auto& order = order_[location];
        std::sort(order.begin() + 1, order.end());
        do {
            if (is_lock_order(order)) pick_order(location + 1);
        } while (std::next_permutation(order.begin() + 1, order.end()));
    }

    // A lock is taken and given back by one thread before the next one takes it.
    bool is_lock_order(const std::vector<unsigned>& order) const {
        if (p_.events[order[0]].location < sketch_.locations) return true;
        for (std::size_t i = 1; i + 1 < order.size(); i += 2) {
            const bool locks = (p_.lock_writes >> order[i] & 1u) != 0;
            if (!locks || (p_.unlocks >> order[i + 1] & 1u) == 0) return false;
            if (p_.events[order[i]].thread != p_.events[order[i + 1]].thread) return false;
        }
        return true;
    }

    void pick_source(std::size_t at) {
        if (at == reads_.size()) {
            judge();
            return;
        }
        const unsigned read = reads_[at];
        for (const unsigned write :
             p_.writes_to[static_cast<std::size_t>(p_.events[read].location)]) {
            if ((p_.lock_reads >> read & 1u) != 0 && (p_.unlocks >> write & 1u) == 0 &&
                (p_.initial >> write & 1u) == 0)
                continue;
            source_[read] = write;
            pick_source(at + 1);
        }
    }

    // -1: depends on itself.
    int value_of(unsigned write, unsigned depth = 0) const {
        const Event& event = p_.events[write];
        if (!event.adds) return event.value;
        if (depth > p_.events.size()) return -1;
        const int old = value_of(source_[write - 1], depth + 1);
        return old < 0 ? -1 : old + event.value;
    }

    void judge() {
        Relation rf;
        Relation co;
        for (const unsigned read : reads_) rf.add(source_[read], read);
        for (const auto& order : order_)
            for (std::size_t i = 0; i < order.size(); ++i)
                for (std::size_t j = i + 1; j < order.size(); ++j) co.add(order[i], order[j]);
        if (!consistent(p_, rf, co, axioms_)) return;
        std::string state;
        for (const unsigned read : reads_) {
            const Event& event = p_.events[read];
            if (event.reg < 0) continue;
            state += (state.empty() ? "" : " ") + std::to_string(event.thread) + ":r" +
                     std::to_string(event.reg) + "=" + std::to_string(value_of(source_[read])) +
                     ";";
        }
        for (int x = 0; x < sketch_.locations; ++x) {
            const auto& order = order_[static_cast<std::size_t>(x)];
            state += (state.empty() ? "" : " ") + std::string("x") + std::to_string(x) + "=" +
                     std::to_string(value_of(order.back())) + ";";
        }
        states_.insert(state);
    }

    const Sketch& sketch_;
    Axioms axioms_;
    Program p_;
    std::vector<unsigned> reads_;
    std::vector<unsigned> source_;
    std::vector<std::vector<unsigned>> order_;
    States states_;
};

}  // namespace

double candidate_count(const Sketch& sketch) try {
    const Program p = Builder(sketch).build();
    double count = 1;
    for (const auto& writes : p.writes_to)
        for (std::size_t i = 2; i < writes.size(); ++i) count *= static_cast<double>(i);
    for (unsigned e = 0; e < p.events.size(); ++e) {
        if ((p.reads >> e & 1u) != 0)
            count *= static_cast<double>(
                p.writes_to[static_cast<std::size_t>(p.events[e].location)].size());
    }
    return count;
} catch (const std::length_error&) {
    return 0;
}

States allowed(const Sketch& sketch, Axioms axioms) { return Candidates(sketch, axioms).all(); }

}  // namespace rcufuzz::litmus::test
