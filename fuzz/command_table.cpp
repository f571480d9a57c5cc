// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/command_table.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "core/base/text.h"
#include "fuzz/commands.h"
#include "fuzz/numbers.h"

namespace rcufuzz::cli {

namespace {

constexpr std::uint64_t most_bound = 1'000'000;
constexpr std::uint64_t most_states = std::uint64_t{1} << 32;

constexpr const char* bug_help =
    "bug to switch on: its name, the part before its first '_', or the specification's id "
    "(nocb:D01); none: no bug; may be repeated";

constexpr const char* memory_help =
    "memory model: sc or weak; default sc, or weak where a bug needs it";

constexpr const char* kernel_help =
    "of the target linux: which of the kernels that scripts/kernel has built";

void add_frame_options(CLI::App& command, FrameArgs& frame) {
    command.add_option("--target", frame.target, "target of bare fuzz target inputs");
    command.add_option("--bug", frame.bugs, std::string("for bare inputs: ") + bug_help)
        ->allow_extra_args(false);
    command
        .add_option("--config", frame.configs,
                    "for bare inputs: name=value, as in RCUFUZZ_CONFIG; may be repeated")
        ->allow_extra_args(false);
    command.add_option("--memory", frame.memory, std::string("for bare inputs: ") + memory_help);
    command.add_option("--oracle", frame.oracle, "for bare inputs: all or black-box");
    command.add_option("--kernel", frame.kernel,
                       "run it on this kernel of those that scripts/kernel has built");
}

constexpr const char* lines_help =
    "also write which lines of a kernel's source runs came to: FILE LINE 1, or 0 for the others";

constexpr const char* junit_help =
    "also write a JUnit report for CI systems; an older one of rcufuzz is overwritten";

void add_list(CLI::App& app, int& exit_code) {
    CLI::App* const command =
        app.add_subcommand("list", "targets, their bugs and operations; strategies, verdicts");
    const auto args = std::make_shared<ListArgs>();
    command->add_option("target", args->target, "only this one");
    command->add_flag("--json", args->json, json_help);
    command->callback([args, &exit_code] { exit_code = list(*args); });
}

void add_hunt(CLI::App& app, int& exit_code) {
    CLI::App* const command = app.add_subcommand(
        "hunt", "runs random workloads under random schedules until a bug is found");
    const auto args = std::make_shared<HuntArgs>();
    command->add_option("target", args->frame.target, "what to hunt in (rcufuzz list)")->required();
    command->add_option("--kernel", args->frame.kernel, kernel_help);
    command->add_option("--bug", args->frame.bugs, bug_help)->allow_extra_args(false);
    command
        ->add_option("--strategy", args->strategy,
                     "scheduling policy (rcufuzz list), or all: in turn, one for each workload")
        ->capture_default_str();
    CLI::Option* const runs =
        command->add_option("--runs", args->runs, "end after so many executions, over all jobs")
            ->transform(whole(1));
    command->add_option("--seconds", args->seconds, "end after so much time; default 60")
        ->transform(seconds())
        ->excludes(runs);
    command->add_option("--seed", args->seed, "the same seed, the same hunt")
        ->transform(whole(0))
        ->capture_default_str();
    command->add_option("--jobs", args->jobs, "processes, each with its own seeds")
        ->transform(whole(1, 256))
        ->capture_default_str();
    command->add_option("--memory", args->frame.memory, memory_help);
    command->add_option(
        "--oracle", args->frame.oracle,
        "all (the default), or black-box: only what a user of the kernel could see");
    command
        ->add_option("--config", args->frame.configs,
                     "name=value: fixes a configuration value; may be repeated")
        ->allow_extra_args(false);
    CLI::Option* const out =
        command->add_option("--out", args->out, "directory for the plans of finds")
            ->capture_default_str();
    CLI::Option* const kept =
        command->add_option("--resume", args->resume,
                            "the hunt is kept in this folder, and goes on from where the last one "
                            "stopped there; what it has found before is no find any more")
            ->excludes(out);
    command->add_flag("--all", args->all, "go on after the first find");
    command->add_flag("--as-found", args->as_found, "keep finds as they are, not minimised");
    command->add_flag("--json", args->json, json_help);
    command->add_option("--junit", args->junit, junit_help);
    command->add_option("--lines", args->lines, lines_help);
    command->add_option("--near", args->near,
                        "a file with lines FILE LINE of a kernel's source: workloads that come "
                        "there are varied")
        ->excludes(kept);
    command
        ->add_option("--begin-with", args->begin_with,
                     "plans, or folders of them, whose operations are the first workloads; with "
                     "--near those that come there are varied, too")
        ->excludes(kept);
    command->callback([args, &exit_code] { exit_code = hunt(*args); });
}

void add_status(CLI::App& app, int& exit_code) {
    CLI::App* const command = app.add_subcommand(
        "status", "what hunts that are kept have done, covered and found (hunt --resume)");
    const auto args = std::make_shared<StatusArgs>();
    command->add_option("folder", args->folders, "folders of hunts")->required();
    command->add_option("--format", args->format, "text, json, or html: one page")
        ->capture_default_str();
    command->add_option("-o,--output", args->output, "file to write; default: standard output");
    command->add_flag("-f,--force", args->force, "overwrite that file");
    command->add_flag("--json", args->json, json_help);
    command->callback([args, &exit_code] { exit_code = status(*args); });
}

void add_replay(CLI::App& app, int& exit_code) {
    CLI::App* const command =
        app.add_subcommand("replay", "runs plans once each and prints their verdicts");
    const auto args = std::make_shared<ReplayArgs>();
    command->add_option("path", args->paths, "plans, text or binary, or folders of them (*.plan)")
        ->required();
    command->add_option("--expect", args->expect,
                        "exit with 0 if every plan has this verdict, with 42 if not; bug: the "
                        "verdict of its own bugs, clean where it has none");
    add_frame_options(*command, args->frame);
    command->add_flag("--json", args->json, json_help);
    command->add_option("--junit", args->junit, junit_help);
    command->add_option("--lines", args->lines, lines_help);
    command->add_flag("--events", args->events, "print the kernel's trace, as tracefs has it");
    command->callback([args, &exit_code] { exit_code = replay(*args); });
}

void add_conform(CLI::App& app, int& exit_code) {
    CLI::App* const command = app.add_subcommand(
        "conform", "whether the machine can make what the trace of a booted kernel says");
    const auto args = std::make_shared<ConformArgs>();
    command->add_option("trace", args->trace, "a file of tracefs, with marks")->required();
    command->add_option("--kernel", args->kernel, "the simulated kernel, for all of the trace");
    command->add_option("--tries", args->tries, "runs of each window, at most")
        ->transform(whole(1, 1'000'000))
        ->capture_default_str();
    command->add_flag("--json", args->json, json_help);
    command->callback([args, &exit_code] { exit_code = conform(*args); });
}

using FileCommand = int (*)(const FileArgs& args);

struct FileCommandSpec {
    const char* name;
    const char* summary;
    FileCommand run;
    const char* formats = nullptr;  // help of --format, where the command has it
};

void add_file_command(CLI::App& app, const FileCommandSpec& spec, int& exit_code) {
    CLI::App* const command = app.add_subcommand(spec.name, spec.summary);
    const auto args = std::make_shared<FileArgs>();
    command->add_option("file", args->file, "a plan, text or binary; - for standard input")
        ->required();
    command->add_option("-o,--output", args->output, "file to write; default standard output");
    command->add_flag("-f,--force", args->force, "overwrite the output file");
    if (spec.formats != nullptr) {
        command->add_option("--format", args->format, spec.formats);
        command->add_option("--fixes", args->fixes, "of a mail: the commit that is to blame");
        command->add_option("--introduced-by", args->introduced_by,
                            "of a mail: of a series, the patch with which it shows first");
        command->add_option("--booted", args->booted,
                            "of a mail: what `scripts/kernel confirm` saw on a booted kernel");
    }
    if (spec.run == &minimize)
        command->add_option("--seconds", args->seconds, "as small as it gets in so much time")
            ->transform(seconds());
    command->add_flag("--json", args->json, json_help);
    add_frame_options(*command, args->frame);
    command->callback([args, run = spec.run, &exit_code] { exit_code = run(*args); });
}

void add_story(CLI::App& app, int& exit_code) {
    CLI::App* const command = app.add_subcommand(
        "story", "runs hand-written stories, with their bugs and without: each step holds, or not");
    const auto args = std::make_shared<StoryArgs>();
    command->add_option("file", args->files, "story files")->required();
    command->add_option("--mended", args->mended,
                        "of the target linux: a kernel without the bug, on which each runs too");
    command->add_option("-o,--output", args->output, "also write the last one's run as a plan");
    command->add_flag("-f,--force", args->force, "overwrite the output file");
    command->add_flag("--json", args->json, json_help);
    command->callback([args, &exit_code] { exit_code = story(*args); });
}

void add_verify(CLI::App& app, int& exit_code) {
    CLI::App* const command = app.add_subcommand(
        "verify", "every run within bounds: a counterexample, or what exactly was covered");
    const auto args = std::make_shared<VerifyArgs>();
    command->add_option("target", args->frame.target, "what to verify (rcufuzz list)")->required();
    command->add_option("--kernel", args->frame.kernel, kernel_help);
    command->add_option("--bug", args->frame.bugs, bug_help)->allow_extra_args(false);
    command
        ->add_option("--config", args->frame.configs,
                     "name=value: a configuration value; may be "
                     "repeated")
        ->allow_extra_args(false);
    CLI::Option* const ops =
        command->add_option("--ops", args->ops,
                            "a plan: its operations, and its bugs and configuration if none are "
                            "given here");
    command->add_option("--max-ops", args->max_ops, "all plans of at most so many operations")
        ->transform(whole(1, 16))
        ->capture_default_str()
        ->excludes(ops);
    CLI::Option* const preemptions =
        command->add_option("--preemptions", args->preemptions,
                            "only runs in which a context that could go on is stopped at most so "
                            "often; without this, all")
            ->transform(whole(0, most_bound));
    command
        ->add_option("--delays", args->delays,
                     "only runs in which at most so many choices of who acts are not the ordinary "
                     "one")
        ->transform(whole(0, most_bound))
        ->excludes(preemptions);
    command->add_option("--memory", args->frame.memory, memory_help);
    command->add_option("--oracle", args->frame.oracle, "all (the default) or black-box");
    command
        ->add_option("--ticks", args->ticks,
                     "how often the clock may advance though no timer waits for it")
        ->transform(whole(0, 8))
        ->capture_default_str();
    command->add_option("--shard", args->shard, "i/n: the i-th of n parts, for n machines");
    command
        ->add_option("--states", args->states,
                     "how many states of a plan are kept, at up to 96 bytes each: beyond them the "
                     "search goes on, and does more than it must")
        ->transform(whole(1, most_states))
        ->capture_default_str();
    command->add_option("--seconds", args->seconds, "give up after so much time")
        ->transform(seconds())
        ->capture_default_str();
    command->add_option("--out", args->out, "directory for a counterexample")
        ->capture_default_str();
    command->add_flag("--json", args->json, json_help);
    command->callback([args, &exit_code] { exit_code = verify(*args); });
}

void add_survey(CLI::App& app, int& exit_code) {
    CLI::App* const command = app.add_subcommand(
        "survey", "tries given workloads under random schedules: how many show a bug");
    const auto args = std::make_shared<SurveyArgs>();
    command->add_option("path", args->paths, "plans, or folders of them")->required();
    command->add_option("--kernel", args->frame.kernel, "instead of the plans': a kernel");
    command
        ->add_option("--bug", args->frame.bugs, std::string("instead of the plans': ") + bug_help)
        ->allow_extra_args(false);
    command
        ->add_option("--config", args->frame.configs,
                     "name=value: a configuration value; may be repeated")
        ->allow_extra_args(false);
    command->add_option("--memory", args->frame.memory, memory_help);
    command->add_option("--oracle", args->frame.oracle, "all (the default) or black-box");
    command->add_option("--strategy", args->strategies, "only this one; may be repeated")
        ->allow_extra_args(false);
    command->add_option("--runs", args->runs, "executions of each plan, at most")
        ->transform(whole(1))
        ->capture_default_str();
    command
        ->add_option("--seconds", args->seconds,
                     "of each plan, at most, and so much to minimise its find; default: no limit")
        ->transform(seconds());
    command->add_option("--identity", args->identity,
                        "the only find that counts, by its identity as in --json");
    command->add_option("--seed", args->seed, "the same seed, the same survey")
        ->transform(whole(0))
        ->capture_default_str();
    command->add_option("--out", args->out, "directory for the finds, minimised");
    command->add_flag("--list", args->list, "print a line for each plan");
    command->add_flag("--json", args->json, json_help);
    command->callback([args, &exit_code] { exit_code = survey(*args); });
}

void add_triage(CLI::App& app, int& exit_code) {
    CLI::App* const command = app.add_subcommand(
        "triage", "sorts the finds of a long run: one minimal plan and story of each, an index");
    const auto args = std::make_shared<TriageArgs>();
    command->add_option("path", args->paths, "finds, or folders of libFuzzer, AFL++ or hunt")
        ->required();
    add_frame_options(*command, args->frame);
    command->add_option("--out", args->out, "folder for the results; must be empty or new")
        ->required();
    command->add_flag("--json", args->json, json_help);
    command->callback([args, &exit_code] { exit_code = triage(*args); });
}

void add_litmus(CLI::App& app, int& exit_code) {
    CLI::App* const command = app.add_subcommand(
        "litmus", "explores litmus tests in the kernel's C dialect: states and verdict");
    const auto args = std::make_shared<LitmusArgs>();
    command->add_option("path", args->paths, "litmus files, or folders of them")->required();
    command->add_option("--memory", args->memory, "memory model: weak or sc")
        ->capture_default_str();
    command->add_option("--seconds", args->seconds, "give a test up after so much time")
        ->transform(seconds())
        ->capture_default_str();
    command->add_flag("--machine", args->machine,
                      "explore on the machine that subsystems run on, not by the axioms");
    command->add_flag("--json", args->json, json_help);
    command->callback([args, &exit_code] { exit_code = litmus_tests(*args); });
}

void add_bench(CLI::App& app, int& exit_code) {
    CLI::App* const command =
        app.add_subcommand("bench", "measures what executions cost, and how many find a bug");
    const auto args = std::make_shared<BenchArgs>();
    command
        ->add_option("what", args->what,
                     "cost: of points and executions; memory: of accesses in both modes; finds: "
                     "executions to each bug, as a table; "
                     "peers: a small model, hunted and proved beside SPIN")
        ->capture_default_str();
    command->add_option("--seconds", args->seconds, "cost: CPU time for each line")
        ->transform(seconds())
        ->capture_default_str();
    command->add_option("--target", args->frame.target, "only this one; finds needs it");
    command->add_option("--kernel", args->frame.kernel, kernel_help);
    command->add_option("--bug", args->frame.bugs, std::string("finds: ") + bug_help)
        ->allow_extra_args(false);
    command
        ->add_option("--config", args->frame.configs,
                     "finds: name=value, fixes a configuration value; may be repeated")
        ->allow_extra_args(false);
    command->add_option("--memory", args->frame.memory, memory_help);
    command->add_option("--oracle", args->frame.oracle, "finds: all (the default) or black-box");
    command->add_option("--strategy", args->strategies, "finds: only this one; may be repeated")
        ->allow_extra_args(false);
    command->add_option("--seeds", args->seeds, "finds, peers: hunts for each cell of the table")
        ->transform(whole(1, 1000))
        ->capture_default_str();
    command
        ->add_option("--runs", args->runs, "finds, peers: a hunt gives up after so many executions")
        ->transform(whole(1))
        ->capture_default_str();
    command->add_flag("--json", args->json, json_help);
    command->callback([args, &exit_code] { exit_code = bench(*args); });
}

}  // namespace

void add_commands(CLI::App& app, int& exit_code) {
    add_list(app, exit_code);
    add_hunt(app, exit_code);
    add_status(app, exit_code);
    add_replay(app, exit_code);
    add_file_command(app, {"minimize", "makes a find as small as it gets", minimize}, exit_code);
    add_file_command(app, {"convert", "text to binary, binary to text", convert}, exit_code);
    add_file_command(app,
                     {"explain", "shows what happens in a plan's run", explain,
                      "text, story, html, chrome-trace, json, mail or script; default text"},
                     exit_code);
    add_story(app, exit_code);
    add_verify(app, exit_code);
    add_survey(app, exit_code);
    add_conform(app, exit_code);
    add_triage(app, exit_code);
    add_litmus(app, exit_code);
    add_bench(app, exit_code);
}

}  // namespace rcufuzz::cli
