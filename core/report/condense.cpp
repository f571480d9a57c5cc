// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/condense.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

namespace rcufuzz::report {

namespace {

constexpr std::array<std::string_view, 10> number_words{
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};

std::string number_word(std::size_t number) {
    return number < number_words.size() ? std::string(number_words[number])
                                        : std::to_string(number);
}

std::string times(std::size_t count) {
    return count == 2 ? "twice" : number_word(count) + " times";
}

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

}  // namespace

std::vector<std::string> condensed(const std::vector<Sentence>& sentences) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < sentences.size();) {
        std::size_t length = 1;
        std::size_t count = 1;
        for (; i + 2 * length <= sentences.size(); ++length)
            if ((count = repetitions(sentences, i, length)) > 1) break;
        if (count == 1) {
            const auto rest = std::span(sentences).subspan(i);
            const std::size_t listed = std::max<std::size_t>(list_length(rest), 1);
            texts.push_back(listed == 1 ? rest[0].text : as_list(rest.first(listed)));
            i += listed;
            continue;
        }
        for (std::size_t at = i; at < i + length; ++at) texts.push_back(sentences[at].text);
        if (length == 1 && texts.back().ends_with('.')) {
            texts.back().pop_back();
            texts.back() += ", " + times(count) + ".";
        } else {
            texts.push_back("(These " + number_word(length) + " " + times(count) + ".)");
        }
        i += count * length;
    }
    return texts;
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

std::string_view meaning_of(std::string_view summary, std::int64_t value) {
    const std::string wanted = std::to_string(value) + ": ";
    for (std::string_view rest = summary; !rest.empty();) {
        const std::size_t end = std::min(rest.find("; "), rest.size());
        if (rest.starts_with(wanted)) return rest.substr(wanted.size(), end - wanted.size());
        rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    return summary;
}

}  // namespace rcufuzz::report
