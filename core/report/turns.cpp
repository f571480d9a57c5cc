// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/turns.h"

#include <algorithm>
#include <map>
#include <optional>

#include "core/report/actors.h"
#include "core/report/break_watch.h"
#include "core/report/condense.h"
#include "core/report/decided.h"
#include "core/report/effect.h"
#include "core/report/sentence.h"
#include "core/report/stale_load.h"
#include "core/run/names.h"
#include "core/run/site.h"
#include "core/scenario/platform.h"

namespace rcufuzz::report {

namespace {

using sim::EventKind;

bool interrupts(std::string_view context_name) {
    const std::size_t slash = context_name.find('/');
    return slash != context_name.npos && !context_name.substr(slash + 1).starts_with("task");
}

bool ends_interrupt(const sim::Event& event, unsigned cpu) {
    return event.cpu == cpu &&
           (event.kind == EventKind::irq_exit || event.kind == EventKind::softirq_exit);
}

class TurnReader {
   public:
    TurnReader(const Replay& replay, bool decided)
        : replay_(replay),
          target_(*replay.plan.target),
          tells_decided_(decided && target_.tell != nullptr),
          broken_(find_break(replay.plan)) {}

    std::vector<Turn> read() {
        for (; at_ < replay_.trace.events.size(); ++at_) {
            const sim::Event& event = replay_.trace.events[at_];
            if (is_broken() && told_last(broken_->key)) tell_break();
            const bool breaks = is_broken();
            const std::size_t told = told_;
            if (event.kind == EventKind::note && event.object >= first_step_note) ++steps_;
            if (event.kind == EventKind::answer && tells_decided_) tell_answer(event);
            if (event.key == run::main_key) continue;
            if (event.kind == EventKind::op_begin) begin_op(event);
            if (event.kind == EventKind::op_end) end_op(event);
            if (event.kind == EventKind::note && target_.tell != nullptr) tell_note(event);
            if (event.kind == EventKind::read && event.b != 0) tell_stale_load(event);
            // Somebody else was told of last: it belongs to what the context does next.
            if (breaks && told_ != told) tell_break();
        }
        at_ = replay_.trace.events.size();
        tell_silent_switch();
        if (broken_) tell_break();
        return std::move(turns_);
    }

   private:
    bool is_broken() const { return broken_ && at_ - steps_ >= broken_->events; }
    bool told_last(sim::ContextKey key) const {
        return !turns_.empty() && turns_.back().key == key;
    }

    void begin_op(const sim::Event& event) {
        begins_ = true;
        const scenario::Op& op = replay_.plan.ops[static_cast<std::size_t>(event.a)];
        if (op.context == scenario::OpContext::task_off)
            irqs_off_key_ = event.key;
        else if (irqs_off_key_ == event.key)
            irqs_off_key_ = run::main_key;
    }

    // Of a kernel: what took long enough for others to act meanwhile has its end told.
    void end_op(const sim::Event& event) {
        if (!target_.steps.empty() && !turns_.empty() && event.key != turns_.back().key) {
            const auto& op = replay_.plan.ops[static_cast<std::size_t>(event.a)];
            const std::string name(target_.ops[op.kind].name);
            tell_event(event, [&](const std::string& who) {
                const std::string whose = who.substr(0, who.find(','));  // "cpu1, in an interrupt,"
                return (whose == "it" ? "its " : whose + "'s ") + name + " returns.";
            });
        }
        begins_ = true;
    }

    void tell_note(const sim::Event& event) {
        tell_event(event, [&](const std::string& who) {
            if (event.object >= first_step_note) return step_words(target_, event.object, who);
            return target_.tell(event.object, who, event.a, event.b);
        });
    }

    void tell_stale_load(const sim::Event& event) {
        tell_event(event,
                   [&](const std::string& who) { return stale_load_words(replay_, at_, who); });
    }

    template <typename ToldOf>
    void tell_event(const sim::Event& event, const ToldOf& told_of) {
        if (switch_ && !is_of_switch(event)) tell_silent_switch();
        if (switch_ && goes_ahead_again(event.key)) switch_.reset();
        if (begins_ || switch_ || turns_.empty() || event.key != turns_.back().key) {
            const bool is_alone = ahead_ != 0 && ahead_ == turns_.size();
            if (is_alone && turns_.back().key == event.key && !switch_) ++ahead_;
            turns_.push_back({event.key, event.jiffies});
            const std::string anonymous = told_of("\n");
            const bool names_actor = anonymous.find('\n') != std::string::npos;
            const bool tells_irqs = anonymous.find("interrupts") != std::string::npos;
            const std::string text =
                names_actor ? told_of(subject(event, tells_irqs)) : place(event) + anonymous;
            say(lead_in() + text, told_of("it"));
        } else {
            say(told_of("it"), told_of("it"));
        }
        begins_ = false;
        last_told_[event.key] = at_ + 1;
    }

    // --- decided switches ---

