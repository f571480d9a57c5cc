// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz hunt
#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/report/minimize.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "core/scenario/platform.h"
#include "core/strategy/strategies.h"
#include "fuzz/commands.h"
#include "fuzz/hunt_folder.h"
#include "fuzz/inputs.h"
#include "fuzz/interruption.h"
#include "fuzz/jobs.h"
#include "fuzz/json_output.h"
#include "fuzz/junit.h"
#include "fuzz/output.h"
#include "fuzz/stopwatch.h"

namespace rcufuzz::cli {

namespace {

constexpr double seconds_standard = 60;

run::Smaller minimized(const run::Plan& plan, std::uint64_t budget,
                       const std::function<bool()>& go_on) {
    const Stopwatch watch;
    ProgressLine progress;
    const auto keep_going = [&] {
        if (progress.due(watch.seconds()))
            progress.show(fmt::format("{:>6.0f} s  minimising a find of {} ops ", watch.seconds(),
                                      plan.ops.size()));
        return !go_on || go_on();
    };
    report::MinimizeStats stats;
    run::Plan smaller =
        report::minimize(plan, {.budget = budget, .keep_going = keep_going}, &stats);
    return {std::move(smaller), stats.cost};
}

class Hunt {
   public:
    explicit Hunt(const HuntArgs& args) : args_(args) {
        const run::Frame frame = make_frame(args.frame);
        const std::string near = args.near.empty() ? "" : read_text(args.near);
        summary_.base = frame.plan;
        summary_.seed = args.seed;
        options_.base = frame.plan;
        options_.workload.fixed_configs = frame.fixed_configs;
        options_.strategy = args.strategy;
        options_.seed = args.seed;
        options_.runs = args.runs.value_or(run::unlimited_runs);
        options_.all = args.all;
        if (!args.as_found)
            options_.minimize = minimized;
        summary_.strategy = args.strategy;
        begin_with(args.begin_with);
        if (!args.runs) limit_ = args.seconds.value_or(seconds_standard);
        if (args.strategy != "all") check_strategy(args.strategy);
        // Now rather than after an hour: whether what is found can be written.
        if (!args.junit.empty()) check_junit(args.junit);
        watch_lines(summary_.base, args.lines, near);
        if (args.resume.empty())
            make_folder(args.out);
        else
            resume(frame);
        if (!near.empty()) look_near(near);
    }

    int run() {
        stop_on_signals();
        const HuntCallbacks callbacks{
            .found = [this](const run::Find& find) { found(find); },
            .keep_going = [this](std::uint64_t runs,
                                 std::size_t finds) { return keep_going(runs, finds); }};
        KeepJobs kept;
        if (folder_) {
            folder_->tidy([this] { return !stopped(); });
            options_.known = folder_->known();
            kept.resumed = folder_->record().lanes;
            kept.keep = [this](unsigned job, const JobState& state) {
                folder_->keep(job, state);
                folder_->save_now_and_then();
            };
        }
        if (args_.json) json_.emplace(hunt_begins(summary_), "finds");
        JobsResult result =
            hunt_in_jobs(options_, args_.jobs, callbacks, folder_ ? &kept : nullptr);
        if (folder_) folder_->save();
        summary_.result = std::move(result.hunt);
        summary_.seconds = watch_.seconds();
        progress_.clear();
        if (folder_) summary_.in_all = &folder_->record();
        if (args_.json)
            json_->end(hunt_ends(summary_));
        else
            print_summary();
        write_lines(summary_.base, args_.lines);
        if (!args_.junit.empty()) write_file(args_.junit, junit_xml("hunt", {junit_case()}), true);
        if (!unwritten_.empty()) throw UserError(unwritten_);
        return exit_code(result);
    }

   private:
    void look_near(const std::string& near) {
        scenario::Platform* const platform = summary_.base.target->platform;
        options_.came_near = [platform] { return platform->came_near(); };
        options_.places = platform->points_near(summary_.base.subject, near);
    }

    // Plans of other targets, in a folder of all, are none of its business.
    void begin_with(const std::vector<std::string>& paths) {
        if (paths.empty()) return;
        Inputs inputs(paths, plan_files);
        for (const std::string& file : inputs.files())
            inputs.try_input([&] {
                run::Plan plan = run::parse_plan(read_file(file), file, nullptr);
                if (plan.target == summary_.base.target) options_.first.push_back(std::move(plan));
            });
        if (options_.first.empty())
            throw UserError("--begin-with: there is no plan of " +
                            std::string(summary_.base.target->name));
    }

    void resume(const run::Frame& frame) {
        const run::Plan& plan = frame.plan;
        const std::size_t space = std::min(plan.subject.find(' '), plan.subject.size());
        HuntSubject subject;
        subject.target = plan.target->name;
        subject.kernel = plan.subject.substr(0, space);
        subject.memory = run::memory_word(plan.memory);
        subject.oracle = run::oracle_word(plan.oracle);
        subject.strategy = args_.strategy;
        subject.seed = args_.seed;
        for (const std::string_view bug : run::bug_names(plan)) subject.bugs.emplace_back(bug);
        for (std::size_t i = 0; i < plan.target->configs.size(); ++i)
            if (((frame.fixed_configs >> i) & 1u) != 0)
                subject.configs.push_back(std::string(plan.target->configs[i].name) + "=" +
                                          std::to_string(plan.config[i]));
        folder_.emplace(args_.resume, subject, plan);
        if (plan.target->platform != nullptr && args_.lines.empty())
            plan.target->platform->watch_lines(plan.subject, {});
    }

