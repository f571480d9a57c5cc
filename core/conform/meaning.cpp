// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/conform/meaning.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/text.h"

namespace rcufuzz::conform {

namespace {

// How each word of an event is compared: = as it is, g as the number of a grace period, l of the
// last that a CPU has heard of (before the window it is "old": it may not have heard), e of an
// expedited one, b of a barrier, c as a callback, i without whether the scheduler wants the CPU
// (S), - not at all. A word in brackets is a module's name behind a function's, and does not count.
struct Form {
    std::string_view event, words;
};
constexpr std::array forms{
    Form{"rcu_grace_period", "=g="},
    Form{"rcu_future_grace_period", "=gg===="},
    Form{"rcu_grace_period_init", "=g===="},
    Form{"rcu_exp_grace_period", "=e="},
    Form{"rcu_exp_funnel_lock", "====="},
    Form{"rcu_nocb_wake", "==="},
    Form{"rcu_preempt_task", "=g-"},
    Form{"rcu_unlock_preempted_task", "=g-"},
    Form{"rcu_quiescent_state_report", "=g====="},
    Form{"rcu_fqs", "=l=="},
    Form{"rcu_callback", "=--="},
    Form{"rcu_batch_start", "==="},
    Form{"rcu_invoke_callback", "=c-"},
    Form{"rcu_batch_end", "==i"},
    Form{"rcu_barrier", "=======b"},
    Form{"rcu_sr_normal", "=-="},
};

struct Interrupt {
    std::string_view event, meaning;
};
constexpr std::array interrupts{
    Interrupt{"local_timer_entry", "irq timer"},
    Interrupt{"reschedule_entry", "irq resched"},
    Interrupt{"call_function_entry", "irq call"},
    Interrupt{"call_function_single_entry", "irq call"},
    Interrupt{"irq_work_entry", "irq work"},
};

const Form* form_of(std::string_view event) {
    const auto* const found = std::ranges::find(forms, event, &Form::event);
    return found == forms.end() ? nullptr : found;
}

std::vector<std::string_view> fields_of(std::string_view text) {
    std::vector<std::string_view> fields;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end != 0 && text.front() != '[') fields.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return fields;
}

struct Split {
    std::string_view event, rest;
};
Split split(std::string_view text) {
    const std::size_t colon = text.find(": ");
    if (colon == text.npos) return {text, {}};
    return {text.substr(0, colon), text.substr(colon + 2)};
}

}  // namespace

std::string who_of(std::string_view task, unsigned cpu, char level) {
    const std::string on = "cpu" + std::to_string(cpu);
    if (level == 's') return on + "/softirq";
    if (level == 'h' || level == 'H') return on + "/hardirq";
    if (level == 'Z' || level == 'z') return on + "/nmi";
    if (task == "<idle>" || task.starts_with("swapper/")) return on + "/idle";
    for (const std::string_view own : {"rcufuzz/", "work/"})
        if (task.starts_with(own)) return "cpu" + std::string(task.substr(own.size()));
    if (task.starts_with("kworker/") || task.starts_with("worker/")) return "worker";
    return std::string(task);
}

std::string interrupts_of(unsigned cpu) { return "cpu" + std::to_string(cpu) + "/irq"; }

void Meaning::add_number(std::string& to, std::int64_t number) {
    if (number >= 0) to += '+';
    to += std::to_string(number);
}

void Meaning::add_callback(std::string& to, std::string_view address) const {
    const auto known = posted_.find(address);
    to += known == posted_.end() ? "?" : "#" + std::to_string(known->second);
}

// False: it is not what it should be.
bool Meaning::add_field(std::string& to, char kind, std::string_view word) {
    if (kind == '-') return true;
    to += ' ';
    if (kind == '=') {
        to += word;
        return true;
    }
    if (kind == 'i') {
        for (const char c : word) to += c == 'S' ? '.' : c;
        return true;
    }
    if (kind == 'c') {
        add_callback(to, word);
        return true;
    }
    const auto number = parse_int(word);
    if (!number) return false;
    if (kind == 'l' && *number <= base_) {
        to += "old";
        return true;
    }
    if (kind == 'g' || kind == 'l') {
        if (*number <= base_) stale_ = true;
        add_number(to, *number - base_);
        return true;
    }
    std::optional<std::int64_t>& first = kind == 'e' ? first_expedited_ : first_barrier_;
    if (!first) first = *number;
    add_number(to, *number - *first);
    return true;
}

std::optional<std::string> Meaning::of(std::string_view text) {
    const std::size_t at = text.find(mark);
    if (at != text.npos) return std::string(text.substr(at + mark.size()));
    const Split event = split(text);
    const auto* const interrupt = std::ranges::find(interrupts, event.event, &Interrupt::event);
    if (interrupt != interrupts.end()) return std::string(interrupt->meaning);
    const Form* const form = form_of(event.event);
    if (form == nullptr) return std::nullopt;
    const std::vector<std::string_view> fields = fields_of(event.rest);
    if (fields.size() != form->words.size()) return std::nullopt;
    std::string meaning(event.event);
    stale_ = false;
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (!add_field(meaning, form->words[i], fields[i])) return std::nullopt;
    // A CPU that has slept learns late of grace periods that were over before the window.
    const bool learns =
        fields.size() == 3 &&
        (fields[2] == "cpuend" || fields[2] == "cpustart" || fields[2] == "cpuqs");
    if (stale_ && learns) return std::nullopt;
    return meaning;
}

void Meaning::traced(std::string_view text) {
    const Split event = split(text);
    const bool posts = event.event == "rcu_callback";
    if (!posts && event.event != "rcu_invoke_callback") return;
    const std::vector<std::string_view> fields = fields_of(event.rest);
    if (fields.size() < 2) return;
    if (posts)
        posted_.insert_or_assign(std::string(fields[1]), posts_++);
    else if (const auto known = posted_.find(fields[1]); known != posted_.end())
        posted_.erase(known);
}

}  // namespace rcufuzz::conform
