// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/text_patch.h"

#include <array>
#include <bit>

namespace rcufuzz::kernel {

namespace {

// One patch at a time, under text_mutex.
struct Patch {
    Mutex text_mutex;
    unsigned cpus = 0;
    bool syncs = true;
    std::span<TextSite* const> sites;
    std::array<sim::Irq, sim::max_cpus> sync_irqs{};
    std::uint32_t unsynced = 0;  // CPUs that have not taken the interrupt
    sim::Context* patcher = nullptr;
};

Patch* patch = nullptr;  // in the arena: it is part of the run's state

}  // namespace

// sync_core() on this CPU.
void text_poke_serialise(unsigned cpu) {
    for (TextSite* const site : patch->sites) site->stale_cpus_ &= ~(1u << cpu);
}

namespace {

void do_sync_core(void*) {
    const unsigned cpu = smp_processor_id();
    memory::barrier_within_step();
    text_poke_serialise(cpu);
    patch->unsynced &= ~(1u << cpu);
    if (patch->unsynced == 0 && patch->patcher != nullptr) sim::world().unblock(*patch->patcher);
}

// on_each_cpu(do_sync_core, NULL, 1)
void text_poke_sync(const Site& site) {
    sim::World& w = sim::world();
    warn_on_context(irqs_disabled(), "waits for other CPUs with interrupts disabled", site);
    preempt_disable();
    patch->unsynced = ((1u << patch->cpus) - 1) & ~(1u << smp_processor_id());
    patch->patcher = &w.current();
    memory::barrier_within_step();
    for (unsigned cpu = 0; cpu < patch->cpus; ++cpu) {
        if (((patch->unsynced >> cpu) & 1u) == 0) continue;
        w.point({patch->sync_irqs[cpu].name, sim::AccessKind::irq}, site);
        w.raise_irq(cpu, patch->sync_irqs[cpu]);
    }
    const auto list_unsynced = [](const void*, Awaited& awaited) {
        for (std::uint32_t rest = patch->unsynced; rest != 0; rest &= rest - 1)
            awaited.interrupt(static_cast<unsigned>(std::countr_zero(rest)));
    };
    const WaitScope scope({list_unsynced, nullptr, patch->sync_irqs[0].name});
    while (patch->unsynced != 0)
        w.block(sim::ContextState::spinning, patch->sync_irqs[0].name, site);
    patch->patcher = nullptr;
    memory::barrier_within_step();
    preempt_enable(site);
}

}  // namespace

void TextSite::init(const char* name, int index, int code) {
    *this = TextSite{};
    code_.init(name, index, code);
    old_code_ = code;
}

// Where CPUs are made to serialise, an instruction is fetched as it is at this moment, or as it was
// before the patch that this CPU has not heard of.
int TextSite::execute(const Site& site) {
    if (!patch->syncs) return memory::READ_ONCE(code_, site);
    sim::World& w = sim::world();
    w.point({code_.object(), sim::AccessKind::read}, site);
    const std::uint32_t self = 1u << smp_processor_id();
    int code = code_.get();
    if ((stale_cpus_ & self) != 0) {
        if (w.choose(which_text.number, 2, site) != 0)
            code = old_code_;
        else
            stale_cpus_ &= ~self;  // what has been fetched once stays
    }
    w.event(sim::EventKind::read, code_.object(), code, 0, site);
    return code;
}

void text_patch_init(unsigned cpus, bool syncs) {
    patch = &sim::world().arena().make<Patch>();
    patch->cpus = cpus;
    patch->syncs = syncs;
    patch->text_mutex.init("text_mutex", -1);
    for (unsigned cpu = 0; cpu < cpus; ++cpu) {
        patch->sync_irqs[cpu].handler = do_sync_core;
        patch->sync_irqs[cpu].name = sim::world().names().add("sync_core", static_cast<int>(cpu));
    }
}

void text_poke(std::span<TextSite* const> sites, int code, const Site& site) {
    patch->text_mutex.lock(site);
    patch->sites = sites;
    for (TextSite* const target : sites) {
        target->old_code_ = target->code();
        memory::WRITE_ONCE(target->code_, code, site);
        if (patch->syncs)
            target->stale_cpus_ = ((1u << patch->cpus) - 1) & ~(1u << smp_processor_id());
    }
    if (patch->syncs)
        text_poke_sync(site);
    else
        memory::smp_mb(site);
    patch->sites = {};
    patch->text_mutex.unlock(site);
}

}  // namespace rcufuzz::kernel
