// SPDX-License-Identifier: GPL-2.0-or-later
//
// Contexts that spin until a variable changes, as in smp_cond_load_relaxed() and
// smp_cond_load_acquire(). A loop around cpu_relax() does the same. Here nobody is scheduled only
// to look in vain; for that, whoever changes the variable has to say so.
#pragma once

#include <array>

#include "core/kernel/wait_for.h"
#include "core/memory/shared.h"

namespace rcufuzz::kernel {

class SpinWait {
   public:
    // Loads the variable, relaxed or acquire, until `enough` holds of what it has read, and returns
    // that. `wait` names those who will change it (wait_for.h), if that can be said.
    template <typename T, typename Enough>
    T load_until(const memory::Shared<T>& variable, memory::Order order, const Enough& enough,
                 const WaitFor& wait = {}, const Site& site = Site::current()) {
        for (;;) {
            const T read = variable.load(order, false, site);
            if (enough(read)) return read;
            // It may be old. Who has stored what is enough will not say so again.
            if (!enough(variable.get())) block(variable.object(), wait, site);
        }
    }
    // The variable has been changed. From anywhere; no point, orders nothing.
    void wake_all();

   private:
    void block(sim::ObjectId what, const WaitFor& wait, const Site& site);

    std::array<std::uint64_t, 2> waiters_{};  // by context key
};

}  // namespace rcufuzz::kernel
