// SPDX-License-Identifier: GPL-2.0-or-later
//
// Runs the program as its users do, in a folder of each test's own. RCUFUZZ_PROGRAM is its path.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/files.h"

namespace rcufuzz {

struct Result {
    int exit_code = 0;
    std::string out;
    std::string err;
};

inline std::string text_of(const std::string& file) { return read_text(file); }

class Cli : public testing::Test {
   protected:
    void SetUp() override {
        const std::string pattern = testing::TempDir() + "rcufuzz_cli_XXXXXX";
        directory_ = pattern;
        ASSERT_NE(mkdtemp(directory_.data()), nullptr);
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    // A shell script, in the test's own directory; $R is the program. The exit code is that of the
    // script, or 128 and the signal's number where one ended it.
    Result shell(const std::string& script) const {
        const std::string command = "cd '" + directory_ + "' && R='" RCUFUZZ_PROGRAM "' && { " +
                                    script + "\n} >out 2>err </dev/null";
        const int status = std::system(command.c_str());
        const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return {code, text_of(path("out")), text_of(path("err"))};
    }

    Result rcufuzz(const std::string& arguments) const { return shell("\"$R\" " + arguments); }

    std::string path(const std::string& name) const { return directory_ + "/" + name; }

    // A find of D10, which any strategy makes within a few runs.
    std::string find_plan() const {
        const Result result = rcufuzz("hunt nocb --bug D10 --runs 10000 --json");
        return nlohmann::json::parse(result.out).at("finds").at(0).at("plan");
    }

    std::string directory_;
};

}  // namespace rcufuzz
