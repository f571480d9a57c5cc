// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/sim/door.h"

#include <optional>
#include <span>
#include <string>

#include "core/sim/address_map.h"
#include "core/sim/door_guest.h"
#include "core/sim/guest_schedule.h"

namespace rcufuzz::sim {

namespace {

AddressMap places;
// Of the run, in its arena.
std::span<Irq> vectors;  // by CPU and vector
std::span<Irq> nmis;     // by CPU

static_assert(MACHINE_TIMER_VECTOR == timer_vector);
static_assert(MACHINE_IRQ == static_cast<int>(AccessKind::irq));
static_assert(MACHINE_NEVER == no_expiry);

Verdict verdict_of(const char* text) {
    const std::optional<Verdict> verdict = verdict_from_word(text);
    CHECK(verdict.has_value() && "no such verdict");
    return *verdict;
}

}  // namespace

void DoorGuest::begin(unsigned cpus) {
    nmis = world().arena().make_array<Irq>(cpus);
    vectors = world().arena().make_array<Irq>(cpus * MACHINE_VECTORS);
    for (std::size_t i = 0; i < vectors.size(); ++i) vectors[i].vector = i % MACHINE_VECTORS;
    places.clear();
    machine_range range{};
    for (unsigned i = 0; functions_.memory != nullptr && functions_.memory(i, &range) != 0; ++i)
        places.add(range.start, range.bytes);
}

std::span<const std::byte> DoorGuest::memory(unsigned piece) const {
    machine_range range{};
    if (functions_.memory == nullptr || functions_.memory(piece, &range) == 0) return {};
    CHECK(range.used <= range.bytes);
    return {static_cast<const std::byte*>(range.start), range.used};
}

}  // namespace rcufuzz::sim

using rcufuzz::sim::Site;
using rcufuzz::sim::world;
namespace sim = rcufuzz::sim;

extern "C" {

// --- tasks ---------------------------------------------------------------------------------------

unsigned machine_create_task(void (*function)(void*), void* argument) {
    return sim::GuestSchedule::create_task(function, argument).key - sim::first_task_key;
}

unsigned machine_current_task() {
    if (!world().in_context()) return ~0u;
    return world().this_cpu().task->key - unsigned{sim::first_task_key};
}

void machine_task_is(unsigned number) { sim::GuestSchedule::become_task(number); }

void machine_switch_to(unsigned next, const machine_site* site) {
    sim::GuestSchedule::switch_task(sim::GuestSchedule::task(next), Site(site));
}

void machine_end_task(unsigned next, const machine_site* site) {
    sim::GuestSchedule::end_task(sim::GuestSchedule::task(next), Site(site));
}

// --- CPUs ----------------------------------------------------------------------------------------

unsigned machine_cpu() { return world().current().cpu; }
unsigned machine_cpus() { return world().cpus(); }

void machine_start_cpu(unsigned cpu, unsigned task) {
    sim::GuestSchedule::start_cpu(cpu, sim::GuestSchedule::task(task));
}
void machine_stop_cpu(const machine_site* site) { sim::GuestSchedule::stop_cpu(Site(site)); }
void machine_rest(const machine_site* site) { sim::GuestSchedule::halt(Site(site)); }

// --- points and choices --------------------------------------------------------------------------

void machine_point(unsigned object, machine_access kind, const machine_site* site) {
    world().point({object, static_cast<sim::AccessKind>(kind)}, Site(site));
}

void machine_relax(const machine_site* site) { world().yield(Site(site)); }

void machine_spin_on(unsigned object, const machine_site* site) {
    world().block(sim::ContextState::spinning, object, Site(site));
}

void machine_wake_spinners(unsigned object) { sim::GuestSchedule::unblock_all(object); }

unsigned machine_choose(unsigned what, unsigned count, const machine_site* site) {
    return world().choose(static_cast<std::uint16_t>(what), count, Site(site));
}

// --- interrupts and time -------------------------------------------------------------------------

void machine_raise(unsigned cpu, unsigned vector, unsigned name) {
    CHECK(cpu < world().cpus() && vector < MACHINE_VECTORS);
    sim::Irq& irq = sim::vectors[cpu * MACHINE_VECTORS + vector];
    irq.name = name;
    world().raise_irq(cpu, irq);
}

void machine_raise_nmi(unsigned cpu, unsigned name) {
    CHECK(cpu < world().cpus());
    sim::nmis[cpu].name = name;
    world().raise_nmi(cpu, sim::nmis[cpu]);
}

void machine_expiry(unsigned cpu, unsigned long jiffy) { world().set_expiry(cpu, jiffy); }
void machine_changed(unsigned cpu) { sim::GuestSchedule::changed(cpu); }
unsigned long machine_jiffies() { return world().jiffies(); }

// --- what is told --------------------------------------------------------------------------------

unsigned machine_name(const char* text, int index) { return world().names().add(text, index); }
unsigned machine_place(const void* address) { return sim::places.place(address); }

void machine_fail(const char* verdict, const char* text, const machine_site* site) {
    world().fail(sim::verdict_of(verdict), text, Site(site));
}

void machine_suspect(const char* verdict, const char* text, const machine_site* site) {
    world().findings().suspect(sim::verdict_of(verdict), text, Site(site));
}

void machine_event(unsigned kind, unsigned object, long a, long b, const machine_site* site) {
    world().event(static_cast<sim::EventKind>(kind), object, a, b, Site(site));
}

void machine_note(unsigned number, long a, long b, const machine_site* site) {
    world().event(sim::EventKind::note, number, a, b, Site(site));
}

}  // extern "C"
