// SPDX-License-Identifier: GPL-2.0-or-later
//
// The one door to standard output and standard error. What cannot be written is not lost in
// silence: finish_output() throws, and who works for long asks output_failed() now and then.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

namespace rcufuzz::cli {

// A document, as it is.
void put(std::string_view document);

// Text for people. Whatever a name or a message in it holds, a terminal shows it as it is.
void put_text(std::string_view text);
template <typename... Args>
void print(fmt::format_string<Args...> format, Args&&... args) {
    put_text(fmt::format(format, std::forward<Args>(args)...));
}

// A word of it, red or green where standard output is a terminal and NO_COLOR is not set.
enum class Colour { bad, good };
void put_coloured(std::string_view text, Colour colour);

void flush_output();
bool output_failed();

// Flushes. Throws UserError where something could not be written, now or before.
void finish_output();

// One line on standard error, complaints with "rcufuzz: " before them.
void remark(std::string_view message);
void complain(std::string_view message);

// One line on a terminal, written over again; nothing anywhere else.
class ProgressLine {
   public:
    // Whether half a second has gone by since the last one.
    bool due(double seconds);
    // In the place of the line before it.
    void show(std::string_view text) const;
    void clear() const;

   private:
    double shown_ = 0;
};

}  // namespace rcufuzz::cli
