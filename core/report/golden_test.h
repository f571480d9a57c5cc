// SPDX-License-Identifier: GPL-2.0-or-later
//
// Texts that tests compare with files. With RCUFUZZ_UPDATE_GOLDEN set in the
// environment the files are written instead; review them in the diff.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/base/files.h"

namespace rcufuzz::report {

// `path` is relative to the top of the source tree.
inline void expect_golden(const std::string& name, const std::string& text) {
    const std::string path = std::string(RCUFUZZ_SOURCE_DIR) + "/" + name;
    if (std::getenv("RCUFUZZ_UPDATE_GOLDEN") != nullptr) {
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        write_file(path, text, true);
    }
    const std::vector<std::uint8_t> bytes = read_file(path);
    EXPECT_EQ(text, std::string(bytes.begin(), bytes.end()))
        << name << ": if this is better, run again with RCUFUZZ_UPDATE_GOLDEN=1";
}

}  // namespace rcufuzz::report
