// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz survey
#include <filesystem>
#include <map>
#include <optional>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/report/minimize.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "core/run/survey.h"
#include "fuzz/commands.h"
#include "fuzz/inputs.h"
#include "fuzz/json_stream.h"
#include "fuzz/output.h"
#include "fuzz/stopwatch.h"

namespace rcufuzz::cli {

namespace {

namespace fs = std::filesystem;

// The plan in the file, with what the command line says instead.
run::Plan plan_of(const std::string& file, const SurveyArgs& args) {
    return run::with_words(load(file, {}), args.frame);
}

class Surveyor {
   public:
    explicit Surveyor(const SurveyArgs& args)
        : args_(args),
          survey_({args.strategies, args.seed, args.runs, [this] { return in_time(); },
                   args.identity}) {
        if (!args.out.empty()) make_folder(args.out);
    }

    int run() {
        Inputs inputs(args_.paths, plan_files);
        if (args_.json) json_.emplace(Json::object(), "plans");
        for (const std::string& file : inputs.files()) {
            show(inputs.files().size());
            const std::string error = inputs.try_input([&] { try_file(file); });
            if (error.empty())
                ++done_;
            else if (json_)
                json_->add({{"file", file}, {"error", error}});
            if (output_failed()) break;
        }
        progress_.clear();
        if (json_)
            json_->end(summary());
        else if (done_ != 0)
            print_summary();
        return inputs.exit_code(found_ != 0 ? exit_found : exit_clean);
    }

   private:
    void show(std::size_t all) {
        if (progress_.due(watch_.seconds()))
            progress_.show(fmt::format("{:>6.0f} s  plan {} of {}, {} with a find ",
                                       watch_.seconds(), done_, all, found_));
    }

    bool in_time() const { return watch_.seconds() < limit_; }
    void begin_limit() {
        if (args_.seconds) limit_ = watch_.seconds() + *args_.seconds;
    }

    void try_file(const std::string& file) {
        begin_limit();
        std::optional<run::Find> find = survey_.try_plan(plan_of(file, args_));
        std::string line = "nothing";
        std::string kept;
        if (find) {
            ++found_;
            ++verdicts_[word(find->outcome.verdict)];
            if (!args_.out.empty()) kept = keep(file, find->plan);
            line = fmt::format("{} at {}: run {}", word(find->outcome.verdict), find->outcome.site,
                               find->run);
            if (!kept.empty()) line += ": " + printable(kept);
        }
        if (json_)
            json_->add(as_json(file, find, kept));
        else if (args_.list)
            print("{}: {}\n", printable(file), line);
    }

    static Json as_json(const std::string& file, const std::optional<run::Find>& find,
                        const std::string& kept) {
        Json json{{"file", file}, {"found", find.has_value()}};
        if (!find) return json;
        add_outcome(json, find->outcome, find->plan);
        add_plan(json, kept, find->plan);
        json["run"] = find->run;
        return json;
    }

    Json summary() const {
        Json verdicts = Json::array();
        for (const auto& [verdict, count] : verdicts_)
            verdicts.push_back({{"name", verdict}, {"count", count}});
        return {{"tried", done_},
                {"show_a_bug", found_},
                {"verdicts", std::move(verdicts)},
                {"runs", survey_.runs()},
                {"seconds", watch_.seconds()}};
    }

    // Minimises it. Plans of several folders may have the same name.
    std::string keep(const std::string& file, run::Plan& plan) {
        begin_limit();
        plan = report::minimize(plan, {.keep_going = [this] { return in_time(); }});
        return write_apart(args_.out, fs::path(file).filename().string(), run::to_text(plan));
    }

    void print_summary() const {
        print("{} of {} plans show a bug", found_, done_);
        for (const auto& [verdict, count] : verdicts_) print(", {} {}", verdict, count);
        print(" ({} runs, {:.1f} s)\n", survey_.runs(), watch_.seconds());
    }

    const SurveyArgs& args_;
    run::Survey survey_;
    const Stopwatch watch_;
    double limit_ = 1e300;  // when the plan at hand has had its time
    ProgressLine progress_;
    std::optional<JsonStream> json_;
    std::map<std::string_view, std::size_t> verdicts_;
    std::size_t done_ = 0;
    std::size_t found_ = 0;
};

}  // namespace

int survey(const SurveyArgs& args) { return Surveyor(args).run(); }

}  // namespace rcufuzz::cli
