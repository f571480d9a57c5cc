// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether RCU watches a CPU, under interrupts and NMIs: kernel/rcu/tree.c of v4.11 to v4.16 and
// kernel/context_tracking.c of v6.12. The generation says which form; the standard is v6.12.
//
// A CPU that idles or runs user code is in an extended quiescent state (EQS): grace periods do not
// wait for it. Each way into the kernel has to flip the CPU's counter before it uses RCU, and back
// on its way out, whatever it interrupted; an interrupt may come between any two accesses.
#pragma once

#include <array>

#include "core/kernel/subject.h"
#include "core/memory/atomic.h"
#include "core/scenario/scenario.h"
#include "core/subsystems/dynticks/grace_period.h"
#include "core/subsystems/dynticks/readers.h"

namespace rcufuzz::dynticks {

using memory::load_plain;
using memory::READ_ONCE;
using memory::Shared;
using memory::store_plain;
using memory::WRITE_ONCE;

enum Generation {
    v4_11,  // counter by 1, odd: watching; helpers of entry and exit may be traced
    v4_12,  // counter by 2; disable_rcu_irq_enter while nesting and counter disagree on the way in
    v4_14,  // the flag also on the way out; rcu_irq_enter() does nothing within NMIs
    v4_16,  // interrupts are counted as NMIs are; the tracer only tests rcu_is_watching()
    v6_12,  // state and counter in one word; the code around the flips is noinstr
};

enum Bug : unsigned {
#define BUG(name, ...) name,
#include "core/subsystems/dynticks/bugs.def"
#undef BUG
};
inline bool bug(Bug which) { return scenario::bug_active(which); }

// Where a traced function is called. What is around the flips of the counter may be traced up to
// v5.7, after that only what comes behind instrumentation_begin().
enum class Place : std::uint8_t {
    nowhere,
    task,        // ordinary code
    idle_enter,  // on the way to idle, where nesting is 0 already and RCU still watches
    idle_loop,   // in the idle loop; RCU does not watch
    idle_exit,   // on the way back, where nesting is not 0 and RCU does not watch yet
    irq_enter,   // rcu_irq_enter(), between counting and flipping
    irq_body,    // a device's handler
    irq_exit,    // rcu_irq_exit(), where nesting is 0 already and RCU still watches
    nmi_early,   // an NMI before in_nmi() says so
    nmi_middle,  // in_nmi() says so, rcu_nmi_enter() is still to come
    nmi_body,    // its handler
    nmi_late,    // after rcu_nmi_exit(), and in_nmi() no longer says so
    ist_body,    // an exception on a stack of its own
    everywhere,
};

// Who is called there.
enum class Tracer : std::uint8_t {
    stack,          // the stack tracer: saves a stack, for which it needs RCU
    livepatch,      // klp_ftrace_handler(): works without RCU
    rcuidle,        // a tracepoint of the rcuidle kind
    selector,       // "in_nmi() ? rcu_nmi_enter() : rcu_irq_enter()", then RCU, and back
    always_nmi,     // "always rcu_nmi_enter()", with interrupts disabled
    always_nmi_on,  // the same with interrupts as they are
    naive_irq,      // rcu_irq_enter() without any test
};

// Values of context_tracking.state's low bits, v6.12.
enum class Eqs : std::uint8_t { kernel, idle, user };

inline constexpr int exit_idle = 1 << 16;        // DYNTICK_TASK_EXIT_IDLE
inline constexpr int nesting_nonidle = 1 << 20;  // CT_NESTING_IRQ_NONIDLE
inline constexpr std::uint32_t special_bit = 1;  // a remote request, v4.12 to v5.14

inline constexpr unsigned max_depth = 8;  // of interrupts on a CPU

// struct rcu_dynticks, and other per-CPU data.
struct RcuDynticks {
    unsigned cpu = 0;
    Shared<std::uint32_t> dynticks;  // v6.12: context_tracking.state
    Shared<int> dynticks_nesting;
    Shared<int> dynticks_nmi_nesting;
    Shared<int> old_nmi_nesting;  // of D01's algorithm
    Shared<int> disable_rcu_irq_enter;
    Shared<int> nmi_count;  // in_nmi(): NMI_MASK of preempt_count
    Shared<int> disable_stack_tracer;
    Shared<std::uint32_t> context_switches;
    // Ghost state.
    unsigned handlers = 0;  // interrupts of all kinds that have begun and not ended
    std::array<bool, max_depth + 1> tracing{};  // by that: a tracer is at work
    bool resting = false;                       // no task runs: it has ended, or sleeps
    int drift = 0;  // rcu_irq_enter() without rcu_irq_exit() since the last idle entry
};

inline constexpr unsigned max_workload_cpus = 4;

// Everything of one run.
struct State {
    Generation generation = v6_12;
    unsigned cpus = 0;
    Place traced = Place::nowhere;
    bool faults = true;  // NMI handlers may take page faults
    Tracer tracer = Tracer::stack;
    std::array<RcuDynticks, max_workload_cpus> per_cpu;
    kernel::RawSpinlock stack_trace_max_lock;
    Shared<int> stack_trace_max_size;
    Readers readers;
    GracePeriod gp;
};

State& state();
void set_state(State& state);
inline RcuDynticks& this_cpu() { return state().per_cpu[kernel::smp_processor_id()]; }
inline bool since(Generation generation) { return state().generation >= generation; }

// --- the counter (counter.cpp) ------------------------------------------------------------------
std::uint32_t step();           // what a flip adds
std::uint32_t watching_mask();  // the bit that says whether RCU watches
// `site`: who flips it.
void rcu_dynticks_eqs_enter(RcuDynticks& rdtp, Eqs state,
                            const kernel::Site& site = kernel::Site::current());
void rcu_dynticks_eqs_exit(RcuDynticks& rdtp, Eqs state,
                           const kernel::Site& site = kernel::Site::current());
// A switch of `state` to itself: an interrupt or NMI.
bool rcu_dynticks_curr_cpu_in_eqs();
bool rcu_is_watching();
bool rcu_eqs_special_set(RcuDynticks& rdtp);
// For oracles: what the newest value says.
bool watches(const RcuDynticks& rdtp);

// --- ways in and out (entry.cpp) ----------------------------------------------------------------
// With interrupts disabled.
void rcu_eqs_enter(Eqs state);
void rcu_eqs_exit(Eqs state);
void rcu_irq_enter();
void rcu_irq_exit();
void rcu_nmi_enter();
void rcu_nmi_exit();

// --- who is called in traced functions (tracer.cpp) ---------------------------------------------
bool in_nmi();
bool rcu_irq_enter_disabled();
void traced(Place place);

// --- interrupt handlers (handlers.cpp) ----------------------------------------------------------
enum class Handling : std::uint8_t { reads, quiet, faults };
void handle_irq(Handling what);
void handle_nmi(Handling what);
void handle_ist_exception(Handling what);

// --- white-box invariants (invariants.cpp) ------------------------------------------------------
// What an interrupt of any kind has to leave as it found it.
struct Found {
    bool watching = false;
    int nesting = 0;
    int nmi_nesting = 0;
    int disabled = 0;
    bool operator==(const Found&) const = default;
};
Found found_now(const RcuDynticks& rdtp);
std::string check_W2_transparent(const RcuDynticks& rdtp, const Found& found);
// Which of it has changed, in words, and who changed it last.
kernel::Objection cause_of_W2(const RcuDynticks& rdtp, const Found& found);
std::string check_W3_watching(const RcuDynticks& rdtp, bool should);
std::string check_W4_nesting(const RcuDynticks& rdtp);
std::string check_W6_place(const RcuDynticks& rdtp);
std::string check_W9_balanced(const RcuDynticks& rdtp);
void object_if(kernel::Objection objection, const kernel::Site& site = kernel::Site::current());
// Where this is executed, for causes: "in_task", "in_irq", "in_nmi".
std::string in_context();

}  // namespace rcufuzz::dynticks
