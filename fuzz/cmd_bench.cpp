// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz bench
#include <fmt/core.h>

#include "core/base/check.h"
#include "core/run/cost_bench.h"
#include "core/subsystems/subsystems.h"
#include "fuzz/commands.h"

namespace rcufuzz::cli {

int bench(const BenchArgs& args) {
    if (args.what != "cost") throw UserError("bench " + args.what + ": there is only 'cost'");
    for (const scenario::Subsystem* target : subsystems::all()) {
        fmt::print("{}\n", target->name);
        for (const run::Measurement& line : run::measure_costs(*target, args.seconds))
            fmt::print("  {:<40} {:>12.1f} {}\n", line.what, line.value, line.unit);
    }
    return exit_clean;
}

}  // namespace rcufuzz::cli
