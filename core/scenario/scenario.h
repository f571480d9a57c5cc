// SPDX-License-Identifier: GPL-2.0-or-later
//
// The contract between a subsystem (an algorithm under test) and everything above it. A subsystem
// describes itself with tables: operations, deliberate bugs, configuration. Plans, the command
// line, fuzz targets, generators and READMEs follow from the tables; nothing above this contract
// knows a subsystem by name.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/arena.h"
#include "core/base/verdict.h"

namespace rcufuzz::scenario {

// The context in which an operation's kernel code runs on its CPU.
enum class OpContext : std::uint8_t { task_on, task_off, softirq, hardirq };  // task IRQs on / off
inline constexpr std::array<std::string_view, 4> op_context_words{"on", "off", "softirq",
                                                                  "hardirq"};

constexpr std::uint8_t bit(OpContext context) {
    return static_cast<std::uint8_t>(1u << static_cast<unsigned>(context));
}
inline constexpr std::uint8_t any_context = 0x0f;

struct ParamSpec {
    std::string_view name;  // empty: the operation has no such parameter
    std::uint8_t min = 0;
    std::uint8_t max = 0;
    bool names_cpu = false;  // its value, modulo their number, is a workload CPU
    bool repeats = false;    // it says how often something is done: who reads a run reads it all
};

// What an operation does to a switch of a CPU (see Subsystem::switches), for generators: one that
// finds the switch as it would leave it has no effect.
enum class Turns : std::uint8_t { nothing, on, off };

struct OpSpec {
    std::string_view name;
    std::string_view summary;
    std::uint8_t contexts = bit(OpContext::task_on);  // allowed contexts, as bits
    std::array<ParamSpec, 2> params{};
    std::uint8_t weight = 10;  // how often a generator picks it, relative to the others
    // Index of the configuration entry that must not be 0 where it is to have an effect, for
    // generators; 0, end_tick's, says: none.
    std::uint8_t needs_config = 0;
    // The switch is that of the CPU that the first parameter names, or else of its own.
    Turns turns = Turns::nothing;
    std::uint8_t switch_number = 0;
    std::uint8_t void_under = 0;  // switches of its own CPU, as bits, under which it does nothing
    // Not 0: which part of a large target it is about. Half of the plans that a generator makes are
    // about one part only, and use operations of that and of none.
    std::uint8_t family = 0;
};

struct Op {
    std::uint8_t kind = 0;  // index into Subsystem::ops
    std::uint8_t cpu = 0;   // workload CPU, 0 .. workload_cpus(config) - 1
    OpContext context = OpContext::task_on;
    std::array<std::uint8_t, 2> args{};

    bool operator==(const Op&) const = default;
};

// The number in the specification with which a bug's name begins: "D01" of "D01_wake_leaves_level".
constexpr std::string_view spec_number(std::string_view name) {
    return name.substr(0, name.find('_'));
}

// What a plan must have for a bug to show; run::make_frame() sees to it.
struct BugNeeds {
    bool weak_memory = false;   // it cannot show under sequential consistency
    std::string_view config{};  // "name=value ...": the form of the code that has it, or can
};

struct BugSpec {
    std::string_view name;  // "D01_direct_wake_leaves_level"
    std::string_view spec;  // "D01"
    Verdict verdict;        // what it must be reported as; clean: a benign control
    std::string_view summary;
    std::string_view fixed_by;  // fixing commit and version
    BugNeeds needs{};

    bool benign() const { return verdict == Verdict::clean; }
};

struct ConfigSpec {
    std::string_view name;
    std::string_view summary;
    std::int16_t min;
    std::int16_t max;
    std::int16_t standard;
    // What generators draw from when the user has not fixed the value; empty: always `standard`.
    std::span<const std::int16_t> swarm{};
    // It says which form of the algorithm this is. Only the user changes it: generators and the
    // minimiser leave it alone. What stands in `swarm` are then the forms in which no fault is
    // known, beside the standard one; inputs of fuzz targets choose among these.
    bool chosen = false;
    // Not 0: where it is not 0 it disturbs what everything else does. Generators then have few of
    // its like in one plan, and this one as often as the number says, relative to the others.
    std::uint8_t disturbance = 0;
    // Stories tell its value also where it is the standard one: without it a run is a riddle.
    bool told = false;

    // Of a chosen entry: in this form nothing may ever be found.
    constexpr bool is_faultless(std::int16_t value) const {
        return value == standard || std::ranges::find(swarm, value) != swarm.end();
    }
};

inline constexpr std::size_t max_configs = 32;
using ConfigValues = std::array<std::int16_t, max_configs>;

// The first entry of every subsystem's config table. 0: when the operations are done, every CPU
// stays in the kernel for ever, without a tick. 1: every CPU then gets one scheduling-clock tick.
inline constexpr std::size_t config_end_tick = 0;
inline constexpr ConfigSpec end_tick_spec{
    "end_tick", "1: one tick on every CPU after the last operation; 0: none, for ever", 0, 1, 0,
    {}};

// One run of the algorithm. Lives in the run's arena; its destructor never runs.
class Instance {
   public:
    // Creates kthreads and initial state, before the first choice of the run.
    virtual void boot() = 0;

