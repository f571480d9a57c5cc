// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/grace_periods.h"

#include <utility>

#include "core/kernel/promptness.h"
#include "core/kernel/subject.h"

namespace rcufuzz::kernel {

void GracePeriods::init(const char* name, const char* gp_seq, unsigned cpu) {
    gp_seq_.init(gp_seq, -1, 0);
    order_.init();
    requests_.init("gp_requests", static_cast<int>(cpu));
    readers_gone_.init("gp_readers_gone", static_cast<int>(cpu));
    done_.init("gp_done", static_cast<int>(cpu));
    callbacks_end_ = &callbacks_;
    kthread_ = &kthread_run(kthread, this, cpu, name, -1);
}

// --- readers ------------------------------------------------------------------------------------

void GracePeriods::reader_enter(const Site& site) {
    sim::World& w = sim::world();
    w.point({0, sim::AccessKind::none}, site);
    Reader& reader = readers_[w.current().key];
    if (reader.nesting++ != 0) return;
    reader.number = ++begun_;
    reader.token = order_.begin_section();
}

void GracePeriods::reader_exit(const Site& site) {
    sim::World& w = sim::world();
    w.point({0, sim::AccessKind::none}, site);
    Reader& reader = readers_[w.current().key];
    if (reader.nesting == 0) w.fail(Verdict::lock_misuse, "leaves a reader it is not in", site);
    if (--reader.nesting != 0) return;
    reader.number = 0;
    order_.end_section(reader.token);
    if (std::exchange(reader.awaited, false)) --awaited_;
    ++wakers_;
    if (readers_gone_.swait_active()) swake_up_one(readers_gone_, site);
    --wakers_;
    judge_promptness(site);
}

bool GracePeriods::in_reader() const { return readers_[sim::world().current().key].nesting != 0; }

bool GracePeriods::any_open_of_first(std::uint32_t count) const {
    for (const Reader& reader : readers_)
        if (reader.number != 0 && reader.number <= count) return true;
    return false;
}

// --- those who wait -----------------------------------------------------------------------------

Seq GracePeriods::get_state(const Site& site, bool after_barrier) {
    if (after_barrier) smp_mb(site);
    const Seq cookie = rcu_seq_snap_of(READ_ONCE(gp_seq_, site));
    smp_mb(site);
    return cookie;
}

Seq GracePeriods::start_poll(const Site& site) {
    const Seq cookie = get_state(site);
    ask_for(cookie, site);
    return cookie;
}

bool GracePeriods::poll_state(Seq cookie, const Site& site) {
    const bool done = rcu_seq_done_at(READ_ONCE(gp_seq_, site), cookie);
    smp_mb(site);
    return done;
}

void GracePeriods::cond_synchronize(Seq cookie, const Site& site) {
    if (!poll_state(cookie, site)) synchronize(site);
}

void GracePeriods::synchronize(const Site& site) {
    if (in_reader())
        sim::world().fail(Verdict::deadlock, "waits for a grace period within a reader", site);
    const Seq cookie = start_poll(site);
    const auto list_kthread = [](const void* self, Awaited& awaited) {
        awaited.context(static_cast<const GracePeriods*>(self)->kthread_->context->key);
    };
    swait_event_idle_exclusive(
        done_, [this, cookie] { return rcu_seq_done_at(gp_seq_.get(), cookie); },
        {list_kthread, this, gp_seq_.object()}, site);
    smp_mb(site);
}

void GracePeriods::call(GpCallback& callback, const Site& site) {
    callback.next = nullptr;
    callback.wanted = get_state(site);
    *callbacks_end_ = &callback;
    callbacks_end_ = &callback.next;
    ask_for(callback.wanted, site);
}

void GracePeriods::ask_for(Seq cookie, const Site& site) {
    ++wakers_;
    if (ulong_cmp_lt(needed_, cookie)) needed_ = cookie;
    swake_up_one(requests_, site);
    --wakers_;
    judge_promptness(site);
}

// --- promptness ---------------------------------------------------------------------------------

void GracePeriods::count_awaited() {
    awaited_ = 0;
    for (Reader& reader : readers_) {
        reader.awaited = reader.nesting != 0;
        awaited_ += reader.awaited ? 1 : 0;
    }
}

// When nobody is about to wake the kthread, it does not sleep over what it is for.
void GracePeriods::judge_promptness(const Site& site) const {
    if (wakers_ != 0) return;
    if (awaited_ == 0 && sleeps_on(*kthread_, readers_gone_.object()))
        grace_period_is_overdue(
            {"a grace period goes on though the readers that it awaits have left",
             "grace_period_is_not_told_that_readers_have_left"},
            site);
    if (ulong_cmp_lt(gp_seq_.get(), needed_) && sleeps_on(*kthread_, requests_.object()))
        grace_period_is_overdue({"a grace period is asked for, and nobody begins it",
                                 "grace_period_is_not_told_that_it_is_asked_for"},
                                site);
}

bool GracePeriods::have_left(std::uint32_t first, const Site& site) {
    if (!any_open_of_first(first)) return true;
    if (awaited_ == 0)
        grace_period_is_overdue({"a grace period awaits readers that came after it had begun",
                                 "grace_period_awaits_readers_that_came_later"},
                                site);
    return false;
}

// --- the kthread --------------------------------------------------------------------------------

bool GracePeriods::callback_is_ready() const {
    return callbacks_ != nullptr && rcu_seq_done_at(gp_seq_.get(), callbacks_->wanted);
}

// In order; one that wants less than those before it waits with them.
void GracePeriods::run_callbacks() {
    while (callback_is_ready()) {
        GpCallback& callback = *callbacks_;
        callbacks_ = callback.next;
        if (callbacks_ == nullptr) callbacks_end_ = &callbacks_;
        callback.fn(callback);
    }
}

void GracePeriods::list_readers(const void* arg, Awaited& awaited) {
    const GracePeriods& self = *static_cast<const GracePeriods*>(arg);
    for (std::size_t key = 0; key < self.readers_.size(); ++key)
        if (self.readers_[key].number != 0 && self.readers_[key].number <= self.awaits_first_)
            awaited.context(static_cast<sim::ContextKey>(key));
}

void GracePeriods::kthread(void* arg) {
    GracePeriods& self = *static_cast<GracePeriods*>(arg);
    while (!kthread_should_stop()) {
        // A callback may be ready when it comes: its grace period has ended since it was asked for.
        swait_event_idle_exclusive(self.requests_, [&] {
            return self.callback_is_ready() || ulong_cmp_lt(self.gp_seq_.get(), self.needed_);
        });
        if (kthread_should_stop()) return;
        self.run_callbacks();
        if (!ulong_cmp_lt(self.gp_seq_.get(), self.needed_)) continue;
        WRITE_ONCE(self.gp_seq_, self.gp_seq_.get() + 1);
        const std::uint32_t inside = self.begun_;
        self.order_.begin();
        self.awaits_first_ = inside;
        self.count_awaited();
        swait_event_idle_exclusive(
            self.readers_gone_, [&] { return self.have_left(inside, Site::current()); },
            {list_readers, &self, self.gp_seq_.object()}, Site::current());
        if (kthread_should_stop()) return;
        self.order_.end();
        WRITE_ONCE(self.gp_seq_, (self.gp_seq_.get() | rcu_seq_state_mask) + 1);
        swake_up_all(self.done_);
        self.run_callbacks();
    }
}

}  // namespace rcufuzz::kernel
