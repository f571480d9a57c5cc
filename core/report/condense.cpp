// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/condense.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

#include "core/base/text.h"

namespace rcufuzz::report {

namespace {

constexpr std::array<std::string_view, 10> number_words{"no",   "one", "two",   "three", "four",
                                                        "five", "six", "seven", "eight", "nine"};

// How often the `length` sentences at `begin` stand there one after the other.
std::size_t repetitions(const std::vector<Sentence>& list, std::size_t begin, std::size_t length) {
    const auto same = [](const Sentence& a, const Sentence& b) {
        return !a.breaks && !b.breaks && a.again == b.again;
    };
    std::size_t count = 1;
    while (begin + (count + 1) * length <= list.size()) {
        const auto first = list.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto next = first + static_cast<std::ptrdiff_t>(count * length);
        if (!std::equal(first, first + static_cast<std::ptrdiff_t>(length), next, same)) break;
        ++count;
    }
    return count;
}

std::string_view without_period(std::string_view text) {
    return text.ends_with('.') ? text.substr(0, text.size() - 1) : std::string_view();
}

// Of "It invokes callback c." it is "c".
std::string_view last_word(std::string_view sentence) {
    const std::string_view text = without_period(sentence);
    const std::size_t space = text.rfind(' ');
    return space == text.npos ? std::string_view() : text.substr(space + 1);
}

// How many sentences from `begin` on are the same but for a name at their end.
std::size_t list_length(std::span<const Sentence> list) {
    std::size_t count = 0;
    std::string_view common;
    for (const Sentence& sentence : list) {
        const std::string_view word = last_word(sentence.again);
        if (sentence.breaks || word.empty() || std::isalpha(word[0]) == 0) break;
        const std::string_view rest =
            std::string_view(sentence.again).substr(0, sentence.again.size() - word.size() - 1);
        if (count == 0) common = rest;
        if (rest != common) break;
        ++count;
    }
    return count;
}

std::string as_list(std::span<const Sentence> list) {
    std::string text(without_period(list[0].text));
    for (std::size_t i = 1; i < list.size(); ++i) {
        text += i + 1 == list.size() ? " and " : ", ";
        text += last_word(list[i].again);
    }
    return text + ".";
}

// Where `sentence` stood, this.
Sentence instead(const Sentence& sentence, const std::string& text) {
    return {sentence.event, text, text, false};
}

bool breaks_within(std::span<const Sentence> list) {
    return std::ranges::any_of(list, &Sentence::breaks);
}

bool reads_the_same(std::span<const Sentence> a, std::span<const Sentence> b) {
    return !breaks_within(a) && !breaks_within(b) &&
           std::ranges::equal(a, b, {}, &Sentence::again, &Sentence::again);
}

// What stands at `begin`, one sentence, and the same once more: "It looks at cpu1. It waits. It
// ends its wait. It looks at cpu1. It waits."
struct Resumed {
    std::size_t length = 0;  // of what is done again; 0: nothing is
    std::size_t times = 0;   // again
};

Resumed resumed(std::span<const Sentence> list) {
    for (std::size_t length = 2; 2 * length + 1 <= list.size(); ++length) {
        const auto whole = list.first(length);
        const Sentence& between = list[length];
        if (between.breaks || !between.again.starts_with("It ")) continue;
        // Else it is one repetition.
        if (std::ranges::find(whole, between.again, &Sentence::again) != whole.end()) continue;
        std::size_t times = 0;
        for (std::size_t at = length; at + 1 + length <= list.size(); at += length + 1) {
            if (list[at].again != between.again || list[at].breaks) break;
            if (!reads_the_same(whole, list.subspan(at + 1, length))) break;
            ++times;
        }
        if (times != 0) return {length, times};
    }
    return {};
}

bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// Of a word that differs from another at `from` the number or the one letter that stands there: the
// 3 of "3,", the c of "f(c).". Empty: neither.
std::string_view counter_at(std::string_view word, std::size_t from) {
    while (from > 0 && is_alnum(word[from - 1])) --from;
    std::size_t to = from;
    while (to < word.size() && is_alnum(word[to])) ++to;
    const std::string_view found = word.substr(from, to - from);
    const bool number = !found.empty() && found.size() < 10 &&
                        std::ranges::all_of(found, [](char c) { return c >= '0' && c <= '9'; });
    const bool letter = found.size() == 1 && found[0] >= 'a' && found[0] <= 'z';
    return number || letter ? found : std::string_view();
}

bool follows(std::string_view before, std::string_view after) {
    if (std::isdigit(static_cast<unsigned char>(before[0])) == 0)
        return before.size() == 1 && after.size() == 1 && after[0] == before[0] + 1;
    return std::isdigit(static_cast<unsigned char>(after[0])) != 0 &&
           std::stoul(std::string(after)) == std::stoul(std::string(before)) + 1;
}

// The counter of `next` where it says the same as `first` but for one counter, one higher in every
// place; empty: it does not. `counter` is that of `first`, once it is known.
bool counts_on(std::string_view first, std::string_view next, std::string& counter,
               std::string& counted) {
    const std::vector<std::string_view> a = words(first);
    const std::vector<std::string_view> b = words(next);
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] == b[i]) continue;
        const auto differs =
            static_cast<std::size_t>(std::ranges::mismatch(a[i], b[i]).in1 - a[i].begin());
        const std::string_view from = counter_at(a[i], differs);
        const std::string_view to = counter_at(b[i], differs);
        if (from.empty() || to.empty() || !follows(from, to)) return false;
        const auto behind = [](std::string_view word, std::string_view part) {
            return word.substr(static_cast<std::size_t>(part.data() - word.data()) + part.size());
        };
        if (behind(a[i], from) != behind(b[i], to)) return false;
        if (!counter.empty() && (from != counter || to != counted)) return false;
        counter = from;
        counted = to;
    }
    return true;
}

