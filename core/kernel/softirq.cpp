// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/softirq.h"

#include <array>

#include "core/kernel/timer.h"
#include "core/sim/run_state.h"

namespace rcufuzz::kernel {

namespace {

constexpr std::uint32_t work_bit = 1;
constexpr unsigned vector_count = 4;

std::array<SoftirqWork*, sim::max_cpus> works{};
std::array<sim::Job, vector_count> actions{};

void run_works(unsigned cpu) {
    while (works[cpu] != nullptr) {
        SoftirqWork& work = *works[cpu];
        works[cpu] = work.next;
        work.queued = false;
        work.fn(work.arg);
    }
}

void do_softirq(void*) {
    sim::World& w = sim::world();
    sim::Cpu& cpu = w.this_cpu();
    w.point({0, sim::AccessKind::irq}, Site::current());  // interrupts are enabled from here on
    run_expired_timers();
    while (cpu.softirq_pending != 0) {
        const std::uint32_t pending = cpu.softirq_pending;
        cpu.softirq_pending = 0;
        w.point({0, sim::AccessKind::irq}, Site::current());  // and again: one may raise it anew
        for (unsigned vector = 1; vector < vector_count; ++vector)
            if (((pending >> vector) & 1u) != 0 && actions[vector] != nullptr)
                actions[vector](nullptr);
        if ((pending & work_bit) != 0) run_works(smp_processor_id());
    }
}

void set_pending(std::uint32_t bits, const Site& site) {
    sim::World& w = sim::world();
    if (!irqs_disabled() && w.in_context()) w.point({0, sim::AccessKind::irq}, site);
    w.this_cpu().softirq_pending |= bits;
    w.refresh(smp_processor_id());
    if (!irqs_disabled() && w.in_context()) w.point({0, sim::AccessKind::irq}, site);
}

}  // namespace

void begin_softirqs() {
    works.fill(nullptr);
    sim::run_state.add(works);
    actions.fill(nullptr);
    sim::world().set_softirq_body(do_softirq);
}

void open_softirq(SoftirqVector vector, sim::Job action) {
    actions[static_cast<unsigned>(vector)] = action;
}

void raise_softirq(SoftirqVector vector, const Site& site) {
    set_pending(1u << static_cast<unsigned>(vector), site);
}

void queue_softirq_work(SoftirqWork& work, const Site& site) {
    if (work.queued) return;
    work.queued = true;
    work.next = nullptr;
    SoftirqWork** end = &works[smp_processor_id()];
    while (*end != nullptr) end = &(*end)->next;
    *end = &work;
    set_pending(work_bit, site);
}

}  // namespace rcufuzz::kernel
