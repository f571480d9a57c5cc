// SPDX-License-Identifier: GPL-2.0-or-later
//
// The folder of a hunt that may be stopped at any moment, in whatever way, and goes on from there:
// its record, the plans of its finds, and a lock, since there is one hunt in it at a time. A find
// is there before the record names it, and the record is written whole or not at all: what was
// found stays found, and at worst some seconds of the hunt are run again, which count once.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/folder_lock.h"
#include "fuzz/hunt_record.h"
#include "fuzz/jobs.h"
#include "fuzz/stopwatch.h"

namespace rcufuzz::cli {

class HuntFolder {
   public:
    // Takes the folder, which is this hunt's, or empty, or not there yet. Throws UserError.
    // `base`: of the hunt's plans.
    HuntFolder(const std::string& folder, const HuntSubject& subject, const run::Plan& base);

    // Before the hunt goes on. Plans in the folder that the record does not know, of a hunt that
    // was killed or of another engine, become finds; those that are not minimised yet are, while
    // there is time; and after another build of the subject it is looked which still show.
    void tidy(const std::function<bool()>& go_on);

    const HuntRecord& record() const { return record_; }
    std::string finds_folder() const;
    std::vector<std::string> known() const;  // identities

    // A new find of this session, whose plan is in `file`; `small`: minimised to the end.
    void found(const run::Find& find, const std::string& file, bool small);
    // Where a job stands, and what it has seen since it began.
    void keep(unsigned job, const JobState& state);
    void save();
    // The same, but only where there is a find, or some seconds have gone by.
    void save_now_and_then();

   private:
    void adopt(const std::string& file);
    void look_again(KeptFind& find, bool other_build, const std::function<bool()>& go_on);
    void count_seen();
    void count_lines();
    Sighting now() const;

    std::string folder_;
    FolderLock lock_;
    run::Plan base_;
    HuntRecord record_;
    const HuntRecord before_;  // as this session has found it
    std::vector<JobState> jobs_;  // of this session
    std::map<std::string, std::uint64_t> seen_;  // by identity, as often as the record tells
    Stopwatch watch_;
    double saved_ = 0;     // when
    bool pending_ = true;  // there is something that must not wait
};

}  // namespace rcufuzz::cli
