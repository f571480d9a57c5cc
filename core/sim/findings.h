// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is wrong with the subject, as far as the run has come. The first finding stands; a suspicion
// gives way to it.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/base/verdict.h"
#include "core/sim/context.h"
#include "core/sim/objection.h"
#include "core/sim/site.h"
#include "core/sim/trace.h"

namespace rcufuzz::sim {

struct Finding {
    Verdict verdict = Verdict::clean;
    Site site{};
    std::string detail;  // why the oracle objects, in one sentence
    // For the identity of the find; see objection.h.
    std::string cause{};
    std::vector<ObjectId> broken{};
    bool whole = false;
    bool reads_nothing = false;
    bool by_interruption = false;
    ContextKey key = 0;      // whose doing it was; main_key: the end of the run was judged
    std::size_t events = 0;  // of the full trace, before it

    bool is_none() const { return verdict == Verdict::clean; }
};

class Findings {
   public:
    // Both references outlive the run: its trace, and the context that acts.
    void begin(const Trace& trace, Context* const& current) {
        finding_ = suspicion_ = Finding{};
        trace_ = &trace;
        current_ = &current;
    }

    // For oracles that run outside any context: records and returns. See also World::fail().
    void note(Verdict verdict, Objection why, const Site& site) {
        if (finding_.is_none()) finding_ = found(verdict, std::move(why), site);
    }
    // For a run that has ended at its step bound: takes the verdict `livelock` back, so that an
    // oracle may give a better one; put_back() restores it where none did.
    Finding take_back() { return std::exchange(finding_, {}); }
    void put_back(Finding finding) {
        if (finding_.is_none()) finding_ = std::move(finding);
    }
    // For an inner invariant that does not hold, say. The run goes on, since a consequence that
    // users would see is the better find. If none comes, this is the verdict.
    void suspect(Verdict verdict, Objection why, const Site& site) {
        if (suspicion_.is_none()) suspicion_ = found(verdict, std::move(why), site);
    }

    // The verdict of the run.
    const Finding& result() const { return finding_.is_none() ? suspicion_ : finding_; }
    // More than a suspicion: the run is over.
    bool has_consequence() const { return !finding_.is_none(); }
    Verdict suspected() const { return suspicion_.verdict; }
    // The first suspicion, also where a consequence has come since.
    const Finding& suspicion() const { return suspicion_; }
    // Called when the run has gone back to a moment before the suspicion.
    void forget_suspicion() {
        if (!suspicion_.is_none()) suspicion_ = Finding{};
    }

   private:
    Finding found(Verdict verdict, Objection why, const Site& site) const {
        return {verdict,
                site,
                std::move(why.sentence),
                std::move(why.cause),
                std::move(why.broken),
                why.whole,
                why.reads_nothing,
                why.by_interruption,
                (*current_)->key,
                trace_->events().size()};
    }

    const Trace* trace_ = nullptr;
    Context* const* current_ = nullptr;
    Finding finding_;
    Finding suspicion_;  // the first
};

}  // namespace rcufuzz::sim
