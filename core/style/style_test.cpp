// SPDX-License-Identifier: GPL-2.0-or-later
//
// The tree keeps its own rules. Each finding names the file, the line, the rule and what to do.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "core/style/style_rules.h"

namespace rcufuzz::style {
namespace {

const std::filesystem::path root = RCUFUZZ_SOURCE_DIR;

Layers layers_of_the_tree() {
    std::ifstream in(root / "core/layers.txt");
    return parse_layers(
        std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()));
}

TEST(Style, TheTreeKeepsItsRules) {
    std::string findings;
    for (const Finding& finding : check_tree(layers_of_the_tree(), read_tree(root))) {
        findings += to_string(finding) + '\n';
    }
    EXPECT_TRUE(findings.empty()) << findings;
}

// Against a test that passes because it looked at nothing.
TEST(Style, TheTreeWasRead) {
    const Tree tree = read_tree(root);
    const auto has = [&](std::string_view path) {
        for (const SourceFile& file : tree.files) {
            if (file.path == path) return !file.lines.empty();
        }
        return false;
    };
    EXPECT_TRUE(has("core/style/style_test.cpp"));
    EXPECT_TRUE(has("core/base/check.h"));
    EXPECT_TRUE(has("scripts/test"));
    EXPECT_TRUE(has("CMakeLists.txt"));
}

TEST(Style, EveryFolderOfCodeHasItsArrows) {
    const Layers layers = layers_of_the_tree();
    for (const SourceFile& file : read_tree(root).files) {
        if (!is_cpp(file.path)) continue;
        std::string folder = folder_of(file.path);
        if (folder.starts_with("subsystems/")) folder = "subsystems/*";
        EXPECT_TRUE(layers.arrows.contains(folder)) << file.path << " is in no line of layers.txt";
    }
}

}  // namespace
}  // namespace rcufuzz::style