    // Executes one operation; called on its CPU in its context, IRQ state already as required.
    // Returns false where the precondition does not hold; the operation is then a no-op.
    virtual bool run_op(const Op& op) = 0;

    // Undoes what operations left open on this CPU (interrupts off, readers); in task context,
    // after the last operation of the CPU.
    virtual void close_cpu(unsigned cpu) = 0;

    // The last thing that this CPU's task does: its interrupts have run, and nothing follows.
    virtual void leave_cpu(unsigned /*cpu*/) {}

    // One scheduling-clock tick on this CPU, in hardirq context.
    virtual void tick(unsigned cpu) = 0;

    // End-of-run oracles. Called at quiescence, outside any context.
    virtual void judge_end() = 0;

    // A named quantity for stories ("level1", "gp_sleep0"), of those that Subsystem::quantities
    // lists; empty: no such name.
    virtual std::optional<std::int64_t> observe(std::string_view name) const = 0;

   protected:
    ~Instance() = default;
};

// The switches of a CPU before the first operation, one bit each.
struct CpuSwitches {
    std::uint8_t on = 0;
    std::uint8_t stuck = 0;  // nothing turns these
};
// Number 0 is the switch that takes a CPU away: while it is on, the CPU executes no operation. No
// operation turns it on its own CPU.
inline constexpr std::uint8_t switch_absent = 0;

// A quantity that Instance::observe() knows, for stories and `rcufuzz list`.
struct QuantitySpec {
    std::string_view name;     // "level", of "level1"; or the whole of it: "gp"
    std::string_view summary;  // the kernel's name for it, where it has one
    bool numbered = true;      // the number of a CPU, or of what there is one for each of, follows
};

class Platform;  // platform.h

// How reports for people who do not know us call what is tested.
struct Called {
    std::string_view source = "a re-implementation of the algorithm";
    std::string_view itself = "the algorithm";
};

// One line of a story or report, made from a note that the subsystem left in the trace.
// `a` and `b` are the note's arguments; `who` is the name of the acting context.
using TellNote = std::string (*)(unsigned note, std::string_view who, std::int64_t a,
                                 std::int64_t b);

// Of code that leaves no notes: what it says in a story that a context comes to a function, as
// sentence.h has it.
struct StepSpec {
    std::string_view function;
    std::string_view sentence;
};

struct Subsystem {
    std::string_view name;
    std::string_view summary;
    std::span<const OpSpec> ops;
    std::span<const BugSpec> bugs;  // at most 64
    std::span<const ConfigSpec> configs;
    unsigned (*workload_cpus)(const ConfigValues&);  // CPUs that operations may name
    unsigned (*all_cpus)(const ConfigValues&);       // plus housekeeping CPUs for kthreads
    std::string (*cpu_name)(const ConfigValues&, unsigned cpu);  // "cpu1", "rcuog0", ...
    Instance& (*create)(Arena&, const ConfigValues&);
    TellNote tell;
    // Null: no operation turns one.
    CpuSwitches (*switches)(const ConfigValues&, unsigned cpu) = nullptr;
    // Its oracles judge by the rules of weak memory too, and plans may ask for it.
    bool runs_weak = false;
    // Its kernel has a scheduler of its own: decisions may be those of its tasks, by number.
    bool has_tasks = false;
    // What it runs on; null: core/kernel.
    Platform* platform = nullptr;
    Called called{};
    // Whether a file, by its name in reports ("nocb/wake.cpp"), is of what is tested, and not of
    // the machine below it. Null: those in the folder of its name are.
    bool (*owns_file)(std::string_view file) = nullptr;
    // All that observe() knows. Of a kernel that somebody built: what it can know.
    std::span<const QuantitySpec> quantities{};
    std::span<const StepSpec> steps{};
    // Of a re-implementation: where the kernel has the algorithm, "kernel/smp.c".
    std::string_view kernel_files{};
    // How reports spell a value of a shared variable, "cfd.cpumask[1]"; empty: as a number. Null:
    // all are numbers.
    std::string (*value_words)(std::string_view variable, std::int64_t value) = nullptr;

    // A kernel's own source is under weak memory only where a person asks for it.
    bool inputs_may_be_weak() const { return runs_weak && platform == nullptr; }
    bool owns(std::string_view file) const {
        if (owns_file != nullptr) return owns_file(file);
        return file.starts_with(name) && file.substr(name.size()).starts_with('/');
    }
};

// --- what a running subsystem may ask ------------------------------------------------------

// Bits of the enabled bugs, in the order of Subsystem::bugs. Set by the runner before create().
extern std::uint64_t active_bugs;
inline bool bug_active(unsigned index) { return (active_bugs >> index) & 1u; }

// False: white-box invariants stay silent (`--oracle black-box`).
extern bool white_box_oracles;

}  // namespace rcufuzz::scenario