    void tell_answer(const sim::Event& event) {
        if (event.b == 0) return begin_switch();
        // Of our own algorithms the load that sees an old store, or a note, says what was answered.
        if (target_.platform == nullptr || event.key == run::main_key) return;
        if (run::is_about_memory(event.object)) return;  // the load that sees it says so
        const std::string what = run::answer_words(replay_.plan, event.object);
        tell_event(event, [&](const std::string&) { return what + "."; });
    }

    // Where tasks move, what has come on a CPU may be for any of them.
    bool is_of_switch(const sim::Event& event) const {
        if (target_.steps.empty()) return event.key == switch_->actor;
        return event.cpu == sim::actor_cpu(actor_number(*switch_));
    }

    unsigned actor_number(const DecidedSwitch& decided) const {
        return static_cast<unsigned>(replay_.trace.events[decided.answer].a);
    }

    void begin_switch() {
        const std::optional<DecidedSwitch> decided = decided_switch(replay_, at_);
        if (!decided) return;
        if (decided->stopped) next_stopped_on_ = replay_.trace.events[decided->answer].cpu;
        tell_silent_switch();
        next_stopped_on_.reset();
        switch_ = decided;
    }

    // What comes before the first sentence of whoever acts by a decision: "cpu0 has just read
    // nocb_gp_sleep[0] as 1; before it goes on, ". Of an interrupt that stops nobody, nothing: that
    // it comes says so.
    std::string lead_in() {
        if (!switch_) return "";
        const DecidedSwitch decided = *switch_;
        switch_.reset();
        if (!decided.stopped && comes_by_interrupt(decided)) return "";
        if (!decided.stopped) {
            ahead_ = turns_.size();
            return "ahead of the others, ";
        }
        const std::string who = actor_at(replay_, decided.answer);
        if (const std::string at = kernel_place(decided); !at.empty())
            return who + " has " + at + "; before it goes on, ";
        const auto deed =
            last_deed(replay_, decided.asker, last_told_[decided.asker], decided.answer);
        if (!deed) return "before " + who + " goes on, ";
        return who + " " + deed->just + "; before it goes on, ";
    }

    // Who went ahead of the others, and has been the only one since, does so once more.
    bool goes_ahead_again(sim::ContextKey actor) const {
        return !switch_->stopped && !turns_.empty() && ahead_ == turns_.size() &&
               turns_.back().key == actor;
    }

    bool comes_by_interrupt(const DecidedSwitch& decided) const {
        const sim::Act act = sim::actor_act(actor_number(decided));
        if (act != sim::Act::run && act != sim::Act::resched) return true;
        return target_.steps.empty() && interrupts(replay_.trace.contexts[decided.actor]);
    }

    // Of a kernel: where the asker stands, "come to csd_unlock() (kernel/smp.c:373)", or, where
    // that is not the kernel's own, where it has been last.
    std::string kernel_place(const DecidedSwitch& decided) const {
        if (target_.steps.empty()) return "";
        if (const std::string here = its_place(replay_.trace.events[decided.answer].site);
            !here.empty())
            return "come to " + here;
        for (auto place = replay_.places.rbegin(); place != replay_.places.rend(); ++place) {
            if (place->event > decided.answer || place->key != decided.asker) continue;
            if (const std::string last = its_place(place->site); !last.empty())
                return "left " + last;
        }
        return "";
    }

    std::string its_place(const sim::Site& site) const {
        return target_.owns(run::site_file(site.file_name())) ? run::site_words(site) : "";
    }

    // Whoever acted had nothing to tell, but what it saw or did may be what others tell of.
    void tell_silent_switch() {
        if (!switch_) return;
        const DecidedSwitch decided = *switch_;
        if (!target_.steps.empty()) return tell_coming(decided);
        const auto deed = last_deed(replay_, decided.actor, decided.answer, at_);
        if (!deed) {
            switch_.reset();
            return;
        }
        const sim::Event& event = replay_.trace.events[deed->event];
        const bool again = goes_ahead_again(decided.actor);
        if (!again) turns_.push_back({decided.actor, event.jiffies});
        const std::size_t here = at_;
        at_ = deed->event;
        if (again)
            say("It " + deed->now + ".", "");
        else
            say(lead_in() + subject(event, true) + " " + deed->now + ".", "");
        at_ = here;
        switch_.reset();
        begins_ = decided.stopped;
    }

    // Of a kernel. Who goes on beside one that comes from place to place is told once, and so are
    // two that stop each other in turn.
    void tell_coming(const DecidedSwitch& decided) {
        begins_ = true;
        if (decided.stopped && coming_.turns == turns_.size() && goes_on_as_before(decided)) {
            switch_.reset();
            return;
        }
        turns_.push_back({decided.asker, replay_.trace.events[decided.answer].jiffies});
        say(lead_in() + come_words(replay_, decided.answer) + how_far(decided) + ".", "");
        coming_ = {};
        if (decided.stopped)
            coming_ = {turns_.size(), decided, 1, 0, turns_.back().sentences.back().text};
    }

