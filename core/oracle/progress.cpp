// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/oracle/progress.h"

#include <string>

#include "core/kernel/kthread.h"

namespace rcufuzz::oracle {

namespace {

std::string name_of(sim::ObjectId id) {
    const sim::ObjectName& name = sim::world().names().of(id);
    return name.index < 0 ? name.text : name.text + ("[" + std::to_string(name.index) + "]");
}

// Who waits: an interrupt keeps the code that it has interrupted from going on.
sim::Objection endless_wait(const sim::Context& context) {
    const std::string who = context.is_task() ? "task" : "interrupt";
    const std::string role = sim::world().names().of(context.blocked_on).text;
    return {"a context waits for " + name_of(context.blocked_on) + " for ever",
            who + "_waits_for_" + role + "_for_ever"};
}

void judge_sleeper(const kernel::Task& task, const sim::Context& context) {
    sim::World& w = sim::world();
    const kernel::WaitCondition& condition = task.condition;
    if (condition.holds != nullptr && condition.holds(condition.arg))
        w.findings().note(Verdict::lost_wakeup,
                          name_of(task.name) + " sleeps on " + name_of(context.blocked_on) +
                              " though its condition holds",
                          context.site);
    else if (!task.kthread)
        w.findings().note(
            Verdict::deadlock,
            name_of(task.name) + " waits on " + name_of(context.blocked_on) + " for ever",
            context.site);
}

}  // namespace

void judge_progress() {
    sim::World& w = sim::world();
    for (unsigned key = 0; key < w.cpus() * sim::slots_per_cpu; ++key) {
        const sim::Context& context = w.context(static_cast<sim::ContextKey>(key));
        if (context.state == sim::ContextState::spinning)
            w.findings().note(Verdict::deadlock, endless_wait(context), context.site);
        const kernel::Task* const task = kernel::task_of(context);
        if (task != nullptr && context.state == sim::ContextState::sleeping)
            judge_sleeper(*task, context);
    }
}

}  // namespace rcufuzz::oracle
