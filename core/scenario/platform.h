// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernel that a subsystem stands on, as the runner sees it. Ours (core/kernel) is one; a kernel
// that comes with a scheduler of its own is another.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/place.h"
#include "core/scenario/scenario.h"

namespace rcufuzz::sim {
class Guest;
class SubjectListener;
struct Context;
enum class TraceLevel : std::uint8_t;
}  // namespace rcufuzz::sim

namespace rcufuzz::scenario {

// What one run is to do. Lives as long as the run.
struct Workload {
    std::span<const Op> ops;  // in plan order, which is the order on each CPU
    const ConfigValues& config;
    unsigned cpus;  // that operations may name
    bool weak_memory;
    const std::string& subject;  // as of Platform::subject(); empty: whatever there is
};

// How reports describe a subject that was built from a source tree.
struct SubjectWords {
    std::string version;        // "6.12.117"
    std::string built_as;       // "6.12-lazy, sources ca051f522d16"
    std::string change;         // what was changed in the tree: `"a title"`; empty: nothing
    std::string configuration;  // all that the configuration says: "4 CPUs, rcu_nocbs=all"
    std::string variant;        // of that, for programs: how it was built, "preempt+nohz_full",
    std::string parameters;     // and what it is booted with, "rcu_nocbs=all"
    std::string build;          // the command that builds it
};

class Platform {
   public:
    virtual ~Platform() = default;

    // Which build of it a plan is for, "NAME HASH"; `name` is what the user gave, empty: the only
    // build. Empty where there is no such choice. Throws UserError for an unknown name.
    virtual std::string subject(const std::string& /*name*/) { return {}; }

    // Whether this subject ignores that configuration entry, and the operations that need it not
    // to be 0 have no effect. Generators then leave both out.
    virtual bool lacks(const std::string& /*subject*/, std::size_t /*config*/) { return false; }

    // From now on it is noted to which lines of this subject's source runs come, also in processes
    // that are forked. False where there is no source that one could look at.
    // `near`: lines "FILE LINE" of that source, for came_near().
    virtual bool watch_lines(const std::string& /*subject*/, std::string_view /*near*/) {
        return false;
    }
    // The points of the functions that have one of those lines.
    virtual std::vector<Place> points_near(const std::string& /*subject*/,
                                           std::string_view /*near*/) {
        return {};
    }
    // Whether runs of this process have come to one of them since it was asked last.
    virtual bool came_near() { return false; }
    // "FILE LINE 1" for each line that was come to, "FILE LINE 0" for the others that have code.
    virtual std::string lines() const { return {}; }

    // Before each run, and before guest(): brings the subject up with the run's configuration.
    // False: it does not come up. Then its boot was the run, at this level of trace: what is wrong
    // is in the machine, which the caller finishes. Throws UserError where the subject is not
    // there, or does not know that configuration.
    virtual bool boots(const Workload& /*workload*/, sim::TraceLevel /*level*/) { return true; }
    // Whom the machine asks (core/sim/guest.h); null: nobody.
    virtual sim::Guest* guest() { return nullptr; }
    // How many points a run may have; 0: as the machine has it.
    virtual std::uint64_t points(const Workload& /*workload*/) const { return 0; }

    // From the next run on the listener hears the subject's own trace events, and around each
    // operation "rcufuzz: begin N" and "rcufuzz: end N". Null: nobody. False: it has no events.
    virtual bool listen(sim::SubjectListener* /*listener*/) { return false; }

    // The rest in the order in which a run calls them, all but judge_progress() before its end.
    // The machine is ready, and the instance is created next.
    virtual void begin(const Workload& workload) = 0;
    // A task for each CPU that has operations. It brackets each by the events op_begin and op_end,
    // and at its end closes its CPU, waits for the interrupts that it raised, and leaves.
    virtual void start_ops(const Workload& workload, Instance& instance) = 0;
    // One scheduling-clock tick for every CPU of the workload, at quiescence.
    virtual void raise_ticks(const Workload& workload, Instance& instance) = 0;
    // Called at quiescence: contexts that wait for each other are a deadlock.
    virtual void judge_deadlock() {}
    // Called when the run has come to its step bound. What is noted here is its verdict; without
    // that it is a livelock.
    virtual void judge_endless_run() {}
    // Called at quiescence, where the instance has found nothing: a task that should have ended
    // and has not is a fault.
    virtual void judge_progress() = 0;

    // Describes a plan's subject; all words are empty where every plan has the same.
    virtual SubjectWords words_of(const std::string& /*subject*/, const ConfigValues&) const {
        return {};
    }
    // A line of that source, as it stands where the subject was built; empty: it is not there.
    virtual std::string source_line(const std::string& /*subject*/, std::string_view /*file*/,
                                    unsigned /*line*/) const {
        return {};
    }
    // What stands at an address of its code, as run::site_text() would say it; empty: unknown.
    virtual std::string place_of(const std::string& /*subject*/, std::uintptr_t) const {
        return {};
    }
    // What it prints of its own state, several lines: at the end of a run, outside of all contexts.
    virtual std::string state() { return {}; }
    // An answer to a question of its own, as in "an allocation fails"; empty: it has no words.
    virtual std::string answer_words(unsigned /*what*/) const { return {}; }
    // What the question is about, as one word for programs: "allocation"; empty: it has none.
    virtual std::string question_word(unsigned /*what*/) const { return {}; }

    // How reports call a task; empty: by its key.
    virtual std::string task_name(const sim::Context& /*task*/) const { return {}; }
    // Whether what a CPU handles is a softirq, on its way out of an interrupt. In a run.
    virtual bool in_softirq(unsigned /*cpu*/) const { return false; }
    // Whether the task that is called so waits for something, and not for a CPU; empty: there is
    // none. In a run.
    virtual std::optional<bool> task_sleeps(std::string_view /*name*/) const { return {}; }
};

}  // namespace rcufuzz::scenario
