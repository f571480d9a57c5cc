// SPDX-License-Identifier: GPL-2.0-or-later
//
// Names of the objects that the events and accesses of a run are about.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/check.h"
#include "core/sim/trace.h"

namespace rcufuzz::sim {

struct ObjectName {
    const char* text;
    int index;     // below 0: no index
    bool pointer;  // its values are 1 and 0, which say whether it is NULL
};

class Names {
   public:
    void begin() {
        count_ = 1;
        names_[0] = {"", -1, false};
    }

    // `text` outlives the run.
    ObjectId add(const char* text, int index = -1, bool pointer = false) {
        CHECK(count_ < names_.size());
        names_[count_] = {text, index, pointer};
        return count_++;
    }
    const ObjectName& of(ObjectId id) const { return names_[id]; }

   private:
    template <typename Bytes>
    friend class RunBytes;

    std::uint32_t count_ = 0;
    std::array<ObjectName, max_objects> names_{};
};

}  // namespace rcufuzz::sim
