// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/wait_for.h"

#include <bit>

#include "core/sim/run_state.h"

namespace rcufuzz::kernel {

namespace {

std::array<WaitFor, sim::max_cpus * sim::slots_per_cpu> waits{};

}  // namespace

void Awaited::contexts(const std::array<std::uint64_t, 2>& keys) {
    for (unsigned half = 0; half < keys.size(); ++half)
        for (std::uint64_t rest = keys[half]; rest != 0; rest &= rest - 1)
            context(static_cast<sim::ContextKey>(half * 64u +
                                                 static_cast<unsigned>(std::countr_zero(rest))));
}

void begin_waits() {
    waits.fill({});
    sim::run_state.add(waits);
}

const WaitFor& wait_of(sim::ContextKey key) { return waits[key]; }

WaitScope::WaitScope(const WaitFor& wait) : key_(sim::world().current().key) {
    if (key_ >= waits.size()) return;  // outside of any context
    before_ = waits[key_];
    if (wait.list != nullptr) waits[key_] = wait;
}

// Frames that are unwound when a run is over have nothing to put back.
WaitScope::~WaitScope() {
    if (key_ < waits.size()) waits[key_] = before_;
}

}  // namespace rcufuzz::kernel
