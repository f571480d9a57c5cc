// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz minimize
#include "core/base/check.h"
#include "core/report/minimize.h"
#include "core/run/codec.h"
#include "core/run/runner.h"
#include "fuzz/commands.h"
#include "fuzz/json_stream.h"
#include "fuzz/output.h"
#include "fuzz/stopwatch.h"

namespace rcufuzz::cli {

int minimize(const FileArgs& args) {
    check_output(args.output, args.force);
    const run::Plan plan = load(args.file, args.frame);
    report::MinimizeStats stats;
    const Stopwatch watch;
    ProgressLine progress;
    const auto in_time = [&] {
        if (progress.due(watch.seconds()))
            progress.show(fmt::format("{:>6.0f} s  minimising {} ops, {} decisions ",
                                      watch.seconds(), plan.ops.size(), plan.decisions.size()));
        return !args.seconds || watch.seconds() < *args.seconds;
    };
    const run::Plan smaller = report::minimize(plan, {.keep_going = in_time}, &stats);
    progress.clear();
    if (!stats.reproduced) throw UserError(args.file + ": shows no bug; nothing to minimise");
    const bool to_file = !is_standard_output(args.output);
    if (to_file || !args.json) write_output(args.output, run::to_text(smaller), args.force);
    if (args.json) {
        Json json{{"file", args.file}};
        add_outcome(json, run::replay(smaller), smaller);
        add_plan(json, to_file ? args.output : "", smaller);
        json["ops_before"] = plan.ops.size();
        json["decisions_before"] = plan.decisions.size();
        json["runs"] = stats.runs;
        json["finished"] = stats.finished;
        put_json(json);
    }
    remark(fmt::format("{} ops, {} decisions -> {} ops, {} decisions in {} runs", plan.ops.size(),
                       plan.decisions.size(), smaller.ops.size(), smaller.decisions.size(),
                       stats.runs));
    return exit_clean;
}

}  // namespace rcufuzz::cli
