// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/rounds.h"

#include <algorithm>
#include <iterator>
#include <span>

#include "core/report/condense.h"

namespace rcufuzz::report {

namespace {

constexpr std::size_t most_turns = 8;    // of a round
constexpr std::size_t least_rounds = 3;  // that are worth it

bool says_the_same(const Turn& a, const Turn& b) {
    const auto same = [](const Sentence& x, const Sentence& y) {
        return !x.breaks && !y.breaks && x.text == y.text;
    };
    return a.key == b.key && std::ranges::equal(a.sentences, b.sentences, same);
}

// How often the `length` turns at the front come one after the other.
std::size_t rounds_of(std::span<const Turn> turns, std::size_t length) {
    std::size_t rounds = 1;
    while ((rounds + 1) * length <= turns.size() &&
           std::ranges::equal(turns.first(length), turns.subspan(rounds * length, length),
                              says_the_same))
        ++rounds;
    return rounds;
}

struct Rounds {
    std::size_t length = 0;  // 0: there are none
    std::size_t count = 0;
};

Rounds rounds_at(std::span<const Turn> turns, const Keeps& keeps) {
    for (std::size_t length = 1; length <= most_turns; ++length) {
        const std::size_t count = length > turns.size() ? 0 : rounds_of(turns, length);
        if (count < least_rounds) continue;
        const Turn& last = turns[count * length - 1];
        if (turns[0].sentences.empty() || last.sentences.empty()) continue;
        if (keeps && keeps(turns[0].sentences.front().event, last.sentences.back().event)) continue;
        return {length, count};
    }
    return {};
}

// Turns that share a number are one step.
std::string counted(std::span<const Turn> round, std::size_t count, std::uint64_t jiffies) {
    const unsigned steps = round.back().number - round.front().number + 1;
    return (steps == 1 ? std::string("(This step comes again, ")
                       : "(These " + number_word(steps) + " steps come again, ") +
           times(count) + ", until jiffy " + std::to_string(jiffies) + ".)";
}

}  // namespace

std::vector<Turn> told_once(std::vector<Turn> turns, const Keeps& keeps) {
    std::vector<Turn> told;
    for (std::size_t i = 0; i < turns.size();) {
        const Rounds rounds = rounds_at(std::span(turns).subspan(i), keeps);
        const std::size_t length = std::max<std::size_t>(rounds.length, 1);
        const auto from = turns.begin() + static_cast<std::ptrdiff_t>(i);
        if (rounds.length != 0) {
            const Turn& second = turns[i + length];
            const Turn& last = turns[i + rounds.count * length - 1];
            Turn rest{second.key, second.jiffies, second.number, {}, last.number};
            const std::string text =
                counted(std::span(turns).subspan(i, length), rounds.count - 1, last.jiffies);
            rest.sentences.push_back({last.sentences.back().event, text, text, false});
            std::move(from, from + static_cast<std::ptrdiff_t>(length), std::back_inserter(told));
            told.push_back(std::move(rest));
            i += rounds.count * length;
        } else {
            told.push_back(std::move(turns[i++]));
        }
    }
    return told;
}

}  // namespace rcufuzz::report
