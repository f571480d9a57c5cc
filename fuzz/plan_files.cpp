// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the commands share: frames from the command line, plans from files, output to files.
#include <unistd.h>

#include "core/base/candidates.h"
#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "core/scenario/platform.h"
#include "core/strategy/strategies.h"
#include "fuzz/commands.h"
#include "fuzz/output.h"

namespace rcufuzz::cli {

bool is_standard_output(const std::string& path) { return path.empty() || path == "-"; }

run::Frame make_frame(const FrameArgs& args) {
    return run::make_frame(run::target_from_word(args.target), args);
}

void check_strategy(const std::string& name) {
    if (strategy::make_policy(name) != nullptr) return;
    std::vector<std::string> known{"all"};
    for (const strategy::PolicyInfo& policy : strategy::all_policies())
        known.emplace_back(policy.name);
    throw UserError("unknown strategy " + rcufuzz::quoted(name) + " (rcufuzz list)" +
                    did_you_mean(name, known));
}

run::Plan parse(std::span<const std::uint8_t> bytes, const std::string& file,
                const FrameArgs& frame) {
    if (frame.target.empty()) {
        if (!frame.bugs.empty()) throw UserError("--bug needs --target");
        return run::parse_plan(bytes, file, nullptr);
    }
    const run::Frame made = make_frame(frame);
    return run::parse_plan(bytes, file, &made);
}

run::Plan load(const std::string& file, const FrameArgs& frame) {
    const run::Plan plan = parse(read_file(file), file, frame);
    if (frame.kernel.empty() || !frame.target.empty()) return plan;
    return run::with_words(plan, {.kernel = frame.kernel});  // instead of the plan's own
}

void watch_lines(const run::Plan& plan, const std::string& file, std::string_view near) {
    if (file.empty() && near.empty()) return;
    if (!file.empty()) check_writable(file, true);
    scenario::Platform* const platform = plan.target->platform;
    if (platform == nullptr || !platform->watch_lines(plan.subject, near))
        throw UserError("--lines, --near: " + std::string(plan.target->name) +
                        " is no kernel that somebody built");
}

void write_lines(const run::Plan& plan, const std::string& file) {
    if (!file.empty()) write_file(file, plan.target->platform->lines(), true);
}

void check_output(const std::string& path, bool force) {
    if (!is_standard_output(path)) check_writable(path, force);
}

void write_output(const std::string& path, std::string_view content, bool force) {
    if (!is_standard_output(path))
        write_file(path, content, force);
    else if (content.find('\0') != content.npos && isatty(STDOUT_FILENO) != 0)
        throw UserError("binary output to a terminal; use -o FILE");
    else
        put(content);
}

}  // namespace rcufuzz::cli
