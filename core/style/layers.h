// SPDX-License-Identifier: GPL-2.0-or-later
//
// core/layers.txt, read: who may include whom, and who is excused from which rule.
#pragma once

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rcufuzz::style {

// A line of layers.txt that makes no sense: "layers.txt:12: ...".
class LayersError : public std::runtime_error {
   public:
    using std::runtime_error::runtime_error;
};

struct Excuse {
    std::string rule;
    std::string path;
    std::string reason;
};

struct Layers {
    std::map<std::string, std::set<std::string>> arrows;
    std::map<std::string, std::set<std::string>> test_arrows;
    std::map<std::string, std::set<std::string>> library_homes;  // by header prefix
    std::vector<Excuse> excuses;
};

Layers parse_layers(std::string_view content);

// The folder that a path belongs to, as layers.txt names it: "core/sim/world.h" -> "sim",
// "core/subsystems/nocb/cb.h" -> "subsystems/nocb", "fuzz/oss_fuzz/x.cpp" -> "fuzz".
std::string folder_of(std::string_view path);

// Whether the file `from` may include the project header `to`; both are paths from the root.
bool may_include(const Layers& layers, std::string_view from, std::string_view to);

// Whether the file `from` may include the system header `name`, say "boost/context/fiber.hpp".
bool may_include_library(const Layers& layers, std::string_view from, std::string_view name);

}  // namespace rcufuzz::style
