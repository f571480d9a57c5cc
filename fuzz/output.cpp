// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/base/check.h"
#include "core/base/text.h"

namespace rcufuzz::cli {

namespace {

int failure = 0;  // the first errno; 0: all is well

void note_failure() {
    if (failure == 0) failure = errno != 0 ? errno : EIO;
}

bool to_terminal() {
    static const bool terminal = isatty(STDERR_FILENO) != 0;
    return terminal;
}

}  // namespace

void put(std::string_view document) {
    errno = 0;
    if (std::fwrite(document.data(), 1, document.size(), stdout) != document.size()) note_failure();
}

void put_text(std::string_view text) { put(printable_lines(text)); }

void put_coloured(std::string_view text, Colour colour) {
    // https://no-color.org: set, and to anything at all.
    static const bool wanted = [] {
        const char* const refused = std::getenv("NO_COLOR");
        return isatty(STDOUT_FILENO) != 0 && (refused == nullptr || *refused == '\0');
    }();
    if (wanted) put(colour == Colour::bad ? "\x1b[1;31m" : "\x1b[32m");
    put_text(text);
    if (wanted) put("\x1b[0m");
}

void flush_output() {
    errno = 0;
    if (std::fflush(stdout) != 0) note_failure();
}

bool output_failed() { return failure != 0; }

void finish_output() {
    flush_output();
    if (failure != 0) throw UserError(std::string("standard output: ") + std::strerror(failure));
}

void remark(std::string_view message) {
    const std::string line = printable(message) + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
}

void complain(std::string_view message) { remark("rcufuzz: " + std::string(message)); }

bool ProgressLine::due(double seconds) {
    if (!to_terminal() || seconds < shown_ + 0.5) return false;
    shown_ = seconds;
    return true;
}

void ProgressLine::show(std::string_view text) const {
    const std::string line = "\r" + std::string(text) + (to_terminal() ? "\x1b[K" : "");
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
}

void ProgressLine::clear() const {
    if (to_terminal()) show("");
}

}  // namespace rcufuzz::cli
