// SPDX-License-Identifier: GPL-2.0-or-later
//
// The commands of the rcufuzz program: what each is told, and what it does. command_table.cpp
// fills the structures from the command line; main.cpp turns errors into exit codes.
//
// Each returns an exit code of core/base/check.h, and throws UserError for what the user got wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/run/frame.h"

namespace rcufuzz::cli {

struct FrameArgs : run::FrameWords {
    std::string target;
};
run::Frame make_frame(const FrameArgs& args);

// Throws UserError where there is none of that name.
void check_strategy(const std::string& name);

// Reads a plan in any form; a bare body belongs to `frame`, if that names a target.
run::Plan load(const std::string& file, const FrameArgs& frame);
run::Plan parse(std::span<const std::uint8_t> bytes, const std::string& file,
                const FrameArgs& frame);

// Where a command's one result goes: a file, or standard output where the path is empty or "-".
// Checked before the work, whose result is not to be lost.
bool is_standard_output(const std::string& path);
void check_output(const std::string& path, bool force);
void write_output(const std::string& path, std::string_view content, bool force);

// Notes to which lines of its source the runs of this plan's subject come, and writes them to a
// file in the end (Platform::lines() has the form). The first before anything runs. An older file
// is overwritten. Nothing is done where both are empty. `near`: lines "FILE LINE", for
// Platform::came_near().
void watch_lines(const run::Plan& plan, const std::string& file, std::string_view near = {});
void write_lines(const run::Plan& plan, const std::string& file);

struct ListArgs {
    std::string target;  // empty: all, and what is of no target
    bool json = false;
};
int list(const ListArgs& args);

struct HuntArgs {
    FrameArgs frame;
    std::string strategy = "all";
    std::optional<std::uint64_t> runs;
    std::optional<double> seconds;
    std::uint64_t seed = 1;
    unsigned jobs = 1;
    std::string out = ".";
    std::string resume;  // a folder; empty: nothing is kept of the hunt
    bool all = false;
    bool as_found = false;  // finds are not minimised
    bool json = false;
    std::string junit;  // a file; empty: none
    std::string lines;  // a file; empty: none
    std::string near;   // the same
    std::vector<std::string> begin_with;  // plans, and folders of them
};
int hunt(const HuntArgs& args);

struct StatusArgs {
    std::vector<std::string> folders;  // of hunts that are resumed
    std::string format = "text";
    std::string output;
    bool force = false;
    bool json = false;  // whatever the format
};
int status(const StatusArgs& args);

struct ReplayArgs {
    std::vector<std::string> paths;  // plans, and folders of them
    FrameArgs frame;
    std::string expect;  // a verdict, or "bug": that of the plan's own bugs
    bool json = false;
    std::string junit;  // a file; empty: none
    std::string lines;  // a file; empty: none
    bool events = false;  // print the subject's own trace instead
};
int replay(const ReplayArgs& args);

// One file in, one file out.
struct FileArgs {
    std::string file;
    FrameArgs frame;
    std::string output;
    std::string format;
    std::string fixes;          // of a mail
    std::string introduced_by;  // of a mail
    std::string booted;         // of a mail
    std::optional<double> seconds;  // minimize: as small as it gets in so much time
    bool force = false;
    bool json = false;
};
int minimize(const FileArgs& args);
int convert(const FileArgs& args);
int explain(const FileArgs& args);

struct StoryArgs {
    std::vector<std::string> files;
    std::string mended;  // a kernel without the bug; empty: none
    std::string output;  // the last story as a plan
    bool force = false;
    bool json = false;
};
int story(const StoryArgs& args);

struct VerifyArgs {
    FrameArgs frame;
    std::string ops;       // a plan whose operations are run; empty: all plans
    unsigned max_ops = 1;  // of all plans
    std::optional<std::uint32_t> preemptions;
    std::optional<std::uint32_t> delays;
    std::uint32_t ticks = 0;  // how often the clock may advance though no timer waits for it
    std::string shard;        // "2/8"; empty: all
    std::size_t states = std::size_t{1} << 22;  // kept of each plan
    double seconds = 60;
    std::string out = ".";
    bool json = false;
};
int verify(const VerifyArgs& args);

struct SurveyArgs {
    std::vector<std::string> paths;  // plans, and folders of them
    FrameArgs frame;                 // what is given here counts instead of the plans' own
    std::vector<std::string> strategies;
    std::uint64_t runs = 4000;  // of each plan
    std::optional<double> seconds;  // of each plan at most, and as many to minimise a find
    std::uint64_t seed = 1;
    std::string identity;  // the only find that counts; empty: any
    std::string out;    // where finds are written, under the names of their plans; empty: nowhere
    bool list = false;  // a line for each plan
    bool json = false;
};
int survey(const SurveyArgs& args);

struct ConformArgs {
    std::string trace;
    std::string kernel;     // instead of the trace's own
    unsigned tries = 2000;  // runs for each window
    bool json = false;
};
int conform(const ConformArgs& args);

struct TriageArgs {
    std::vector<std::string> paths;  // finds, and folders of them
    FrameArgs frame;                 // of bare inputs
    std::string out;                 // a new or an empty folder
    bool json = false;
};
int triage(const TriageArgs& args);

struct LitmusArgs {
    std::vector<std::string> paths;  // files and folders
    std::string memory = "weak";
    double seconds = 60;  // for each test
    bool machine = false;
    bool json = false;
};
int litmus_tests(const LitmusArgs& args);

struct BenchArgs {
    std::string what = "cost";
    double seconds = 1;                   // cost: for each line
    FrameArgs frame;                      // finds: no bug means each of the target's
    std::vector<std::string> strategies;  // none: all
    unsigned seeds = 20;
    std::uint64_t runs = 2'000'000;  // of each hunt
    bool json = false;
};
int bench(const BenchArgs& args);

}  // namespace rcufuzz::cli
