// SPDX-License-Identifier: GPL-2.0-or-later
//
// Each rule is shown to fail on a sample, and to let the nearest good line pass.
#include "core/style/style_rules.h"

#include <gtest/gtest.h>

namespace rcufuzz::style {
namespace {

// The rules that find fault, in order, joined by blanks.
std::string rules(const Breaches& breaches) {
    std::string names;
    for (const Breach& breach : breaches) names += (names.empty() ? "" : " ") + breach.rule;
    return names;
}

std::string line_rules(std::string_view path, std::string_view content) {
    std::string names;
    const SourceFile file = parse_source(std::string(path), content);
    for (const Line& line : file.lines) names += rules(check_line(path, 1, line));
    return names;
}

constexpr std::string_view sample_layers =
    "# a comment\n"
    "base ->\n"
    "sim -> base\n"
    "memory -> sim base  # why\n"
    "subsystems/* -> memory base\n"
    "run -> sim subsystems/subsystems.h\n"
    "tests memory -> run\n"
    "<boost/> only sim\n"
    "except print core/base/check.cpp: it must\n";

std::string include_rules(std::string_view path, std::string_view content) {
    return rules(
        check_includes(parse_layers(sample_layers), parse_source(std::string(path), content)));
}

TEST(LineRules, Length) {
    EXPECT_EQ(line_rules("core/sim/x.cpp", std::string(100, 'x')), "");
    EXPECT_EQ(line_rules("core/sim/x.cpp", std::string(101, 'x')), "line-length");
    std::string umlauts;
    for (int i = 0; i < 100; ++i) umlauts += "\xc3\xa4";
    EXPECT_EQ(line_rules("core/sim/x.cpp", "// " + umlauts.substr(6)), "");
}

TEST(LineRules, BannedCalls) {
    EXPECT_EQ(line_rules("core/sim/x.cpp", "std::thread t(f);"), "threads");
    EXPECT_EQ(line_rules("core/sim/x.cpp", "int x = rand();"), "randomness");
    EXPECT_EQ(line_rules("core/sim/x.cpp", "int x = std::rand();"), "randomness");
    EXPECT_EQ(line_rules("core/sim/x.cpp", "std::random_device d;"), "randomness");
    EXPECT_EQ(line_rules("core/sim/x.cpp", "std::chrono::steady_clock::now();"), "wall-clock");
    EXPECT_EQ(line_rules("core/sim/x.cpp", "std::chrono::system_clock::now();"), "wall-clock");
    EXPECT_EQ(line_rules("core/sim/x.cpp", "time(NULL);"), "wall-clock");
    EXPECT_EQ(line_rules("core/sim/x.cpp", "std::unordered_map<int, int> m;"), "unordered");
    EXPECT_EQ(line_rules("core/sim/x.cpp", "std::cerr << x;"), "print");
    EXPECT_EQ(line_rules("core/sim/x.cpp", "assert(x);"), "assert");
    EXPECT_EQ(line_rules("core/subsystems/nocb/x.cpp", "std::atomic<int> a;"), "atomics");
    EXPECT_EQ(line_rules("core/subsystems/nocb/x.cpp", "std::atomic_ref<int> a(b);"), "atomics");
    EXPECT_EQ(line_rules("core/subsystems/nocb/x.cpp", "volatile int a;"), "atomics");
}

TEST(LineRules, TheReplacementIsNamed) {
    const Line line{"rand();", "rand();", "rand();"};
    const Breaches breaches = check_line("core/sim/x.cpp", 7, line);
    ASSERT_EQ(breaches.size(), 1u);
    EXPECT_EQ(to_string(breaches[0]),
              "core/sim/x.cpp:7: [randomness] rand(: use core/base/prng.h, the same on every "
              "machine");
}

TEST(LineRules, BansHaveBounds) {
    EXPECT_EQ(line_rules("core/sim/x.cpp", "operand(); prng.rand(); prng->rand();"), "");
    EXPECT_EQ(line_rules("fuzz/cmd_x.cpp", "fmt::print(x);"), "print");
    EXPECT_EQ(line_rules("fuzz/cmd_x.cpp", "std::ofstream out(x);"), "files");
    EXPECT_EQ(line_rules("fuzz/output.cpp", "fmt::print(x);"), "");
    EXPECT_EQ(line_rules("core/sim/x.cpp", "static_assert(x); snprintf(b, n, f);"), "");
    EXPECT_EQ(line_rules("core/sim/x.cpp", "std::atomic<int> a;"), "");
    EXPECT_EQ(line_rules("fuzz/hunt.cpp", "std::chrono::steady_clock::now(); std::cerr << x;"), "");
    EXPECT_EQ(line_rules("core/sim/switch_bench.cpp", "std::chrono::steady_clock::now();"), "");
    EXPECT_EQ(line_rules("core/run/bench.cpp", "std::chrono::steady_clock::now();"), "");
    EXPECT_EQ(line_rules("properties/x.cpp", "std::unordered_map<int, int> m;"), "");
}

TEST(LineRules, CommentsAndStringsAreNotCalls) {
    EXPECT_EQ(line_rules("core/sim/x.cpp", "// rand() is not for us"), "");
    EXPECT_EQ(line_rules("core/sim/x.cpp", "/* rand()\n rand() */"), "");
    EXPECT_EQ(line_rules("core/sim/x.cpp", "/* a */ rand();"), "randomness");
    EXPECT_EQ(line_rules("core/sim/x.cpp", R"x(f("rand()", '"', "\" rand()");)x"), "");
    EXPECT_EQ(line_rules("core/sim/x.cpp", "f(R\"x(rand()\n\" rand())\" )x\"); g();"), "");
    EXPECT_EQ(line_rules("core/sim/x.cpp", "int n = 1'000; rand(); n = 2'000;"), "randomness");
}

TEST(LineRules, Leftovers) {
    EXPECT_EQ(line_rules("core/sim/x.cpp", "// TODO: later"), "leftover");
    EXPECT_EQ(line_rules("scripts/test", "# FIXME"), "leftover");
    EXPECT_EQ(line_rules("core/sim/README.md", "TODO: what it does."), "leftover");
    EXPECT_EQ(line_rules("fuzz/x.cpp", "std::cerr << \"DEBUG x\";"), "leftover");
    EXPECT_EQ(line_rules("fuzz/x.cpp", "warn(\"DEBUG: x\");"), "leftover");
    EXPECT_EQ(line_rules("fuzz/x.cpp", "words{\"DEBUG\"}"), "");
    EXPECT_EQ(line_rules("fuzz/x.cpp", "std::cerr << DEBUG;"), "leftover");
    EXPECT_EQ(line_rules("core/kernel/x.h", "// CONFIG_DEBUG_LIST checks this"), "");
}

TEST(FileRules, Arrows) {
    EXPECT_EQ(include_rules("core/sim/x.cpp", "#include \"core/base/check.h\"\n"), "");
    EXPECT_EQ(include_rules("core/sim/x.cpp", "#include \"core/sim/y.h\"\n"), "");
    EXPECT_EQ(include_rules("core/base/x.cpp", "#include \"core/sim/world.h\"\n"), "arrows");
    EXPECT_EQ(include_rules("core/sim/x.cpp", "#  include \"core/memory/x.h\"\n"), "");
    EXPECT_EQ(include_rules("core/sim/x.cpp", "#include \"core/memory/x.h\"\n"), "arrows");
    EXPECT_EQ(include_rules("core/run/x.cpp", "#include \"core/base/x.h\"\n"), "arrows");
    EXPECT_EQ(include_rules("core/unheard/x.cpp", "#include \"core/base/x.h\"\n"), "arrows");
    EXPECT_EQ(include_rules("core/sim/x.cpp", "// #include \"core/memory/x.h\"\n"), "");
}

TEST(FileRules, SubsystemsKeepToThemselves) {
    constexpr std::string_view nocb = "core/subsystems/nocb/x.cpp";
    EXPECT_EQ(include_rules(nocb, "#include \"core/subsystems/nocb/y.h\"\n"), "");
    EXPECT_EQ(include_rules(nocb, "#include \"core/memory/x.h\"\n"), "");
    EXPECT_EQ(include_rules(nocb, "#include \"core/sim/x.h\"\n"), "arrows");
    EXPECT_EQ(include_rules(nocb, "#include \"core/subsystems/smp_call/y.h\"\n"), "arrows");
    EXPECT_EQ(include_rules(nocb, "#include \"core/subsystems/subsystems.h\"\n"), "arrows");
}

TEST(FileRules, SubsystemsByTheListOnly) {
    EXPECT_EQ(include_rules("core/run/x.cpp", "#include \"core/subsystems/subsystems.h\"\n"), "");
    EXPECT_EQ(include_rules("core/run/x.cpp", "#include \"core/subsystems/nocb/y.h\"\n"), "arrows");
    EXPECT_EQ(include_rules("core/run/x.cpp", "#include \"core/subsystems/list.h\"\n"), "arrows");
}

TEST(FileRules, TestsMayReachFurther) {
    EXPECT_EQ(include_rules("core/memory/x_test.cpp", "#include \"core/run/x.h\"\n"), "");
    EXPECT_EQ(include_rules("core/memory/x_test.h", "#include \"core/run/x.h\"\n"), "");
    EXPECT_EQ(include_rules("core/memory/x.cpp", "#include \"core/run/x.h\"\n"), "arrows");
    EXPECT_EQ(include_rules("core/sim/x_test.cpp", "#include \"core/run/x.h\"\n"), "arrows");
}

TEST(FileRules, IncludesAreSpeltFromTheRoot) {
    EXPECT_EQ(include_rules("core/sim/x.cpp", "#include \"world.h\"\n"), "include-form");
    EXPECT_EQ(include_rules("core/sim/x.cpp", "#include \"../base/x.h\"\n"), "include-form");
    EXPECT_EQ(include_rules("core/sim/x.cpp", "#include \"gtest/gtest.h\"\n"), "include-form");
}

TEST(FileRules, LibrariesHaveAHome) {
    EXPECT_EQ(include_rules("core/sim/x.cpp", "#include <boost/context/x.hpp>\n"), "");
    EXPECT_EQ(include_rules("core/base/x.cpp", "#include <boost/context/x.hpp>\n"), "library");
    EXPECT_EQ(include_rules("core/base/x.cpp", "#include <vector>\n"), "");
}

TEST(FileRules, FileLength) {
    std::string content;
    for (std::size_t i = 0; i < max_file_lines; ++i) content += "\n";
    EXPECT_EQ(rules(check_file_length(parse_source("core/sim/x.cpp", content))), "");
    EXPECT_EQ(rules(check_file_length(parse_source("core/sim/x.cpp", content + "\n"))),
              "file-length");
}

std::string function_of(std::size_t lines, const std::string& head) {
    std::string content = "#define OPEN {\nnamespace a {\n\n" + head + " {\n";
    for (std::size_t i = 2; i < lines; ++i) content += i % 2 == 0 ? "    if (x) { y(); }\n" : "\n";
    return content + "}\n\n}  // namespace a\n";
}

std::string length_rules(const std::string& content) {
    return rules(check_function_length(parse_source("core/sim/x.cpp", content)));
}

TEST(FileRules, FunctionLength) {
    EXPECT_EQ(length_rules(function_of(max_function_lines, "int f(int x)")), "");
    EXPECT_EQ(length_rules(function_of(max_function_lines + 1, "int f(int x)")), "function-length");
    EXPECT_EQ(length_rules(function_of(max_function_lines, "int f(int x,\n      int y) const")),
              "function-length");
    EXPECT_EQ(length_rules(function_of(100, "TEST(A, B)")), "function-length");
    EXPECT_EQ(length_rules(function_of(100, "static void f(struct rcu_data* rdp)")),
              "function-length");
    EXPECT_EQ(length_rules(function_of(100, "struct A")), "");
    EXPECT_EQ(length_rules(function_of(100, "struct alignas(64) A")), "");
    EXPECT_EQ(length_rules(function_of(100, "constexpr int table[] =")), "");
}

TEST(FileRules, MembersAreFunctionsToo) {
    EXPECT_EQ(length_rules("class C : public B {\n" + function_of(100, "void f() override") + "};"),
              "function-length");
}

TEST(FileRules, Licence) {
    const std::string tag = "// SPDX-License-Identifier: GPL-2.0-or-later\n";
    EXPECT_EQ(rules(check_licence(parse_source("core/sim/x.cpp", tag))), "");
    EXPECT_EQ(rules(check_licence(parse_source("core/sim/x.cpp", "\n" + tag))), "licence");
    EXPECT_EQ(rules(check_licence(parse_source("core/sim/x.cpp", ""))), "licence");
    EXPECT_EQ(rules(check_licence(parse_source("scripts/test", "#!/bin/sh\n#" + tag))), "");
    EXPECT_EQ(rules(check_licence(parse_source("README.md", "# rcufuzz\n"))), "");
}

TEST(TreeRules, UnusedHeader) {
    Tree tree;
    tree.files.push_back(parse_source("core/sim/x.h", "#include \"core/sim/x.h\"\n"));
    EXPECT_EQ(rules(check_headers_used(tree)), "unused-header");
    tree.files.push_back(parse_source("core/sim/x.cpp", "#include \"core/sim/x.h\"\n"));
    EXPECT_EQ(rules(check_headers_used(tree)), "");
}

TEST(TreeRules, TopLevel) {
    Tree tree;
    tree.top_level = {
        "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "core", "corpus",
        "fuzz",           "properties",        "scripts"};
    EXPECT_EQ(rules(check_top_level(tree)), "");
    tree.top_level.push_back("tools");
    EXPECT_EQ(rules(check_top_level(tree)), "top-level");
    tree.top_level = {tree.top_level.begin() + 1, tree.top_level.end() - 1};
    EXPECT_EQ(to_string(check_top_level(tree).at(0)), "CMakeLists.txt: [top-level] is missing");
}

TEST(TreeRules, Folders) {
    Tree tree;
    tree.folders = {"core", "core/sim"};
    tree.files.push_back(parse_source("core/CMakeLists.txt", ""));
    tree.files.push_back(parse_source("core/sim/README.md", ""));
    tree.files.push_back(parse_source("core/sim/x.cpp", ""));
    EXPECT_EQ(rules(check_folders(tree)), "");
    tree.files.push_back(parse_source("core/base/x.h", ""));
    EXPECT_EQ(rules(check_folders(tree)), "folder");
    tree.folders.push_back("core/sim/tests");
    tree.folders.push_back("core/docs");
    EXPECT_EQ(rules(check_folders(tree)), "folder folder folder");
}

TEST(TreeRules, ASubsystemHasATest) {
    Tree tree;
    tree.files.push_back(parse_source("core/subsystems/x/subsystem.cpp", ""));
    tree.files.push_back(parse_source("core/subsystems/y_test.cpp", ""));
    EXPECT_EQ(rules(check_subsystems(tree)), "subsystem");
    tree.files.push_back(parse_source("core/subsystems/x/x_test.cpp", ""));
    EXPECT_EQ(rules(check_subsystems(tree)), "");
}

TEST(TreeRules, Links) {
    Tree tree;
    tree.folders = {"core", "core/sim"};
    tree.files.push_back(parse_source(
        "core/sim/README.md", "[a](../) [b](README.md#top) [c](https://example.org/x) [d](#top)"));
    EXPECT_EQ(rules(check_links(tree)), "");
    tree.files.push_back(parse_source("README.md", "[a](core/sim) [b](core/smi)"));
    EXPECT_EQ(rules(check_links(tree)), "link");
    tree.files.back() = parse_source("README.md", "`core/sim` `core/*/x.h` `x/y` `core/a b`");
    EXPECT_EQ(rules(check_links(tree)), "");
    tree.files.back() = parse_source("README.md", "x `core/sim/world.h` y");
    EXPECT_EQ(rules(check_links(tree)), "link");
}

TEST(TreeRules, ExcusesAreNeededOrWrong) {
    Tree tree;
    tree.top_level = {
        "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "core", "corpus",
        "fuzz",           "properties",        "scripts"};
    const std::string tag = "// SPDX-License-Identifier: GPL-2.0-or-later\n";
    tree.files.push_back(parse_source("core/base/README.md", ""));
    tree.files.push_back(parse_source("core/base/check.cpp", tag + "fprintf(stderr, x);\n"));
    EXPECT_EQ(rules(check_tree(parse_layers(sample_layers), tree)), "");
    EXPECT_EQ(rules(check_tree(Layers{}, tree)), "print");
    tree.files[1] = parse_source("core/base/check.cpp", tag);
    EXPECT_EQ(rules(check_tree(parse_layers(sample_layers), tree)), "stale-excuse");
}

TEST(Layers, NonsenseIsRefused) {
    EXPECT_THROW(parse_layers("sim base\n"), LayersError);
    EXPECT_THROW(parse_layers("sim -> base\nsim -> run\n"), LayersError);
    EXPECT_THROW(parse_layers("except print core/base/check.cpp\n"), LayersError);
    EXPECT_THROW(parse_layers("<boost/> -> sim\n"), LayersError);
}

TEST(Layers, Folders) {
    EXPECT_EQ(folder_of("core/sim/world.h"), "sim");
    EXPECT_EQ(folder_of("core/subsystems/nocb/cb.h"), "subsystems/nocb");
    EXPECT_EQ(folder_of("core/subsystems/subsystems.h"), "subsystems");
    EXPECT_EQ(folder_of("fuzz/oss_fuzz/x.cpp"), "fuzz");
    EXPECT_EQ(folder_of("world.h"), "");
}

}  // namespace
}  // namespace rcufuzz::style
