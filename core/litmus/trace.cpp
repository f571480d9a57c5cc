// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/trace.h"

#include "core/litmus/walk.h"

namespace rcufuzz::litmus {

Traces traces_of(const Test& test, const std::string& file, Index process, const Domains& others,
                 std::size_t limit) {
    Traces made;
    Answers answers;
    std::size_t ways = 0;
    do {
        if (ways++ == limit) {
            made.too_many = true;
            break;
        }
        Walk walk(test, file, process, others, answers);
        if (walk.all()) made.all.push_back(std::move(walk.trace()));
        made.cut_short |= walk.cut_short();
    } while (answers.next());
    return made;
}

}  // namespace rcufuzz::litmus
