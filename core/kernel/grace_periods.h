// SPDX-License-Identifier: GPL-2.0-or-later
//
// Grace periods for those who wait for one: synchronize, cookies, callbacks. One object is
// one flavour: RCU, whose readers are regions with preemption disabled, or one SRCU domain.
// As in kernel/rcu/tree.c and kernel/rcu/srcutree.c, v5.14: synchronize_rcu(),
// get_state_synchronize_rcu(), cond_synchronize_rcu(), call_rcu(), start_poll_synchronize_srcu().
//
// gp.h has the machinery behind it; algorithms that only wait do not need to run through it. What
// is promised is the same: a grace period ends when all readers that were inside at its beginning
// have left, or any time later, and a cookie asks for one that begins afterwards.
#pragma once

#include <array>

#include "core/kernel/rcu.h"
#include "core/kernel/swait.h"

namespace rcufuzz::kernel {

// A callback; it belongs to the caller until `fn` is called.
struct GpCallback {
    void (*fn)(GpCallback& callback) = nullptr;
    GpCallback* next = nullptr;
    Seq wanted = 0;
};

class GracePeriods {
   public:
    // Starts the kthread that drives them, on a CPU of its own. Lives until the end of the run.
    // Reports call the kthread and its sequence number by these names.
    void init(const char* name, const char* gp_seq, unsigned cpu);

    // Readers nest within a context.
    void reader_enter(const Site& site = Site::current());
    void reader_exit(const Site& site = Site::current());
    bool in_reader() const;

    // A cookie: the value of the sequence number at the end of a grace period that begins after
    // now. get_state() does not ask for that grace period; start_poll() does.
    // `after_barrier` false leaves out the full barrier that comes first: what the caller did
    // before is then not covered.
    Seq get_state(const Site& site = Site::current(), bool after_barrier = true);
    Seq start_poll(const Site& site = Site::current());
    bool poll_state(Seq cookie, const Site& site = Site::current());
    void cond_synchronize(Seq cookie, const Site& site = Site::current());
    // Sleeps until a grace period that begins after now is over. Never within a reader.
    void synchronize(const Site& site = Site::current());
    // Calls callback.fn after such a grace period, in the kthread.
    void call(GpCallback& callback, const Site& site = Site::current());

    // --- for oracles ---
    std::uint32_t sections_begun() const { return begun_; }
    // Whether a section is open that was among the first `count` to begin.
    bool any_open_of_first(std::uint32_t count) const;

   private:
    friend struct GracePeriodsPeer;  // of tests

    struct Reader {
        std::uint16_t nesting = 0;
        std::uint32_t number = 0;  // of the outermost section, from 1
        bool awaited = false;      // it was open when the grace period in progress began
        memory::GpOrder::Token token = -1;
    };

    static void kthread(void* self);
    static void list_readers(const void* self, Awaited& awaited);
    bool callback_is_ready() const;
    void run_callbacks();
    void ask_for(Seq cookie, const Site& site);
    bool have_left(std::uint32_t first, const Site& site);
    // For promptness.h.
    void count_awaited();
    void judge_promptness(const Site& site) const;

    Shared<Seq> gp_seq_;
    memory::GpOrder order_;
    Seq needed_ = 0;
    std::array<Reader, sim::max_cpus * sim::slots_per_cpu> readers_{};
    std::uint32_t begun_ = 0;
    std::uint32_t awaits_first_ = 0;  // the sections that the grace period in progress waits for
    Task* kthread_ = nullptr;
    GpCallback* callbacks_ = nullptr;  // in order of their call
    GpCallback** callbacks_end_ = &callbacks_;
    unsigned awaited_ = 0;  // sections, see Reader
    unsigned wakers_ = 0;   // contexts that are about to wake the kthread
    SwaitQueue requests_;
    SwaitQueue readers_gone_;
    SwaitQueue done_;
};

}  // namespace rcufuzz::kernel
