// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/mutex.h"

namespace rcufuzz::kernel {

namespace {

// Waits until `free()` holds. Taking follows in the same step, so nobody can come in between; who
// was overtaken after its wake-up waits again.
template <typename Free>
void wait_until(SwaitQueue& waiters, const Free& free, const Site& site) {
    sim::world().point({waiters.object(), sim::AccessKind::lock}, site);
    while (!free() && !run_is_over()) swait_event_idle_exclusive(waiters, free, site);
}

}  // namespace

void Mutex::init(const char* name, int index) {
    *this = Mutex{};
    order_.init();
    waiters_.init(name, index);
}

void Mutex::lock(const Site& site) {
    if (owner_ == &current_task() && !run_is_over())
        sim::world().fail(Verdict::deadlock, "takes a mutex that it already holds", site);
    wait_until(waiters_, [this] { return owner_ == nullptr; }, site);
    owner_ = &current_task();
    order_.taken();
    sim::world().event(sim::EventKind::lock, waiters_.object(), 0, 0, site);
}

void Mutex::unlock(const Site& site) {
    sim::world().point({waiters_.object(), sim::AccessKind::unlock}, site);
    if (owner_ != &current_task() && !run_is_over())
        sim::world().fail(Verdict::lock_misuse, "releases a mutex that it does not hold", site);
    owner_ = nullptr;
    order_.released();
    sim::world().event(sim::EventKind::unlock, waiters_.object(), 0, 0, site);
    swake_up_all(waiters_, site);
}

void Completion::complete(const Site& site) {
    sim::world().point({waiters_.object(), sim::AccessKind::wake}, site);
    ++done_;
    waiters_.pass_lock();
    swake_up_all(waiters_, site);
}

void Completion::wait_for_completion(const Site& site) {
    wait_until(waiters_, [this] { return done_ != 0; }, site);
    if (done_ != 0) --done_;
    waiters_.pass_lock();
}

void CpuHotplugLock::read_lock(const Site& site) {
    wait_until(waiters_, [this] { return !writer_; }, site);
    ++readers_;
    waiters_.pass_lock();
}

void CpuHotplugLock::read_unlock(const Site& site) {
    sim::world().point({waiters_.object(), sim::AccessKind::unlock}, site);
    waiters_.pass_lock();
    if (--readers_ == 0) swake_up_all(waiters_, site);
}

void CpuHotplugLock::write_lock(const Site& site) {
    wait_until(waiters_, [this] { return !writer_ && readers_ == 0; }, site);
    writer_ = true;
    waiters_.pass_lock();
}

void CpuHotplugLock::write_unlock(const Site& site) {
    sim::world().point({waiters_.object(), sim::AccessKind::unlock}, site);
    writer_ = false;
    waiters_.pass_lock();
    swake_up_all(waiters_, site);
}

}  // namespace rcufuzz::kernel
