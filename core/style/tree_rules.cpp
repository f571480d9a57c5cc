// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <set>

#include "core/style/style_rules.h"

namespace rcufuzz::style {

namespace {

std::string folder_above(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == path.npos ? "" : path.substr(0, slash);
}

// "core/sim" + "../base/" -> "core/base"
std::string resolve(const std::string& folder, const std::string& target) {
    std::string path = (std::filesystem::path(folder) / target).lexically_normal().generic_string();
    while (path.ends_with('/')) path.pop_back();
    return path;
}

// The relative targets of the Markdown links in a line.
std::vector<std::string> links_of(const std::string& line) {
    std::vector<std::string> links;
    for (std::size_t at = line.find("]("); at != line.npos; at = line.find("](", at + 2)) {
        std::string target = line.substr(at + 2, line.find(')', at) - at - 2);
        target.resize(std::min(target.find('#'), target.size()));
        if (!target.empty() && target.find(':') == target.npos) links.push_back(target);
    }
    return links;
}

// The paths that a line names in backquotes: `core/sim/world.h`, but not `core/*/x.h`.
std::vector<std::string> paths_of(const std::string& line) {
    constexpr std::string_view path_characters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
    std::vector<std::string> paths;
    for (std::size_t open = line.find('`'); open != line.npos;) {
        const std::size_t close = line.find('`', open + 1);
        if (close == line.npos) break;
        const std::string span = line.substr(open + 1, close - open - 1);
        for (const std::string_view top : {"core/", "fuzz/", "properties/", "scripts/"}) {
            if (span.starts_with(top) && span.find_first_not_of(path_characters) == span.npos) {
                paths.push_back(span);
            }
        }
        open = line.find('`', close + 1);
    }
    return paths;
}

}  // namespace

Breaches check_headers_used(const Tree& tree) {
    std::set<std::string> included;
    for (const SourceFile& file : tree.files) {
        for (const Include& include : includes_of(file)) {
            if (include.name != file.path) included.insert(include.name);
        }
    }
    Breaches breaches;
    for (const SourceFile& file : tree.files) {
        // Some headers are included by a kernel's own, from outside of the tree.
        const std::string folder = folder_above(file.path);
        if (folder.ends_with("/asm") || folder.ends_with("/generated") ||
            folder.ends_with("core/linux/linux"))
            continue;
        if (is_header(file.path) && !included.contains(file.path)) {
            breaches.push_back({file.path, 0, "unused-header", "nobody includes it"});
        }
    }
    return breaches;
}

Breaches check_top_level(const Tree& tree) {
    const std::set<std::string> wanted{
        "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "core", "corpus",
        "fuzz",           "properties",        "scripts"};
    const std::set<std::string> found(tree.top_level.begin(), tree.top_level.end());
    Breaches breaches;
    for (const std::string& name : found) {
        if (!wanted.contains(name))
            breaches.push_back({name, 0, "top-level", "does not belong here"});
    }
    for (const std::string& name : wanted) {
        if (!found.contains(name)) breaches.push_back({name, 0, "top-level", "is missing"});
    }
    return breaches;
}

Breaches check_folders(const Tree& tree) {
    std::set<std::string> with_code;
    std::set<std::string> with_readme;
    for (const SourceFile& file : tree.files) {
        const std::string folder = folder_above(file.path);
        const bool hidden = folder.empty() || folder.starts_with('.');
        const bool prose = file.path.ends_with(".md") || file.path.ends_with("CMakeLists.txt");
        if (!hidden && !prose) with_code.insert(folder);
        if (file.path.ends_with("/README.md")) with_readme.insert(folder);
    }
    Breaches breaches;
    for (const std::string& folder : with_code) {
        if (!with_readme.contains(folder)) {
            breaches.push_back({folder, 0, "folder", "has code and no README.md"});
        }
    }
    for (const std::string& folder : tree.folders) {
        const std::string name = folder.substr(folder.rfind('/') + 1);
        if (name == "tests" || name == "test") {
            breaches.push_back({folder, 0, "folder", "a test stands beside what it tests"});
        } else if (name == "docs" || name == "doc") {
            breaches.push_back({folder, 0, "folder", "a README explains the folder it stands in"});
        }
    }
    return breaches;
}

Breaches check_subsystems(const Tree& tree) {
    std::set<std::string> subsystems;
    std::set<std::string> tested;
    for (const SourceFile& file : tree.files) {
        const std::string folder = folder_above(file.path);
        if (file.path == folder + "/subsystem.cpp") subsystems.insert(folder);
        if (file.path.ends_with("_test.cpp")) tested.insert(folder);
    }
    Breaches breaches;
    for (const std::string& folder : subsystems) {
        if (!tested.contains(folder))
            breaches.push_back(
                {folder, 0, "subsystem", "has no test: x_test.cpp beside subsystem.cpp"});
    }
    return breaches;
}

Breaches check_links(const Tree& tree) {
    std::set<std::string> known(tree.folders.begin(), tree.folders.end());
    known.insert(tree.top_level.begin(), tree.top_level.end());
    known.insert(tree.other_files.begin(), tree.other_files.end());
    for (const SourceFile& file : tree.files) known.insert(file.path);
    Breaches breaches;
    for (const SourceFile& file : tree.files) {
        if (!file.path.ends_with(".md")) continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const auto require = [&](const std::string& folder, const std::string& target) {
                if (known.contains(resolve(folder, target))) return;
                breaches.push_back({file.path, i + 1, "link", target + ": no such file"});
            };
            for (const std::string& target : links_of(file.lines[i].raw)) {
                require(folder_above(file.path), target);
            }
            for (const std::string& path : paths_of(file.lines[i].raw)) require("", path);
        }
    }
    return breaches;
}

Breaches check_tree(const Layers& layers, const Tree& tree) {
    Breaches all;
    for (const SourceFile& file : tree.files) append(all, check_file(layers, file));
    append(all, check_headers_used(tree));
    append(all, check_top_level(tree));
    append(all, check_folders(tree));
    append(all, check_subsystems(tree));
    append(all, check_links(tree));

    std::vector<bool> needed(layers.excuses.size());
    std::erase_if(all, [&](const Breach& breach) {
        bool excused = false;
        for (std::size_t i = 0; i < layers.excuses.size(); ++i) {
            const Excuse& excuse = layers.excuses[i];
            if (excuse.rule != breach.rule || excuse.path != breach.path) continue;
            needed[i] = true;
            excused = true;
        }
        return excused;
    });
    for (std::size_t i = 0; i < layers.excuses.size(); ++i) {
        if (needed[i]) continue;
        const Excuse& excuse = layers.excuses[i];
        all.push_back({excuse.path, 0, "stale-excuse", "no longer breaks " + excuse.rule});
    }
    return all;
}

}  // namespace rcufuzz::style