    bool stopped() const { return interrupted() || output_failed() || watch_.seconds() >= limit_; }

    bool keep_going(std::uint64_t runs, std::size_t finds) {
        const double seconds = watch_.seconds();
        if (progress_.due(seconds))
            progress_.show(fmt::format("{:>6.0f} s{}  {:>12} runs  {:>9.0f}/s  {} finds ", seconds,
                                       left(runs, seconds), runs,
                                       static_cast<double>(runs) / seconds, finds));
        return !stopped() && unwritten_.empty();
    }

    // ", 47 left": of the time, or as many runs take as are left.
    std::string left(std::uint64_t runs, double seconds) const {
        double time = limit_ - seconds;
        if (args_.runs && runs != 0)
            time = seconds * (static_cast<double>(*args_.runs) / static_cast<double>(runs) - 1);
        return time >= 0 && time < 1e9 ? fmt::format(", {:.0f} left", time) : "";
    }

    int exit_code(const JobsResult& result) const {
        if (interrupted()) return exit_interrupted;
        if (result.crashed) return exit_internal;
        if (!summary_.result.finds.empty()) return exit_found;
        return result.killed == args_.jobs ? exit_undecided : exit_clean;
    }

    // Where a find cannot be written the hunt ends, and standard output has the plan.
    void found(const run::Find& find) {
        const std::string name = find.outcome.file_name();
        const std::string text = run::to_text(find.plan);
        std::string path;
        try {
            path = write_apart(folder_ ? folder_->finds_folder() : args_.out, name, text);
            if (folder_) folder_->found(find, path, args_.as_found || !stopped());
        } catch (const UserError& error) {
            unwritten_ = error.what();
        }
        summary_.files.push_back(path);
        progress_.clear();
        if (json_) {
            json_->add(hunt_find(find, path));
            return;
        }
        put_coloured(word(find.outcome.verdict), Colour::bad);
        print(" at {}: run {}, {} ops, {} decisions: {}\n", find.outcome.site, find.run,
              find.plan.ops.size(), find.plan.decisions.size(),
              path.empty() ? "not written:\n" + text : printable(path));
        flush_output();
    }

    std::string found_words() const {
        const std::size_t count = summary_.result.finds.size();
        const std::string found = folder_ ? "new found" : "found";
        return count == 0 ? "nothing " + found : fmt::format("{} {}", count, found);
    }

    void print_summary() const {
        const run::HuntResult& result = summary_.result;
        print("{}{} in {} runs, {:.1f} s ({:.0f} runs/s, about {} distinct end states)\n",
              interrupted() ? "interrupted: " : "",
              found_words(),
              result.runs, summary_.seconds, summary_.runs_per_second(), result.states.estimate());
        if (folder_) print_kept();
    }

    void print_kept() const {
        const HuntRecord& record = folder_->record();
        print("in all {} runs, {:.0f} s, {} finds: rcufuzz status {}\n", record.runs(),
              record.seconds, record.finds.size(), printable(args_.resume));
    }

    // "nocb D01_wake_leaves_level, pct, seed 4": what is hunted, and how.
    JunitCase junit_case() const {
        const std::string target(summary_.base.target->name);
        JunitCase test;
        test.group = "rcufuzz.hunt." + target;
        test.name = target;
        test.seconds = summary_.seconds;
        for (const std::string_view bug : run::bug_names(summary_.base))
            test.name += " " + std::string(bug);
        test.name += fmt::format(", {}, seed {}", summary_.strategy, summary_.seed);
        const std::vector<run::Find>& finds = summary_.result.finds;
        for (std::size_t i = 0; i < finds.size(); ++i) {
            const run::Outcome& outcome = finds[i].outcome;
            test.failure +=
                (i == 0 ? "" : "; ") + fmt::format("{} at {}", word(outcome.verdict), outcome.site);
            test.output += fmt::format("{}\nidentity: {}\nrcufuzz explain {}\n", outcome.detail,
                                       outcome.identity, summary_.files[i]);
        }
        test.output += fmt::format("{} runs\n", summary_.result.runs);
        return test;
    }

    const HuntArgs& args_;
    run::HuntOptions options_;
    double limit_ = 1e300;
    Stopwatch watch_;
    ProgressLine progress_;
    HuntSummary summary_;
    std::optional<JsonStream> json_;
    std::optional<HuntFolder> folder_;  // of a hunt that is kept
    std::string unwritten_;  // why a find could not be written; empty: all were
};

}  // namespace

int hunt(const HuntArgs& args) { return Hunt(args).run(); }

}  // namespace rcufuzz::cli
