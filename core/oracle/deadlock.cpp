// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/oracle/deadlock.h"

#include <algorithm>
#include <array>

#include "core/kernel/kthread.h"
#include "core/kernel/wait_for.h"

namespace rcufuzz::oracle {

namespace {

using kernel::Awaited;
using sim::Context;
using sim::ContextKey;
using sim::ContextState;

constexpr std::size_t context_count = sim::max_cpus * sim::slots_per_cpu;

std::string numbered(sim::ObjectId id) {
    const sim::ObjectName& name = sim::world().names().of(id);
    return name.index < 0 ? name.text : name.text + ("[" + std::to_string(name.index) + "]");
}

std::string level_of(sim::Slot slot) {
    switch (slot) {
        case sim::Slot::softirq:
            return "softirq";
        case sim::Slot::hardirq:
        case sim::Slot::hardirq2:
            return "hardirq";
        case sim::Slot::nmi:
        case sim::Slot::nmi2:
            return "NMI";
        default:
            return "task";
    }
}

std::string cpu_text(unsigned cpu) { return "cpu" + std::to_string(cpu); }

// Looks for a way from one context to itself, or to an end, depth first.
class Search {
   public:
    // Whether `key` never goes on.
    bool is_stuck(ContextKey key) {
        if (state_[key] != State::unseen) {
            if (state_[key] == State::on_path) close(key);
            return state_[key] != State::goes_on;
        }
        state_[key] = State::on_path;
        path_[depth_++] = {key, 0};
        const bool stuck = follow(sim::world().context(key));
        state_[key] = stuck ? State::stuck : State::goes_on;
        --depth_;
        return stuck;
    }
    const WaitChain& found() const { return found_; }

   private:
    enum class State : std::uint8_t { unseen, on_path, goes_on, stuck };
    struct Step {
        ContextKey key = 0;
        sim::ObjectId what = 0;  // that it waits for; 0: for the CPU
    };

    bool follow(const Context& context) {
        const sim::Cpu& cpu = sim::world().cpu(context.cpu);
        if (context.state == ContextState::unused) return ends("has ended", "has ended");
        if (!cpu.online)
            return ends("is on " + cpu_text(context.cpu) + ", which is offline", "is offline");
        if (const Context* const keeper = who_keeps_cpu(context, cpu))
            return is_stuck(keeper->key);
        const kernel::WaitFor& wait = kernel::wait_of(context.key);
        if (wait.list == nullptr) return false;
        path_[depth_ - 1].what = static_cast<sim::ObjectId>(wait.what);
        Awaited awaited;
        wait.list(wait.arg, awaited);
        for (const Awaited::Item& item : awaited.items())
            if (never_happens(item)) return true;
        return false;
    }

    // Who must go on first: what has interrupted it, or the task that has its CPU and keeps it.
    static const Context* who_keeps_cpu(const Context& context, const sim::Cpu& cpu) {
        const Context* const top = cpu.top();
        if (top == &context) return nullptr;
        if (cpu.depth != 0) {
            const bool interrupted = context.is_task() ? cpu.task == &context : true;
            const bool wants_cpu = context.state == ContextState::ready;
            return interrupted || wants_cpu ? top : nullptr;
        }
        if (context.state != ContextState::ready || top == nullptr) return nullptr;
        const bool keeps = cpu.preempt_count != 0 || cpu.bh_count != 0 || !cpu.irqs_on;
        return keeps ? top : nullptr;
    }

    bool never_happens(const Awaited::Item& item) {
        if (item.kind == Awaited::Kind::context) return is_stuck(item.number);
        const sim::Cpu& cpu = sim::world().cpu(item.number);
        const bool interrupt = item.kind == Awaited::Kind::interrupt;
        if (!cpu.online)
            return interrupt && ends("waits for " + cpu_text(item.number) + ", which is offline",
                                     "waits for a CPU that is offline");
        // With interrupts enabled it is taken, or its handler is at work already.
        const bool taken = interrupt && cpu.irqs_on;
        for (unsigned i = cpu.depth; i-- > 0;) {
            const Context& level = *cpu.interrupts[i];
            if (taken && level.slot != sim::Slot::hardirq && level.slot != sim::Slot::hardirq2)
                continue;
            if (is_stuck(level.key)) return true;
        }
        return !taken && cpu.task != nullptr && cpu.task->state != ContextState::sleeping &&
               is_stuck(cpu.task->key);
    }

