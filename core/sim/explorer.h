// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a strategy may want beside answering choices, where it goes through all runs of a program:
// to look at the whole state, and to go back to earlier choices instead of beginning anew.
#pragma once

#include <cstddef>

namespace rcufuzz::sim {

class Explorer {
   public:
    // True: image_hash() will be asked for at choices of who acts.
    virtual bool needs_image() const = 0;

    // True: the run may go back to earlier choices of contexts (moment.h). The rest is for these.
    virtual bool returns() const = 0;
    // Asked after an answer: may the run come back to this choice?
    virtual bool keeps_moment() = 0;
    // Asked after abandon_run. The answer n: the run goes back to the n-th moment that was kept,
    // where it asks the same choice again. 0: the run ends.
    virtual std::size_t go_back() = 0;
    // The moments kept so far are gone.
    virtual void forget_moments() = 0;

   protected:
    ~Explorer() = default;
};

}  // namespace rcufuzz::sim
