// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/candidates.h"

#include <algorithm>

#include "core/base/check.h"

namespace rcufuzz::litmus {

namespace {

constexpr std::size_t max_options = 20000;

struct At {
    Number number = 0;
    const Event* event = nullptr;
};

// Positions: 0 is the initial value, n the n-th store.
class Options {
   public:
    Options(Value initial, const std::vector<std::vector<At>>& threads, Place& place)
        : initial_(initial), threads_(threads), place_(place) {
        next_.resize(threads.size());
        for (const auto& thread : threads)
            for (const At& at : thread)
                if (at.event->kind == Event::Kind::read) place_.reads.push_back(at.number);
    }

    void all() { place_next(); }

   private:
    // --- the order of stores --------------------------------------------------------------------

    static bool is_store(const At& at) { return at.event->kind == Event::Kind::write; }

    void place_next() {
        if (place_.too_many) return;
        bool complete = true;
        for (std::size_t t = 0; t < threads_.size(); ++t) {
            const auto& thread = threads_[t];
            const std::size_t was = next_[t];
            std::size_t at = was;
            while (at < thread.size() && !is_store(thread[at])) ++at;
            if (at == thread.size()) continue;
            complete = false;
            if (!may_come(t, at)) continue;
            order_.push_back(thread[at]);
            next_[t] = at + 1;
            place_next();
            next_[t] = was;
            order_.pop_back();
        }
        if (complete) pick_sources();
    }

    bool may_come(std::size_t t, std::size_t at) const {
        const Event& store = *threads_[t][at].event;
        const Event* const last = order_.empty() ? nullptr : order_.back().event;
        // A lock that is held is given back by its holder before all else.
        if (last != nullptr && last->is(Event::lock_write))
            return store.is(Event::unlock) && holder_is(t);
        if (store.is(Event::unlock)) return false;
        if (!store.follows_read || store.is(Event::lock_write)) return true;
        return threads_[t][at - 1].event->value == (last == nullptr ? initial_ : last->value);
    }

    bool holder_is(std::size_t t) const {
        return std::ranges::any_of(threads_[t],
                                   [&](const At& at) { return at.number == order_.back().number; });
    }

    // --- what loads read ------------------------------------------------------------------------

    void pick_sources() {
        source_.assign(place_.reads.size(), 0);
        pick_source(0, 0, 0, 0);
    }

    unsigned position_of(Number number) const {
        for (unsigned i = 0; i < order_.size(); ++i)
            if (order_[i].number == number) return i + 1;
        return 0;
    }

    // `lowest`: what this thread has read or stored already is no younger.
    void pick_source(std::size_t t, std::size_t at, std::size_t read, unsigned lowest) {
        while (t < threads_.size() && at == threads_[t].size()) {
            ++t;
            at = 0;
            lowest = 0;
        }
        if (t == threads_.size()) return finish();
        const auto& thread = threads_[t];
        if (is_store(thread[at])) {
            const unsigned position = position_of(thread[at].number);
            if (position <= lowest) return;
            return pick_source(t, at + 1, read, position);
        }
        unsigned end = static_cast<unsigned>(order_.size());
        for (std::size_t i = at + 1; i < thread.size(); ++i) {
            if (!is_store(thread[i])) continue;
            end = position_of(thread[i].number) - 1;
            break;
        }
        const bool is_rmw = at + 1 < thread.size() && thread[at + 1].event->follows_read;
        for (unsigned from = is_rmw ? std::max(end, lowest) : lowest; from <= end; ++from) {
            if (!may_read(t, at, from)) continue;
            source_[read] = from;
            pick_source(t, at + 1, read + 1, from);
        }
    }

    bool may_read(std::size_t t, std::size_t at, unsigned from) const {
        const Event& load = *threads_[t][at].event;
        const Event* const store = from == 0 ? nullptr : order_[from - 1].event;
        if (load.is(Event::lock_read) || load.is(Event::sees_unlocked))
            return store == nullptr || store->is(Event::unlock);
        if (load.is(Event::sees_locked)) return store != nullptr && store->is(Event::lock_write);
        return load.value == (store == nullptr ? initial_ : store->value);
    }

    void finish() {
        if (place_.options.size() == max_options) {
            place_.too_many = true;
            return;
        }
        Option made;
        for (const At& at : order_) made.order.push_back(at.number);
        for (const unsigned from : source_)
            made.source.push_back(from == 0 ? initial_value : made.order[from - 1]);
        if (!made.order.empty()) made.last = made.order.back();
        place_.options.push_back(std::move(made));
    }

    const Value initial_;
    const std::vector<std::vector<At>>& threads_;
    Place& place_;
    std::vector<std::size_t> next_;
    std::vector<At> order_;
    std::vector<unsigned> source_;
};

}  // namespace

std::vector<Place> places_of(const Test& test, std::span<const Trace* const> traces) {
    std::vector<Place> places;
    std::vector<std::vector<std::vector<At>>> accesses;
    unsigned first = 0;
    for (std::size_t t = 0; t < traces.size(); ++t) {
        for (std::size_t i = 0; i < traces[t]->events.size(); ++i) {
            const Event& event = traces[t]->events[i];
            if (!event.is_memory()) continue;
            auto at = std::ranges::find(places, event.location, &Place::location);
            if (at == places.end()) {
                places.push_back({event.location, {}, {}, false});
                accesses.emplace_back(traces.size());
                at = places.end() - 1;
            }
            accesses[static_cast<std::size_t>(at - places.begin())][t].push_back(
                {static_cast<Number>(first + i), &event});
        }
        first += static_cast<unsigned>(traces[t]->events.size());
    }
    for (std::size_t i = 0; i < places.size(); ++i)
        Options(test.locations[places[i].location].initial, accesses[i], places[i]).all();
    return places;
}

}  // namespace rcufuzz::litmus
