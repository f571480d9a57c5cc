// SPDX-License-Identifier: GPL-2.0-or-later
//
// A litmus test as words and signs, with line numbers; comments of all three kinds left out, except
// that the first "Result: WORD" in one of them is kept.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rcufuzz::litmus {

struct Token {
    enum class Kind { word, number, sign, end };
    Kind kind = Kind::end;
    std::string text;
    unsigned line = 0;
    std::size_t at = 0;  // where in the file it begins
};

struct Lexed {
    std::string name;           // of the test: what follows "C" in the first line
    std::string result;         // empty: none given
    std::vector<Token> tokens;  // behind the name; the last one is the end
};

// Throws UserError("FILE:LINE: what").
Lexed lex(std::string_view text, const std::string& file);

}  // namespace rcufuzz::litmus
