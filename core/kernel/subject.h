// SPDX-License-Identifier: GPL-2.0-or-later
//
// What an algorithm under test and its oracles tell the machine: verdicts, notes for stories,
// coarse states. A subsystem needs nothing of core/sim beyond this and the primitives.
#pragma once

#include <string>
#include <utility>

#include "core/kernel/kthread.h"

namespace rcufuzz::kernel {

using sim::Jiffies;
using sim::ObjectId;
using sim::Objection;
inline constexpr unsigned max_cpus = sim::max_cpus;

// An object that lives until the end of the run.
template <typename T>
T& allocate() {
    return sim::world().arena().make<T>();
}

// Ends the run with this verdict; from within a context.
[[noreturn]] inline void fail(Verdict verdict, Objection why, const Site& site = Site::current()) {
    sim::world().fail(verdict, std::move(why), site);
}
// The verdict of an end-of-run oracle, outside any context. The first one counts.
inline void object_at_end(Verdict verdict, Objection why, const Site& site = Site::current()) {
    sim::world().findings().note(verdict, std::move(why), site);
}
// A white-box invariant does not hold; the run goes on, for a consequence that users would see.
inline void invariant_broken(Objection why, const Site& site = Site::current()) {
    sim::world().findings().suspect(Verdict::invariant, std::move(why), site);
}
// The same for what has a verdict of its own but need not have a consequence.
inline void suspect(Verdict verdict, Objection why, const Site& site = Site::current()) {
    sim::world().findings().suspect(verdict, std::move(why), site);
}

// What may fail, as the strategy likes.
inline constexpr sim::Question kthread_fails{1, "the kthread cannot be made"};
inline constexpr sim::Question allocation_fails{2, "the allocation fails"};
inline bool may_fail(const sim::Question& what, const Site& site = Site::current()) {
    return sim::world().choose(what.number, 2, site) != 0;
}

// A sentence of the story: `number` is the subsystem's own, told by its tell().
inline void leave_note(unsigned number, std::int64_t a, std::int64_t b,
                       const Site& site = Site::current()) {
    sim::world().event(sim::EventKind::note, static_cast<ObjectId>(number), a, b, site);
}

inline bool wants_states() { return sim::world().watchers().wants_states(); }
inline void note_state(std::uint64_t state) { sim::world().watchers().note_state(state); }

// A point for plain accesses that have no variable of their own.
inline void plain_read(ObjectId object, const Site& site = Site::current()) {
    sim::world().point({object, sim::AccessKind::read}, site);
}
inline void plain_write(ObjectId object, const Site& site = Site::current()) {
    sim::world().point({object, sim::AccessKind::write}, site);
}

// For oracles: whether the task sleeps on this object (that of a wait queue, say).
inline bool sleeps_on(const Task& task, ObjectId object) {
    return task.context->state == sim::ContextState::sleeping && task.state == TaskState::idle &&
           task.context->blocked_on == object;
}
// 0 not started or ended, then running, waiting for a lock, sleeping.
inline unsigned coarse_task_state(const Task& task) {
    return static_cast<unsigned>(task.context->state);
}

}  // namespace rcufuzz::kernel
