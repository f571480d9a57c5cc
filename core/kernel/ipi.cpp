// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/ipi.h"

#include <bit>

namespace rcufuzz::kernel {

void IpiVector::init(const char* name, unsigned cpus, Handler handler) {
    lines_ = {};
    for (unsigned cpu = 0; cpu < cpus; ++cpu) {
        lines_[cpu].handler = handler;
        lines_[cpu].irq.handler = take;
        lines_[cpu].irq.arg = &lines_[cpu];
        lines_[cpu].irq.name = sim::world().names().add(name, static_cast<int>(cpu));
    }
}

void IpiVector::send(unsigned cpu, const Site& site) {
    sim::world().point({lines_[cpu].irq.name, sim::AccessKind::irq}, site);
    raise(cpu);
}

void IpiVector::raise(unsigned cpu) {
    lines_[cpu].dropped = false;
    sim::world().raise_irq(cpu, lines_[cpu].irq);
}

void IpiVector::take(void* arg) {
    Line& line = *static_cast<Line*>(arg);
    if (line.dropped) {
        line.dropped = false;
        return;
    }
    line.handler();
}

void SpinWait::wait(sim::ObjectId what, const WaitFor& wait, const Site& site) {
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
