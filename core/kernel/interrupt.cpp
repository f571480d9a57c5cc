// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/interrupt.h"

namespace rcufuzz::kernel {

void Interrupt::init(const char* name, int index, sim::Job handler, void* arg) {
    irq_ = {};
    irq_.handler = handler;
    irq_.arg = arg;
    irq_.name = sim::world().names().add(name, index);
}

void Interrupt::raise_irq(unsigned cpu, const Site& site) {
    sim::World& w = sim::world();
    w.point({irq_.name, sim::AccessKind::irq}, site);
    w.raise_irq(cpu, irq_);
}

void Interrupt::raise_nmi(unsigned cpu, const Site& site) {
    sim::World& w = sim::world();
    w.point({irq_.name, sim::AccessKind::irq}, site);
    w.raise_nmi(cpu, irq_);
}

}  // namespace rcufuzz::kernel
