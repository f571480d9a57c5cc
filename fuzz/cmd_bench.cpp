// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz bench
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "core/base/check.h"
#include "core/run/cost_bench.h"
#include "core/run/find_bench.h"
#include "core/run/kernel_bench.h"
#include "core/run/memory_bench.h"
#include "core/run/names.h"
#include "core/strategy/strategies.h"
#include "fuzz/bench_peers.h"
#include "fuzz/commands.h"
#include "fuzz/json_stream.h"
#include "fuzz/output.h"

namespace rcufuzz::cli {

namespace {

using Stream = std::optional<JsonStream>;  // none: a table for people

void put_measurement(std::string_view target, const run::Measurement& line, Stream& json) {
    if (json) {
        Json item{{"what", line.what}, {"value", line.value}, {"unit", line.unit}};
        if (!target.empty()) item["target"] = target;
        if (!line.goal.empty()) item["goal"] = line.goal;
        json->add(item);
        return;
    }
    const std::string goal = line.goal.empty() ? "" : "   (goal: " + line.goal + ")";
    print("  {:<40} {:>12.1f} {}{}\n", line.what, line.value, line.unit, goal);
    flush_output();
}

double cpu_seconds_of_children() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// A build of the libFuzzer target, where it stands beside this program.
struct FuzzBuild {
    std::string preset;
    std::string words;  // how the line calls it
    int runs;
    std::string goal;
};
const FuzzBuild sanitized_build{"fuzz-asan", "ASan and UBSan", 50000, "40000"};
const FuzzBuild kernel_build{"fuzz", "no sanitizer", 10000, "15000"};

void bench_fuzz_target(std::string_view target, const FuzzBuild& wanted, Stream& json) {
    const std::filesystem::path build =
        std::filesystem::read_symlink("/proc/self/exe").parent_path();
    const std::string fuzzer =
        (build / wanted.preset / "fuzz" / ("fuzz_" + std::string(target))).string();
    if (!std::filesystem::exists(fuzzer)) {
        const std::string said =
            fmt::format("  no {0}: cmake --preset {1}, cmake --build --preset {1}", fuzzer,
                        wanted.preset);
        json ? remark(said) : print("{}\n", said);
        return;
    }
    const double before = cpu_seconds_of_children();
    // An execution is one run here: the mutator tries no further schedules.
    const std::string command =
        fmt::format("RCUFUZZ_SCHEDULES=0 '{}' -seed=1 -runs={} >/dev/null 2>&1 </dev/null", fuzzer,
                    wanted.runs);
    if (std::system(command.c_str()) != 0) {
        json ? remark("found something, or failed: " + command)
             : print("  found something, or failed: {}\n", command);
        return;
    }
    put_measurement(target,
                    {"libFuzzer target, " + wanted.words,
                     wanted.runs / (cpu_seconds_of_children() - before),
                     "executions per CPU-second", wanted.goal},
                    json);
}

void bench_kernel(const BenchArgs& args, Stream& json) {
    const run::Frame frame = make_frame(args.frame);
    if (!json)
        print("{}, kernel {}, workloads of 20 operations\n", args.frame.target, frame.plan.subject);
    for (const run::Measurement& line : run::measure_kernel(frame, args.seconds))
        put_measurement(args.frame.target, line, json);
    const std::string& subject = frame.plan.subject;  // "NAME HASH"
    setenv("RCUFUZZ_KERNEL", subject.substr(0, subject.find(' ')).c_str(), 1);
    bench_fuzz_target(args.frame.target, kernel_build, json);
}

void bench_cost(const BenchArgs& args, Stream& json) {
    if (!args.frame.target.empty() &&
        run::target_from_word(args.frame.target).platform != nullptr) {
        bench_kernel(args, json);
        return;
    }
    for (const scenario::Subsystem* target : run::all_targets()) {
        if (!args.frame.target.empty() && args.frame.target != target->name) continue;
        if (!json) print("{}\n", target->name);
        for (const run::Measurement& line : run::measure_costs(*target, args.seconds))
            put_measurement(target->name, line, json);
        bench_fuzz_target(target->name, sanitized_build, json);
    }
}

void bench_memory(const BenchArgs& args, Stream& json) {
    for (const run::Measurement& line : run::measure_memory(args.seconds))
        put_measurement("", line, json);
}

// --- executions to find -------------------------------------------------------------------------

std::vector<std::string> wanted_strategies(const BenchArgs& args) {
    if (!args.strategies.empty()) return args.strategies;
    std::vector<std::string> names;
    for (const strategy::PolicyInfo& policy : strategy::all_policies())
        names.emplace_back(policy.name);
    return names;
}

std::vector<std::string> wanted_bugs(const BenchArgs& args) {
    if (!args.frame.bugs.empty()) return args.frame.bugs;
    std::vector<std::string> names;
    for (const scenario::BugSpec& bug : run::target_from_word(args.frame.target).bugs)
        names.emplace_back(bug.name);
    return names;
}

std::string words_of(std::vector<Verdict> verdicts) {
    std::string text;
    for (const Verdict verdict : verdicts)
        text += (text.empty() ? "" : ", ") + std::string(word(verdict));
    return text.empty() ? "nothing" : text;
}

Json as_json(const std::string& strategy, const run::FindTimes& times) {
    const std::size_t all = times.runs.size() + times.missed;
    const bool has_median = all / 2 < times.runs.size();
    return {{"name", strategy},
            {"seeds", all},
            {"found", times.runs.size()},
            {"median", has_median ? Json(times.runs[all / 2]) : Json()},
            {"worst", times.missed == 0 ? Json(times.runs.back()) : Json()}};
}

// A row of a Markdown table: the bug, what was reported, one cell for each strategy.
void bench_bug(const BenchArgs& args, const std::string& bug,
               const std::vector<std::string>& strategies, Stream& json) {
    FrameArgs frame_args = args.frame;
    frame_args.bugs = {bug};
    const run::Frame frame = make_frame(frame_args);
    std::vector<Verdict> verdicts;
    std::string cells;
    Json by_strategy = Json::array();
    for (const std::string& strategy : strategies) {
        const run::FindTimes times = run::measure_finds({.base = frame.plan,
                                                         .fixed_configs = frame.fixed_configs,
                                                         .strategy = strategy,
                                                         .seeds = args.seeds,
                                                         .runs = args.runs});
        for (const Verdict verdict : times.verdicts)
            if (std::find(verdicts.begin(), verdicts.end(), verdict) == verdicts.end())
                verdicts.push_back(verdict);
        cells += " " + times.text() + " |";
        by_strategy.push_back(as_json(strategy, times));
    }
    if (json) {
        Json reported = Json::array();
        for (const Verdict verdict : verdicts) reported.push_back(word(verdict));
        json->add({{"target", args.frame.target},
                   {"bug", bug},
                   {"reported", std::move(reported)},
                   {"strategies", std::move(by_strategy)}});
        return;
    }
    print("| {} | {} |{}\n", bug, words_of(verdicts), cells);
    flush_output();
}

void print_head(const BenchArgs& args, const std::vector<std::string>& strategies) {
    print("Executions to find, median / worst of {} seeds; a hunt gives up after {}.\n\n",
          args.seeds, args.runs);
    std::string rule = "|---|---|";
    print("| bug | reported |");
    for (const std::string& strategy : strategies) {
        print(" {} |", strategy);
        rule += "---|";
    }
    print("\n{}\n", rule);
}

void bench_finds(const BenchArgs& args, Stream& json) {
    const std::vector<std::string> strategies = wanted_strategies(args);
    const std::vector<std::string> bugs = wanted_bugs(args);
    if (!json) print_head(args, strategies);
    for (const std::string& bug : bugs) bench_bug(args, bug, strategies, json);
}

}  // namespace

int bench(const BenchArgs& args) {
    const bool known = args.what == "cost" || args.what == "memory" || args.what == "finds" ||
                       args.what == "peers";
    if (!known)
        throw UserError("bench " + args.what + ": there is 'cost', 'memory', 'finds' and 'peers'");
    if (args.what == "finds" && args.frame.target.empty())
        throw UserError("bench finds: needs --target");
    if (!args.frame.target.empty()) make_frame(args.frame);  // an error is told before anything
    Stream json;
    if (args.json) json.emplace(Json{{"bench", args.what}}, "results");
    if (args.what == "cost") bench_cost(args, json);
    if (args.what == "memory") bench_memory(args, json);
    if (args.what == "finds") bench_finds(args, json);
    if (args.what == "peers") bench_peers(args.seeds, args.runs, json);
    if (json) json->end();
    return exit_clean;
}

}  // namespace rcufuzz::cli
