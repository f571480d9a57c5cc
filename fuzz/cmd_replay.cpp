// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz replay
#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/candidates.h"
#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/conform/print.h"
#include "core/run/runner.h"
#include "fuzz/commands.h"
#include "fuzz/inputs.h"
#include "fuzz/json_output.h"
#include "fuzz/junit.h"
#include "fuzz/output.h"

namespace rcufuzz::cli {

namespace {

void print_line(const ReplayedFile& replayed) {
    const run::Outcome& outcome = replayed.outcome;
    const std::string file = printable(replayed.file);
    print("{}: ", file);
    put_coloured(word(outcome.verdict), outcome.found() ? Colour::bad : Colour::good);
    if (outcome.found()) print(" at {}: {}", outcome.site, outcome.detail);
    print("\n");
}

// "3 plans: 2 stranded_callback, 1 clean": the verdicts in the order in which they first came.
void print_summary(const std::vector<ReplayedFile>& files) {
    std::vector<std::pair<std::string_view, unsigned>> counts;
    for (const ReplayedFile& replayed : files) {
        const std::string_view what =
            replayed.error.empty() ? word(replayed.outcome.verdict) : "not read";
        const auto known = std::ranges::find(counts, what, &decltype(counts)::value_type::first);
        if (known == counts.end())
            counts.emplace_back(what, 1);
        else
            ++known->second;
    }
    std::string text;
    for (const auto& [what, count] : counts)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
    print("{} plans: {}\n", files.size(), text);
}

std::vector<std::string> known_words() {
    std::vector<std::string> words{"bug"};
    for (const VerdictInfo& verdict : all_verdicts()) words.emplace_back(verdict.word);
    return words;
}

// Which verdicts are as expected.
class Expected {
   public:
    explicit Expected(const std::string& word) {
        if (word == "bug") return;
        only_ = word.empty() ? Verdict::clean : verdict_from_word(word);
        if (!only_)
            throw UserError("unknown verdict " + rcufuzz::quoted(word) + " (rcufuzz list)" +
                            did_you_mean(word, known_words()));
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

    // A file without a verdict disappoints nobody here: it is an error of another kind.
    bool met_by(const ReplayedFile& replayed) const {
        if (!replayed.error.empty()) return true;
        const std::vector<Verdict> wanted = of(replayed.plan);
        return std::ranges::find(wanted, replayed.outcome.verdict) != wanted.end();
    }

   private:
    std::optional<Verdict> only_;  // none: each plan's own
};

JunitCase junit_case(const ReplayedFile& replayed, const Expected& expected) {
    const run::Outcome& outcome = replayed.outcome;
    JunitCase test;
    test.group = "rcufuzz.replay";
    test.name = replayed.file;
    test.error = replayed.error;
    if (!test.error.empty()) return test;
    test.group += "." + std::string(replayed.plan.target->name);
    if (outcome.found())
        test.output = fmt::format("{} at {}: {}\nidentity: {}\nrcufuzz explain {}\n",
                                  word(outcome.verdict), outcome.site, outcome.detail,
                                  outcome.identity, replayed.file);
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
    write_file(file, junit_xml("replay", cases), true);
}

int print_events(const ReplayArgs& args, const Expected& expected) {
    Inputs inputs(args.paths, plan_files);
    bool as_wanted = true;
    for (const std::string& file : inputs.files())
        inputs.try_input([&] {
            const run::Plan plan = load(file, args.frame);
            const conform::Printed printed = conform::print_events(plan);
            put(printed.trace);
            const std::vector<Verdict> wanted = expected.of(plan);
            if (std::ranges::find(wanted, printed.outcome.verdict) == wanted.end())
                as_wanted = false;
        });
    return inputs.exit_code(as_wanted ? exit_clean : exit_found);
}

}  // namespace

int replay(const ReplayArgs& args) {
    const Expected expected(args.expect);
    if (args.events) return print_events(args, expected);
    if (!args.junit.empty()) check_junit(args.junit);
    if (!args.frame.target.empty()) make_frame(args.frame);  // an error there is no file's
    Inputs inputs(args.paths, plan_files);
    std::vector<ReplayedFile> files;
    std::optional<JsonStream> json;
    if (args.json) json.emplace();
    for (const std::string& file : inputs.files()) {
        if (output_failed()) break;
        ReplayedFile& replayed = files.emplace_back();
        replayed.file = file;
        replayed.error = inputs.try_input([&] {
            replayed.plan = load(file, args.frame);
            if (&replayed == &files.front()) watch_lines(replayed.plan, args.lines);
            replayed.outcome = run::replay(replayed.plan);
        });
        if (json)
            json->add(replay_json(replayed));
        else if (replayed.error.empty())
            print_line(replayed);
    }
    if (json)
        json->end();
    else if (files.size() > 1)
        print_summary(files);
    if (!files.empty() && files.front().error.empty()) write_lines(files.front().plan, args.lines);
    if (!args.junit.empty()) write_junit(args.junit, files, expected);
    const bool as_wanted = std::ranges::all_of(
        files, [&](const ReplayedFile& replayed) { return expected.met_by(replayed); });
    return inputs.exit_code(as_wanted ? exit_clean : exit_found);
}

}  // namespace rcufuzz::cli
