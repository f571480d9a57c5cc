// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/ipi.h"

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

}  // namespace rcufuzz::kernel
