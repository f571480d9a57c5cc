// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/inputs.h"

#include <algorithm>
#include <filesystem>

#include "core/base/check.h"
#include "fuzz/output.h"

namespace rcufuzz::cli {

namespace {

namespace fs = std::filesystem;

bool is_named_like_a_find(const std::string& path) {
    const std::string name = fs::path(path).filename().string();
    return name.ends_with(".plan") || name.starts_with("crash-") || name.starts_with("id:");
}

}  // namespace

const Inputs::Kind plan_files{[](const std::string& path) { return path.ends_with(".plan"); },
                              "no .plan file in it"};
const Inputs::Kind litmus_files{[](const std::string& path) { return path.ends_with(".litmus"); },
                                "no .litmus file in it"};
const Inputs::Kind find_files{is_named_like_a_find, "no crash-*, id:* or *.plan file in it"};
const Inputs::Kind story_files{[](const std::string& path) { return path.ends_with(".story"); },
                               "no .story file in it"};

Inputs::Inputs(const std::vector<std::string>& paths, const Kind& kind) {
    for (const std::string& path : paths) {
        std::error_code error;  // whatever is wrong with it, its reader will say so
        if (fs::is_directory(path, error))
            add_folder(path, kind);
        else
            files_.push_back(path);
    }
}

void Inputs::add_folder(const std::string& folder, const Kind& kind) {
    std::vector<std::string> found;
    const unsigned refused_before = refused_;
    list_folder(folder, kind, found);
    std::ranges::sort(found);
    if (found.empty() && refused_ == refused_before)
        refuse(folder + ": " + std::string(kind.wanted));
    files_.insert(files_.end(), found.begin(), found.end());
}

// Links to folders are not followed: they may lead in a circle.
void Inputs::list_folder(const std::string& folder, const Kind& kind,
                         std::vector<std::string>& found) {
    std::error_code error;
    std::vector<std::string> folders;
    for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
         at.increment(error)) {
        std::error_code unknown;
        const fs::file_status status = at->symlink_status(unknown);
        const std::string path = at->path().string();
        if (fs::is_directory(status))
            folders.push_back(path);
        else if (kind.counts(path) && !fs::is_directory(at->status(unknown)))
            found.push_back(path);
    }
    if (error) refuse(folder + ": " + error.message());
    for (const std::string& inner : folders) list_folder(inner, kind, found);
}

std::string Inputs::try_input(const std::function<void()>& use) {
    try {
        use();
        return "";
    } catch (const UserError& error) {
        refuse(error.what());
        return error.what();
    }
}

int Inputs::exit_code(int otherwise) const {
    return otherwise == exit_clean && refused_ != 0 ? exit_usage : otherwise;
}

void Inputs::refuse(const std::string& message) {
    ++refused_;
    complain(message);
}

}  // namespace rcufuzz::cli
