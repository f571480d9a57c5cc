// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the READMEs show is what the program prints. In a code block, a line that begins with "$ "
// is a command, run by the shell from the top of the tree; the lines after it are its output, in
// which a line "..." stands for any number of lines.
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/files.h"
#include "core/base/text.h"

namespace rcufuzz {
namespace {

struct Example {
    std::string command;
    std::vector<std::string> output;
};

std::string text_of(const std::string& file) {
    const auto bytes = read_file(file);
    return {bytes.begin(), bytes.end()};
}

std::vector<Example> examples_of(const std::string& readme) {
    std::vector<Example> examples;
    const std::string text = text_of(readme);
    bool in_block = false;
    for (const std::string_view line : lines(text)) {
        if (line.starts_with("```")) {
            in_block = !in_block;
        } else if (in_block && line.starts_with("$ ")) {
            examples.push_back({std::string(line.substr(2)), {}});
        } else if (in_block && !examples.empty()) {
            examples.back().output.emplace_back(line);
        }
    }
    return examples;
}

// Whether `wanted` from its i-th line on is `got` from its j-th line on.
bool matches(const std::vector<std::string>& wanted, std::size_t i,
             const std::vector<std::string_view>& got, std::size_t j) {
    if (i == wanted.size()) return j == got.size();
    if (wanted[i] == "...")
        return matches(wanted, i + 1, got, j) || (j < got.size() && matches(wanted, i, got, j + 1));
    return j < got.size() && wanted[i] == got[j] && matches(wanted, i + 1, got, j + 1);
}

class Readme : public testing::TestWithParam<const char*> {};

TEST_P(Readme, ShowsWhatTheProgramPrints) {
    namespace fs = std::filesystem;
    const std::string source = RCUFUZZ_SOURCE_DIR;
    std::string folder = testing::TempDir() + "rcufuzz_readme_XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    fs::create_directory(folder + "/build");
    fs::create_symlink(RCUFUZZ_PROGRAM, folder + "/build/rcufuzz");
    fs::create_symlink(source + "/corpus", folder + "/corpus");
    const std::vector<Example> examples = examples_of(source + "/" + GetParam());
    EXPECT_FALSE(examples.empty());
    for (const Example& example : examples) {
        const std::string command = "cd '" + folder + "' && { " + example.command + "; } >out 2>&1";
        const int status = std::system(command.c_str());
        EXPECT_TRUE(WIFEXITED(status)) << example.command;
        const std::string output = text_of(folder + "/out");
        EXPECT_TRUE(matches(example.output, 0, lines(output), 0)) << "$ " << example.command << "\n"
                                                                  << output;
    }
    fs::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(All, Readme, testing::Values("README.md", "corpus/stories/README.md"));

}  // namespace
}  // namespace rcufuzz
