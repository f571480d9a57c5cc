// SPDX-License-Identifier: GPL-2.0-or-later
//
// The counter of a CPU: rcu_dynticks_eqs_enter(), rcu_dynticks_eqs_exit() and the tests of it, as
// in kernel/rcu/tree.c, v4.11 to v4.16; in v6.12 ct_kernel_exit_state(), ct_kernel_enter_state()
// and rcu_is_watching_curr_cpu(), kernel/context_tracking.c.
//
//   v4.11  by 1, odd while RCU watches
//   v4.12  by 2, bit 1 set while RCU watches; bit 0 is a request of another CPU
//   v6.12  by 4, bit 2 set while RCU watches; bits 0 and 1: kernel, idle or user
#include "core/subsystems/dynticks/dynticks.h"
#include "core/subsystems/dynticks/notes.h"

namespace rcufuzz::dynticks {

std::uint32_t step() {
    if (bug(D11b_old_step)) return 1;
    return since(v6_12) ? 4 : since(v4_12) ? 2 : 1;
}

std::uint32_t watching_mask() { return since(v6_12) ? 4 : since(v4_12) ? 2 : 1; }

namespace {

std::uint32_t flip(RcuDynticks& rdtp, std::uint32_t by, bool relaxed, const kernel::Site& site) {
    const std::uint32_t now = relaxed
                                  ? memory::atomic_add_return_relaxed(by, rdtp.dynticks, site)
                                  : memory::atomic_add_return(by, rdtp.dynticks, site);
    state().gp.cpu_changed();
    return now;
}

void rcu_eqs_special_exit(RcuDynticks& rdtp) {
    const auto without = [](std::uint32_t old) {
        return std::optional<std::uint32_t>(old & ~special_bit);
    };
    rdtp.dynticks.update(without, memory::Order::relaxed, false, kernel::Site::current());
    memory::smp_mb__after_atomic();
    state().gp.cpu_changed();
}

}  // namespace

// W5. Two flips in one direction; or one that by itself leads nowhere, in whatever context.
void judge_flip(std::uint32_t before, std::uint32_t now, bool wrong, const char* what,
                const RcuDynticks& rdtp, const kernel::Site& site) {
    if (!wrong) return;
    const std::string sentence = std::string("the kernel warns: W5: ") + what;
    if (((before ^ now) & watching_mask()) == 0)
        return object_if(kernel::Objection::whole_cause(sentence, "W5 no change of sides"), site);
    const char* const counted = rdtp.nmi_count.get() != 0 ? "_that_counts" : "";
    object_if({sentence, "W5_" + in_context() + counted}, site);
}

// The fully ordered flip: readers before it are over before anybody sees it.
void rcu_dynticks_eqs_enter(RcuDynticks& rdtp, Eqs into, const kernel::Site& site) {
    const std::uint32_t context = since(v6_12) ? static_cast<std::uint32_t>(into) : 0;
    const std::uint32_t now = flip(rdtp, step() + context, bug(D13b_eqs_enter_relaxed), site);
    const bool watching = (now & watching_mask()) != 0;
    note(Note::flip, watching ? 1 : 0, rdtp.cpu);
    const std::uint32_t before = now - step() - context;
    judge_flip(before, now, watching, "a CPU that enters an extended quiescent state was in one",
               rdtp, site);
}

// And back: readers after it begin when everybody can see it. Pairs with the barrier between an
// update and the snapshot.
void rcu_dynticks_eqs_exit(RcuDynticks& rdtp, Eqs from, const kernel::Site& site) {
    const std::uint32_t context = since(v6_12) ? static_cast<std::uint32_t>(from) : 0;
    const std::uint32_t now = flip(rdtp, step() - context, bug(D13a_eqs_exit_relaxed), site);
    const bool watching = (now & watching_mask()) != 0;
    note(Note::flip, watching ? 1 : 0, rdtp.cpu);
    const std::uint32_t before = now - step() + context;
    judge_flip(before, now, !watching, "a CPU that leaves an extended quiescent state was in none",
               rdtp, site);
    if (since(v4_12) && !since(v6_12) && (now & special_bit) != 0) rcu_eqs_special_exit(rdtp);
}

bool rcu_dynticks_curr_cpu_in_eqs() {
    return (memory::atomic_read(this_cpu().dynticks) & watching_mask()) == 0;
}

bool rcu_is_watching() {
    kernel::preempt_disable();
    const bool watching = !rcu_dynticks_curr_cpu_in_eqs();
    kernel::preempt_enable();
    return watching;
}

// v4.12 to v5.14: asks a CPU in an EQS to do something on its way out; false: it is not in one.
bool rcu_eqs_special_set(RcuDynticks& rdtp) {
    for (;;) {
        const std::uint32_t old = memory::atomic_read(rdtp.dynticks);
        if ((old & watching_mask()) != 0) return false;
        if (memory::cmpxchg(rdtp.dynticks, old, old | special_bit) == old) break;
    }
    note(Note::special_set, 0, rdtp.cpu);
    return true;
}

bool watches(const RcuDynticks& rdtp) { return (rdtp.dynticks.get() & watching_mask()) != 0; }

}  // namespace rcufuzz::dynticks
