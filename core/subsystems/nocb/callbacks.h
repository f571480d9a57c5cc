// SPDX-License-Identifier: GPL-2.0-or-later
//
// The callbacks that a workload posts, and the oracles that watch each of them: it runs once, not
// before its grace period, in order, and is not left behind (I2, I8, I9 of the specification).
#pragma once

#include <array>
#include <bitset>

#include "core/kernel/gp.h"
#include "core/subsystems/nocb/rcu_cblist.h"

namespace rcufuzz::nocb {

struct Callback : RcuHead {
    unsigned number = 0;  // in order of posting; told as "a", "b", ...
    unsigned cpu = 0;
    unsigned chain = 0;  // how many more callbacks this one posts when it runs
    unsigned order = 0;  // place among the callbacks linked on its CPU
    unsigned invoked = 0;
    bool linked = false;
    bool returned = false;          // call_rcu() has
    bool finished = false;          // its function has
    Seq snap = 0;                   // what gp_seq must have reached before it may run
    kernel::OpenReaders readers{};  // open when call_rcu() was called
    // The same by the rules of weak memory: what comes after them for sure.
    memory::Milestone begun, returned_for_sure, finished_for_sure;
};

class Callbacks {
   public:
    static constexpr unsigned capacity = 100;

    // Null: the run has posted all it may.
    Callback* make(unsigned cpu, unsigned chain);

    // `gp_seq` is that of rcu_state. Under weak memory posted() takes the number of the CPU's leaf
    // instead: a grace period that has not come to the leaf yet waits for the callbacks it finds
    // there, and the CPU may still read the number from before it.
    void posted(Callback& callback, Seq gp_seq);  // at the call of call_rcu()
    void linked(Callback& callback, Seq gp_seq);  // in the step that links it
    void invoked(Callback& callback, Seq gp_seq, const Site& site);
    static void returned(Callback& callback);  // call_rcu() has
    static void finished(Callback& callback);  // the callback's function has

    // From here on two contexts, or another CPU, may run this CPU's callbacks: in no order.
    void order_lost(unsigned cpu) { unordered_[cpu] = true; }

    // I11: the callbacks that rcu_barrier() must wait for, and whether it has waited.
    using Set = std::bitset<capacity>;
    Set posted_so_far() const;
    void barrier_returned(const Set& waited_for, const Site& site) const;

    // Wakes the tasks that wait for all callbacks of a CPU.
    void init();
    void await_cpu(unsigned cpu);
    unsigned pending(unsigned cpu) const { return pending_[cpu]; }

    unsigned count() const { return count_; }
    const Callback& operator[](unsigned i) const { return *made_[i]; }

   private:
    std::array<Callback*, capacity> made_;  // the first count_ of them; in the run's arena
    std::array<unsigned, kernel::max_cpus> pending_{};
    std::array<unsigned, kernel::max_cpus> next_linked_{};
    std::array<unsigned, kernel::max_cpus> next_invoked_{};
    std::array<bool, kernel::max_cpus> unordered_{};
    kernel::SwaitQueue waiters_;
    unsigned count_ = 0;
};

// "a" .. "z", "a1" ...
std::string callback_name(unsigned number);

}  // namespace rcufuzz::nocb
