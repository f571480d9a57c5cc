// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the commands share: frames from the command line, plans from files, output to files.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "fuzz/commands.h"

namespace rcufuzz::cli {

run::Frame make_frame(const FrameArgs& args) {
    return run::make_frame(run::target_from_word(args.target), args);
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

std::vector<std::string> files_under(const std::vector<std::string>& paths,
                                     std::string_view extension) {
    namespace fs = std::filesystem;
    std::vector<std::string> files;
    for (const std::string& path : paths) {
        if (!fs::is_directory(path)) {
            files.push_back(path);
            continue;
        }
        std::vector<std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator(path))
            if (entry.is_regular_file() && entry.path().extension() == extension)
                found.push_back(entry.path().string());
        std::ranges::sort(found);
        if (found.empty()) throw UserError(path + ": no " + std::string(extension) + " file in it");
        files.insert(files.end(), found.begin(), found.end());
    }
    return files;
}

run::Plan load(const std::string& file, const FrameArgs& frame) {
    return parse(read_file(file), file, frame);
}

void write_output(const std::string& path, std::string_view content, bool force) {
    if (!path.empty()) {
        write_file(path, content, force);
    } else if (content.find('\0') != content.npos && isatty(STDOUT_FILENO) != 0) {
        throw UserError("binary output to a terminal; use -o FILE");
    } else {
        std::fwrite(content.data(), 1, content.size(), stdout);
    }
}

}  // namespace rcufuzz::cli
