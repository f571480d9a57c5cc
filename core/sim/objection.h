// SPDX-License-Identifier: GPL-2.0-or-later
//
// Why an oracle objects: a sentence for people, and what of it is the same in every run that shows
// this fault, for the identity of a find. A sentence alone is enough: its identity is the sentence
// without names of single objects and without numbers.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "core/sim/trace.h"

namespace rcufuzz::sim {

struct Objection {
    Objection() = default;
    Objection(std::string text) : sentence(std::move(text)) {}
    Objection(const char* text) : sentence(text) {}
    Objection(std::string text, std::string why, std::initializer_list<ObjectId> wrong = {})
        : sentence(std::move(text)), cause(std::move(why)), broken(wrong) {}

    // The cause says it all: the place where it shows, and what that context has loaded, are luck.
    static Objection whole_cause(std::string text, std::string why) {
        Objection objection(std::move(text), std::move(why));
        objection.whole = true;
        return objection;
    }

    bool empty() const { return sentence.empty(); }

    std::string sentence;
    // What is wrong, in words that hold no CPU, number or name of a single object.
    std::string cause;
    // Shared state that is not as it should be: whoever changed it last is part of the cause.
    std::vector<ObjectId> broken;
    bool whole = false;  // see whole_cause()
    bool reads_nothing = false;  // it objects to no state that loads see: none of them is to blame
    // It shows in an interrupt, and what that has come between is part of the cause.
    bool by_interruption = false;
};

}  // namespace rcufuzz::sim
