// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/smp_call/notes.h"

#include <array>
#include <bit>

#include "core/base/check.h"
#include "core/scenario/sentence.h"

namespace rcufuzz::smp_call {

namespace {

constexpr std::array sentences{
#define NOTE(name, sentence) std::string_view(sentence),
#include "core/subsystems/smp_call/notes.def"
#undef NOTE
};

std::string own_field(std::string_view name, std::int64_t a, std::int64_t b) {
    if (name == "call") return "call " + std::to_string(a);
    if (name == "cpus") return cpus_text(static_cast<std::uint32_t>(b));
    if (name == "cpu") return "cpu" + std::to_string(a);
    CHECK(name == "element");
    return "the element of cpu" + std::to_string(a);
}

}  // namespace

std::string cpus_text(std::uint32_t mask) {
    if (mask == 0) return "no CPU";
    std::string text;
    for (std::uint32_t rest = mask; rest != 0; rest &= rest - 1) {
        if (rest != mask) text += std::has_single_bit(rest) ? " and " : ", ";
        text += "cpu" + std::to_string(std::countr_zero(rest));
    }
    return text;
}

std::string value_words(std::string_view variable, std::int64_t value) {
    const bool mask = variable.starts_with("cfd.cpumask") || variable == "mm_cpumask";
    if (variable.find(".func[") != variable.npos) return "f" + std::to_string(value) + "()";
    return mask ? cpus_text(static_cast<std::uint32_t>(value)) : "";
}

std::string tell(unsigned note, std::string_view who, std::int64_t a, std::int64_t b) {
    CHECK(note < sentences.size());
    return scenario::fill_in(sentences[note], who, a, b, own_field);
}

}  // namespace rcufuzz::smp_call
