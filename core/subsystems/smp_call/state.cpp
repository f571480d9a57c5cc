// SPDX-License-Identifier: GPL-2.0-or-later
//
// The variables of one run: kernel/smp.c, call_function_init() and hotplug_cfd().
#include <array>

#include "core/base/hash.h"
#include "core/subsystems/smp_call/smp_call.h"

namespace rcufuzz::smp_call {

namespace {

State* current_state = nullptr;

enum LockClasses : kernel::LockClass { class_call_function, class_single_queue };

void init_cfd(CfdData& cfd, unsigned cpu, int index) {
    cfd.cpu = cpu;
    cfd.next.init("cfd.next", index, nullptr);
    cfd.prev.init("cfd.prev", index, nullptr);
    cfd.refs.init("cfd.refs", index, 0);
    cfd.cpumask.init("cfd.cpumask", index, 0);
    cfd.csd.init("cfd.csd.flags", "cfd.csd.func", "cfd.csd.info", nullptr, index);
    cfd.csd.on_list = true;
    cfd.csd.mask = &cfd.cpumask;
}

void init_caller(State& all, unsigned cpu) {
    Caller& caller = all.callers[cpu];
    const int index = static_cast<int>(cpu);
    caller.csd_data.init("csd_data.flags", "csd_data.func", "csd_data.info", "csd_data.next",
                         index);
    caller.stack.init("csd_stack.flags", "csd_stack.func", "csd_stack.info", "csd_stack.next",
                      index);
    for (std::size_t i = 0; i < caller.own.size(); ++i)
        caller.own[i].init("csd.flags", "csd.func", "csd.info", "csd.next",
                           index * 10 + static_cast<int>(i));
    caller.work.init("work", index, 0);
    if (!all.at_least(gen_6_12)) {
        init_cfd(caller.cfd, cpu, index);
        return;
    }
    for (unsigned to = 0; to < all.cpus; ++to)
        caller.to[to].init("cfd.csd.flags", "cfd.csd.func", "cfd.csd.info", "cfd.csd.next",
                           index * 10 + static_cast<int>(to));
}

}  // namespace

State& state() { return *current_state; }
void set_state(State& state) { current_state = &state; }

void Csd::init(const char* flags_name, const char* func_name, const char* info_name,
               const char* next_name, int index) {
    flags.init(flags_name, index, 0);
    func.init(func_name, index, 0);
    info.init(info_name, index, 0);
    if (next_name != nullptr) next.init(next_name, index, nullptr);
}

void init_state(State& state, Generation generation, unsigned cpus) {
    state.generation = generation;
    state.cpus = cpus;
    state.online = cpu_bit(cpus) - 1;
    for (unsigned cpu = 0; cpu < cpus; ++cpu) {
        init_caller(state, cpu);
        SingleQueue& queue = state.queues[cpu];
        const int index = static_cast<int>(cpu);
        queue.lock.init("call_single_queue.lock", index, class_single_queue);
        queue.first.init("call_single_queue.first", index, nullptr);
        queue.last.init("call_single_queue.last", index, nullptr);
    }
    state.head.next.init("call_function.next", -1, &state.head);
    state.head.prev.init("call_function.prev", -1, &state.head);
    state.lock.init("call_function.lock", -1, class_call_function);
    state.mm_cpumask.init("mm_cpumask", -1, state.online);
}

void send_interrupt(IpiVector& vector, unsigned cpu, const Site& site) {
    State& all = state();
    vector.send(cpu, site);
    if ((all.spares & cpu_bit(cpu)) == 0) return;
    all.spares &= ~cpu_bit(cpu);
    all.spare_ipi.raise(cpu);
}

// How many elements are on the list, and how many walkers have come to one that is on it, that is
// free, that is being set up for the next call, that already has a call for them. Of no CPU in
// particular.
void note_coarse_state() {
    if (!kernel::wants_states()) return;
    const State& all = state();
    unsigned linked = 0;
    std::array<unsigned, 4> standing{};
    unsigned with_refs = 0;
    for (unsigned cpu = 0; cpu < all.cpus; ++cpu) {
        const Caller& caller = all.callers[cpu];
        linked += is_linked(caller.cfd) ? 1 : 0;
        const CfdData* const at = caller.stands_at;
        if (at == nullptr) continue;
        const bool locked = (at->csd.flags.get() & csd_flag_lock) != 0;
        const bool called = (at->cpumask.get() & cpu_bit(cpu)) != 0;
        ++standing[is_linked(*at) ? 0 : !locked ? 1 : !called ? 2 : 3];
        with_refs += !is_linked(*at) && at->refs.get() != 0 ? 1 : 0;
    }
    RunningHash hash;
    hash.add(linked | standing[0] << 4 | standing[1] << 8 | standing[2] << 12 | standing[3] << 16 |
             with_refs << 20);
    kernel::note_state(hash.value());
}

}  // namespace rcufuzz::smp_call
