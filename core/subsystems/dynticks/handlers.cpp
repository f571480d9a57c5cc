// SPDX-License-Identifier: GPL-2.0-or-later
//
// Interrupts of all kinds from their first instruction to their last: irq_enter() and irq_exit()
// (kernel/softirq.c), nmi_enter() and nmi_exit() (include/linux/hardirq.h), ist_enter() and
// ist_exit() (arch/x86/kernel/traps.c, up to v5.7; irqentry_nmi_enter() in v6.12).
#include "core/subsystems/dynticks/dynticks.h"
#include "core/subsystems/dynticks/notes.h"

namespace rcufuzz::dynticks {

namespace {

// Begins and ends an interrupt, and asks whether it left everything as it was.
class Handler {
   public:
    explicit Handler(RcuDynticks& rdtp) : rdtp_(rdtp), found_(found_now(rdtp)) {
        CHECK(rdtp_.handlers < max_depth);
        ++rdtp_.handlers;
        // An atomic operation that was interrupted is over, the barrier behind it included.
        memory::barrier_within_step();
    }
    void end(const kernel::Site& site = kernel::Site::current()) {
        if (!check_W2_transparent(rdtp_, found_).empty())
            object_if(cause_of_W2(rdtp_, found_), site);
        --rdtp_.handlers;
        state().gp.cpu_changed();
    }

   private:
    RcuDynticks& rdtp_;
    Found found_;
};

void add_nmi_count(RcuDynticks& rdtp, int delta) {
    store_plain(rdtp.nmi_count, load_plain(rdtp.nmi_count) + delta);
}

// An exception whose handler may use RCU, and so announces itself as an interrupt.
void page_fault() {
    note(Note::page_fault, 0, 0);
    rcu_irq_enter();
    state().readers.read();
    rcu_irq_exit();
}

void body(Place place, Handling what) {
    object_if(check_W3_watching(this_cpu(), true));
    traced(place);
    if (what == Handling::faults && state().faults) page_fault();
    if (what != Handling::quiet) state().readers.read();
}

}  // namespace

void handle_irq(Handling what) {
    RcuDynticks& rdtp = this_cpu();
    Handler handler(rdtp);
    note(Note::irq, 0, 0);
    rcu_irq_enter();
    body(Place::irq_body, what == Handling::faults ? Handling::reads : what);
    rcu_irq_exit();
    handler.end();
}

void handle_nmi(Handling what) {
    RcuDynticks& rdtp = this_cpu();
    Handler handler(rdtp);
    note(Note::nmi, 0, 0);
    traced(Place::nmi_early);
    add_nmi_count(rdtp, 1);
    traced(Place::nmi_middle);
    rcu_nmi_enter();
    body(Place::nmi_body, what);
    rcu_nmi_exit();
    add_nmi_count(rdtp, -1);
    traced(Place::nmi_late);
    handler.end();
}

// Up to v5.7 in_nmi() stays false, though rcu_nmi_enter() has run.
void handle_ist_exception(Handling what) {
    RcuDynticks& rdtp = this_cpu();
    Handler handler(rdtp);
    note(Note::ist, 0, 0);
    if (since(v6_12)) add_nmi_count(rdtp, 1);
    rcu_nmi_enter();
    body(Place::ist_body, what == Handling::faults ? Handling::reads : what);
    rcu_nmi_exit();
    if (since(v6_12)) add_nmi_count(rdtp, -1);
    handler.end();
}

}  // namespace rcufuzz::dynticks
