// SPDX-License-Identifier: GPL-2.0-or-later
//
// The files that a command is given, many at a time: one that is bad is told in a line on standard
// error, and the others are done.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rcufuzz::cli {

class Inputs {
   public:
    // Which names count in a folder; `wanted` says so in the message where there is none.
    struct Kind {
        bool (*counts)(const std::string& path);
        std::string_view wanted;
    };

    // Folders stand for the files in and below them, in order of their names.
    Inputs(const std::vector<std::string>& paths, const Kind& kind);

    const std::vector<std::string>& files() const { return files_; }

    // Returns what is wrong with an input, which is told; empty: `use` went well. A UserError
    // that `use` throws counts as the input's fault.
    std::string try_input(const std::function<void()>& use);

    bool any_refused() const { return refused_ != 0; }
    // Where the command has found nothing of more weight, a bad input is what it ends with.
    int exit_code(int otherwise) const;

   private:
    void add_folder(const std::string& folder, const Kind& kind);
    void list_folder(const std::string& folder, const Kind& kind, std::vector<std::string>& found);
    void refuse(const std::string& message);

    std::vector<std::string> files_;
    unsigned refused_ = 0;
};

extern const Inputs::Kind plan_files;    // *.plan
extern const Inputs::Kind litmus_files;  // *.litmus
extern const Inputs::Kind find_files;    // as libFuzzer, AFL++ and hunts name what they find
extern const Inputs::Kind story_files;   // *.story

}  // namespace rcufuzz::cli
