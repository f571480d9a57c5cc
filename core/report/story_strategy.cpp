// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/story_strategy.h"

#include <algorithm>

namespace rcufuzz::report {

namespace {

// An action that takes longer does not come to its end.
constexpr std::uint64_t max_points_of_action = 20000;

sim::ActorMask candidates(const sim::Choice& choice) {
    return choice.others | sim::actor_bit(choice.first);
}

std::optional<std::uint32_t> answer_if_possible(const sim::Choice& choice, unsigned actor) {
    if ((candidates(choice) & sim::actor_bit(actor)) == 0) return std::nullopt;
    return choice.answer_for(actor);
}

sim::Act delivery_of(sim::Slot slot) {
    if (slot == sim::Slot::softirq) return sim::Act::softirq;
    return slot == sim::Slot::nmi || slot == sim::Slot::nmi2 ? sim::Act::nmi : sim::Act::irq;
}

bool has_timer_ahead(const sim::World& world, unsigned cpu) {
    const sim::Jiffies expiry = world.cpu(cpu).next_expiry;
    return expiry != sim::no_expiry && expiry > world.jiffies();
}

bool everybody(const Action& action) { return action.actor.kind == Actor::Kind::everybody; }

bool is_held(const Action& action, sim::ContextKey key) {
    return std::find(action.held.begin(), action.held.end(),
                     Actor{Actor::Kind::context, key, {}}) != action.held.end();
}

}  // namespace

// --- the run ------------------------------------------------------------------------------------

void StoryStrategy::on_boot(void* arg, scenario::Instance& instance) {
    StoryStrategy& self = *static_cast<StoryStrategy*>(arg);
    self.view_.boot(instance);
    for (const Step& step : self.story_.steps)
        for (const Action& action : step.actions)
            for (const Condition& condition : action.conditions)
                if (self.unknown_ == nullptr && !self.view_.knows(condition))
                    self.unknown_ = &action;
}

void StoryStrategy::begin(const sim::World& world) {
    view_.begin(world);
    results_.assign(story_.steps.size(), {});
    step_ = action_ = 0;
    arrive();
}

std::uint32_t StoryStrategy::choose(const sim::Choice& choice) {
    if (choice.kind == sim::ChoiceKind::data) return 0;
    view_.follow();
    while (const Action* const action = current()) {
        if (is_complete(*action)) {
            next_action();
        } else if (action->kind == Action::Kind::check) {
            fail(*action, objection(*action));
        } else if (view_.world().points() - began_at_point_ > max_points_of_action) {
            fail(*action, "it does not come to an end");
        } else if (const Answer answer = answer_for(*action, choice)) {
            return *answer;
        } else if (action->kind == Action::Kind::settle) {
            next_action();
        } else {
            fail(*action, why_not(*action));
        }
    }
    return 0;
}

void StoryStrategy::end(std::uint64_t) {
    view_.follow();
    while (const Action* const action = current()) {
        if (is_complete(*action) || action->kind == Action::Kind::settle)
            next_action();
        else
            fail(*action, objection(*action));
    }
}

// --- getting on in the story --------------------------------------------------------------------

const Action* StoryStrategy::current() const {
    return step_ < story_.steps.size() ? &story_.steps[step_].actions[action_] : nullptr;
}

bool StoryStrategy::is_complete(const Action& action) const {
    switch (action.kind) {
        case Action::Kind::run:
        case Action::Kind::check:
            return std::all_of(
                action.conditions.begin(), action.conditions.end(),
                [this](const Condition& condition) { return view_.holds(condition, began_); });
        case Action::Kind::advance:
            return view_.world().jiffies() >= began_at_jiffy_ + action.jiffies;
        case Action::Kind::settle:
            return false;
    }
    return false;
}

// Before the first action of a step, or after another one.
void StoryStrategy::arrive() {
    while (step_ < story_.steps.size() && action_ == story_.steps[step_].actions.size())
        end_step(StepResult::State::holds, "");
    began_ = view_.now();
    began_at_point_ = view_.world().points();
    began_at_jiffy_ = view_.world().jiffies();
}

void StoryStrategy::next_action() {
    ++action_;
    arrive();
}

void StoryStrategy::end_step(StepResult::State state, const std::string& what) {
    results_[step_] = {state, what, view_.world().points()};
    ++step_;
    action_ = 0;
}

void StoryStrategy::fail(const Action& action, const std::string& what) {
    end_step(StepResult::State::fails,
             story_.file + ":" + std::to_string(action.line) + ": " + action.text + ": " + what);
    arrive();
}

std::string StoryStrategy::objection(const Action& action) const {
    if (action.kind == Action::Kind::advance) return "the run is over";
    for (const Condition& condition : action.conditions)
        if (!view_.holds(condition, began_)) return view_.instead_of(condition);
    return "the run is over";
}

std::string StoryStrategy::why_not(const Action& action) const {
    if (action.kind == Action::Kind::advance || action.actor.kind == Actor::Kind::clock)
        return "the clock cannot go on";
    if (everybody(action)) return "nobody can act; " + objection(action);
    const sim::World& world = view_.world();
    const sim::Context& context = world.context(action.actor.key);
    std::string text = view_.state_of(context);
    const sim::Cpu& cpu = world.cpu(context.cpu);
    if (!cpu.irqs_on) text += ", with interrupts disabled on its CPU";
    if (cpu.top() != nullptr && cpu.top() != &context)
        text += ", under " + view_.state_of(*cpu.top());
    return text + "; " + objection(action);
}

// --- who acts -----------------------------------------------------------------------------------

StoryStrategy::Answer StoryStrategy::answer_for(const Action& action,
                                                const sim::Choice& choice) const {
    if (action.kind == Action::Kind::settle || everybody(action)) return settle(action, choice);
    if (action.kind == Action::Kind::advance || action.actor.kind == Actor::Kind::clock)
        return answer_if_possible(choice, sim::actor_time);
    const sim::Context& context = view_.world().context(action.actor.key);
    if (story_.plan.target->has_tasks && context.is_task()) return towards_cpu(context.cpu, choice);
    return context.is_task() ? towards_task(context, choice) : towards_interrupt(context, choice);
}

// Whatever the CPU can do, and else what would make it do something.
StoryStrategy::Answer StoryStrategy::towards_cpu(unsigned cpu, const sim::Choice& choice) const {
    for (const sim::Act act : {sim::Act::run, sim::Act::irq, sim::Act::softirq})
        if (const Answer answer = answer_if_possible(choice, sim::actor(act, cpu))) return answer;
    if (has_timer_ahead(view_.world(), cpu)) return answer_if_possible(choice, sim::actor_time);
    return std::nullopt;
}

// What interrupts the task has to return first. A task that sleeps can be woken by what its own
// CPU has in store: an interrupt, a timer, and the passing of time up to the next one.
StoryStrategy::Answer StoryStrategy::towards_task(const sim::Context& task,
                                                  const sim::Choice& choice) const {
    const unsigned cpu = task.cpu;
    const sim::World& world = view_.world();
    const Answer run = answer_if_possible(choice, sim::actor(sim::Act::run, cpu));
    if (task.state == sim::ContextState::ready || world.cpu(cpu).depth != 0) {
        const bool other_task = world.cpu(cpu).depth == 0 && world.cpu(cpu).task != &task;
        const Answer preempt = answer_if_possible(choice, sim::actor(sim::Act::resched, cpu));
        return other_task && preempt ? preempt : run;
    }
    if (task.state != sim::ContextState::sleeping) return std::nullopt;
    for (const sim::Act act : {sim::Act::irq, sim::Act::softirq})
        if (const Answer answer = answer_if_possible(choice, sim::actor(act, cpu))) return answer;
    if (has_timer_ahead(world, cpu)) return answer_if_possible(choice, sim::actor_time);
    return std::nullopt;
}

StoryStrategy::Answer StoryStrategy::towards_interrupt(const sim::Context& interrupt,
                                                       const sim::Choice& choice) const {
    const unsigned cpu = interrupt.cpu;
    const Answer run = answer_if_possible(choice, sim::actor(sim::Act::run, cpu));
    if (interrupt.state != sim::ContextState::unused) return run;
    const unsigned delivery = sim::actor(delivery_of(interrupt.slot), cpu);
    if (const Answer answer = answer_if_possible(choice, delivery)) return answer;
    if (view_.raises_next(cpu, interrupt.slot)) return run;
    if (interrupt.slot == sim::Slot::softirq && has_timer_ahead(view_.world(), cpu))
        return answer_if_possible(choice, sim::actor_time);
    return std::nullopt;
}

// --- settling -----------------------------------------------------------------------------------

StoryStrategy::Answer StoryStrategy::settle(const Action& action, const sim::Choice& choice) const {
    if (may_act(choice.first, action)) return 0;
    for (sim::ActorMask rest = choice.others; rest != 0; rest &= rest - 1) {
        const unsigned actor = sim::nth_bit(rest, 0);
        if (may_act(actor, action)) return choice.answer_for(actor);
    }
    return std::nullopt;
}

// Whether the CPU's task is one that a settling world leaves alone.
bool StoryStrategy::rests(unsigned cpu, const Action& action) const {
    const sim::Cpu& state = view_.world().cpu(cpu);
    if (state.depth != 0 || state.task == nullptr) return false;
    const bool workload = view_.is_workload(*state.task, cpu);
    const sim::ContextKey key =
        story_.plan.target->has_tasks ? sim::context_key(cpu, sim::Slot::task) : state.task->key;
    return is_held(action, key) || (workload && view_.between_ops(cpu));
}

bool StoryStrategy::may_act(unsigned actor, const Action& action) const {
    if (actor == sim::actor_time) return awaits_timer(action);
    const unsigned cpu = sim::actor_cpu(actor);
    switch (sim::actor_act(actor)) {
        case sim::Act::run:
            return !rests(cpu, action) && !is_held(action, view_.world().cpu(cpu).top()->key);
        case sim::Act::irq:
            return !is_held(action, sim::context_key(cpu, sim::Slot::hardirq));
        case sim::Act::softirq:
            return !is_held(action, sim::context_key(cpu, sim::Slot::softirq));
        case sim::Act::resched:
            return rests(cpu, action);
        case sim::Act::nmi:
            return !is_held(action, sim::context_key(cpu, sim::Slot::nmi));
    }
    return false;
}

// Time passes only for a timer that may then run.
bool StoryStrategy::awaits_timer(const Action& action) const {
    const sim::World& world = view_.world();
    for (const Actor& held : action.held)
        if (held.kind == Actor::Kind::clock) return false;
    for (unsigned cpu = 0; cpu < world.cpus(); ++cpu)
        if (has_timer_ahead(world, cpu) &&
            !is_held(action, sim::context_key(cpu, sim::Slot::softirq)))
            return true;
    return false;
}

}  // namespace rcufuzz::report
