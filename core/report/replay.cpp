// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/replay.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "core/base/text.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "core/run/site.h"
#include "core/scenario/sentence.h"
#include "core/sim/world.h"

namespace rcufuzz::report {

namespace {

constexpr std::array<std::string_view, 4> context_words{"", ", interrupts disabled",
                                                        ", in a softirq", ", in an interrupt"};

// "cpu1: call_rcu count=3, interrupts disabled"; parameters at their least value are left out.
std::string op_words(const run::Plan& plan, const scenario::Op& op) {
    const scenario::OpSpec& spec = plan.target->ops[op.kind];
    std::string text = run::cpu_word(plan, op.cpu) + ": " + std::string(spec.name);
    for (std::size_t i = 0; i < op.args.size(); ++i) {
        if (!spec.params[i].name.empty() && op.args[i] != spec.params[i].min)
            text += " " + std::string(spec.params[i].name) + "=" + std::to_string(op.args[i]);
    }
    return text + std::string(context_words[static_cast<std::size_t>(op.context)]);
}

// Of the last run: a kernel's boot is one of its own.
struct Places {
    std::vector<Place>& list;
    const scenario::Platform* platform;
    std::uint64_t run = 0;
};

void add_place(void* arg, const sim::Context& who) {
    auto& places = *static_cast<Places*>(arg);
    const sim::World& w = sim::world();
    if (places.run != w.run_number()) places.list.clear();
    places.run = w.run_number();
    const bool in_softirq = !sim::is_task_key(who.key) && !who.is_task() &&
                            places.platform != nullptr && places.platform->in_softirq(who.cpu);
    places.list.push_back({w.trace().events().size(), static_cast<std::uint32_t>(w.points()),
                           who.key, who.cpu, w.jiffies(), who.site, in_softirq});
}

// Puts the steps among the events; one of a context that goes on in the same function is left out.
class StepNotes {
   public:
    explicit StepNotes(Replay& replay) : replay_(replay), steps_(replay.plan.target->steps) {}

    void add() {
        const std::vector<sim::Event> events = std::move(replay_.trace.events);
        replay_.trace.events.clear();
        auto place = replay_.places.begin();
        for (std::size_t i = 0; i <= events.size(); ++i) {
            for (; place != replay_.places.end() && place->event <= i; ++place) pass(*place);
            if (i == events.size()) break;
            if (ends_step(events[i].kind)) last_.erase(events[i].key);
            replay_.trace.events.push_back(events[i]);
        }
    }

   private:
    static bool ends_step(sim::EventKind kind) {
        return kind == sim::EventKind::op_begin || kind == sim::EventKind::irq_exit ||
               kind == sim::EventKind::softirq_exit || kind == sim::EventKind::nmi_exit;
    }

    void pass(Place& place) {
        place.event = replay_.trace.events.size();
        const auto step =
            std::ranges::find(steps_, run::bare_function_name(place.site.function_name()),
                              &scenario::StepSpec::function);
        if (step == steps_.end()) return;
        const auto number = static_cast<sim::ObjectId>(step - steps_.begin());
        const auto [last, first] = last_.try_emplace(place.key, number);
        const bool goes_on = !first && last->second == number && last_key_ == place.key;
        last->second = number;
        last_key_ = place.key;
        if (goes_on) return;
        replay_.trace.events.push_back({sim::EventKind::note, place.cpu, place.key,
                                        first_step_note + number, place.step, place.jiffies, 0, 0,
                                        place.site});
    }

    Replay& replay_;
    const std::span<const scenario::StepSpec> steps_;
    std::map<sim::ContextKey, sim::ObjectId> last_;  // the step that a context came to last
    sim::ContextKey last_key_ = run::main_key;       // of the last step
};

}  // namespace

std::string step_words(const scenario::Subsystem& target, sim::ObjectId note,
                       std::string_view who) {
    return scenario::fill_in(target.steps[note - first_step_note].sentence, who, 0, 0, nullptr);
}

Replay replay_traced(const run::Plan& plan) {
    Replay replay{plan, {}, {}, {}, {}, {}, {}, {}};
    const run::RunOptions options{.trace = sim::TraceLevel::full, .keep = &replay.trace};
    if (plan.target->steps.empty()) {
        replay.outcome = run::replay(plan, options);
    } else {
        Places places{replay.places, plan.target->platform};
        sim::world().watchers().set_access_sink(add_place, &places);
        replay.outcome = run::replay(plan, options);
        sim::world().watchers().set_access_sink(nullptr, nullptr);
        StepNotes(replay).add();
    }
    for (const scenario::Op& op : plan.ops) replay.ops.push_back(op_words(plan, op));
    const std::string text = run::to_text(plan);
    for (const std::string_view line : lines(text)) {
        const std::size_t space = line.find(' ');
        const std::string_view word = line.substr(0, space);
        const std::string rest(line.substr(std::min(space + 1, line.size())));
        if (word == "config") replay.configs.push_back(rest);
        if (word == "bug") replay.bugs.push_back(rest);
        if (word == "memory" || word == "oracle") replay.modes.emplace_back(line);
    }
    return replay;
}

scenario::SubjectWords subject_words(const Replay& replay) {
    const scenario::Platform* const platform = replay.plan.target->platform;
    if (platform == nullptr) return {};
    return platform->words_of(replay.plan.subject, replay.plan.config);
}

std::string system_words(const Replay& replay) {
    const scenario::Subsystem& target = *replay.plan.target;
    const scenario::SubjectWords words = subject_words(replay);
    if (words.version.empty())
        return std::string(target.summary) +
               (target.kernel_files.empty() ? "" : " (" + std::string(target.kernel_files) + ")");
    return std::string(target.called.source) + ", " + words.version + " (" + words.built_as + ")" +
           (words.change.empty() ? "" : ", with " + words.change);
}

}  // namespace rcufuzz::report
