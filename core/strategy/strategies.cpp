// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/strategy/strategies.h"

#include <array>

#include "core/strategy/pct.h"
#include "core/strategy/pos.h"
#include "core/strategy/random.h"
#include "core/strategy/stalling.h"
#include "core/strategy/surw.h"

namespace rcufuzz::strategy {

namespace {

template <typename P>
std::unique_ptr<Policy> make() {
    return std::make_unique<Stalling<P>>();
}

struct Entry {
    PolicyInfo info;
    std::unique_ptr<Policy> (*make)();
};

constexpr std::array entries{
    Entry{{"random", "random walk: whoever may act is equally likely to"}, make<RandomWalk>},
    Entry{{"pct", "random priorities that drop at d - 1 random points; d is 1 to 16, by lot"},
          make<Pct>},
    Entry{{"pos", "partial order sampling: random priorities, drawn anew on conflicting accesses"},
          make<Pos>},
    Entry{{"surw", "uniform over the orders of events on a random set of objects; learns"},
          make<Surw>},
};

}  // namespace

std::span<const PolicyInfo> all_policies() {
    static constexpr auto infos = [] {
        std::array<PolicyInfo, entries.size()> result;
        for (std::size_t i = 0; i < entries.size(); ++i) result[i] = entries[i].info;
        return result;
    }();
    return infos;
}

std::unique_ptr<Policy> make_policy(std::string_view name) {
    for (const Entry& entry : entries)
        if (entry.info.name == name) return entry.make();
    return nullptr;
}

}  // namespace rcufuzz::strategy
