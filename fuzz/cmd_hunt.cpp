// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz hunt
#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/report/minimize.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "fuzz/commands.h"
#include "fuzz/interruption.h"
#include "fuzz/jobs.h"
#include "fuzz/json_output.h"
#include "fuzz/junit.h"
#include "fuzz/stopwatch.h"

namespace rcufuzz::cli {

namespace {

constexpr double seconds_standard = 60;

// One line on a terminal, written over again; nothing anywhere else.
class Progress {
   public:
    void show(double seconds, std::uint64_t runs, std::size_t finds) {
        if (!terminal_ || seconds < shown_ + 0.5) return;
        shown_ = seconds;
        fmt::print(stderr, "\r{:>6.0f} s  {:>12} runs  {:>9.0f}/s  {} finds ", seconds, runs,
                   static_cast<double>(runs) / seconds, finds);
        std::fflush(stderr);
    }
    void clear() {
        if (terminal_) fmt::print(stderr, "\r\x1b[K");
    }

   private:
    bool terminal_ = isatty(STDERR_FILENO) != 0;
    double shown_ = 0;
};

class Hunt {
   public:
    explicit Hunt(const HuntArgs& args) : args_(args) {
        const run::Frame frame = make_frame(args.frame);
        summary_.base = frame.plan;
        summary_.seed = args.seed;
        options_.base = frame.plan;
        options_.workload.fixed_configs = frame.fixed_configs;
        options_.strategy = args.strategy;
        options_.seed = args.seed;
        options_.runs = args.runs.value_or(run::unlimited_runs);
        options_.all = args.all;
        if (!args.as_found)
            options_.minimize = [](const run::Plan& plan) { return report::minimize(plan); };
        summary_.strategy = args.strategy;
        if (!args.runs) limit_ = args.seconds.value_or(seconds_standard);
        std::error_code error;
        std::filesystem::create_directories(args.out, error);
        if (!std::filesystem::is_directory(args.out))
            throw UserError(args.out + ": cannot be made a directory");
        // Now rather than after an hour: whether the report can be written.
        if (!args.junit.empty()) claim_junit(args.junit);
    }

    int run() {
        stop_on_signals();
        const HuntCallbacks callbacks{
            .found = [this](const run::Find& find) { found(find); },
            .keep_going = [this](std::uint64_t runs,
                                 std::size_t finds) { return keep_going(runs, finds); }};
        summary_.result = hunt_in_jobs(options_, args_.jobs, callbacks);
        summary_.seconds = watch_.seconds();
        progress_.clear();
        if (args_.json)
            fmt::print("{}", hunt_json(summary_));
        else
            print_summary();
        if (!args_.junit.empty())
            write_file(args_.junit, junit_xml("rcufuzz hunt", {junit_case()}), true);
        return summary_.result.finds.empty() ? exit_clean : exit_found;
    }

   private:
    bool keep_going(std::uint64_t runs, std::size_t finds) {
        const double seconds = watch_.seconds();
        progress_.show(seconds, runs, finds);
        return !interrupted() && seconds < limit_;
    }

    // A file of that name is there already only if it holds this very plan.
    void found(const run::Find& find) {
        const std::string name = run::find_file_name(find.plan, find.outcome.verdict);
        const std::string path = args_.out == "." ? name : args_.out + "/" + name;
        if (!std::filesystem::exists(path)) write_file(path, run::to_text(find.plan), false);
        summary_.files.push_back(path);
        if (args_.json) return;
        progress_.clear();
        fmt::print("{} at {}: run {}, {} ops, {} decisions: {}\n", word(find.outcome.verdict),
                   find.outcome.site, find.run, find.plan.ops.size(), find.plan.decisions.size(),
                   path);
        std::fflush(stdout);
    }

    void print_summary() const {
        const run::HuntResult& result = summary_.result;
        fmt::print(
            "{}{} in {} runs, {:.1f} s ({:.0f} runs/s, about {} distinct end states)\n",
            interrupted() ? "interrupted: " : "",
            result.finds.empty() ? "nothing found" : fmt::format("{} found", result.finds.size()),
            result.runs, summary_.seconds, summary_.runs_per_second(), result.states.estimate());
    }

    // "nocb D01_wake_leaves_level, pct, seed 4": what is hunted, and how.
    JunitCase junit_case() const {
        const std::string target(summary_.base.target->name);
        JunitCase test{"rcufuzz.hunt." + target, target, "", "", summary_.seconds};
        for (const std::string_view bug : run::bug_names(summary_.base))
            test.name += " " + std::string(bug);
        test.name += fmt::format(", {}, seed {}", summary_.strategy, summary_.seed);
        const std::vector<run::Find>& finds = summary_.result.finds;
        for (std::size_t i = 0; i < finds.size(); ++i) {
            const run::Outcome& outcome = finds[i].outcome;
            test.failure +=
                (i == 0 ? "" : "; ") + fmt::format("{} at {}", word(outcome.verdict), outcome.site);
            test.output +=
                fmt::format("{}\nrcufuzz explain {}\n", outcome.detail, summary_.files[i]);
        }
        test.output += fmt::format("{} runs\n", summary_.result.runs);
        return test;
    }

    const HuntArgs& args_;
    run::HuntOptions options_;
    double limit_ = 1e300;
    Stopwatch watch_;
    Progress progress_;
    HuntSummary summary_;
};

}  // namespace

int hunt(const HuntArgs& args) { return Hunt(args).run(); }

}  // namespace rcufuzz::cli
