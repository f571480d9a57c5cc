// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz verify
#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/report/minimize.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "core/run/verify.h"
#include "fuzz/commands.h"
#include "fuzz/interruption.h"
#include "fuzz/json_stream.h"
#include "fuzz/output.h"
#include "fuzz/stopwatch.h"

namespace rcufuzz::cli {

namespace {

// "2/8": the second of eight parts.
void read_shard(const std::string& text, run::VerifyOptions& options) {
    const std::size_t slash = text.find('/');
    const auto part = parse_int(text.substr(0, slash));
    const auto parts = parse_int(slash == text.npos ? "" : text.substr(slash + 1));
    if (!part || !parts || *part < 1 || *parts < *part || *parts > 100000)
        throw UserError("--shard " + rcufuzz::quoted(text) + ": expected i/n, from 1/n to n/n");
    options.shard = static_cast<std::uint32_t>(*part - 1);
    options.shards = static_cast<std::uint32_t>(*parts);
}

struct Watch {
    Stopwatch clock;
    double limit = 0;  // seconds
    ProgressLine line;

    double seconds() const { return clock.seconds(); }

    static bool keep_going(void* arg, const run::VerifyProgress& progress) {
        Watch& watch = *static_cast<Watch*>(arg);
        const double seconds = watch.seconds();
        if (watch.line.due(seconds))
            watch.line.show(fmt::format("{:>6.0f} s  {:>12} runs  plan {} of {}, {:.1f} % of it ",
                                        seconds, progress.runs, progress.plans + 1,
                                        progress.all_plans, 100 * progress.part));
        return seconds < watch.limit && !interrupted();
    }
};

// What the search is about, in the words of the closing sentence.
std::string subject(const VerifyArgs& args, const run::VerifyOptions& options) {
    std::string text(options.base.target->name);
    for (const std::string_view bug : run::bug_names(options.base))
        text += " with " + std::string(bug);
    for (const std::string& config : args.frame.configs) text += ", " + config;
    if (options.max_ops == 0)
        text +=
            fmt::format(", the plan of {} with {} operations", args.ops, options.base.ops.size());
    else
        text += fmt::format(", all {} plans of at most {} operations", run::plan_count(options),
                            options.max_ops);
    text += ", all interleavings";
    if (options.delays != run::VerifyOptions::unlimited)
        text += fmt::format(" with at most {} delays", options.delays);
    else if (options.preemptions != run::VerifyOptions::unlimited)
        text += fmt::format(" with at most {} preemptions", options.preemptions);
    if (options.shards != 1)
        text += fmt::format(", part {} of {}", options.shard + 1, options.shards);
    text += fmt::format(", {}, oracle {}", run::memory_word(options.base.memory),
                        run::oracle_word(options.base.oracle));
    text += ", the clock advances only where a timer waits";
    if (options.free_jiffies != 0) text += fmt::format(" and {} times more", options.free_jiffies);
    return text;
}

std::string_view end_word(const run::VerifyResult& result) {
    if (result.outcome.found()) return "counterexample";
    if (result.finished) return "verified";
    return interrupted() ? "interrupted" : "not finished";
}

struct Counterexample {
    run::Plan plan;
    run::Outcome outcome;
    std::string file;
};

Counterexample keep(const VerifyArgs& args, const run::VerifyResult& result) {
    Counterexample kept;
    kept.plan = report::minimize(result.counterexample);
    kept.outcome = run::replay(kept.plan);
    kept.file = write_apart(args.out, kept.outcome.file_name(), run::to_text(kept.plan));
    return kept;
}

Json as_json(const VerifyArgs& args, const run::VerifyOptions& options,
             const run::VerifyResult& result, double seconds) {
    Json json{{"target", options.base.target->name},
              {"bugs", run::bug_names(options.base)},
              {"what", subject(args, options)},
              {"ended", end_word(result)},
              {"plans", result.done.plans},
              {"plans_in_all", run::plan_count(options)},
              {"part", result.done.part},
              {"states", result.done.states},
              {"states_full", result.done.states_full},
              {"runs", result.done.runs},
              {"seconds", seconds},
              {"finds", Json::array()}};
    if (!result.outcome.found()) return json;
    const Counterexample kept = keep(args, result);
    Json find;
    add_outcome(find, kept.outcome, kept.plan);
    add_plan(find, kept.file, kept.plan);
    json["finds"].push_back(std::move(find));
    return json;
}

int exit_code(const run::VerifyResult& result) {
    if (result.outcome.found()) return exit_found;
    if (result.finished) return exit_clean;
    return interrupted() ? exit_interrupted : exit_undecided;
}

void print_counterexample(const VerifyArgs& args, const run::VerifyResult& result) {
    const std::string path = keep(args, result).file;
    print("counterexample: {} at {}: run {} of plan {}: {}\n", word(result.outcome.verdict),
          result.outcome.site, result.done.runs, result.done.plans + 1, printable(path));
}

void print_end(const VerifyArgs& args, const run::VerifyOptions& options,
               const run::VerifyResult& result, double seconds) {
    if (result.outcome.found()) return print_counterexample(args, result);
    const std::string what = subject(args, options);
    if (result.finished)
        print("verified: {}, {} states{}, {} runs, no violation ({:.1f} s)\n", what,
              result.done.states, result.done.states_full ? " kept of more" : "", result.done.runs,
              seconds);
    else
        print(
            "{}: {}: {} plans and {:.1f} % of the next one, {} runs, no violation so far "
            "({:.1f} s)\n",
            end_word(result), what, result.done.plans, 100 * result.done.part, result.done.runs,
            seconds);
}

}  // namespace

int verify(const VerifyArgs& args) {
    run::VerifyOptions options;
    options.base = make_frame(args.frame).plan;
    if (args.ops.empty()) {
        options.max_ops = args.max_ops;
    } else {
        const run::Plan given = load(args.ops, {});
        if (given.target != options.base.target)
            throw UserError(args.ops + ": is a plan for " + std::string(given.target->name));
        options.base = run::with_words(given, args.frame);
        options.base.decisions.clear();
    }
    options.free_jiffies = args.ticks;
    if (args.delays) options.delays = *args.delays;
    if (args.preemptions) options.preemptions = *args.preemptions;
    if (!args.shard.empty()) read_shard(args.shard, options);
    options.max_states = args.states;
    make_folder(args.out);
    stop_on_signals();
    Watch watch;
    watch.limit = args.seconds;
    options.keep_going = Watch::keep_going;
    options.keep_going_arg = &watch;
    const run::VerifyResult result = run::verify(options);
    watch.line.clear();
    if (args.json)
        put_json(as_json(args, options, result, watch.seconds()));
    else
        print_end(args, options, result, watch.seconds());
    return exit_code(result);
}

}  // namespace rcufuzz::cli
