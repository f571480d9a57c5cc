// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/axioms.h"

namespace rcufuzz::litmus {

namespace {

template <typename Set>
class Axioms {
   public:
    using R = Relation<Set>;

    Axioms(const Program<Set>& program, const Links<Set>& links)
        : p_(program), rf_(links.rf), co_(links.co), fr_(links.fr) {
        rfe_ = rf_ - p_.internal;
        rfi_ = rf_ & p_.internal;
        overwrite_ = co_ | fr_;
        fences();
        dependencies();
        propagation();
        hb_ = marked(ppo_ | rfe_ | ((prop_ - identity(p_.count, all())) & p_.internal));
    }

    bool happens_before() {
        const R closed = plus(hb_);
        if (!closed.irreflexive()) return false;
        hb_star_ = opt(closed);
        return true;
    }

    // Each link of these cycles but rf needs a strong fence.
    bool propagates() {
        pb_ = into(prop_ * strong_ * hb_star_, p_.marked);
        const R closed = plus(pb_);
        if (!closed.irreflexive()) return false;
        pb_star_ = opt(closed);
        return true;
    }

    // Grace periods outlast the sections that they find.
    bool rcu() {
        rb_ = R(p_.count);
        if ((p_.sync_rcu | p_.sync_srcu) == 0) return true;
        const R rcu_fence = p_.po * rcu_order() * opt(p_.po);
        rb_ = into(prop_ * rcu_fence * hb_star_ * pb_star_, p_.marked);
        fence_ |= rcu_fence;
        strong_ |= rcu_fence;
        return rb_.irreflexive();
    }

    bool has_plain() const { return (p_.memory & ~p_.marked) != 0; }

    // Plain accesses are held to coherence only where something orders them, and race elsewhere.
    bool plain_coherence(Flags* flags);
    void find_flags(Flags& flags) const;

   private:
    Set all() const { return ~Set{0}; }
    Set plain() const { return p_.memory & ~p_.marked; }
    R marked(R r) const { return into(from(p_.marked, std::move(r)), p_.marked); }

    void fences() {
        strong_ = p_.strong;
        if (p_.unlocks != 0 && p_.lock_reads != 0) {
            const R handed_over = into(p_.po, p_.unlocks) * into(p_.po | rf_, p_.lock_reads);
            po_unlock_lock_po_ = handed_over * p_.po;
            strong_ |= from(p_.memory, handed_over) * p_.after_unlock_lock;
        } else {
            po_unlock_lock_po_ = R(p_.count);
        }
        nonrw_fence_ = strong_ | p_.release | p_.acquire;
        fence_ = nonrw_fence_ | p_.wmb | p_.rmb;
    }

    void dependencies() {
        // Dependencies go on through a store and a load of the same process.
        const R carry = star(into(p_.data, ~p_.srcu_unlocks) * rfi_);
        addr_ = carry * p_.addr;
        const R data = carry * p_.data;
        const R dep = addr_ | data;
        const R to_w = into(dep | (carry * p_.ctrl), p_.writes) | (overwrite_ & p_.internal) |
                       (into(addr_, plain()) * p_.wmb);
        const R to_r = into(addr_, p_.reads) | (into(dep, p_.marked) * rfi_);
        ppo_ = to_r | to_w | ((fence_ | po_unlock_lock_po_) & p_.internal);
        values_ = p_.addr | p_.data | rf_;
    }

    void propagation() {
        const R rfe_marked = into(rfe_, p_.marked);
        const R before = strong_ | p_.release;
        const R once = before | (rfe_marked * before) | p_.wmb | po_unlock_lock_po_;
        rmw_sequence_ = star(rf_ * p_.rmw);
        const R cumul_fence = marked(once) * rmw_sequence_;
        cumul_star_ = star(cumul_fence);
        const R overwritten = from(p_.marked, opt(overwrite_ - p_.internal));
        prop_ = into(overwritten * cumul_star_, p_.marked) * opt(rfe_);
        prop_ = into(std::move(prop_), p_.marked);
    }

    R rcu_order() const {
        const R gp = identity(p_.count, p_.sync_rcu);
        const R srcu_gp = identity(p_.count, p_.sync_srcu);
        const R section = inverse(p_.rcu_rscs);
        const R srcu_section = inverse(srcu_rscs());
        const R link = opt(p_.po) * hb_star_ * pb_star_ * prop_ * p_.po;
        const R& loc = p_.same_location;
        R order = gp | srcu_gp;
        for (;;) {
            const R inner = link | (link * order * link);
            const R next = order | (gp * inner * section) | (section * inner * gp) |
                           ((srcu_gp * inner * srcu_section) & loc) |
                           ((srcu_section * inner * srcu_gp) & loc) | (order * link * order);
            if (next == order) return order;
            order = next;
        }
    }

