// SPDX-License-Identifier: GPL-2.0-or-later
//
// The ways in and out of the extended quiescent state, by generation: rcu_eqs_enter(),
// rcu_eqs_exit(), rcu_irq_enter(), rcu_irq_exit(), rcu_nmi_enter(), rcu_nmi_exit() of
// kernel/rcu/tree.c, v4.11 to v4.16; for v6.12 ct_kernel_exit(), ct_kernel_enter(), ct_nmi_enter()
// and ct_nmi_exit() of kernel/context_tracking.c under the same names.
//
// `x += 1` is a load and a store, and an interrupt may come in between: it leaves x as it was.
#include "core/subsystems/dynticks/dynticks.h"
#include "core/subsystems/dynticks/notes.h"

namespace rcufuzz::dynticks {

namespace {

int add(Shared<int>& variable, int delta, const kernel::Site& site = kernel::Site::current()) {
    const int value = load_plain(variable, site) + delta;
    store_plain(variable, value, site);
    return value;
}

// rcu_eqs_enter_common() from where nesting and counter disagree: tracing may not call
// rcu_irq_enter() here, and the flag says so since v4.12.
void disagree_and_enter(RcuDynticks& rdtp, int nesting, Eqs into, Place place) {
    if (since(v4_12)) add(rdtp.disable_rcu_irq_enter, 1);
    store_plain(rdtp.dynticks_nesting, nesting);
    traced(place);
    rcu_dynticks_eqs_enter(rdtp, into);
    if (since(v4_12)) add(rdtp.disable_rcu_irq_enter, -1);
}

// --- up to v4.15: nesting counts tasks and interrupts -------------------------------------------

void eqs_enter_by_nesting(RcuDynticks& rdtp, Eqs into) {
    // Crowbar: rcu_irq_enter() and rcu_irq_exit() may not have balanced.
    const int left = bug(D18_no_crowbar) ? load_plain(rdtp.dynticks_nesting) - exit_idle : 0;
    disagree_and_enter(rdtp, left, into, Place::idle_enter);
}

void eqs_exit_by_nesting(RcuDynticks& rdtp, Eqs from) {
    const bool flagged = since(v4_14) && !bug(D06_exit_unflagged);
    if (flagged) add(rdtp.disable_rcu_irq_enter, 1);
    store_plain(rdtp.dynticks_nesting, exit_idle);
    traced(Place::idle_exit);
    rcu_dynticks_eqs_exit(rdtp, from);
    if (flagged) add(rdtp.disable_rcu_irq_enter, -1);
}

// 28585a832602: an exception in an NMI handler finds RCU watching, whatever nesting says.
bool within_nmi(RcuDynticks& rdtp) {
    return since(v4_14) && !bug(D08_irq_enter_in_nmi) && load_plain(rdtp.dynticks_nmi_nesting) != 0;
}

void irq_enter_by_nesting(RcuDynticks& rdtp) {
    if (within_nmi(rdtp)) return;
    const int nesting = add(rdtp.dynticks_nesting, 1);
    if (nesting != 1) return;
    note(Note::irq_enter_counted, 0, rdtp.cpu);
    traced(Place::irq_enter);
    rcu_dynticks_eqs_exit(rdtp, Eqs::kernel);
}

void irq_exit_by_nesting(RcuDynticks& rdtp) {
    if (within_nmi(rdtp)) return;
    const int nesting = load_plain(rdtp.dynticks_nesting);
    if (nesting > 1)
        store_plain(rdtp.dynticks_nesting, nesting - 1);
    else
        disagree_and_enter(rdtp, 0, Eqs::kernel, Place::irq_exit);
}

// --- since v4.16: interrupts are NMIs, tasks have a nesting of their own ------------------------

void eqs_enter_apart(RcuDynticks& rdtp, Eqs into) {
    if (bug(D18_no_crowbar))
        add(rdtp.dynticks_nmi_nesting, -nesting_nonidle);
    else if (!bug(D21_nonidle_in_eqs))
        store_plain(rdtp.dynticks_nmi_nesting, 0);
    const int nesting = load_plain(rdtp.dynticks_nesting);
    if (nesting != 1) {
        store_plain(rdtp.dynticks_nesting, nesting - 1);
        return;
    }
    if (bug(D05b_nesting_zeroed_early)) store_plain(rdtp.dynticks_nesting, 0);
    traced(Place::idle_enter);  // RCU still watches
    store_plain(rdtp.dynticks_nesting, 0);
    rcu_dynticks_eqs_enter(rdtp, into);
    if (bug(D21_nonidle_in_eqs)) store_plain(rdtp.dynticks_nmi_nesting, 0);
}

void eqs_exit_apart(RcuDynticks& rdtp, Eqs from) {
    const int nesting = load_plain(rdtp.dynticks_nesting);
    if (nesting != 0) {
        store_plain(rdtp.dynticks_nesting, nesting + 1);
        return;
    }
    // 6136d6e48a01: an interrupt that comes before the flip has to find 0 here.
    if (bug(D21_nonidle_in_eqs)) store_plain(rdtp.dynticks_nmi_nesting, nesting_nonidle);
    rcu_dynticks_eqs_exit(rdtp, from);
    store_plain(rdtp.dynticks_nesting, 1);
    if (bug(D18_no_crowbar))
        add(rdtp.dynticks_nmi_nesting, nesting_nonidle);
    else if (!bug(D21_nonidle_in_eqs))
        store_plain(rdtp.dynticks_nmi_nesting, nesting_nonidle);
}

// --- NMIs ---------------------------------------------------------------------------------------

// Before 734d16801349, v3.19: a count, and a flip for everyone that finds it other than 0.
void nmi_enter_old(RcuDynticks& rdtp) {
    if (load_plain(rdtp.old_nmi_nesting) == 0 && !rcu_dynticks_curr_cpu_in_eqs()) return;
    add(rdtp.old_nmi_nesting, 1);
    rcu_dynticks_eqs_exit(rdtp, Eqs::kernel);
}

void nmi_exit_old(RcuDynticks& rdtp) {
    if (load_plain(rdtp.old_nmi_nesting) == 0) return;
    if (add(rdtp.old_nmi_nesting, -1) != 0) return;
    rcu_dynticks_eqs_enter(rdtp, Eqs::kernel);
}

}  // namespace

void rcu_eqs_enter(Eqs into) {
    RcuDynticks& rdtp = this_cpu();
    rdtp.drift = 0;
    note(Note::eqs_enter, static_cast<int>(into), rdtp.cpu);
    if (since(v4_16))
        eqs_enter_apart(rdtp, into);
    else
        eqs_enter_by_nesting(rdtp, into);
}

void rcu_eqs_exit(Eqs from) {
    RcuDynticks& rdtp = this_cpu();
    note(Note::eqs_exit, static_cast<int>(from), rdtp.cpu);
    if (since(v4_16))
        eqs_exit_apart(rdtp, from);
    else
        eqs_exit_by_nesting(rdtp, from);
}

void rcu_irq_enter() {
    if (since(v4_16))
        rcu_nmi_enter();
    else
        irq_enter_by_nesting(this_cpu());
}

void rcu_irq_exit() {
    if (since(v4_16))
        rcu_nmi_exit();
    else
        irq_exit_by_nesting(this_cpu());
}

// The nesting is odd where the outermost NMI has found the CPU in an EQS, and so has to flip back.
void rcu_nmi_enter() {
    RcuDynticks& rdtp = this_cpu();
    if (bug(D01_nested_nmi_flips)) return nmi_enter_old(rdtp);
    int by = 2;
    if (rcu_dynticks_curr_cpu_in_eqs()) {
        if (bug(D22_nesting_before_flip)) add(rdtp.dynticks_nmi_nesting, 1);
        rcu_dynticks_eqs_exit(rdtp, Eqs::kernel);
        by = bug(D22_nesting_before_flip) ? 0 : 1;
    }
    if (by != 0) add(rdtp.dynticks_nmi_nesting, by);
}

void rcu_nmi_exit() {
    RcuDynticks& rdtp = this_cpu();
    if (bug(D01_nested_nmi_flips)) return nmi_exit_old(rdtp);
    const int nesting = load_plain(rdtp.dynticks_nmi_nesting);
    kernel::warn_on(scenario::white_box_oracles && (nesting <= 0 || !watches(rdtp)),
                    "rcu_nmi_exit() without rcu_nmi_enter()");
    if (nesting != 1) {
        store_plain(rdtp.dynticks_nmi_nesting, nesting - 2);
        return;
    }
    if (!bug(D23_flip_before_zero)) store_plain(rdtp.dynticks_nmi_nesting, 0);
    rcu_dynticks_eqs_enter(rdtp, Eqs::kernel);
    if (bug(D23_flip_before_zero)) store_plain(rdtp.dynticks_nmi_nesting, 0);
}

}  // namespace rcufuzz::dynticks
