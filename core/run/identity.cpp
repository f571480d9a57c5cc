// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/identity.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <span>
#include <vector>

#include "core/kernel/kthread.h"
#include "core/memory/run_memory.h"
#include "core/run/site.h"

namespace rcufuzz::run {

namespace {

using sim::Event;
using sim::EventKind;
using Events = std::span<const Event>;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Numbers, and names that end in one ("cpu1", "rcuo0"), are of this run alone. The number of an
// invariant ("I1:") is not.
bool is_stable(std::string_view word, bool first) {
    constexpr std::array<std::string_view, 9> fillers{"of",  "is",   "the", "an", "and",
                                                      "but", "that", "it",  "its"};
    if (std::ranges::find(fillers, word) != fillers.end()) return false;
    const bool digits = std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; });
    if (first && digits) return word.size() <= 3 && std::isupper(word[0]) != 0;
    return !digits && word.size() > 1;
}

std::string_view function_of(const sim::Site& site) {
    return site.line() == 0 ? "" : bare_function_name(site.function_name());
}

// --- who changed it last ------------------------------------------------------------------------

bool changes_object(const Event& event) {
    return event.kind == EventKind::write || event.kind == EventKind::timer_arm ||
           event.kind == EventKind::timer_cancel || event.kind == EventKind::timer_fire;
}

// "nocb_timer_by_wake_nocb_gp"
std::string last_change(Events events, sim::ObjectId object) {
    std::string text = sim::world().names().of(object).text;
    for (std::size_t i = events.size(); i-- > 0;) {
        if (events[i].object != object || !changes_object(events[i])) continue;
        if (events[i].kind == EventKind::timer_fire) return text + "_fired";
        text += "_by_" + std::string(function_of(events[i].site));
        return text;
    }
    return text + "_never";
}

// --- what a load missed -------------------------------------------------------------------------

constexpr std::size_t events_of_one_step = 200;

// The last time that this context did not see the newest value, and which side lacks the order: the
// one that stored may be seen late, or the one that loaded was early. Nothing: it saw the newest of
// all.
void add_missed_store(Identity& identity, Events events, sim::ContextKey key) {
    const std::size_t from = events.size() - std::min(events.size(), events_of_one_step);
    for (std::size_t i = events.size(); i-- > from;) {
        const Event& load = events[i];
        if (load.key != key || load.kind != EventKind::read || load.b == 0) continue;
        identity.load = i;
        identity.old_load =
            memory::missed_what_was_held_back(i) ? "-old_load_held_back" : "-old_load_early";
        return;
    }
}

// --- what was interrupted -----------------------------------------------------------------------

// "interrupts_rcu_nmi_exit": where the CPU stood when the interrupt came in which this shows.
std::string interrupted(Events events, sim::ContextKey key) {
    if (key >= key_count || key % sim::slots_per_cpu == 0) return {};
    bool inside = true;  // still among the events of the interrupt itself
    for (std::size_t i = events.size(); i-- > 0;) {
        const Event& event = events[i];
        if (event.kind == EventKind::nmi_enter || event.kind == EventKind::irq_enter)
            inside = inside && static_cast<unsigned>(event.a) != key / sim::slots_per_cpu;
        const bool here = event.key / sim::slots_per_cpu == key / sim::slots_per_cpu;
        if (!inside && here && event.key < key_count && event.key != key && changes_object(event))
            return "interrupts_" + std::string(function_of(event.site));
    }
    return {};
}

// --- livelocks ----------------------------------------------------------------------------------

// Each once, in the order of the alphabet.
std::string joined(std::vector<std::string_view> words) {
    std::ranges::sort(words);
    words.erase(std::unique(words.begin(), words.end()), words.end());
    std::string text;
    for (const std::string_view word : words) text += (text.empty() ? "" : "_") + std::string(word);
    return text;
}

// Somebody who comes back to the same place each time that he goes on waits there without end.
struct Spinner {
    std::string_view function;
    std::size_t began;  // number of the event
};

bool is_at(const Event& event, const sim::Site& site) {
    return event.kind == EventKind::resume && event.site.line() == site.line() &&
           std::string_view(event.site.function_name()) == site.function_name();
}

