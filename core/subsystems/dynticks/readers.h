// SPDX-License-Identifier: GPL-2.0-or-later
//
// What RCU protects here: a list of one object, which readers look at and updaters replace and
// free, and the oracles over it. A reader that RCU does not watch (W1) is a suspicion; that it
// touches what has been freed is what users see.
#pragma once

#include <array>
#include <string>

#include "core/kernel/spinlock.h"
#include "core/memory/shared.h"

namespace rcufuzz::dynticks {

using kernel::Site;

// Its memory stays: what is freed is only marked so.
struct Object {
    memory::Shared<int> data;
    bool freed = false;
    // For each CPU: when it used the object last.
    std::array<memory::Milestone, 4> used;
};

// An object behind a pointer, and the lock of those who replace it.
struct ProtectedList {
    memory::Shared<Object*> head;
    kernel::RawSpinlock lock;
};

class Readers {
   public:
    void init(unsigned cpus);

    // rcu_read_lock() .. rcu_read_unlock() of whoever runs now.
    void rcu_read_lock(const Site& site = Site::current());
    void rcu_read_unlock(const Site& site = Site::current());
    // A whole section, which looks at the object twice.
    void read(const Site& site = Site::current());
    // The same without a section, for a reader that updaters wait for in another way.
    void look_at(const ProtectedList& list, const Site& site = Site::current());

    // Puts a new object in the place of the old, which the caller frees when it has waited.
    Object& replace(ProtectedList& list, const Site& site = Site::current());
    void free(Object& object, const Site& site = Site::current());

    ProtectedList objects;
    ProtectedList func_stack;  // of livepatch: what klp_ftrace_handler() looks at

    // --- for oracles ---
    std::uint32_t sections_begun() const { return begun_; }
    // Whether a section is open on this CPU that was among the first `count` to begin.
    bool any_open_of_first(unsigned cpu, std::uint32_t count) const;

   private:
    Object& make_object(int data);
    void use(Object& object, const Site& site);

    // Sections of one CPU end in the order in which interrupts return.
    struct Sections {
        std::array<std::uint32_t, 16> open{};
        unsigned count = 0;
    };
    std::array<Sections, 4> sections_{};
    std::uint32_t begun_ = 0;
    unsigned cpus_ = 0;
    int objects_made_ = 0;
};

}  // namespace rcufuzz::dynticks