    // The chains that are found first are kept; a cycle beats what merely comes to an end.
    void close(ContextKey key) {
        if (found_.cycle) return;
        std::size_t first = 0;
        while (path_[first].key != key) ++first;
        found_ = chain(first);
        found_.cycle = true;
    }
    bool ends(std::string why, std::string role) {
        // Of its own accord nothing is awaited there.
        if (depth_ > 1 || why.starts_with("waits")) {
            if (found_.links.empty()) {
                found_ = chain(0);
                found_.end = std::move(why);
                found_.end_role = std::move(role);
            }
        }
        return true;
    }

    // What the path has from this step on.
    WaitChain chain(std::size_t from) const {
        WaitChain chain;
        for (std::size_t i = from; i < depth_; ++i) {
            const Step* const it = &path_[i];
            const Context& context = sim::world().context(it->key);
            const kernel::Task* const task = context.is_task() ? kernel::task_of(context) : nullptr;
            WaitLink link;
            link.role = task != nullptr ? sim::world().names().of(task->name).text
                                        : level_of(context.slot);
            link.who =
                task != nullptr ? numbered(task->name) : link.role + " of " + cpu_text(context.cpu);
            if (it->what != 0) {
                link.what = numbered(it->what);
                link.what_role = sim::world().names().of(it->what).text;
            }
            link.site = context.site;
            chain.links.push_back(std::move(link));
        }
        return chain;
    }

    std::array<State, context_count> state_{};
    std::array<Step, context_count> path_{};  // a run that is all right allocates nothing
    std::size_t depth_ = 0;
    WaitChain found_;
};

std::string role_text(const WaitLink& link) {
    return link.role + (link.what_role.empty() ? "" : ">" + link.what_role);
}

}  // namespace

std::string WaitChain::text() const {
    std::string said;
    for (std::size_t i = 0; i < links.size(); ++i) {
        const WaitLink& link = links[i];
        const bool last = i + 1 == links.size();
        said += i == 0 ? link.who : ", which";
        if (last && !cycle) return said + " " + end;
        const std::string& next = last ? links[0].who : links[i + 1].who;
        said += link.what.empty() ? " cannot go on before " + next
                                  : " waits for " + link.what + " and so for " + next;
    }
    return said;
}

std::string WaitChain::cause() const {
    std::vector<std::string> roles;
    for (const WaitLink& link : links) roles.push_back(role_text(link));
    if (cycle) {
        std::vector<std::string> best = roles;
        for (std::size_t i = 1; i < roles.size(); ++i) {
            std::ranges::rotate(roles, roles.begin() + 1);
            best = std::min(best, roles);
        }
        roles = best;
    }
    std::string said;
    for (const std::string& role : roles) said += (said.empty() ? "" : ">") + role;
    return end_role.empty() ? said : said + ">" + end_role;
}

WaitChain find_deadlock() {
    Search search;
    sim::World& w = sim::world();
    for (unsigned key = 0; key < w.cpus() * sim::slots_per_cpu; ++key)
        if (w.context(static_cast<ContextKey>(key)).state != ContextState::unused)
            search.is_stuck(static_cast<ContextKey>(key));
    return search.found();
}

void judge_deadlock() {
    const WaitChain chain = find_deadlock();
    if (chain.links.empty()) return;
    sim::world().findings().note(Verdict::deadlock, {chain.text(), chain.cause()},
                                 chain.links[0].site);
}

}  // namespace rcufuzz::oracle
