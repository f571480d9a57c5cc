// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/interleaving.h"

#include <algorithm>
#include <array>

#include "core/report/effect.h"
#include "core/report/replay.h"
#include "core/run/names.h"
#include "core/run/site.h"

namespace rcufuzz::report {

namespace {

using sim::EventKind;

// Whatever compiler wrote it: "(anonymous namespace)::f()", "{anonymous}::f()".
bool is_local(std::string_view pretty) { return pretty.find("anonymous") != pretty.npos; }

class Builder {
   public:
    Builder(const run::Plan& plan, const run::NamedTrace& trace) : plan_(plan), trace_(trace) {
        column_of_cpu_.fill(none);
    }

    Interleaving build() {
        list_actors();
        for (const sim::Event& event : trace_.events) add(event);
        return std::move(result_);
    }

   private:
    static constexpr std::size_t none = ~std::size_t{0};

    void list_actors() {
        std::array<bool, sim::max_cpus> acts{};
        for (const sim::Event& event : trace_.events)
            if (event.key != run::main_key) acts[event.cpu] = true;
        for (unsigned cpu = 0; cpu < sim::max_cpus; ++cpu) {
            if (!acts[cpu]) continue;
            column_of_cpu_[cpu] = result_.actors.size();
            result_.actors.push_back(run::cpu_word(plan_, cpu));
        }
    }

    void add(const sim::Event& event) {
        switch (event.kind) {
            case EventKind::answer:
                decided_ = true;
                if (event.b != 0) put(event, run::answer_words(plan_, event.object));
                return;
            case EventKind::jiffies:
                begin_row(event).clock = true;
                return;
            case EventKind::resume:
                fresh_ = true;
                return;
            case EventKind::irq_enter:
            case EventKind::softirq_enter:
            case EventKind::nmi_enter:
                entered_ = event.kind == EventKind::irq_enter ? object(event) : "";
                return;
            default:
                if (const std::string text = words(event); !text.empty()) put(event, text);
        }
    }

    // Continues the last row or begins a new one.
    void put(const sim::Event& event, const std::string& text) {
        if (event.key == run::main_key) return;  // the world itself, before anybody runs
        const std::string function{event.site.line() == 0
                                       ? std::string_view()
                                       : run::bare_function_name(event.site.function_name())};
        const std::size_t column = column_of_cpu_[event.cpu];
        std::string context = interrupt_words(event.key);
        Row* const last = result_.rows.empty() ? nullptr : &result_.rows.back();
        const bool goes_on = last != nullptr && !fresh_ && !decided_ && !last->clock &&
                             last->column == column && last->function == function;
        if (!goes_on) {
            if (!entered_.empty() && !context.empty()) context += " " + entered_;
            entered_.clear();
            Row& row = begin_row(event);
            row.column = column;
            row.key = event.key;
            row.context = context;
            row.function = function;
            row.inner = is_local(event.site.function_name());
            fresh_ = false;
        }
        result_.rows.back().events.push_back({index_of(event), text});
    }

    Row& begin_row(const sim::Event& event) {
        Row& row = result_.rows.emplace_back();
        row.index = index_of(event);
        row.step = event.step;
        row.jiffies = event.jiffies;
        row.decided = decided_;
        decided_ = false;
        return row;
    }

    std::size_t index_of(const sim::Event& event) const {
        return static_cast<std::size_t>(&event - trace_.events.data());
    }

    std::string interrupt_words(sim::ContextKey key) const {
        const std::string& name = trace_.contexts[key];
        const std::size_t slash = name.find('/');
        return slash == name.npos ? "" : name.substr(slash + 1);
    }

    std::string object(const sim::Event& event) const {
        return std::string(trace_.name_of(event.object));
    }

    std::string name_of(std::int64_t key) const {
        return trace_.contexts[static_cast<std::size_t>(key)];
    }

    std::string words(const sim::Event& event) const {
        const std::string what = object(event);
        const std::string a = std::to_string(event.a);
        switch (event.kind) {
            case EventKind::read:
                return (what.empty() ? "a variable" : what) + " is " +
                       value_text(*plan_.target, trace_, event) +
                       (event.b != 0 ? " (" + std::to_string(event.b) + " stores old)" : "");
            case EventKind::write:
                return what + " = " + value_text(*plan_.target, trace_, event);
            case EventKind::lock:
                return "locks " + what;
            case EventKind::unlock:
                return "unlocks " + what;
            case EventKind::lock_wait:
                return "spins on " + what + ", which " + name_of(event.a) + " holds";
            case EventKind::trylock_failed:
                return "fails to lock " + what + ", which " + name_of(event.a) + " holds";
            case EventKind::sleep:
                return "sleeps" + (what.empty() ? "" : " on " + what);
            case EventKind::wake:
                return "wakes " + name_of(event.a);
            case EventKind::timer_arm:
                return "arms " + (what.empty() ? "a timer" : what) + " for jiffy " + a;
            case EventKind::timer_cancel:
                return "deletes " + (what.empty() ? "a timer" : what) +
                       (event.a != 0 ? "" : " (not pending)");
            case EventKind::timer_fire:
                return (what.empty() ? "a timer" : what) + " fires";
            case EventKind::irq_raise:
                return "raises " + (what.empty() ? "an interrupt" : what) + " on " +
                       run::cpu_word(plan_, static_cast<unsigned>(event.a));
            case EventKind::irqs_off:
                return "interrupts off";
            case EventKind::irqs_on:
                return "interrupts on";
            case EventKind::irq_exit:
            case EventKind::softirq_exit:
            case EventKind::nmi_exit:
                return "returns";
            case EventKind::op_begin:
                return "op " + std::to_string(event.a + 1) + " begins";
            case EventKind::op_end:
                return "op " + std::to_string(event.a + 1) +
                       (event.b != 0 ? " ends" : " was not possible");
            case EventKind::note:
                return note_words(event);
            default:
                return "";
        }
    }

    // Of a kernel, whose accesses leave no events, what it tells of itself has a row.
    std::string note_words(const sim::Event& event) const {
        const scenario::Subsystem& target = *plan_.target;
        if (event.object >= first_step_note) return step_words(target, event.object, "it");
        if (target.steps.empty() || target.tell == nullptr) return "";
        return target.tell(event.object, "it", event.a, event.b);
    }

    const run::Plan& plan_;
    const run::NamedTrace& trace_;
    Interleaving result_;
    std::array<std::size_t, sim::max_cpus> column_of_cpu_{};
    bool decided_ = false;  // for the next row
    bool fresh_ = false;    // another context runs from here on
    std::string entered_;   // name of the interrupt that begins
};

}  // namespace

std::string Row::text() const {
    std::string all;
    for (const RowEvent& event : events) {
        if (!all.empty()) all += "; ";
        all += event.text;
    }
    return all;
}

std::size_t Interleaving::row_of(std::size_t event) const {
    const auto after =
        std::upper_bound(rows.begin(), rows.end(), event,
                         [](std::size_t index, const Row& row) { return index < row.index; });
    return after == rows.begin() ? 0 : static_cast<std::size_t>(after - rows.begin()) - 1;
}

std::size_t Interleaving::row_of(std::size_t event, sim::ContextKey key) const {
    const std::size_t first = row_of(event);
    for (std::size_t i = first; i < rows.size(); ++i)
        if (!rows[i].clock && rows[i].key == key) return i;
    return first;
}

Interleaving interleave(const run::Plan& plan, const run::NamedTrace& trace) {
    return Builder(plan, trace).build();
}

}  // namespace rcufuzz::report
