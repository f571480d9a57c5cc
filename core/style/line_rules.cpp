// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>

#include "core/style/style_rules.h"

namespace rcufuzz::style {

namespace {

bool in_core(std::string_view path) { return path.starts_with("core/"); }
bool in_subsystem(std::string_view path) { return path.starts_with("core/subsystems/"); }
bool in_core_product(std::string_view path) {
    return in_core(path) && !is_test(path) && !is_bench(path);
}
bool anywhere(std::string_view) { return true; }
bool keeps_virtual_time(std::string_view path) {
    return !path.starts_with("fuzz/") && !is_bench(path);
}

// Programs that print and read have a door for it each.
bool has_doors(std::string_view path) {
    return path.starts_with("fuzz/") && !is_test(path) && path != "fuzz/output.cpp" &&
           path != "fuzz/entry.cpp" && path != "fuzz/engine_inputs_main.cpp";
}

struct Ban {
    std::string_view rule;
    std::string_view call;  // as in mentions()
    bool (*applies)(std::string_view path);
    std::string_view instead;
};

constexpr std::string_view no_threads = "one OS thread; use a context of core/sim";
constexpr std::string_view no_luck = "use core/base/prng.h, the same on every machine";
constexpr std::string_view no_clock = "use the jiffies of core/kernel";
constexpr std::string_view no_atomics = "use the kernel's primitives from core/memory";
constexpr std::string_view no_order =
    "its order differs between machines; use std::map or a vector";
constexpr std::string_view no_print = "return text; the command line in fuzz/ prints it";
constexpr std::string_view use_output = "use fuzz/output.h, which notices what cannot be written";
constexpr std::string_view use_files = "use core/base/files.h, which bounds it and writes it whole";

constexpr std::array bans{
    Ban{"threads", "std::thread", anywhere, no_threads},
    Ban{"threads", "std::jthread", anywhere, no_threads},
    Ban{"threads", "std::async", anywhere, no_threads},
    Ban{"threads", "pthread_create", anywhere, no_threads},
    Ban{"threads", "std::mutex", anywhere, no_threads},
    Ban{"threads", "std::condition_variable", anywhere, no_threads},
    Ban{"randomness", "rand(", anywhere, no_luck},
    Ban{"randomness", "srand(", anywhere, no_luck},
    Ban{"randomness", "std::random_device", anywhere, no_luck},
    Ban{"randomness", "std::mt19937", anywhere, no_luck},
    Ban{"randomness", "std::mt19937_64", anywhere, no_luck},
    Ban{"randomness", "std::default_random_engine", anywhere, no_luck},
    Ban{"randomness", "std::uniform_int_distribution", anywhere, no_luck},
    Ban{"randomness", "std::shuffle", anywhere, no_luck},
    Ban{"wall-clock", "system_clock", keeps_virtual_time, no_clock},
    Ban{"wall-clock", "steady_clock", keeps_virtual_time, no_clock},
    Ban{"wall-clock", "high_resolution_clock", keeps_virtual_time, no_clock},
    Ban{"wall-clock", "time(NULL)", keeps_virtual_time, no_clock},
    Ban{"wall-clock", "time(nullptr)", keeps_virtual_time, no_clock},
    Ban{"wall-clock", "time(0)", keeps_virtual_time, no_clock},
    Ban{"wall-clock", "clock_gettime", keeps_virtual_time, no_clock},
    Ban{"wall-clock", "gettimeofday", keeps_virtual_time, no_clock},
    Ban{"atomics", "std::atomic", in_subsystem, no_atomics},
    Ban{"atomics", "std::atomic_", in_subsystem, no_atomics},
    Ban{"atomics", "volatile", in_subsystem, no_atomics},
    Ban{"atomics", "__atomic_", in_subsystem, no_atomics},
    Ban{"atomics", "__sync_", in_subsystem, no_atomics},
    Ban{"unordered", "std::unordered_", in_core, no_order},
    Ban{"unordered", "std::hash", in_core, "differs between libraries; use core/base/hash.h"},
    Ban{"print", "std::cerr", in_core_product, no_print},
    Ban{"print", "std::cout", in_core_product, no_print},
    Ban{"print", "printf(", in_core_product, no_print},
    Ban{"print", "fprintf(", in_core_product, no_print},
    Ban{"print", "puts(", in_core_product, no_print},
    Ban{"print", "fmt::print(", in_core_product, no_print},
    Ban{"print", "fmt::print(", has_doors, use_output},
    Ban{"print", "std::cout", has_doors, use_output},
    Ban{"print", "printf(", has_doors, use_output},
    Ban{"print", "fprintf(", has_doors, use_output},
    Ban{"print", "puts(", has_doors, use_output},
    Ban{"files", "std::ifstream", has_doors, use_files},
    Ban{"files", "std::ofstream", has_doors, use_files},
    Ban{"files", "fopen(", has_doors, use_files},
    Ban{"assert", "assert(", anywhere, "use CHECK (core/base/check.h), which is on in every build"},
};

// Columns of UTF-8 text: its bytes less the continuation bytes.
std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

void check_leftover(std::string_view path, std::size_t number, const Line& line, Breaches& out) {
    for (const std::string_view word : {"TODO", "FIXME", "XXX", "HACK", "DEBUG"}) {
        if (mentions(line.text, word)) {
            out.push_back({std::string(path), number, "leftover",
                           std::string(word) + ": do it, or say it in an issue"});
        }
    }
    for (std::size_t at = line.code.find('"'); at != line.code.npos;
         at = line.code.find('"', at + 1)) {
        const std::string_view quoted = std::string_view(line.raw).substr(at + 1);
        if (quoted.starts_with("DEBUG") && quoted.find_first_of(" :") == 5) {
            out.push_back({std::string(path), number, "leftover", "debug print: take it out"});
        }
    }
}

}  // namespace

std::string to_string(const Breach& breach) {
    const std::string at = breach.line == 0 ? "" : ":" + std::to_string(breach.line);
    return breach.path + at + ": [" + breach.rule + "] " + breach.message;
}

void append(Breaches& all, const Breaches& more) {
    all.insert(all.end(), more.begin(), more.end());
}

Breaches check_line(std::string_view path, std::size_t number, const Line& line) {
    Breaches breaches;
    if (columns(line.raw) > max_line_columns && !path.ends_with(".md")) {
        breaches.push_back({std::string(path), number, "line-length",
                            std::to_string(columns(line.raw)) + " columns, at most " +
                                std::to_string(max_line_columns)});
    }
    check_leftover(path, number, line, breaches);
    if (!is_cpp(path)) return breaches;
    for (const Ban& ban : bans) {
        if (ban.applies(path) && mentions(line.code, ban.call)) {
            breaches.push_back({std::string(path), number, std::string(ban.rule),
                                std::string(ban.call) + ": " + std::string(ban.instead)});
        }
    }
    return breaches;
}

}  // namespace rcufuzz::style
