// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz replay
#include <fmt/core.h>

#include <algorithm>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/run/runner.h"
#include "fuzz/commands.h"
#include "fuzz/json_output.h"
#include "fuzz/junit.h"

namespace rcufuzz::cli {

namespace {

void print(const ReplayedFile& replayed) {
    const run::Outcome& outcome = replayed.outcome;
    if (outcome.found())
        fmt::print("{}: {} at {}: {}\n", replayed.file, word(outcome.verdict), outcome.site,
                   outcome.detail);
    else
        fmt::print("{}: {}\n", replayed.file, word(outcome.verdict));
}

// Which verdicts are as expected.
class Expected {
   public:
    explicit Expected(const std::string& word) {
        if (word == "bug") return;
        only_ = word.empty() ? Verdict::clean : verdict_from_word(word);
        if (!only_) throw UserError("unknown verdict '" + word + "' (rcufuzz list)");
    }

    // More than one where a plan has several bugs.
    std::vector<Verdict> of(const run::Plan& plan) const {
        if (only_) return {*only_};
        std::vector<Verdict> verdicts;
        const auto bugs = plan.target->bugs;
        for (std::size_t i = 0; i < bugs.size(); ++i)
            if (((plan.bugs >> i) & 1u) != 0) verdicts.push_back(bugs[i].verdict);
        if (verdicts.empty()) verdicts.push_back(Verdict::clean);
        return verdicts;
    }

    bool met_by(const ReplayedFile& replayed) const {
        const std::vector<Verdict> wanted = of(replayed.plan);
        return std::ranges::find(wanted, replayed.outcome.verdict) != wanted.end();
    }

   private:
    std::optional<Verdict> only_;  // none: each plan's own
};

JunitCase junit_case(const ReplayedFile& replayed, const Expected& expected) {
    const run::Outcome& outcome = replayed.outcome;
    JunitCase test;
    test.group = "rcufuzz.replay." + std::string(replayed.plan.target->name);
    test.name = replayed.file;
    if (outcome.found())
        test.output = fmt::format("{} at {}: {}\nrcufuzz explain {}\n", word(outcome.verdict),
                                  outcome.site, outcome.detail, replayed.file);
    if (expected.met_by(replayed)) return test;
    test.failure = fmt::format("{} instead of ", word(outcome.verdict));
    const std::vector<Verdict> wanted = expected.of(replayed.plan);
    for (std::size_t i = 0; i < wanted.size(); ++i)
        test.failure += (i == 0 ? "" : " or ") + std::string(word(wanted[i]));
    return test;
}

void write_junit(const std::string& file, const std::vector<ReplayedFile>& files,
                 const Expected& expected) {
    std::vector<JunitCase> cases;
    for (const ReplayedFile& replayed : files) cases.push_back(junit_case(replayed, expected));
    write_file(file, junit_xml("rcufuzz replay", cases), true);
}

}  // namespace

int replay(const ReplayArgs& args) {
    const Expected expected(args.expect);
    // All files are read before the first is run: a bad one leaves no half of an answer.
    std::vector<ReplayedFile> files;
    for (const std::string& file : files_under(args.paths, ".plan"))
        files.push_back({file, load(file, args.frame), run::Outcome{}});
    if (!args.junit.empty()) claim_junit(args.junit);
    for (ReplayedFile& replayed : files) replayed.outcome = run::replay(replayed.plan);

    if (args.json) {
        fmt::print("{}", replay_json(files));
    } else {
        for (const ReplayedFile& replayed : files) print(replayed);
    }
    if (!args.junit.empty()) write_junit(args.junit, files, expected);
    const bool as_wanted = std::ranges::all_of(
        files, [&](const ReplayedFile& replayed) { return expected.met_by(replayed); });
    return as_wanted ? exit_clean : exit_found;
}

}  // namespace rcufuzz::cli
