// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/nocb/callbacks.h"

#include <string>

#include "core/subsystems/nocb/nocb.h"

namespace rcufuzz::nocb {

std::string callback_name(unsigned number) {
    std::string name(1, static_cast<char>('a' + number % 26));
    if (number >= 26) name += std::to_string(number / 26);
    return name;
}

void Callbacks::init() { waiters_.init("callbacks invoked", -1); }

Callback* Callbacks::make(unsigned cpu, unsigned chain) {
    if (count_ == capacity) return nullptr;
    Callback& callback = kernel::allocate<Callback>();
    made_[count_] = &callback;
    callback.number = count_++;
    callback.cpu = cpu;
    callback.chain = chain;
    callback.begun.init();
    callback.returned_for_sure.init();
    callback.finished_for_sure.init();
    return &callback;
}

void Callbacks::posted(Callback& callback, Seq gp_seq) {
    if (memory::weak_memory) gp_seq = nocb().rdp(callback.cpu).mynode->gp_seq.get();
    callback.begun.reach();
    callback.snap = kernel::rcu_seq_snap_of(gp_seq);
    callback.readers = kernel::open_readers();
    ++pending_[callback.cpu];
}

void Callbacks::linked(Callback& callback, Seq gp_seq) {
    if (!memory::weak_memory) callback.snap = kernel::rcu_seq_snap_of(gp_seq);
    callback.order = next_linked_[callback.cpu]++;
    callback.linked = true;
}

void Callbacks::invoked(Callback& callback, Seq gp_seq, const Site& site) {
    const std::string name = "callback " + callback_name(callback.number);
    if (++callback.invoked != 1) kernel::fail(Verdict::callback_twice, name + " runs again", site);
    if (kernel::still_open(callback.readers))
        kernel::fail(Verdict::callback_too_early,
                     name + " runs while a reader that was there when it was posted is inside",
                     site);
    if (!kernel::rcu_seq_done_at(gp_seq, callback.snap))
        kernel::fail(Verdict::callback_too_early,
                     name + " runs before a full grace period has passed", site);
    if (!callback.begun.certain_here())
        kernel::fail(Verdict::wrong_data,
                     name + " runs, and need not see what came before its call_rcu()", site);
    if (!unordered_[callback.cpu] && callback.order != next_invoked_[callback.cpu])
        kernel::fail(
            Verdict::order_violated,
            name + " runs before an earlier callback of cpu" + std::to_string(callback.cpu), site);
    ++next_invoked_[callback.cpu];
    if (--pending_[callback.cpu] == 0) swake_up_all(waiters_);
}

void Callbacks::returned(Callback& callback) {
    callback.returned_for_sure.reach();
    callback.returned = true;
}

void Callbacks::finished(Callback& callback) {
    callback.finished_for_sure.reach();
    callback.finished = true;
}

Callbacks::Set Callbacks::posted_so_far() const {
    Set set;
    for (unsigned i = 0; i < count_; ++i)
        set[i] = made_[i]->returned_for_sure.certain_here() && !made_[i]->finished;
    return set;
}

void Callbacks::barrier_returned(const Set& waited_for, const Site& site) const {
    for (unsigned i = 0; i < count_; ++i)
        if (waited_for[i] && !made_[i]->finished)
            kernel::fail(Verdict::barrier_too_short,
                         {"rcu_barrier() returns, but callback " + callback_name(i) + " of cpu" +
                              std::to_string(made_[i]->cpu) + ", posted before it, has not run",
                          nocb().rdp(made_[i]->cpu).barrier_look},
                         site);
    for (unsigned i = 0; i < count_; ++i)
        if (waited_for[i] && !made_[i]->finished_for_sure.certain_here())
            kernel::fail(Verdict::barrier_too_short,
                         {"rcu_barrier() returns, and its caller need not see what callback " +
                              callback_name(i) + " of cpu" + std::to_string(made_[i]->cpu) +
                              ", posted before it, has done",
                          "not_seen"},
                         site);
}

void Callbacks::await_cpu(unsigned cpu) {
    kernel::swait_event_idle_exclusive(waiters_, [this, cpu] { return pending_[cpu] == 0; });
}

}  // namespace rcufuzz::nocb
