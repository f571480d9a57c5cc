// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/arrows.h"

#include <array>
#include <map>
#include <optional>

namespace rcufuzz::report {

namespace {

using sim::EventKind;

constexpr std::array<std::string_view, 4> kind_words{"wake-up", "interrupt", "timer", "reads from"};

class Finder {
   public:
    Finder(const run::NamedTrace& trace, const Interleaving& interleaving)
        : trace_(trace), shown_(trace.events.size(), false) {
        for (const Row& row : interleaving.rows)
            for (const RowEvent& event : row.events) shown_[event.index] = true;
    }

    std::vector<Arrow> find() {
        for (std::size_t i = 0; i < trace_.events.size(); ++i) {
            if (shown_[i]) end_expected(i);
            look_at(i);
        }
        return std::move(arrows_);
    }

   private:
    struct Cause {
        ArrowKind kind;
        std::size_t event;
    };
    struct Store {
        std::size_t event;
        sim::ContextKey key;
        std::int64_t value;
    };

    // The context acts for the first time since something was done to it.
    void end_expected(std::size_t i) {
        std::vector<Cause>& causes = expected_[trace_.events[i].key];
        for (const Cause& cause : causes) add(cause.kind, cause.event, i);
        causes.clear();
    }

    void look_at(std::size_t i) {
        const sim::Event& event = trace_.events[i];
        switch (event.kind) {
            case EventKind::wake:
                expected_[static_cast<sim::ContextKey>(event.a)].push_back({ArrowKind::wake, i});
                return;
            case EventKind::irq_raise:
                raised_[{event.object, event.a}] = i;
                return;
            case EventKind::irq_enter:
            case EventKind::nmi_enter:
                enter(event);
                return;
            case EventKind::resume:
                if (entered_) expected_[event.key].push_back({ArrowKind::interrupt, *entered_});
                entered_.reset();
                return;
            case EventKind::timer_arm:
                armed_[event.object] = i;
                return;
            case EventKind::timer_fire:
                fire(event, i);
                return;
            case EventKind::write:
                stores_[event.object].push_back({i, event.key, event.a});
                seen_[{event.object, event.key}] = i;
                return;
            case EventKind::read:
                read(event, i);
                return;
            default:
                return;
        }
    }

    void enter(const sim::Event& event) {
        const auto raised = raised_.find({event.object, event.a});
        if (raised == raised_.end()) return;
        entered_ = raised->second;
        raised_.erase(raised);
    }

    // Timers without a name cannot be told apart.
    void fire(const sim::Event& event, std::size_t i) {
        const auto armed = armed_.find(event.object);
        if (event.object == 0 || armed == armed_.end()) return;
        add(ArrowKind::timer, armed->second, i);
        armed_.erase(armed);
    }

    void read(const sim::Event& event, std::size_t i) {
        const std::vector<Store>& stores = stores_[event.object];
        const auto age = static_cast<std::size_t>(event.b);
        if (age >= stores.size()) return;
        const Store& store = stores[stores.size() - 1 - age];
        std::size_t& seen = seen_[{event.object, event.key}];
        const bool news = store.key != event.key && store.value == event.a && seen != store.event;
        if (news) add(ArrowKind::reads, store.event, i);
        seen = store.event;
    }

    void add(ArrowKind kind, std::size_t from, std::size_t to) {
        if (shown_[from] && shown_[to]) arrows_.push_back({kind, from, to});
    }

    const run::NamedTrace& trace_;
    std::vector<bool> shown_;
    std::vector<Arrow> arrows_;
    std::map<sim::ContextKey, std::vector<Cause>> expected_;
    std::map<std::pair<sim::ObjectId, std::int64_t>, std::size_t> raised_;  // by name and CPU
    std::optional<std::size_t> entered_;  // what raised the interrupt that begins
    std::map<sim::ObjectId, std::size_t> armed_;
    std::map<sim::ObjectId, std::vector<Store>> stores_;
    std::map<std::pair<sim::ObjectId, sim::ContextKey>, std::size_t> seen_;
};

}  // namespace

std::string_view word(ArrowKind kind) { return kind_words[static_cast<std::size_t>(kind)]; }

std::vector<Arrow> find_arrows(const run::NamedTrace& trace, const Interleaving& interleaving) {
    return Finder(trace, interleaving).find();
}

}  // namespace rcufuzz::report
