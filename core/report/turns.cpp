// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/turns.h"

#include <optional>

#include "core/report/break_watch.h"
#include "core/report/sentence.h"

namespace rcufuzz::report {

namespace {

using sim::EventKind;

class TurnReader {
   public:
    explicit TurnReader(const Find& find)
        : find_(find), target_(*find.plan.target), broken_(find_break(find.plan)) {}

    std::vector<Turn> read() {
        for (; at_ < find_.trace.events.size(); ++at_) {
            const sim::Event& event = find_.trace.events[at_];
            if (broken_ && event.step > broken_->step) tell_break();
            if (event.key == run::main_key) continue;
            if (event.kind == EventKind::op_begin) begin_op(event);
            if (event.kind == EventKind::op_end) begins_ = true;
            if (event.kind == EventKind::note && target_.tell != nullptr) tell_note(event);
            if (event.kind == EventKind::read && event.b != 0) tell_stale_load(event);
        }
        if (broken_) tell_break();
        return std::move(turns_);
    }

   private:
    void begin_op(const sim::Event& event) {
        begins_ = true;
        const scenario::Op& op = find_.plan.ops[static_cast<std::size_t>(event.a)];
        if (op.context == scenario::OpContext::task_off)
            irqs_off_key_ = event.key;
        else if (irqs_off_key_ == event.key)
            irqs_off_key_ = run::main_key;
    }

    void tell_note(const sim::Event& event) {
        tell_event(event, [&](const std::string& who) {
            return target_.tell(event.object, who, event.a, event.b);
        });
    }

    void tell_stale_load(const sim::Event& event) {
        tell_event(event, [&](const std::string& who) {
            return who + " still sees " + find_.trace.objects[event.object] + " as " +
                   std::to_string(event.a) + ", though something newer has been stored.";
        });
    }

    template <typename ToldOf>
    void tell_event(const sim::Event& event, const ToldOf& told_of) {
        if (begins_ || turns_.empty() || event.key != turns_.back().key) {
            turns_.push_back({event.key, event.jiffies, 0, {}});
            const std::string anonymous = told_of("\n");
            const bool names_actor = anonymous.find('\n') != std::string::npos;
            const bool tells_irqs = anonymous.find("interrupts") != std::string::npos;
            say(names_actor ? told_of(subject(event, tells_irqs)) : place(event) + anonymous);
        } else {
            say(told_of("it"));
        }
        begins_ = false;
    }

    // Who acts, and how, where it is not an ordinary task with interrupts enabled.
    std::string subject(const sim::Event& event, bool tells_irqs) const {
        const std::string& name = find_.trace.contexts[event.key];
        const std::string how = interrupt_words(name);
        if (!how.empty()) return cpu_of(event.cpu) + ", " + how + ",";
        const bool irqs_off = event.key == irqs_off_key_ && !tells_irqs;
        return irqs_off ? name + ", with interrupts disabled," : name;
    }

    std::string place(const sim::Event& event) const {
        const std::string& name = find_.trace.contexts[event.key];
        const std::string how = interrupt_words(name);
        if (how.empty()) return name + ": ";
        return "on " + cpu_of(event.cpu) + ", " + how + ": ";
    }

    // A housekeeping CPU goes by the name of the kthread that it is for.
    std::string cpu_of(unsigned cpu) const {
        const std::string& name = find_.trace.contexts[sim::context_key(cpu, sim::Slot::task)];
        return cpu < target_.workload_cpus(find_.plan.config) ? name : "the CPU of " + name;
    }

    void say(std::string text, bool breaks = false) {
        turns_.back().sentences.push_back({at_, as_sentence(std::move(text), find_.trace), breaks});
    }

    void tell_break() {
        if (turns_.empty()) turns_.push_back({});
        say("**Here the state becomes inconsistent: " + broken_->invariant + ".**", true);
        broken_.reset();
    }

    const Find& find_;
    const scenario::Subsystem& target_;
    std::optional<Break> broken_;
    std::vector<Turn> turns_;
    std::size_t at_ = 0;  // the event that is being told
    bool begins_ = true;
    sim::ContextKey irqs_off_key_ = run::main_key;  // the task whose operation disabled them
};

// Turns of a single sentence within one jiffy share a number.
void number(std::vector<Turn>& turns) {
    unsigned number = 0;
    const Turn* last = nullptr;
    for (Turn& turn : turns) {
        const bool goes_on = last != nullptr && last->sentences.size() == 1 &&
                             turn.sentences.size() == 1 && turn.jiffies == last->jiffies;
        turn.number = goes_on ? number : ++number;
        last = &turn;
    }
}

}  // namespace

std::vector<Turn> read_turns(const Find& find) {
    std::vector<Turn> turns = TurnReader(find).read();
    number(turns);
    return turns;
}

}  // namespace rcufuzz::report
