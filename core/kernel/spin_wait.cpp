// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/spin_wait.h"

#include <bit>

namespace rcufuzz::kernel {

void SpinWait::block(sim::ObjectId what, const WaitFor& wait, const Site& site) {
    sim::World& w = sim::world();
    const WaitScope scope(wait);
    const unsigned key = w.current().key;
    waiters_[key / 64u] |= std::uint64_t{1} << (key % 64u);
    w.block(sim::ContextState::spinning, what, site);
}

void SpinWait::wake_all() {
    sim::World& w = sim::world();
    for (unsigned half = 0; half < waiters_.size(); ++half) {
        for (std::uint64_t rest = waiters_[half]; rest != 0; rest &= rest - 1) {
            const unsigned key = half * 64 + static_cast<unsigned>(std::countr_zero(rest));
            w.unblock(w.context(static_cast<sim::ContextKey>(key)));
        }
        waiters_[half] = 0;
    }
}

}  // namespace rcufuzz::kernel
