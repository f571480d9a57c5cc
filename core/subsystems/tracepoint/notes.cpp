// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/tracepoint/notes.h"

#include <array>

#include "core/base/check.h"
#include "core/scenario/sentence.h"
#include "core/subsystems/tracepoint/probes.h"

namespace rcufuzz::tracepoint {

namespace {

constexpr std::array sentences{
#define NOTE(name, sentence) std::string_view(sentence),
#include "core/subsystems/tracepoint/notes.def"
#undef NOTE
};

std::string function_name(std::int64_t func) {
    if (func == 0) return "NULL";
    if (func == func_iterator) return "the iterator";
    if (func == func_stub) return "tp_stub_func";
    return std::string("f") + static_cast<char>('a' + func - 1) + "()";
}

std::string array_words(std::int64_t functions) {
    constexpr std::array words{"NULL", "an array of one function", "an array of two functions",
                               "an array of more than two functions"};
    return words[static_cast<std::size_t>(functions)];
}

std::string own_field(std::string_view name, std::int64_t a, std::int64_t b) {
    if (name == "pair") return pair_name(static_cast<int>(a), static_cast<int>(b));
    if (name == "func") return function_name(a);
    if (name == "data") return std::string("d") + static_cast<char>('a' + a - 1);
    if (name == "array") return array_words(a);
    if (name == "tp") return "tracepoint " + std::to_string(b);
    CHECK(name == "probe");
    const ProbeSpec& probe = probe_specs[static_cast<std::size_t>(a)];
    return std::string(probe.name) + " = " + pair_name(probe.func, probe.data) + ", priority " +
           std::to_string(probe.prio);
}

}  // namespace

std::string value_words(std::string_view variable, std::int64_t value) {
    const bool function =
        variable.starts_with("tp.static_call") || variable.starts_with("tp_func.func");
    return function ? function_name(value) : "";
}

std::string tell(unsigned note, std::string_view who, std::int64_t a, std::int64_t b) {
    CHECK(note < sentences.size());
    return scenario::fill_in(sentences[note], who, a, b, own_field);
}

}  // namespace rcufuzz::tracepoint