    // A section ends where the value that it began with is stored, on whatever way it got there.
    R srcu_rscs() const {
        const R carry = star(into(p_.data, ~p_.srcu_unlocks) * rf_);
        return into(from(p_.srcu_locks, carry * p_.data), p_.srcu_unlocks) & p_.same_location;
    }

   public:
    // A value that comes out of nothing but itself is none.
    bool values_have_origins() const { return acyclic(values_); }

   private:
    const Program<Set>& p_;
    const R &rf_, &co_, &fr_;
    R rfe_, rfi_, overwrite_, strong_, nonrw_fence_, fence_, po_unlock_lock_po_, addr_, ppo_;
    R values_, rmw_sequence_, cumul_star_, prop_, hb_, hb_star_, pb_, pb_star_, rb_;
};

template <typename Set>
bool Axioms<Set>::plain_coherence(Flags* flags) {
    const R xbstar = star(hb_ | pb_ | rb_);
    const R vis = into(cumul_star_ * opt(rfe_), p_.marked) *
                  ((into(strong_, p_.marked) * xbstar) | (xbstar & p_.internal));
    const R w_pre = from(p_.marked, opt(addr_ | fence_));
    const R r_pre = from(p_.marked, opt(addr_ | nonrw_fence_ | p_.rmb_then_any));
    const R w_post = into(opt(fence_), p_.marked) * rmw_sequence_;
    const R r_post = into(opt(nonrw_fence_ | p_.any_then_rmb), p_.marked);
    const R strongly = strong_ * xbstar;
    const R seen = w_post * vis;
    const R ww_vis = fence_ | (strongly * w_pre) | (seen * w_pre);
    const R wr_vis = fence_ | (strongly * r_pre) | (seen * r_pre);
    const R rw_xbstar = fence_ | (r_post * xbstar * w_pre);

    const R pre_race =
        (product(p_.count, plain(), p_.memory) | product(p_.count, p_.memory, plain())) -
        p_.internal;
    const bool incoherent = !(pre_race & rf_ & inverse(rw_xbstar)).empty() ||
                            !(pre_race & fr_ & inverse(wr_vis)).empty() ||
                            !(pre_race & co_ & inverse(ww_vis)).empty();
    if (incoherent) return false;
    if (flags == nullptr) return true;
    const R marked_write = product(p_.count, p_.marked, p_.writes) | rw_xbstar;
    const R write_marked = product(p_.count, p_.writes, p_.marked) | wr_vis;
    const R ww_race = (pre_race & co_) - (ww_vis & marked_write & write_marked);
    const R wr_race = ((pre_race & (opt(co_) * rf_)) - wr_vis) - inverse(rw_xbstar);
    const R rw_race = (pre_race & fr_) - rw_xbstar;
    flags->data_race |= !ww_race.empty() || !wr_race.empty() || !rw_race.empty();
    return true;
}

template <typename Set>
void Axioms<Set>::find_flags(Flags& flags) const {
    const R unordered = (p_.po & p_.same_location) - p_.barrier;
    const Set plain_writes = plain() & p_.writes;
    flags.mixed_accesses |= !into(from(plain_writes, unordered), p_.marked).empty() ||
                            !into(from(p_.marked, unordered), plain_writes).empty();
    flags.unmatched_rcu |= p_.unmatched_rcu != 0;
    if ((p_.srcu_locks | p_.srcu_unlocks) == 0) return;
    const R sections = srcu_rscs();
    Set begun = 0;
    Set ended = 0;
    for (unsigned i = 0; i < p_.count; ++i) {
        if (sections.row[i] != 0) begun |= sections.bit(i);
        ended |= sections.row[i];
    }
    flags.unmatched_srcu_lock |= (p_.srcu_locks & ~begun) != 0;
    flags.unmatched_srcu_unlock |= (p_.srcu_unlocks & ~ended) != 0;
}

}  // namespace

template <typename Set>
bool may_become_consistent(const Program<Set>& program, const Links<Set>& links) {
    return Axioms<Set>(program, links).happens_before();
}

template <typename Set>
bool consistent(const Program<Set>& program, const Links<Set>& links, Flags* flags) {
    Axioms<Set> axioms(program, links);
    if (!axioms.happens_before() || !axioms.propagates() || !axioms.rcu()) return false;
    if (axioms.has_plain() && !axioms.values_have_origins()) return false;
    if (axioms.has_plain() && !axioms.plain_coherence(flags)) return false;
    if (flags != nullptr) axioms.find_flags(*flags);
    return true;
}

template bool may_become_consistent(const Program<std::uint64_t>&, const Links<std::uint64_t>&);
template bool may_become_consistent(const Program<Wide>&, const Links<Wide>&);
template bool consistent(const Program<std::uint64_t>&, const Links<std::uint64_t>&, Flags*);
template bool consistent(const Program<Wide>&, const Links<Wide>&, Flags*);

}  // namespace rcufuzz::litmus
