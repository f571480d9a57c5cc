// SPDX-License-Identifier: GPL-2.0-or-later
//
// Calls of functions on other CPUs, as in kernel/smp.c. The generation says which state of the
// code: five of 2011 (2.6.32 to 3.8), the standard being 723aae25d5cd, and the one of v6.12, which
// is another algorithm under the same oracles.
//
// In 2011 a call to several CPUs is an element on one list that all CPUs walk without a lock. Each
// CPU has one element, which it uses again for the next call as soon as the last one is over,
// without a grace period: a late walker may stand at an element that meanwhile has become another.
#pragma once

#include <array>

#include "core/kernel/ipi.h"
#include "core/kernel/spin_wait.h"
#include "core/kernel/spinlock.h"
#include "core/memory/atomic.h"
#include "core/scenario/scenario.h"
#include "core/subsystems/smp_call/calls.h"

namespace rcufuzz::smp_call {

using kernel::IpiVector;
using kernel::RawSpinlock;
using memory::load_plain;
using memory::READ_ONCE;
using memory::Shared;
using memory::store_plain;
using memory::WRITE_ONCE;

enum Generation {
    gen_2_6_32,        // V0: no look at refs
    gen_6dc19899958e,  // V1, v2.6.38: refs is looked at, and set before the lock is taken
    gen_e6cd1e07a185,  // V2, v2.6.39: refs is set under the lock, after the list
    gen_45a5791920ae,  // V3, v2.6.39: function and data come before the mask
    gen_723aae25d5cd,  // V4, v2.6.39: a mask that others clear may become empty
    gen_f44310b98ddb,  // v3.8: the interrupt code gets a mask of its own
    gen_6_12,          // a queue for each CPU
};

enum Bug : unsigned {
#define BUG(name, ...) name,
#include "core/subsystems/smp_call/bugs.def"
#undef BUG
};
inline bool bug(Bug which) { return scenario::bug_active(which); }

// struct call_single_data. Its flags are plain in 2011, although others look at them at any time;
// here they are marked, or every correct run would have a data race.
inline constexpr unsigned csd_flag_lock = 1;
inline constexpr unsigned csd_type_sync = 2;  // v6.12: somebody waits for it

struct Csd {
    Shared<unsigned> flags;
    Shared<int> func;
    Shared<int> info;
    Shared<Csd*> next;  // on a queue; until v3.13 under its lock
    kernel::SpinWait waiters;
    // Ghost state: whose interrupts unlock it, for who waits. By now, for an element on the list.
    CpuMask targets = 0;
    const Shared<CpuMask>* mask = nullptr;
    bool on_list = false;       // the element of a CPU, for calls to several
    bool being_set_up = false;  // by its owner, who has not told everybody yet
    bool in_use = false;        // from csd_lock() to csd_unlock()
    sim::ContextKey owner = 0;

    // `next_name` may be null: it is never on a queue.
    void init(const char* flags_name, const char* func_name, const char* info_name,
              const char* next_name, int index);
};

// struct call_function_data: the element of a CPU. The head of the list is one without an owner.
struct CfdData {
    Shared<CfdData*> next;
    Shared<CfdData*> prev;  // null: not on the list (LIST_POISON2)
    Csd csd;
    Shared<int> refs;
    Shared<CpuMask> cpumask;
    unsigned cpu = 0;
    // Ghost state: the call it stands for, what refs was set to, which values it was counted down
    // to (as bits), and which CPUs were interrupted for it.
    int call = 0;
    int references = 0;
    std::uint32_t counted_to = 0;
    CpuMask interrupted = 0;
};

// What a CPU has been asked to call on its own: call_single_queue, before v3.14 under a lock.
struct SingleQueue {
    RawSpinlock lock;
    Shared<Csd*> first;
    Shared<Csd*> last;  // 2011 only: calls are taken in the order in which they came
    int owed = 0;       // ghost state: who adds to it, and may send an interrupt
};

// What one CPU calls others with.
struct Caller {
    CfdData cfd;
    std::array<Csd, max_work_cpus> to;   // v6.12: one element for each target
    Csd csd_data;                        // of calls to one CPU that nobody waits for
    Csd stack;                           // of calls to one CPU, on the caller's stack
    std::array<Csd, 3> own;              // of calls in interrupts: with IRQs off, softirq, hardirq
    Shared<int> work;                    // what functions do on this CPU
    unsigned handlers = 0;               // ghost state: interrupt handlers at work,
    const CfdData* stands_at = nullptr;  // and what the last of them has come to and not judged
};

// Whom a caller asks for: a mask of its own, or one that others change meanwhile.
struct Request {
    const Shared<CpuMask>* live = nullptr;
    CpuMask fixed = 0;

