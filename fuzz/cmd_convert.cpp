// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz convert
#include <fmt/core.h>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/run/codec.h"
#include "fuzz/commands.h"
#include "fuzz/json_stream.h"

namespace rcufuzz::cli {

namespace {

std::string hex_of(std::span<const std::uint8_t> bytes) {
    std::string text;
    for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
    return text;
}

}  // namespace

int convert(const FileArgs& args) {
    check_output(args.output, args.force);
    const std::vector<std::uint8_t> input = read_file(args.file);
    const run::Plan plan = parse(input, args.file, args.frame);
    const bool to_binary = run::looks_like_text(input);
    const std::vector<std::uint8_t> bytes = run::encode(plan);
    const std::string content =
        to_binary ? std::string(bytes.begin(), bytes.end()) : run::to_text(plan);
    const bool to_file = !is_standard_output(args.output);
    if (to_file || !args.json) write_output(args.output, content, args.force);
    if (args.json)
        put_json({{"file", args.file},
                  {"form", to_binary ? "binary" : "text"},
                  {"plan", to_file ? Json(args.output) : Json()},
                  {"text", run::to_text(plan)},
                  {"hex", hex_of(bytes)}});
    return exit_clean;
}

}  // namespace rcufuzz::cli
