// SPDX-License-Identifier: GPL-2.0-or-later
//
// The tree keeps its own rules. Each breach names the file, the line, the rule and what to do.
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
    std::string breaches;
    for (const Breach& breach : check_tree(layers_of_the_tree(), read_tree(root))) {
        breaches += to_string(breach) + '\n';
    }
    EXPECT_TRUE(breaches.empty()) << breaches;
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

// A deviation whose line has changed would be tried no more, and nobody would hear of it.
TEST(Style, EveryMutantHasItsLine) {
    std::size_t mutants = 0;
    for (const std::string& list : read_tree(root).other_files) {
        if (!list.ends_with(".mutants")) continue;
        // Those of what everything stands on are named from the root of the tree.
        const std::filesystem::path folder =
            list == "core/infrastructure.mutants" ? root : (root / list).parent_path();
        std::ifstream in(root / list);
        std::string file;
        for (std::string line; std::getline(in, line);) {
            if (line.empty() || line[0] == '#' || line[0] == '+') continue;
            if (line[0] != '-') {
                file = line.substr(0, line.find(' '));
                continue;
            }
            const std::string wanted(strip(std::string_view(line).substr(1)));
            std::ifstream code(folder / file);
            unsigned times = 0;
            for (std::string of_code; std::getline(code, of_code);)
                times += strip(of_code) == wanted ? 1 : 0;
            EXPECT_EQ(times, 1u) << list << ": in " << file << ": " << wanted;
            ++mutants;
        }
    }
    EXPECT_GT(mutants, 200u);
}

}  // namespace
}  // namespace rcufuzz::style
