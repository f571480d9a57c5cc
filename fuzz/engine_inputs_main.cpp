// SPDX-License-Identifier: GPL-2.0-or-later
//
// Writes what engines are given beside a fuzz target. It is apart from rcufuzz because it must be
// built where only the fuzz targets are, with any compiler, library and sanitizer.
//
//   engine_inputs seeds FOLDER PLAN...    each plan as an input, FOLDER/NAME without .plan
//   engine_inputs dictionary TARGET       on standard output
#include <cstdio>
#include <filesystem>
#include <string>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "fuzz/engine_inputs.h"

namespace {

void write_seed(const std::string& folder, const std::string& file) {
    const rcufuzz::run::Plan plan =
        rcufuzz::run::parse_plan(rcufuzz::read_file(file), file, nullptr);
    const std::vector<std::uint8_t> seed = rcufuzz::fuzz::seed_of(plan);
    rcufuzz::write_file(folder + "/" + std::filesystem::path(file).stem().string(),
                        {reinterpret_cast<const char*>(seed.data()), seed.size()}, false);
}

int engine_inputs(int argc, char** argv) {
    const std::string command = argc > 1 ? argv[1] : "";
    if (command == "seeds" && argc > 3) {
        for (int i = 3; i < argc; ++i) write_seed(argv[2], argv[i]);
    } else if (command == "dictionary" && argc == 3) {
        const auto& target = rcufuzz::run::target_from_word(argv[2]);
        const std::string text = rcufuzz::fuzz::dictionary_of(target);
        if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
            throw rcufuzz::UserError("standard output: cannot be written");
    } else {
        throw rcufuzz::UserError("usage: engine_inputs seeds FOLDER PLAN... | dictionary TARGET");
    }
    return rcufuzz::exit_clean;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return engine_inputs(argc, argv);
    } catch (const rcufuzz::UserError& error) {
        std::fprintf(stderr, "engine_inputs: %s\n", error.what());
        return rcufuzz::exit_usage;
    }
}
