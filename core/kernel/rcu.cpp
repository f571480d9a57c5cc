// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/rcu.h"

#include <array>

#include "core/sim/run_state.h"

namespace rcufuzz::kernel {

namespace {

struct ReaderState {
    int nesting = 0;
    std::uint32_t number = 0;
};

std::array<ReaderState, sim::max_cpus> readers{};
std::uint32_t sections_begun = 0;

}  // namespace

void begin_readers() {
    readers.fill({});
    sections_begun = 0;
    sim::run_state.add(readers);
    sim::run_state.add(sections_begun);
}

void rcu_read_lock(const Site& site) {
    sim::world().point({0, sim::AccessKind::none}, site);
    ReaderState& reader = readers[smp_processor_id()];
    if (reader.nesting++ == 0) reader.number = ++sections_begun;
}

void rcu_read_unlock(const Site& site) {
    sim::world().point({0, sim::AccessKind::none}, site);
    ReaderState& reader = readers[smp_processor_id()];
    if (reader.nesting == 0)
        sim::world().fail(Verdict::lock_misuse, "rcu_read_unlock() without a reader", site);
    if (--reader.nesting == 0) reader.number = 0;
}

OpenReaders open_readers() {
    OpenReaders open{};
    for (unsigned cpu = 0; cpu < max_reader_cpus; ++cpu) open.begun[cpu] = readers[cpu].number;
    return open;
}

bool still_open(const OpenReaders& then) {
    for (unsigned cpu = 0; cpu < max_reader_cpus; ++cpu)
        if (then.begun[cpu] != 0 && readers[cpu].number == then.begun[cpu]) return true;
    return false;
}

bool cpu_is_quiescent(unsigned number) {
    const sim::Cpu& cpu = sim::world().cpu(number);
    return cpu.depth == 0 && cpu.irqs_on && cpu.preempt_count == 0 && cpu.bh_count == 0 &&
           readers[number].nesting == 0;
}

}  // namespace rcufuzz::kernel
