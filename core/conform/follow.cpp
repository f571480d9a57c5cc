// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/conform/follow.h"

#include <algorithm>
#include <bit>

#include "core/base/check.h"
#include "core/base/text.h"

namespace rcufuzz::conform {

using sim::Act;
using sim::ActorMask;
using sim::Choice;
using sim::ChoiceKind;

namespace {

// A run in which nothing of the trace happens for so long is on a wrong way. A CPU that polls for
// some jiffies takes some thousand.
constexpr std::uint64_t patience_points = 6000;

struct Place {
    int cpu = -1;
    unsigned level = 0;
};

// "cpu1/softirq" as CPU 1, level 1.
Place place_of(std::string_view name) {
    if (!name.starts_with("cpu")) return {};
    const std::size_t slash = std::min(name.find('/'), name.size());
    const auto cpu = parse_int(name.substr(3, slash - 3));
    if (!cpu) return {};
    const std::string_view level = name.substr(slash);
    return {static_cast<int>(*cpu), level == "/softirq"   ? 1u
                                    : level == "/hardirq" ? 2u
                                    : level == "/nmi"     ? 3u
                                                          : 0u};
}

bool is_time(unsigned actor) { return actor == sim::actor_time; }
bool is_run(unsigned actor) { return !is_time(actor) && sim::actor_act(actor) == Act::run; }

}  // namespace

Follow::Follow(const Window& window, std::uint64_t seed) : window_(window), prng_(seed) {
    for (std::size_t i = 0; i < window.events.size(); ++i) {
        const std::string& name = window.events[i].who;
        std::size_t who = who_is(name);
        if (who == nothing) {
            who = whos_.size();
            const Place place = place_of(name);
            whos_.push_back({name, place.cpu, place.level, {}, 0});
        }
        whos_[who].events.push_back(i);
        who_of_event_.push_back(who);
    }
}

std::size_t Follow::who_is(const std::string& name) const {
    for (std::size_t i = 0; i < whos_.size(); ++i)
        if (whos_[i].name == name) return i;
    return nothing;
}

// --- runs ---------------------------------------------------------------------------------------

void Follow::keep_best() {
    const bool further = !tried_ || next_ > best_;
    ++stuck_;
    if (further) stuck_ = 0;
    if (further || (next_ == best_ && prng_.one_in(4))) {
        best_ = next_;
        best_path_ = path_;
        instead_ = why_;
    }
    tried_ = true;
}

// To where the event before the one that could not be made was due, or one further back.
void Follow::cut() {
    std::size_t back = static_cast<std::size_t>(std::countr_zero(prng_.next() | 0x100));
    back += prng_.below(1 + stuck_ / 16);
    // What decides it may lie far back: a CPU that has stopped its tick, say.
    if (prng_.one_in(3)) back = prng_.below(static_cast<std::uint32_t>(best_) + 1);
    const std::size_t to = best_ > back ? best_ - back : 0;
    std::size_t from = best_path_.size();
    while (from != 0 && best_path_[from - 1].event >= to) --from;
    // Most of what comes late is waiting for what comes no more.
    const auto room = static_cast<std::uint32_t>(best_path_.size() - from);
    const auto bits = static_cast<std::uint32_t>(std::bit_width(room));
    const std::uint32_t near = 1u << prng_.below(bits + 1);
    kept_ = from + (room == 0 ? 0 : prng_.below(std::min(near, room)));
    path_.assign(best_path_.begin(), best_path_.begin() + static_cast<std::ptrdiff_t>(kept_));
}

void Follow::try_again() {
    if (!tried_) return;
    constexpr unsigned noises[] = {0, 2, 10, 50, 200};
    noise_ = noises[prng_.below(stuck_ < 4 ? 3 : 5)];
    constexpr unsigned data_noises[] = {0, 0, 30, 200, 500};
    data_noise_ = data_noises[prng_.below(5)];
    constexpr unsigned lazies[] = {0, 0, 50, 300, 1000};
    lazy_ = lazies[prng_.below(5)];
    cut();
    differs_ = prng_.below(2) != 0;
}

void Follow::begin(const sim::World& world) {
    world_ = &world;
    began_ = 0;
    next_ = 0;
    pending_.clear();
    tasks_.clear();
    why_.clear();
    points_at_event_ = 0;
    waits_ = 0;
    chosen_for_ = nothing;
    asked_.clear();
    at_ = 0;
    for (Who& who : whos_) who.done = 0;
}

void Follow::end(std::uint64_t) {
    if (why_.empty()) why_ = "the run is over: " + pending_words();
    keep_best();
}

std::string Follow::pending_words() const {
    std::string text;
    for (const auto& [key, event] : pending_)
        text += (text.empty() ? "" : ", ") + window_.events[event].who + " stands before " +
                window_.events[event].what;
    return text.empty() ? "nobody comes to an event" : text;
}

void Follow::give_up(std::string why) {
    if (why_.empty()) why_ = std::move(why);
}

// --- events -------------------------------------------------------------------------------------

void Follow::comes(const sim::SubjectEvent& event) {
    if (!why_.empty()) return;
    const auto what = meaning_.of(event.text);
    if (!what) return;
    if (is_interrupt(*what)) {
        if (next_ < window_.events.size() && window_.events[next_].what == *what &&
            window_.events[next_].who == interrupts_of(event.cpu))
            pending_[event.key] = next_;
        return;
    }
    const std::string name = who_of(event.task, event.cpu, static_cast<char>(event.level));
    const std::size_t who = who_is(name);
    if (who == nothing) return give_up(name + " makes " + *what + ", and nothing in the trace");
    const Who& its = whos_[who];
    if (its.done == its.events.size()) return give_up(name + " makes one more, " + *what);
    const std::size_t next = its.events[its.done];
    if (window_.events[next].what != *what)
        return give_up(name + " makes " + *what + ", in the trace it is " +
                       window_.events[next].what);
    if (window_.events[next].cpu != event.cpu)
        return give_up(name + " makes " + *what + " on cpu" + std::to_string(event.cpu) +
                       ", in the trace on cpu" + std::to_string(window_.events[next].cpu));
    pending_[event.key] = next;
    tasks_[event.key] = who;
}

void Follow::asks_about(std::string_view task, unsigned cpu) {
    const char level = task.starts_with("ksoftirqd/") ? 's' : '.';
    asked_.push_back({who_is(who_of(task, cpu, level)), cpu});
}

// Where the clock has gone on, or nobody else can act, it is asked again.
bool Follow::waits(const sim::SubjectEvent& event) {
    if (!why_.empty()) return false;
    const auto stands = pending_.find(event.key);
    if (stands == pending_.end() || stands->second == next_) return false;
    constexpr unsigned patience = 1000;
    if (++waits_ > patience) give_up("nobody else can act: " + pending_words());
    return why_.empty();
}

void Follow::is_traced(const sim::SubjectEvent& event) {
    const auto stood = pending_.find(event.key);
    if (stood == pending_.end()) return;
    const std::size_t made = stood->second;
    pending_.erase(stood);
    if (!why_.empty()) return;
    if (made != next_)
        return give_up(window_.events[made].who + " makes " + window_.events[made].what +
                       " too early");
    meaning_.traced(event.text);
    ++whos_[who_of_event_[made]].done;
    ++next_;
    points_at_event_ = world_->points();
    waits_ = 0;
    leaves_now_ = chance(lazy_);
    end_if_done();
}

void Follow::end_if_done() {
    std::size_t left = next_;
    while (left < window_.events.size() && window_.events[left].optional) ++left;
    if (left != window_.events.size()) return;
    next_ = left;
    why_ = "accepted";
}

// --- choices ------------------------------------------------------------------------------------

std::uint32_t Follow::choose(const Choice& choice) {
    const bool data = choice.kind == ChoiceKind::data;
    if (began_ == 0) began_ = world_->jiffies();
    if (!why_.empty()) return data ? 0 : sim::abandon_run;
    std::uint32_t answer = 0;
    if (at_ < kept_) {
        skip(path_[at_].skipped);
        answer = path_[at_].answer;
        CHECK(answer < choice.count);
    } else {
        const unsigned skipped = data ? 0 : skip_interrupts(choice);
        if (!why_.empty()) return data ? 0 : sim::abandon_run;
        if (world_->points() - points_at_event_ > patience_points)
            give_up("nothing comes for long: " + pending_words());
        else if (is_stuck())
            give_up("a CPU cannot go on: " + pending_words());
        answer = data ? choose_data(choice) : choose_actor(choice);
        if (!why_.empty()) return data ? 0 : sim::abandon_run;
        path_.push_back({answer, static_cast<std::uint32_t>(next_), skipped});
    }
    ++at_;
    if (data) asked_.clear();
    return answer;
}

std::uint32_t Follow::choose_data(const Choice& choice) {
    if (choice.what == sim::which_interrupt.number)
        return chance(300) ? prng_.below(choice.count) : 0;
    const scenario::Platform& platform = *window_.plan.target->platform;
    const std::string word = platform.question_word(choice.what);
    if (word == "allocation") return 0;
    if (word == "task_cpu") return choose_place(choice);
    const bool of_tasks = word == "next_task" || word == "wake_preempts";
    if (of_tasks && !chance(data_noise_)) return choose_task(choice);
    return chance(data_noise_) ? prng_.below(choice.count) : 0;
}

// To where the trace has the task next. Answer 0 is the CPU that it was on, then come the
// others.
std::uint32_t Follow::choose_place(const Choice& choice) {
    if (asked_.empty() || asked_.front().who == nothing)
        return chance(data_noise_) ? prng_.below(choice.count) : 0;
    const std::size_t next = next_of(asked_.front().who);
    if (next == nothing) return 0;
    const unsigned wanted = window_.events[next].cpu, was_on = asked_.front().cpu;
    if (wanted == was_on) return 0;
    return std::min(wanted < was_on ? wanted + 1 : wanted, choice.count - 1);
}

// His next event.
std::size_t Follow::next_of(std::size_t who) const {
    if (who == nothing) return nothing;
    const Who& its = whos_[who];
    return its.done == its.events.size() ? nothing : its.events[its.done];
}

// Whose next event comes first.
std::uint32_t Follow::choose_task(const Choice& choice) {
    std::uint32_t first = 0;
    if (asked_.size() != choice.count) return 0;
    for (std::uint32_t i = 1; i < choice.count; ++i)
        if (next_of(asked_[i].who) < next_of(asked_[first].who)) first = i;
    return first;
}

// --- interrupts that the trace tells ---

namespace {

constexpr unsigned none = ~0u;

unsigned actor_in(const Choice& choice, unsigned actor) {
    for (std::uint32_t i = 0; i < choice.count; ++i)
        if (choice.actor_of(i) == actor) return i;
    return none;
}

bool is_raised(const sim::Cpu& cpu, std::string_view what) {
    for (const sim::Irq* irq = cpu.irq_head; irq != nullptr; irq = irq->next)
        if (what == (irq->vector == 0   ? "irq resched"
                     : irq->vector <= 2 ? "irq call"
                     : irq->vector == 3 ? "irq work"
                                        : ""))
            return true;
    return false;
}

}  // namespace

// The answer that lets the interrupt come that is due, or leads there; none: it cannot come.
unsigned Follow::interrupt_for(const Choice& choice) const {
    const Due& due = window_.events[next_];
    const auto number = static_cast<unsigned>(whos_[who_of_event_[next_]].cpu);
    if (number >= world_->cpus()) return none;
    const sim::Cpu& cpu = world_->cpu(number);
    const bool timer = due.what == "irq timer";
    const bool pends = timer ? cpu.next_expiry <= world_->jiffies() : is_raised(cpu, due.what);
    if (!pends) {
        const bool may_pend = timer && cpu.next_expiry != sim::no_expiry && ahead() < 0;
        return may_pend ? actor_in(choice, sim::actor_time) : none;
    }
    const unsigned comes = actor_in(choice, sim::actor(timer ? Act::softirq : Act::irq, number));
    if (comes != none) return comes;
    // It has interrupts off.
    return pending_of(number) == nothing ? actor_in(choice, sim::actor(Act::run, number)) : none;
}

void Follow::skip(unsigned count) {
    for (; count != 0; --count) ++whos_[who_of_event_[next_++]].done;
    end_if_done();
}

unsigned Follow::skip_interrupts(const Choice& choice) {
    unsigned skipped = 0;
    while (why_.empty() && window_.events[next_].optional && interrupt_for(choice) == none) {
        skip(1);
        ++skipped;
    }
    return skipped;
}

// --- who acts ---

std::size_t Follow::pending_of(unsigned cpu) const {
    const sim::Context* const top = world_->cpu(cpu).top();
    if (top == nullptr) return nothing;
    const auto stands = pending_.find(top->key);
    return stands == pending_.end() ? nothing : stands->second;
}

bool Follow::may_act(unsigned actor) const {
    if (!is_run(actor)) return true;
    const std::size_t event = pending_of(sim::actor_cpu(actor));
    return event == nothing || event == next_;
}

// The CPU on which the event that is due will be made, as far as one can know; -1: unknown.
int Follow::due_cpu() const {
    const std::size_t who = who_of_event_[next_];
    if (whos_[who].cpu >= 0) return whos_[who].cpu;
    for (unsigned cpu = 0; cpu < world_->cpus(); ++cpu) {
        const sim::Context* const task = world_->cpu(cpu).task;
        if (task == nullptr) continue;
        const auto known = tasks_.find(task->key);
        if (known != tasks_.end() && known->second == who) return static_cast<int>(cpu);
    }
    return -1;
}

// Whoever stands before a later event keeps below him on his CPU whoever is due.
bool Follow::is_stuck() const {
    const Who& due = whos_[who_of_event_[next_]];
    if (due.cpu < 0) return false;
    const std::size_t event = pending_of(static_cast<unsigned>(due.cpu));
    if (event == nothing || event == next_) return false;
    return whos_[who_of_event_[event]].cpu == due.cpu &&
           whos_[who_of_event_[event]].level > due.level;
}

bool Follow::leads_on(unsigned actor) const {
    if (is_time(actor)) return false;
    const unsigned cpu = sim::actor_cpu(actor);
    if (is_run(actor) && pending_of(cpu) == next_) return true;
    if (static_cast<int>(cpu) != due_cpu()) return false;
    const unsigned level = whos_[who_of_event_[next_]].level;
    const bool inside = world_->cpu(cpu).depth != 0;
    if (interrupts_are_told() && starts_work(actor)) return level == 0 && !inside;
    if (is_run(actor)) return level == 0 || inside || interrupts_are_told();
    return level != 0 && !inside && !interrupts_are_told();
}

// By how many jiffies the machine's clock is ahead of the trace's.
std::int64_t Follow::ahead() const {
    return static_cast<std::int64_t>(world_->jiffies() - began_) - window_.events[next_].jiffy;
}

// The interrupt of a device, by which a CPU hears that it has operations, is the machine's own.
bool Follow::starts_work(unsigned actor) const {
    const sim::Irq* const irq = world_->cpu(sim::actor_cpu(actor)).irq_head;
    return sim::actor_act(actor) == Act::irq && irq != nullptr && irq->vector > 3;
}

// Where nobody is known to lead on. What comes late does least harm: interrupts that trace nothing.
unsigned Follow::weight(unsigned actor) const {
    const bool interrupt_due = whos_[who_of_event_[next_]].level != 0;
    if (is_time(actor)) {
        const std::int64_t by = ahead();
        return by < 0 ? 1000 : by == 0 ? (interrupt_due ? 40u : 4u) : by < 3 ? 2 : 0;
    }
    const bool there = static_cast<int>(sim::actor_cpu(actor)) == due_cpu();
    if (is_run(actor)) return there ? 200 : 100;
    if (interrupts_are_told()) return starts_work(actor) ? 50 : 1;
    return there ? 50 : 5;
}

// Weighted, among those that may act.
std::uint32_t Follow::any_of(const Choice& choice) {
    const auto weight_of = [&](std::uint32_t answer) {
        const unsigned actor = choice.actor_of(answer);
        return may_act(actor) ? weight(actor) : 0u;
    };
    unsigned sum = 0;
    for (std::uint32_t i = 0; i < choice.count; ++i) sum += weight_of(i);
    if (sum == 0) {
        // The clock may be ahead of the trace's where only time leads on.
        const unsigned time = actor_in(choice, sim::actor_time);
        if (time != none && ahead() < 10) return time;
        give_up("nobody may act: " + pending_words());
        return 0;
    }
    unsigned at = prng_.below(sum);
    std::uint32_t answer = 0;
    while (at >= weight_of(answer)) at -= weight_of(answer++);
    return answer;
}

std::uint32_t Follow::choose_actor(const Choice& choice) {
    const bool by_chance = differs_ || chance(noise_);
    differs_ = false;
    if (!by_chance) {
        // Whoever acts goes on to his next event, or until he waits, before others do.
        const bool goes_on = choice.kind == ChoiceKind::schedule && !leaves_now_ &&
                             pending_of(sim::actor_cpu(choice.first)) == nothing;
        if (goes_on) return 0;
        if (window_.events[next_].optional) {
            const unsigned answer = interrupt_for(choice);
            if (answer != none) return answer;
        }
        for (std::uint32_t i = 0; i < choice.count; ++i)
            if (leads_on(choice.actor_of(i)) && may_act(choice.actor_of(i))) {
                chosen_for_ = next_;
                return i;
            }
        const bool stays = choice.kind == ChoiceKind::schedule && chosen_for_ == next_;
        if (stays && may_act(choice.first)) return 0;
    }
    chosen_for_ = next_;
    return any_of(choice);
}

}  // namespace rcufuzz::conform
