// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/style/layers.h"

#include <algorithm>
#include <sstream>

#include "core/style/source.h"

namespace rcufuzz::style {

namespace {

using Arrows = std::map<std::string, std::set<std::string>>;

class Parser {
   public:
    Layers parse(std::string_view content) {
        std::istringstream in{std::string(content)};
        for (std::string line; std::getline(in, line);) {
            ++line_number_;
            line.resize(std::min(line.find('#'), line.size()));
            std::istringstream words(line);
            std::string first;
            if (words >> first) parse_line(first, words);
        }
        return std::move(layers_);
    }

   private:
    void parse_line(const std::string& first, std::istringstream& rest) {
        if (first == "except") {
            excuse(rest);
        } else if (first == "tests") {
            std::string folder;
            rest >> folder;
            arrow(layers_.test_arrows, folder, "->", rest);
        } else if (first.starts_with('<') && first.ends_with('>')) {
            arrow(layers_.library_homes, first.substr(1, first.size() - 2), "only", rest);
        } else {
            arrow(layers_.arrows, first, "->", rest);
        }
    }

    void arrow(Arrows& arrows, const std::string& from, std::string_view sign,
               std::istringstream& rest) {
        std::string word;
        if (!(rest >> word) || word != sign) fail("expected '" + std::string(sign) + "'");
        if (arrows.contains(from)) fail("a second line for " + from);
        std::set<std::string>& targets = arrows[from];
        while (rest >> word) targets.insert(word);
    }

    void excuse(std::istringstream& rest) {
        Excuse excuse;
        rest >> excuse.rule >> excuse.path >> std::ws;
        std::getline(rest, excuse.reason);
        if (!excuse.path.ends_with(':') || excuse.reason.empty()) {
            fail("expected 'except RULE PATH: why'");
        }
        excuse.path.pop_back();
        layers_.excuses.push_back(excuse);
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw LayersError("core/layers.txt:" + std::to_string(line_number_) + ": " + what);
    }

    Layers layers_;
    int line_number_ = 0;
};

constexpr std::string_view subsystem_prefix = "subsystems/";

// The name under which layers.txt lists a folder: every subsystem is "subsystems/*".
std::string listed_name(const std::string& folder) {
    return folder.starts_with(subsystem_prefix) ? "subsystems/*" : folder;
}

bool lists(const Arrows& arrows, const std::string& from, const std::string& folder,
           std::string_view file) {
    const auto found = arrows.find(listed_name(from));
    if (found == arrows.end()) return false;
    return found->second.contains(listed_name(folder)) || found->second.contains(std::string(file));
}

std::string_view below_core(std::string_view path) {
    if (path.starts_with("core/")) path.remove_prefix(5);
    return path;
}

}  // namespace

Layers parse_layers(std::string_view content) { return Parser().parse(content); }

std::string folder_of(std::string_view path) {
    path = below_core(path);
    const std::size_t from = path.starts_with(subsystem_prefix) ? subsystem_prefix.size() : 0;
    const std::size_t slash = path.find('/', from);
    if (slash != path.npos) return std::string(path.substr(0, slash));
    return from == 0 ? "" : "subsystems";
}

bool may_include(const Layers& layers, std::string_view from, std::string_view to) {
    const std::string source = folder_of(from);
    const std::string target = folder_of(to);
    if (source == target) return true;
    const std::string_view file = below_core(to);
    return lists(layers.arrows, source, target, file) ||
           (is_test(from) && lists(layers.test_arrows, source, target, file));
}

bool may_include_library(const Layers& layers, std::string_view from, std::string_view name) {
    return std::ranges::all_of(layers.library_homes, [&](const auto& home) {
        return !name.starts_with(home.first) || home.second.contains(folder_of(from));
    });
}

}  // namespace rcufuzz::style
