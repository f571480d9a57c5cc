// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz bench
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "core/base/check.h"
#include "core/run/cost_bench.h"
#include "core/run/find_bench.h"
#include "core/run/kernel_bench.h"
#include "core/run/memory_bench.h"
#include "core/run/names.h"
#include "core/strategy/strategies.h"
#include "fuzz/bench_peers.h"
#include "fuzz/commands.h"
#include "fuzz/output.h"

namespace rcufuzz::cli {

namespace {

void print_measurement(const run::Measurement& line) {
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

void bench_fuzz_target(std::string_view target, const FuzzBuild& wanted) {
    const std::filesystem::path build =
        std::filesystem::read_symlink("/proc/self/exe").parent_path();
    const std::string fuzzer =
        (build / wanted.preset / "fuzz" / ("fuzz_" + std::string(target))).string();
    if (!std::filesystem::exists(fuzzer)) {
        print("  no {}: cmake --preset {}, cmake --build --preset {}\n", fuzzer, wanted.preset,
              wanted.preset);
        return;
    }
    const double before = cpu_seconds_of_children();
    // An execution is one run here: the mutator tries no further schedules.
    const std::string command =
        fmt::format("RCUFUZZ_SCHEDULES=0 '{}' -seed=1 -runs={} >/dev/null 2>&1 </dev/null", fuzzer,
                    wanted.runs);
    if (std::system(command.c_str()) != 0) {
        print("  found something, or failed: {}\n", command);
        return;
    }
    print_measurement({"libFuzzer target, " + wanted.words,
                       wanted.runs / (cpu_seconds_of_children() - before),
                       "executions per CPU-second", wanted.goal});
}

void bench_kernel(const BenchArgs& args) {
    const run::Frame frame = make_frame(args.frame);
    print("{}, kernel {}, workloads of 20 operations\n", args.frame.target, frame.plan.subject);
    for (const run::Measurement& line : run::measure_kernel(frame, args.seconds))
        print_measurement(line);
    const std::string& subject = frame.plan.subject;  // "NAME HASH"
    setenv("RCUFUZZ_KERNEL", subject.substr(0, subject.find(' ')).c_str(), 1);
    bench_fuzz_target(args.frame.target, kernel_build);
}

void bench_cost(const BenchArgs& args) {
    if (!args.frame.target.empty() &&
        run::target_from_word(args.frame.target).platform != nullptr) {
        bench_kernel(args);
        return;
    }
    for (const scenario::Subsystem* target : run::all_targets()) {
        if (!args.frame.target.empty() && args.frame.target != target->name) continue;
        print("{}\n", target->name);
        for (const run::Measurement& line : run::measure_costs(*target, args.seconds))
            print_measurement(line);
        bench_fuzz_target(target->name, sanitized_build);
    }
}

void bench_memory(const BenchArgs& args) {
    for (const run::Measurement& line : run::measure_memory(args.seconds)) print_measurement(line);
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

// A row of a Markdown table: the bug, what was reported, one cell for each strategy.
void bench_bug(const BenchArgs& args, const std::string& bug,
               const std::vector<std::string>& strategies) {
    FrameArgs frame_args = args.frame;
    frame_args.bugs = {bug};
    const run::Frame frame = make_frame(frame_args);
    std::vector<Verdict> verdicts;
    std::string cells;
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
    }
    print("| {} | {} |{}\n", bug, words_of(verdicts), cells);
    flush_output();
}

void bench_finds(const BenchArgs& args) {
    if (args.frame.target.empty()) throw UserError("bench finds: needs --target");
    const std::vector<std::string> strategies = wanted_strategies(args);
    const std::vector<std::string> bugs = wanted_bugs(args);
    print("Executions to find, median / worst of {} seeds; a hunt gives up after {}.\n\n",
               args.seeds, args.runs);
    std::string rule = "|---|---|";
    print("| bug | reported |");
    for (const std::string& strategy : strategies) {
        print(" {} |", strategy);
        rule += "---|";
    }
    print("\n{}\n", rule);
    for (const std::string& bug : bugs) bench_bug(args, bug, strategies);
}

}  // namespace

int bench(const BenchArgs& args) {
    if (args.what == "cost") {
        bench_cost(args);
    } else if (args.what == "memory") {
        bench_memory(args);
    } else if (args.what == "finds") {
        bench_finds(args);
    } else if (args.what == "peers") {
        bench_peers(args.seeds, args.runs);
    } else {
        throw UserError("bench " + args.what + ": there is 'cost', 'memory', 'finds' and 'peers'");
    }
    return exit_clean;
}

}  // namespace rcufuzz::cli
