// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is wrong with the subject, as far as the run has come. The first finding stands; a suspicion
// gives way to it.
#pragma once

#include <string>
#include <utility>

#include "core/base/verdict.h"
#include "core/sim/site.h"

namespace rcufuzz::sim {

struct Finding {
    Verdict verdict = Verdict::clean;
    Site site{};
    std::string detail;  // why the oracle objects, in one sentence

    bool is_none() const { return verdict == Verdict::clean; }
};

class Findings {
   public:
    void begin() { finding_ = suspicion_ = Finding{}; }

    // For oracles that run outside any context: records and returns. See also World::fail().
    void note(Verdict verdict, std::string detail, const Site& site) {
        if (finding_.is_none()) finding_ = {verdict, site, std::move(detail)};
    }
    // An inner invariant does not hold, say. The run goes on: a consequence that users would see is
    // the better find. Where none comes, this is the verdict.
    void suspect(Verdict verdict, std::string detail, const Site& site) {
        if (suspicion_.is_none()) suspicion_ = {verdict, site, std::move(detail)};
    }

    // The verdict of the run.
    const Finding& result() const { return finding_.is_none() ? suspicion_ : finding_; }
    // More than a suspicion: the run is over.
    bool has_consequence() const { return !finding_.is_none(); }
    Verdict suspected() const { return suspicion_.verdict; }
    // The run has gone back to where there was none.
    void forget_suspicion() {
        if (!suspicion_.is_none()) suspicion_ = Finding{};
    }

   private:
    Finding finding_;
    Finding suspicion_;  // the first
};

}  // namespace rcufuzz::sim
