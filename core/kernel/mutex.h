// SPDX-License-Identifier: GPL-2.0-or-later
//
// Sleeping locks: mutexes, completions, and the lock that keeps CPUs from coming and going. As in
// kernel/locking/mutex.c, kernel/sched/completion.c and cpus_read_lock() of kernel/cpu.c, v5.13.
// Waiters are not queued in order: whoever is scheduled first gets a lock.
#pragma once

#include "core/kernel/swait.h"

namespace rcufuzz::kernel {

class Mutex {
   public:
    void init(const char* name, int index);
    void lock(const Site& site = Site::current());
    void unlock(const Site& site = Site::current());
    bool is_locked() const { return owner_ != nullptr; }

   private:
    static void list_owner(const void* self, Awaited& awaited);

    Task* owner_ = nullptr;
    memory::LockOrder order_;
    SwaitQueue waiters_;
};

class Completion {
   public:
    void init(const char* name, int index) { waiters_.init(name, index); }
    void reinit() { done_ = 0; }
    void complete(const Site& site = Site::current());
    // `wait` says who completes it, if that can be said.
    void wait_for_completion(const Site& site = Site::current(), const WaitFor& wait = {});

   private:
    unsigned done_ = 0;
    SwaitQueue waiters_;  // its lock guards done_
};

// cpu_hotplug_lock: readers keep the set of online CPUs as it is, the writer changes it.
class CpuHotplugLock {
   public:
    void init(const char* name) { waiters_.init(name, -1); }
    void read_lock(const Site& site = Site::current());
    void read_unlock(const Site& site = Site::current());
    void write_lock(const Site& site = Site::current());
    void write_unlock(const Site& site = Site::current());

   private:
    static void list_readers(const void* self, Awaited& awaited);
    static void list_writer(const void* self, Awaited& awaited);

    unsigned readers_ = 0;
    bool writer_ = false;
    sim::ContextKey writer_key_ = 0;
    std::array<std::uint64_t, 2> reader_keys_{};
    SwaitQueue waiters_;
};

}  // namespace rcufuzz::kernel