    CpuMask read(const Site& site = Site::current()) const {
        return live != nullptr ? READ_ONCE(*live, site) : fixed;
    }
};

// Everything of one run.
struct State {
    Generation generation = gen_723aae25d5cd;
    unsigned cpus = 0;
    CpuMask online = 0;  // changes only while all CPUs are stopped
    CpuMask has_been_offline = 0;
    unsigned busy = 0;   // callers and handlers at work, for whom stopping the machine waits
    std::array<Caller, max_work_cpus> callers;
    std::array<SingleQueue, max_work_cpus> queues;
    CfdData head;  // call_function.queue
    RawSpinlock lock;
    Shared<CpuMask> mm_cpumask;
    IpiVector many_ipi;
    IpiVector single_ipi;
    IpiVector spare_ipi;
    CpuMask spares = 0;  // CPUs whose next interrupt comes twice
    Calls calls;

    Caller& caller() { return callers[kernel::smp_processor_id()]; }
    bool at_least(Generation which) const { return generation >= which; }
};

State& state();
void set_state(State& state);
void init_state(State& state, Generation generation, unsigned cpus);

void send_interrupt(IpiVector& vector, unsigned cpu, const Site& site = Site::current());
void note_coarse_state();

// --- csd.cpp ------------------------------------------------------------------------------------
// For the next user of the element, and for who waits for the call.
void csd_lock(Csd& csd);
void csd_lock_wait(Csd& csd);
void csd_unlock(Csd& csd);
// Ghost state: whoever unlocks it has been told, or there is nobody.
void csd_sent(Csd& csd);
// A handler calls the function; `may_enable_irqs`: it may enable interrupts if it likes.
void run_function(int func, int info, bool may_enable_irqs);

// --- call_list.cpp ------------------------------------------------------------------------------
void list_add_rcu(CfdData& cfd);
void list_del_rcu(CfdData& cfd);
inline bool is_linked(const CfdData& cfd) { return cfd.prev.get() != nullptr; }

// --- many.cpp, many_interrupt.cpp ---------------------------------------------------------------
void smp_call_function_many(const Request& request, Call& call);
void generic_smp_call_function_interrupt();
// The next CPU of the request, from `from` on, that is online and not this one; or >= cpus.
unsigned next_target(const Request& request, unsigned from);

// --- single.cpp ---------------------------------------------------------------------------------
void smp_call_function_single(unsigned cpu, Call& call);
// With an element of the caller's own, in any context. False: it is still in use.
bool smp_call_function_single_async(unsigned cpu, Call& call, Csd& csd);
void generic_smp_call_function_single_interrupt();

// --- queue.cpp: v6.12 ---------------------------------------------------------------------------
void smp_call_function_many_queued(const Request& request, Call& call);
bool call_single_queue_add(unsigned cpu, Csd& csd);  // whether it was empty
void flush_smp_call_function_queue();

// --- hotplug.cpp --------------------------------------------------------------------------------
bool cpu_down();
bool cpu_up();

// --- white-box invariants (invariants.cpp); empty: it holds -------------------------------------
std::string check_Q3_counted_to(const CfdData& cfd, int refs);
std::string check_Q4_list();
std::string check_Q4_locked(const CfdData& cfd);
std::string check_Q6_interrupted(unsigned cpu);
std::string check_Q8_quiescent();
std::string check_Q9_queue(unsigned cpu);
void object_if(const std::string& objection, const Site& site = Site::current());

}  // namespace rcufuzz::smp_call
