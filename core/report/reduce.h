// SPDX-License-Identifier: GPL-2.0-or-later
//
// The minimiser's moves. Each returns whether it made the best plan smaller in the order of Size,
// or as small and simpler; none makes it larger.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "core/report/search.h"

namespace rcufuzz::report {

// Low: tries each change as it is. High: where a change breaks the find, looks for it again.
enum class Effort { low, high };

// reduce_decisions.cpp
bool drop_decisions(Search& search);
// Takes two decisions out and puts one in, which leads out of many dead ends of the above.
bool merge_decisions(Search& search);
// Puts simpler decisions in the place of others.
bool simplify_decisions(Search& search);

// find_again.cpp: for a candidate whose decisions do not lead to the find, looks for others that
// do. Keeps the result only if it is smaller than the best plan.
// `patience` multiplies the number of tries.
bool find_again(Search& search, const run::Plan& candidate, unsigned patience = 1);
// Looks for the find with every load as new as can be: that an old one led to it may be luck.
bool find_without_old_loads(Search& search);
// Hunts for the find among workloads of a few operations, as if it had not been found yet: where it
// is common there it is had sooner than a large one is whittled down. Takes a part of the budget.
// `find`: where it all began, whose operations are tried beside those that are left.
bool hunt_smaller(Search& search, const run::Plan& find);
// Several changes at once, and other workloads: fewer operations, or as many and fewer decisions.
bool guess_smaller(Search& search, unsigned patience = 1);

// reduce_ops.cpp
bool drop_ops(Search& search, Effort effort);
bool simplify_ops(Search& search, Effort effort);
bool simplify_config(Search& search, Effort effort);
// Tries values that are not standard where they save decisions.
bool vary_config(Search& search);
// Runs operations in other contexts or on other CPUs where that saves decisions: an interrupt, say,
// comes where a task would have to be let in.
bool vary_contexts(Search& search);

// Shortens a list while `accept(shorter)` says so: large chunks first, from the tail to the head.
template <typename T, typename Accept>
bool drop_chunks(std::vector<T> list, const Accept& accept) {
    bool changed = false;
    for (std::size_t size = list.size(); size > 0; size /= 2) {
        for (std::size_t end = list.size(); end > 0;) {
            const std::size_t begin = end > size ? end - size : 0;
            std::vector<T> shorter(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(begin));
            shorter.insert(shorter.end(), list.begin() + static_cast<std::ptrdiff_t>(end),
                           list.end());
            if (accept(shorter)) {
                list = std::move(shorter);
                changed = true;
            }
            end = begin;
        }
    }
    return changed;
}

}  // namespace rcufuzz::report
