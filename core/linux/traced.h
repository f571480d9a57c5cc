// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernel's trace events as text, in the form of its own TP_printk()
// (include/trace/events/rcu.h, v6.1 and v6.12), as a file of tracefs has them.
#pragma once

#include <string>
#include <string_view>

namespace rcufuzz::linux_guest {

// Appends "rcu_grace_period: rcu_preempt -1195 start"; `args` are the event's, in its order. False:
// the table has no such event.
bool print_traced(std::string& to, std::string_view event, const long* args);

// What the runtime says of a task before a question about it ("machine_asks").
struct Asked {
    const char* task;
    unsigned cpu;  // on which it is, or was
};
Asked asked_about(const long* args);

// As print_traced(), for the beginning of the interrupt with this number. Empty: x86 has no event
// for it. So it is where a CPU starts, and with a device of the workload.
std::string_view interrupt_text(unsigned vector);

// "rescheduling": what stories call the interrupt with this number, as /proc/interrupts does. Null:
// there is none. Lasts for ever.
const char* interrupt_name(unsigned vector);

}  // namespace rcufuzz::linux_guest
