// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/story_view.h"

#include "core/run/names.h"
#include "core/run/site.h"
#include "core/scenario/platform.h"

namespace rcufuzz::report {

namespace {

constexpr std::string_view clock_name = "jiffies";

sim::Slot slot_of(scenario::OpContext context) {
    switch (context) {
        case scenario::OpContext::softirq:
            return sim::Slot::softirq;
        case scenario::OpContext::hardirq:
            return sim::Slot::hardirq;
        case scenario::OpContext::task_on:
        case scenario::OpContext::task_off:
            break;
    }
    return sim::Slot::task;
}

bool is_live(const sim::Context& context) { return context.state != sim::ContextState::unused; }

std::string_view function_of(const sim::Context& context) {
    return run::bare_function_name(context.site.function_name());
}

}  // namespace

void StoryView::begin(const sim::World& world) {
    world_ = &world;
    events_seen_ = 0;
    ops_.assign(plan_.ops.size(), OpState::waits);
    last_seen_.clear();
}

void StoryView::follow() {
    const std::vector<sim::Event>& events = world_->trace().events();
    for (; events_seen_ < events.size(); ++events_seen_) {
        const sim::Event& event = events[events_seen_];
        last_seen_[event.key] = events_seen_ + 1;
        if (event.kind == sim::EventKind::op_begin)
            ops_[static_cast<std::size_t>(event.a)] = OpState::begun;
        if (event.kind == sim::EventKind::op_end)
            ops_[static_cast<std::size_t>(event.a)] = OpState::done;
    }
}

// --- conditions ---------------------------------------------------------------------------------

bool StoryView::knows(const Condition& condition) const {
    if (!condition.task.empty()) return sleeps(condition.task).has_value();
    return condition.kind != Condition::Kind::observed || condition.name == clock_name ||
           instance_->observe(condition.name).has_value();
}

std::int64_t StoryView::observed(const std::string& name) const {
    if (name == clock_name) return static_cast<std::int64_t>(world_->jiffies());
    return instance_->observe(name).value_or(0);
}

std::optional<bool> StoryView::sleeps(const std::string& task) const {
    return plan_.target->platform->task_sleeps(task);
}

bool StoryView::holds(const Condition& condition, std::size_t since) const {
    if (!condition.task.empty())
        return sleeps(condition.task) == (condition.kind == Condition::Kind::asleep);
    const sim::Context& context = world_->context(condition.key);
    switch (condition.kind) {
        case Condition::Kind::observed:
            return compare(observed(condition.name), condition.comparison, condition.value);
        case Condition::Kind::asleep:
            return context.state == sim::ContextState::sleeping;
        case Condition::Kind::awake:
            return context.state != sim::ContextState::sleeping;
        case Condition::Kind::spinning:
            return context.state == sim::ContextState::spinning;
        case Condition::Kind::in_function:
            return is_live(context) && function_of(context) == condition.name;
        case Condition::Kind::at_object:
            return context.state == sim::ContextState::ready &&
                   object_name(context.pending.object) == condition.name &&
                   (condition.access == sim::AccessKind::none ||
                    condition.access == context.pending.kind);
        case Condition::Kind::returned:
            return context.state == sim::ContextState::unused && when_seen(context.key) > since;
        case Condition::Kind::op_begun:
            return ops_[condition.op] != OpState::waits;
        case Condition::Kind::op_done:
            return ops_[condition.op] == OpState::done;
    }
    return false;
}

std::string StoryView::instead_of(const Condition& condition) const {
    if (!condition.task.empty())
        return condition.task + (sleeps(condition.task).value_or(false) ? " sleeps" : " is awake");
    switch (condition.kind) {
        case Condition::Kind::observed:
            return condition.name + " is " + std::to_string(observed(condition.name));
        case Condition::Kind::op_begun:
        case Condition::Kind::op_done:
            return ops_[condition.op] == OpState::waits   ? "it has not begun"
                   : ops_[condition.op] == OpState::begun ? "it goes on"
                                                          : "it is done";
        case Condition::Kind::asleep:
        case Condition::Kind::awake:
        case Condition::Kind::spinning:
        case Condition::Kind::in_function:
        case Condition::Kind::at_object:
        case Condition::Kind::returned:
            break;
    }
    return state_of(world_->context(condition.key));
}

std::string StoryView::object_name(sim::ObjectId id) const {
    const sim::ObjectName& object = world_->names().of(id);
    return object.text + (object.index < 0 ? "" : "[" + std::to_string(object.index) + "]");
}

std::string StoryView::state_of(const sim::Context& context) const {
    const std::string name = run::context_word(plan_, context.key);
    const std::string waits_for = object_name(context.blocked_on);
    switch (context.state) {
        case sim::ContextState::sleeping:
            return name + " sleeps" + (waits_for.empty() ? "" : " on " + waits_for);
        case sim::ContextState::spinning:
            return name + " spins on " + waits_for;
        case sim::ContextState::ready:
            return name + " is ready to run in " + std::string(function_of(context)) + "()";
        case sim::ContextState::unused:
            break;
    }
    return name + (context.is_task() ? " has ended" : " is not running");
}

// --- operations ---------------------------------------------------------------------------------

std::size_t StoryView::next_op(unsigned cpu) const {
    for (std::size_t i = 0; i < ops_.size(); ++i)
        if (plan_.ops[i].cpu == cpu && ops_[i] != OpState::done) return i;
    return ops_.size();
}

bool StoryView::is_workload(const sim::Context& task, unsigned cpu) const {
    if (!plan_.target->has_tasks) return task.slot == sim::Slot::task;
    return plan_.target->platform->task_name(task) == run::cpu_word(plan_, cpu);
}

bool StoryView::between_ops(unsigned cpu) const {
    const std::size_t next = next_op(cpu);
    return next != ops_.size() && ops_[next] == OpState::waits;
}

bool StoryView::raises_next(unsigned cpu, sim::Slot slot) const {
    return between_ops(cpu) && slot_of(plan_.ops[next_op(cpu)].context) == slot;
}

}  // namespace rcufuzz::report
