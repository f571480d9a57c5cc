// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/mutex.h"

namespace rcufuzz::kernel {

namespace {

// Waits until `free()` holds. Taking follows in the same step, so nobody can come in between; who
// was overtaken after its wake-up waits again.
template <typename Free>
void wait_until(SwaitQueue& waiters, const Free& free, WaitFor wait, const Site& site) {
    sim::world().point({waiters.object(), sim::AccessKind::lock}, site);
    if (wait.what == 0) wait.what = waiters.object();
    while (!free() && !run_is_over()) swait_event_idle_exclusive(waiters, free, wait, site);
}

std::uint64_t& word_of(std::array<std::uint64_t, 2>& keys, sim::ContextKey key) {
    return keys[key / 64u];
}
std::uint64_t bit_of(sim::ContextKey key) { return std::uint64_t{1} << (key % 64u); }

}  // namespace

void Mutex::init(const char* name, int index) {
    *this = Mutex{};
    order_.init();
    waiters_.init(name, index);
}

void Mutex::list_owner(const void* self, Awaited& awaited) {
    const Task* const owner = static_cast<const Mutex*>(self)->owner_;
    if (owner != nullptr) awaited.context(owner->context->key);
}

void Mutex::lock(const Site& site) {
    if (owner_ == &current_task() && !run_is_over())
        sim::world().fail(Verdict::deadlock, "takes a mutex that it already holds", site);
    wait_until(waiters_, [this] { return owner_ == nullptr; }, {list_owner, this}, site);
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

void Completion::wait_for_completion(const Site& site, const WaitFor& wait) {
    wait_until(waiters_, [this] { return done_ != 0; }, wait, site);
    if (done_ != 0) --done_;
    waiters_.pass_lock();
}

void CpuHotplugLock::list_readers(const void* self, Awaited& awaited) {
    awaited.contexts(static_cast<const CpuHotplugLock*>(self)->reader_keys_);
    list_writer(self, awaited);
}

void CpuHotplugLock::list_writer(const void* self, Awaited& awaited) {
    const auto& lock = *static_cast<const CpuHotplugLock*>(self);
    if (lock.writer_) awaited.context(lock.writer_key_);
}

void CpuHotplugLock::read_lock(const Site& site) {
    wait_until(waiters_, [this] { return !writer_; }, {list_writer, this}, site);
    ++readers_;
    const sim::ContextKey key = sim::world().current().key;
    word_of(reader_keys_, key) |= bit_of(key);
    waiters_.pass_lock();
}

void CpuHotplugLock::read_unlock(const Site& site) {
    sim::world().point({waiters_.object(), sim::AccessKind::unlock}, site);
    waiters_.pass_lock();
    const sim::ContextKey key = sim::world().current().key;
    word_of(reader_keys_, key) &= ~bit_of(key);
    if (--readers_ == 0) swake_up_all(waiters_, site);
}

void CpuHotplugLock::write_lock(const Site& site) {
    wait_until(
        waiters_, [this] { return !writer_ && readers_ == 0; }, {list_readers, this}, site);
    writer_ = true;
    writer_key_ = sim::world().current().key;
    waiters_.pass_lock();
}

void CpuHotplugLock::write_unlock(const Site& site) {
    sim::world().point({waiters_.object(), sim::AccessKind::unlock}, site);
    writer_ = false;
    waiters_.pass_lock();
    swake_up_all(waiters_, site);
}

}  // namespace rcufuzz::kernel
