// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz convert
#include "core/base/check.h"
#include "core/base/files.h"
#include "core/run/codec.h"
#include "fuzz/commands.h"

namespace rcufuzz::cli {

int convert(const FileArgs& args) {
    check_output(args.output, args.force);
    const std::vector<std::uint8_t> input = read_file(args.file);
    const run::Plan plan = parse(input, args.file, args.frame);
    if (run::looks_like_text(input)) {
        const std::vector<std::uint8_t> bytes = run::encode(plan);
        write_output(args.output, {reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                     args.force);
    } else {
        write_output(args.output, run::to_text(plan), args.force);
    }
    return exit_clean;
}

}  // namespace rcufuzz::cli
