// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tells a listener which operations of a plan run. Platforms call it. The listener may change
// nothing: a run takes the same course without it.
#pragma once

#include <cstddef>

namespace rcufuzz::scenario {

class OpWatch {
   public:
    // In the run, on the operation's own stack; by its number in the plan.
    virtual void begins(std::size_t index) = 0;
    virtual void ends(std::size_t index, bool did_something) = 0;

   protected:
    ~OpWatch() = default;
};

inline OpWatch* op_watch = nullptr;  // one at a time; null: nobody

inline void op_begins(std::size_t index) {
    if (op_watch != nullptr) op_watch->begins(index);
}
inline void op_ends(std::size_t index, bool did_something) {
    if (op_watch != nullptr) op_watch->ends(index, did_something);
}

}  // namespace rcufuzz::scenario