// Groups of `length` sentences that say the same of one thing after the other.
struct Counted {
    std::size_t length = 0;  // 0: there are none
    std::size_t groups = 0;
    std::string second, last;
};

Counted counted_groups(std::span<const Sentence> list) {
    for (std::size_t length = 1; length <= 3 && 3 * length <= list.size(); ++length) {
        Counted counted{length, 1, "", ""};
        while ((counted.groups + 1) * length <= list.size()) {
            const auto before = list.subspan((counted.groups - 1) * length, length);
            const auto next = list.subspan(counted.groups * length, length);
            std::string counter, one_higher;
            bool same = !breaks_within(before) && !breaks_within(next);
            for (std::size_t i = 0; same && i < length; ++i)
                same = counts_on(before[i].again, next[i].again, counter, one_higher);
            if (!same || one_higher.empty()) break;
            if (counted.groups == 1) counted.second = one_higher;
            counted.last = one_higher;
            ++counted.groups;
        }
        if (counted.groups >= 3) return counted;
    }
    return {};
}

// The sentences at the front of `list` as one, in `told`; returns how many they are, 0: none.
std::size_t condense_resumed(std::span<const Sentence> list, std::vector<Sentence>& told) {
    const Resumed again = resumed(list);
    if (again.length == 0) return 0;
    const auto whole = list.first(again.length);
    for (Sentence& sentence : condensed({whole.begin(), whole.end()}))
        told.push_back(std::move(sentence));
    std::string text(without_period(list[again.length].text));
    text += ", and does the same again";
    text += again.times == 1 ? "." : ", " + times(again.times) + ".";
    told.push_back(instead(list[again.length], text));
    return again.length + again.times * (again.length + 1);
}

std::size_t condense_counted(std::span<const Sentence> list, std::vector<Sentence>& told) {
    const Counted counted = counted_groups(list);
    if (counted.length == 0) return 0;
    for (const Sentence& sentence : list.first(counted.length)) told.push_back(sentence);
    told.push_back(instead(list[counted.length], "(The same with " + counted.second +
                                                     (counted.groups == 3 ? " and " : " to ") +
                                                     counted.last + ".)"));
    return counted.groups * counted.length;
}

// Of "rcuo0 goes to sleep.", which would read "It goes to sleep." in the midst of a turn, "rcuo0".
std::string_view actor_of(const Turn& turn) {
    if (turn.sentences.size() != 1 || turn.sentences[0].breaks) return "";
    const std::string_view text = turn.sentences[0].text;
    const std::string_view again = turn.sentences[0].again;
    constexpr std::string_view it = "It";
    if (!again.starts_with(it) || !again.ends_with('.')) return "";
    if (!text.ends_with(again.substr(it.size()))) return "";
    return text.substr(0, text.size() - (again.size() - it.size()));
}

// Turns at the front of `turns` in which one context after the other says the same.
struct Chorus {
    std::size_t turns = 1;
    bool repeats = false;                    // some say it again
    std::vector<std::string_view> others{};  // who does, after the first
};

Chorus chorus_of(std::span<const Turn> turns) {
    Chorus chorus;
    const std::string_view first = actor_of(turns[0]);
    const bool stops_somebody = first.find("goes on, ") != first.npos;
    if (first.empty() || stops_somebody) return chorus;
    for (; chorus.turns < turns.size(); ++chorus.turns) {
        const Turn& turn = turns[chorus.turns];
        const std::string_view actor = actor_of(turn);
        if (actor.empty() || actor.find(' ') != actor.npos) break;
        if (turn.sentences[0].again != turns[0].sentences[0].again) break;
        const bool known =
            actor == first || std::ranges::find(chorus.others, actor) != chorus.others.end();
        if (known)
            chorus.repeats = true;
        else
            chorus.others.push_back(actor);
    }
    return chorus;
}