    bool goes_on_as_before(const DecidedSwitch& decided) {
        const bool again = decided.asker == coming_.last.asker &&
                           actor_number(decided) == actor_number(coming_.last);
        if (again && coming_.swaps == 0)
            ++coming_.places;
        else if (answers(decided, coming_.last) && coming_.places == 1)
            ++coming_.swaps;
        else
            return false;
        coming_.last = decided;
        std::string more = " (The two take turns, " + times(coming_.swaps) + " more.)";
        if (coming_.places == 2) more = " (So also at the next place.)";
        if (coming_.places > 2)
            more = " (So also at the next " + std::to_string(coming_.places - 1) + " places.)";
        turns_.back().sentences.back().text = coming_.text + more;
        return true;
    }

    // Who had gone on is stopped, and who was stopped goes on.
    bool answers(const DecidedSwitch& decided, const DecidedSwitch& before) const {
        const auto goes = [this](const DecidedSwitch& one) {
            return sim::actor_act(actor_number(one)) == sim::Act::run;
        };
        const auto stands_on = [this](const DecidedSwitch& one) {
            return replay_.trace.events[one.answer].cpu;
        };
        return goes(decided) && goes(before) &&
               stands_on(decided) == sim::actor_cpu(actor_number(before)) &&
               stands_on(before) == sim::actor_cpu(actor_number(decided));
    }

    // How far whoever acted came before another did: ", as far as rcu_all_qs()", " and returns".
    // Nothing where the next sentence begins with that.
    std::string how_far(const DecidedSwitch& decided) const {
        const unsigned cpu = sim::actor_cpu(actor_number(decided));
        if (next_stopped_on_ == cpu) return "";
        std::string_view function;
        std::size_t last = decided.answer;
        for (const Place& place : replay_.places) {
            if (place.event <= decided.answer) continue;
            if (place.event > at_ || place.cpu != cpu) break;
            last = place.event;
            if (target_.owns(run::site_file(place.site.file_name())))
                function = run::bare_function_name(place.site.function_name());
        }
        for (std::size_t i = decided.answer; i < std::max(last, decided.answer + 1); ++i)
            if (ends_interrupt(replay_.trace.events[i], cpu)) return " and returns";
        return function.empty() ? "" : ", as far as " + std::string(function) + "()";
    }

    std::size_t index_of(const sim::Event& event) const {
        return static_cast<std::size_t>(&event - replay_.trace.events.data());
    }

    // Who acts, and how, where it is not an ordinary task with interrupts enabled.
    std::string subject(const sim::Event& event, bool tells_irqs) const {
        const std::string& name = replay_.trace.contexts[event.key];
        const std::string how = acts_in(replay_, index_of(event));
        if (!how.empty()) return cpu_of(replay_, event.cpu) + ", " + how + ",";
        const bool irqs_off = event.key == irqs_off_key_ && !tells_irqs;
        return irqs_off ? name + ", with interrupts disabled," : name;
    }

    std::string place(const sim::Event& event) const {
        const std::string& name = replay_.trace.contexts[event.key];
        const std::string how = acts_in(replay_, index_of(event));
        if (how.empty()) return name + ": ";
        return "on " + cpu_of(replay_, event.cpu) + ", " + how + ": ";
    }

    // `again`: as it would read in the midst of a turn; empty: as it reads.
    void say(std::string text, std::string again, bool breaks = false) {
        text = as_sentence(std::move(text), replay_.trace);
        again = again.empty() ? text : as_sentence(std::move(again), replay_.trace);
        // What is said after the last event is of that one.
        const std::size_t last = replay_.trace.events.empty() ? 0 : replay_.trace.events.size() - 1;
        turns_.back().sentences.push_back(
            {std::min(at_, last), std::move(text), std::move(again), breaks});
        ++told_;
    }

    void tell_break() {
        if (turns_.empty()) turns_.push_back({});
        say("**Here the state becomes inconsistent: " + broken_->invariant + ".**", "", true);
        broken_.reset();
    }

    const Replay& replay_;
    const scenario::Subsystem& target_;
    const bool tells_decided_;
    std::optional<Break> broken_;
    std::size_t told_ = 0;   // sentences until now
    std::size_t steps_ = 0;  // notes of steps until now, which the run itself has not left
    std::optional<DecidedSwitch> switch_;               // that is still to be told
    std::optional<unsigned> next_stopped_on_;           // the CPU of whom the next one stops
    std::map<sim::ContextKey, std::size_t> last_told_;  // behind which event
    std::size_t ahead_ = 0;  // the number of the turn that one begins ahead of the others
    // The last sentence of a switch after which nobody had anything to tell.
    struct Coming {
        std::size_t turns = 0;  // that there were then
        DecidedSwitch last{};
        unsigned places = 0;  // at which the same context was stopped for the same
        unsigned swaps = 0;   // after the first
        std::string text{};
    } coming_;
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

std::vector<Turn> read_turns(const Replay& replay, bool decided) {
    std::vector<Turn> turns = TurnReader(replay, decided).read();
    number(turns);
    return turns;
}

}  // namespace rcufuzz::report