// In the order in which they began to.
std::vector<Spinner> spinners(Events events) {
    constexpr std::size_t window = 4096;
    constexpr std::size_t turns_enough = 16;
    struct Turns {
        sim::Site site;
        std::size_t count = 0;
        bool all_at_it = true;
    };
    std::map<sim::ContextKey, Turns> turns;
    for (const Event& event : events.last(std::min(events.size(), window))) {
        Turns& of = turns[event.key];
        if (of.count++ == 0) of.site = event.site;
        of.all_at_it = of.all_at_it && is_at(event, of.site);
    }
    std::vector<Spinner> result;
    for (const auto& [key, of] : turns) {
        const bool spins = of.all_at_it && of.count >= turns_enough && of.site.line() != 0;
        if (!spins || key == sim::main_key) continue;
        std::size_t began = events.size();
        while (began > 0 && (events[began - 1].key != key || is_at(events[began - 1], of.site)))
            --began;
        result.push_back({function_of(of.site), began});
    }
    std::ranges::sort(result, {}, &Spinner::began);
    return result;
}

// Two may wait for each other; those that begin to wait later do so because of them. Who spins
// alone has nobody to take turns with.
std::string who_waits(Events events, const sim::Site& at_the_end) {
    constexpr std::uint64_t long_since = 4096;  // points
    if (!events.empty() && sim::world().points() - events.back().step > long_since)
        return std::string(function_of(at_the_end));
    std::vector<std::string_view> functions;
    for (const Spinner& spinner : spinners(events)) {
        const bool named = std::ranges::find(functions, spinner.function) != functions.end();
        if (!named && functions.size() < 2) functions.push_back(spinner.function);
    }
    return joined(std::move(functions));
}

// Where it stood when the bound was reached is luck; who goes on is not.
std::string who_goes_on(Events events) {
    std::vector<std::string_view> roles;
    const sim::World& w = sim::world();
    for (const Event& event : events.last(std::min(events.size(), events_of_one_step))) {
        if (event.kind != EventKind::resume || event.key == sim::main_key) continue;
        const sim::Context& context = w.context(event.key);
        const kernel::Task* const task = context.is_task() ? kernel::task_of(context) : nullptr;
        roles.push_back(task == nullptr ? "interrupt" : w.names().of(task->name).text);
    }
    return joined(std::move(roles));
}

// What an oracle saw at the end says less than what it saw when it happened; and then less than the
// consequence.
const sim::Finding& root_of(const sim::World& w) {
    const sim::Finding& suspicion = w.findings().suspicion();
    const bool early = suspicion.verdict != Verdict::clean && suspicion.key != sim::main_key;
    return early ? suspicion : w.findings().result();
}

// Parts stand between hyphens; the whole is to be good for the name of a file.
void add_part(std::string& text, std::string_view part) {
    if (part.empty()) return;
    text += '-';
    for (const char c : part) text += is_word(c) || c == '.' ? c : '_';
}

}  // namespace

std::string stable_words(std::string_view sentence) {
    std::string text;
    for (std::size_t at = 0; at < sentence.size();) {
        std::size_t end = at;
        while (end < sentence.size() && is_word(sentence[end])) ++end;
        const std::string_view word = sentence.substr(at, end - at);
        if (is_stable(word, text.empty())) text += (text.empty() ? "" : "_") + std::string(word);
        at = end + 1;
    }
    return text;
}

Identity identity_of(const sim::World& w) {
    const sim::Finding& root = root_of(w);
    if (root.verdict == Verdict::clean) return {};
    const Events events = Events(w.trace().events()).first(root.events);
    std::string text(word(root.verdict));
    if (root.verdict == Verdict::livelock) {
        const std::string waits = who_waits(events, root.site);
        add_part(text, waits.empty() ? who_goes_on(events) : waits);
        return {std::move(text)};
    }
    if (root.whole) {
        add_part(text, stable_words(root.cause));
        return {std::move(text)};
    }
    add_part(text, root.cause.empty() ? stable_words(root.detail) : root.cause);
    const bool at_end = root.key == sim::main_key;
    if (root.broken.empty() && !(at_end && !root.cause.empty()))
        add_part(text, function_of(root.site));
    for (const sim::ObjectId object : root.broken) add_part(text, last_change(events, object));
    if (root.by_interruption) add_part(text, interrupted(events, root.key));
    Identity identity{std::move(text)};
    if (!at_end && !root.reads_nothing) add_missed_store(identity, events, root.key);
    return identity;
}

}  // namespace rcufuzz::run
