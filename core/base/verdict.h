// SPDX-License-Identifier: GPL-2.0-or-later
//
// What can be wrong with a subject: a closed set, each with one word for reports and files.
// Add a verdict when a find fits none; never fold two meanings into one.
#pragma once

#include <array>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string_view>

namespace rcufuzz {

enum class Verdict : std::uint8_t {
    clean,
    stranded_callback,
    callback_too_early,
    callback_twice,
    callback_lost,
    order_violated,
    barrier_too_short,
    wrong_data,
    use_after_free,
    double_free,
    wrong_cpu_or_incarnation,
    lost_call,
    rcu_not_watching,
    lost_wakeup,
    deadlock,
    livelock,
    lock_misuse,
    data_race,
    invariant,
    list_corrupted,
    latency_exceeded,
    uninitialised_read,
    oops,
    kernel_warning,
};

struct VerdictInfo {
    Verdict verdict;
    std::string_view word;
    std::string_view meaning;
    bool black_box;  // a consequence that a user of the kernel could see, not an inner invariant
};

const std::array<VerdictInfo, 24>& all_verdicts();

std::string_view word(Verdict verdict);
bool is_black_box(Verdict verdict);
std::optional<Verdict> verdict_from_word(std::string_view word);

// How GoogleTest prints one.
std::ostream& operator<<(std::ostream& stream, Verdict verdict);

}  // namespace rcufuzz
