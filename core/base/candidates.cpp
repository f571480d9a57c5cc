// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/candidates.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "core/base/text.h"

namespace rcufuzz {

namespace {

constexpr std::size_t most_candidates = 3;
constexpr std::size_t longest_word = 80;  // no name is as long, and the work is quadratic

std::string small(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

// One slip in a short word, two from six letters on, and so forth.
std::size_t slips_allowed(std::string_view word) {
    return std::max<std::size_t>(1, (word.size() + 2) / 4);
}

// The names that the word is part of, those that begin with it first.
std::vector<std::string> holding(std::string_view word, const std::vector<std::string>& known) {
    std::vector<std::string> found;
    if (word.size() < 2) return found;
    for (const bool at_begin : {true, false}) {
        for (const std::string& name : known) {
            const std::size_t at = small(name).find(small(word));
            if (at != std::string::npos && (at == 0) == at_begin) found.push_back(name);
        }
    }
    return found;
}

}  // namespace

std::size_t distance(std::string_view a, std::string_view b) {
    const std::string first = small(a);
    const std::string second = small(b);
    // Rows of the usual table: the one before the last, the last, and the one that is being made.
    std::vector<std::size_t> older(second.size() + 1);
    std::vector<std::size_t> old(second.size() + 1);
    std::vector<std::size_t> row(second.size() + 1);
    for (std::size_t j = 0; j <= second.size(); ++j) old[j] = j;
    for (std::size_t i = 1; i <= first.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= second.size(); ++j) {
            const std::size_t replaced = old[j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
            row[j] = std::min({old[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
                row[j] = std::min(row[j], older[j - 2] + 1);
        }
        older.swap(old);
        old.swap(row);
    }
    return old[second.size()];
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
    if (word.empty() || word.size() > longest_word) return "";
    std::vector<std::pair<std::size_t, std::size_t>> near;  // how far, and which one
    for (std::size_t i = 0; i < known.size(); ++i) {
        const std::size_t slips = distance(word, known[i]);
        // A name of which every letter is another one is no slip.
        if (slips <= slips_allowed(word) && slips < std::min(word.size(), known[i].size()))
            near.emplace_back(slips, i);
    }
    std::ranges::sort(near);
    std::vector<std::string> found;
    for (const auto& [slips, i] : near) found.push_back(known[i]);
    if (found.empty()) found = holding(word, known);
    if (found.empty()) return "";
    found.resize(std::min(found.size(), most_candidates));
    std::string text = " (did you mean ";
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (i != 0) text += i + 1 == found.size() ? " or " : ", ";
        text += quoted(found[i]);
    }
    return text + "?)";
}

}  // namespace rcufuzz
