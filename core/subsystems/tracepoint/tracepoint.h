// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tracepoints and their static calls, as in kernel/tracepoint.c and include/linux/tracepoint.h. The
// generation says which state of the code; the standard is that of v6.12.
//
// A probe is a function with its data. What a reader calls is put together from two things that
// change at different times: the call target in the text, and the data in the array that tp->funcs
// points to. Every probe must get its own data; that is what can go wrong here.
#pragma once

#include <array>

#include "core/kernel/grace_periods.h"
#include "core/kernel/static_call.h"
#include "core/kernel/subject.h"
#include "core/scenario/scenario.h"
#include "core/subsystems/tracepoint/probes.h"

namespace rcufuzz::tracepoint {

using kernel::GpCallback;
using kernel::GracePeriods;
using kernel::Mutex;
using kernel::Seq;
using memory::load_plain;
using memory::rcu_assign_pointer;
using memory::rcu_dereference;
using memory::READ_ONCE;
using memory::Shared;
using memory::WRITE_ONCE;

enum Generation {
    gen_d25e37d89dd2,  // the first one with static calls, v5.10-rc1
    gen_547305a64632,  // v5.10: removing waits where the function changes
    gen_352384d5c84e,  // v5.14-rc3: adding patches the call before it publishes the array
    gen_f7ec41212563,  // v5.14-rc5: removing waits where the data changes
    gen_231264d6927f,  // v5.14-rc5: a state machine, which waits where it must
    gen_7b40066c97ec,  // v5.14-rc5: waits later and only if it must; with the regfunc balance of
                       // 2026
};

enum Bug : unsigned {
#define BUG(name, ...) name,
#include "core/subsystems/tracepoint/bugs.def"
#undef BUG
};
inline bool bug(Bug which) { return scenario::bug_active(which); }

inline constexpr int error_exist = -17;
inline constexpr int error_nomem = -12;
inline constexpr int error_noent = -2;

// One entry of an array; func 0 ends it.
struct FuncEntry {
    Shared<int> func;
    Shared<int> data;
    int prio = 0;
};

inline constexpr unsigned max_funcs = 8;

// A change from one number of functions to another, up to "many"; ghost state, for the causes of
// finds.
struct Change {
    std::uint8_t from = 0;
    std::uint8_t to = 0;
    unsigned number = 0;  // of the tracepoint's changes; 0: there was none
};

// struct tp_probes. Never changed after publication, but for the stub. Its memory stays: what is
// freed is only marked so.
struct TpProbes : GpCallback {
    std::array<FuncEntry, max_funcs + 1> probes;
    unsigned capacity = 0;  // entries that were allocated, the terminator included
    bool freed = false;
    TpProbes* allocated_before = nullptr;  // ghost state for P5
    // Ghost state: which change has published it, and which one has put another probe at its head,
    // or none, so that the data of its first probe fits no call any more.
    Change published_by;
    int first_data = 0;
    Change head_changed_by;
    unsigned tp = 0;
};

// How many functions an array holds, up to "many".
enum FuncState { TP_FUNC_0, TP_FUNC_1, TP_FUNC_2, TP_FUNC_N };
FuncState nr_func_state(const TpProbes* array);

struct Tracepoint {
    unsigned number = 0;
    kernel::StaticKey key;
    kernel::StaticCall call;
    Shared<TpProbes*> funcs;
    bool synthetic = false;  // no static call: always the iterator
    bool has_regfunc = false;
    int regfunc_balance = 0;  // calls of regfunc less calls of unregfunc
    // Ghost state: the last change, the one that patched the call, whether the last has waited.
    Change last_change;
    Change patched_by;
    bool has_waited = false;
};

// What one transition leaves for a later one to wait for. Shared by all tracepoints.
struct TransitionSnapshot {
    Seq rcu = 0;
    Seq srcu = 0;
    bool ongoing = false;
    // Ghost state for P8: readers that were inside.
    std::uint32_t rcu_sections = 0;
    std::uint32_t srcu_sections = 0;
};
enum Transition { TP_TRANSITION_SYNC_1_0_1, TP_TRANSITION_SYNC_N_2_1, transitions };

inline constexpr unsigned max_tracepoints = 2;

// Everything of one run.
struct State {
    Generation generation = gen_7b40066c97ec;
    bool allocations_fail = false;
    unsigned tracepoints = 1;
    std::array<Tracepoint, max_tracepoints> tps;
    Mutex tracepoints_mutex;
    GracePeriods rcu;
    GracePeriods srcu;
    std::array<TransitionSnapshot, transitions> snapshots;
    Probes probes;
    TpProbes* last_allocated = nullptr;
    const TpProbes* replaced = nullptr;  // by the change under way, or the last; ghost state
};

State& state();
void set_state(State& state);

// --- arrays (func_array.cpp) --------------------------------------------------------------------
// *funcs is the array now and becomes the new one; the old one is in `old`. 0 or an error.
int func_add(TpProbes*& funcs, const ProbeSpec& probe, TpProbes*& old);
int func_remove(TpProbes*& funcs, const ProbeSpec& probe, TpProbes*& old);
void release_probes(TpProbes* old);
// Access through a pointer that a reader holds: the array must still be there.
void check_not_freed(const TpProbes& array, const Site& site = Site::current());

// --- registration (update.cpp) ------------------------------------------------------------------
int tracepoint_probe_register(Tracepoint& tp, const ProbeSpec& probe);
int tracepoint_probe_unregister(Tracepoint& tp, const ProbeSpec& probe);
void tracepoint_synchronize_unregister();

// --- trace_foo() (trace_event.cpp) --------------------------------------------------------------
void trace_event(Tracepoint& tp, unsigned place, bool rcuidle);

// --- white-box invariants (invariants.cpp) ------------------------------------------------------
// P6 and P7, while nobody registers or unregisters; empty: they hold.
std::string check_P6_quiescent(const Tracepoint& tp);
std::string check_P7_regfunc_balance(const Tracepoint& tp);
void check_quiescent(const Site& site);
// P5, when all grace periods have ended.
std::string check_P5_all_freed();
void check_end(const Site& site);
std::string check_P8_out_of_reach(const TpProbes* array);
// P8, where a grace period is asked for, or remembered, which is to outlive readers of this array.
void judge_P8_out_of_reach(const TpProbes* array, const Site& site);
// P8, where the wait for a snapshot is over.
void check_P8_waited(const TransitionSnapshot& snapshot, const Site& site);

}  // namespace rcufuzz::tracepoint
