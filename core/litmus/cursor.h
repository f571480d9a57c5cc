// SPDX-License-Identifier: GPL-2.0-or-later
//
// Steps through the tokens of a file; what every part of the parser stands on.
#pragma once

#include <string>
#include <string_view>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/litmus/lexer.h"

namespace rcufuzz::litmus {

class Cursor {
   public:
    Cursor(const Lexed& lexed, const std::string& file) : tokens_(lexed.tokens), file_(file) {}

    const Token& peek(std::size_t ahead = 0) const {
        return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
    }
    Token take() {
        const Token token = peek();
        if (at_ + 1 < tokens_.size()) ++at_;
        return token;
    }
    bool is(std::string_view text, std::size_t ahead = 0) const { return peek(ahead).text == text; }
    bool is_word(std::size_t ahead = 0) const { return peek(ahead).kind == Token::Kind::word; }
    bool is_number(std::size_t ahead = 0) const { return peek(ahead).kind == Token::Kind::number; }
    bool at_end() const { return peek().kind == Token::Kind::end; }

    bool accept(std::string_view text) {
        if (!is(text)) return false;
        take();
        return true;
    }
    void expect(std::string_view text) {
        if (!accept(text)) refuse("expected '" + std::string(text) + "' before " + shown());
    }
    std::string word(std::string_view what) {
        if (!is_word()) refuse("expected " + std::string(what) + " before " + shown());
        return take().text;
    }
    std::int64_t number() {
        const bool negative = accept("-");
        std::string text = peek().text;
        while (!text.empty() &&
               std::string_view("uUlL").find(text.back()) != std::string_view::npos)
            text.pop_back();
        const auto value = parse_int(text);
        if (!is_number() || !value) refuse("expected a number before " + shown());
        take();
        return negative ? -*value : *value;
    }

    [[noreturn]] void refuse(const std::string& what) const { refuse_at(peek().line, what); }
    [[noreturn]] void refuse_at(unsigned line, const std::string& what) const {
        throw UserError(file_ + ":" + std::to_string(line) + ": " + what);
    }
    std::string shown() const { return at_end() ? "the end of the file" : "'" + peek().text + "'"; }

   private:
    const std::vector<Token>& tokens_;
    std::string file_;
    std::size_t at_ = 0;
};

}  // namespace rcufuzz::litmus