std::string words_of(const Chorus& chorus, std::string_view first) {
    std::string text(without_period(first));
    for (std::size_t i = 0; i < chorus.others.size(); ++i) {
        if (i == 0)
            text += chorus.others.size() == 1 ? "; so does " : "; so do ";
        else
            text += i + 1 == chorus.others.size() ? " and " : ", ";
        text += chorus.others[i];
    }
    if (chorus.repeats)
        text += chorus.others.empty() ? ", several times" : ", some of them several times";
    return text + ".";
}

// Of "the code of 0 v4.11, 1 v4.12" what stands there for the value; else all of it.
std::string_view listed_meaning(std::string_view summary, std::int64_t value) {
    const auto place_of = [summary](std::int64_t number, std::string_view before) {
        return summary.find(std::string(before) + std::to_string(number) + " ");
    };
    std::size_t at = place_of(value, value == 0 ? " " : ", ");
    if (place_of(0, " ") == summary.npos || at == summary.npos) return summary;
    at = summary.find(' ', at + 2) + 1;
    const std::size_t end = std::min(place_of(value + 1, ", "), summary.size());
    return end > at ? summary.substr(at, end - at) : summary;
}

}  // namespace

std::string number_word(std::size_t number) {
    return number < number_words.size() ? std::string(number_words[number])
                                        : std::to_string(number);
}

std::string times(std::size_t count) {
    if (count == 1) return "once";
    return count == 2 ? "twice" : number_word(count) + " times";
}

std::vector<Sentence> condensed(const std::vector<Sentence>& sentences) {
    std::vector<Sentence> told;
    for (std::size_t i = 0; i < sentences.size();) {
        const auto rest = std::span(sentences).subspan(i);
        if (const std::size_t taken = condense_resumed(rest, told)) {
            i += taken;
            continue;
        }
        std::size_t length = 1;
        std::size_t count = 1;
        for (; i + 2 * length <= sentences.size(); ++length)
            if ((count = repetitions(sentences, i, length)) > 1) break;
        if (count == 1) {
            const std::size_t listed = std::max<std::size_t>(list_length(rest), 1);
            const std::size_t counted = listed == 1 ? condense_counted(rest, told) : 0;
            i += counted;
            if (counted != 0) continue;
            told.push_back(listed == 1 ? rest[0] : instead(rest[0], as_list(rest.first(listed))));
            i += listed;
            continue;
        }
        for (std::size_t at = i; at < i + length; ++at) told.push_back(sentences[at]);
        std::string& last = told.back().text;
        if (length == 1 && last.ends_with('.'))
            last = last.substr(0, last.size() - 1) + ", " + times(count) + ".";
        else
            told.push_back(instead(sentences[i + length],
                                   "(These " + number_word(length) + " " + times(count) + ".)"));
        i += count * length;
    }
    return told;
}

std::vector<std::string> told_together(std::span<const Turn> turns) {
    std::vector<std::string> told;
    for (std::size_t i = 0; i < turns.size();) {
        const Chorus chorus = chorus_of(turns.subspan(i));
        if (chorus.turns > 1)
            told.push_back(words_of(chorus, turns[i].sentences[0].text));
        else
            for (const Sentence& sentence : condensed(turns[i].sentences))
                told.push_back(sentence.text);
        i += chorus.turns;
    }
    return told;
}

std::string joined_waits(const std::vector<std::string>& waits) {
    constexpr std::string_view verb = " waits for ";
    std::string text;
    for (const std::string& wait : waits) {
        const std::size_t at = wait.find(verb);
        if (text.empty())
            text = wait;
        else if (at == wait.npos)
            text += ", " + wait;
        else
            text += ", " + wait.substr(0, at) + " for " + wait.substr(at + verb.size());
    }
    return text;
}

std::string meaning_of(std::string_view summary, std::int64_t value) {
    const std::string wanted = std::to_string(value) + ": ";
    for (std::string_view rest = summary; !rest.empty();) {
        const std::size_t end = std::min(rest.find("; "), rest.size());
        if (rest.starts_with(wanted))
            return std::string(rest.substr(wanted.size(), end - wanted.size()));
        rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    constexpr std::string_view on = "1: ";
    if (value == 0 && summary.starts_with(on) && summary.find("; ") == summary.npos)
        return "not: " + std::string(summary.substr(on.size()));
    return std::string(listed_meaning(summary, value));
}

}  // namespace rcufuzz::report
