// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/lexer.h"

#include <algorithm>
#include <array>

#include "core/base/check.h"
#include "core/base/text.h"

namespace rcufuzz::litmus {

namespace {

bool is_word_begin(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Lexer {
   public:
    Lexer(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    Lexed all() {
        read_name();
        for (;;) {
            skip_blanks();
            if (at_ == text_.size()) break;
            one();
        }
        lexed_.tokens.push_back({Token::Kind::end, "", line_, at_});
        return std::move(lexed_);
    }

   private:
    [[noreturn]] void refuse(const std::string& what) const {
        throw UserError(file_ + ":" + std::to_string(line_) + ": " + what);
    }
    bool ahead(std::string_view sign) const { return text_.substr(at_).starts_with(sign); }

    void read_name() {
        skip_blanks();
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        const std::vector<std::string_view> first = words(text_.substr(at_, end - at_));
        if (first.size() < 2 || first[0] != "C")
            refuse("expected 'C NAME', the head of a litmus test in C");
        lexed_.name = first[1];
        at_ = end;
        for (skip_blanks(); skip_generated(); skip_blanks()) {
        }
    }

    // What diy, which generates tests, leaves in their heads: a description, and lines like
    // "Com=Rf Ws".
    bool skip_generated() {
        if (ahead("\"")) {
            const std::size_t close = text_.find('"', at_ + 1);
            if (close == text_.npos) refuse("a string without an end");
            move_to(close + 1);
            return true;
        }
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        const std::string_view line = text_.substr(at_, end - at_);
        if (line.empty() || !is_word_begin(line[0]) || line.find('=') == line.npos ||
            line.find('{') != line.npos)
            return false;
        move_to(end);
        return true;
    }

    void move_to(std::size_t end) {
        line_ += static_cast<unsigned>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                                  text_.begin() + static_cast<std::ptrdiff_t>(end),
                                                  '\n'));
        at_ = end;
    }

    void skip_blanks() {
        for (;;) {
            while (at_ < text_.size() && is_blank(text_[at_])) move_to(at_ + 1);
            if (ahead("(*") && (depth_ == 0 || initial_))
                comment("*)");
            else if (ahead("/*"))
                comment("*/");
            else if (ahead("//"))
                comment("\n");
            else
                return;
        }
    }

    void comment(std::string_view close) {
        std::size_t end = text_.find(close, at_ + 2);
        if (close == "*)") end = end_of_nested();
        if (end == text_.npos && close != "\n") refuse("a comment without an end");
        if (end == text_.npos) end = text_.size();
        const std::string_view body = text_.substr(at_, end - at_);
        const std::size_t result = body.find("Result:");
        if (result != body.npos && lexed_.result.empty()) {
            const std::string_view rest = body.substr(result + 7);
            const auto said = words(rest.substr(0, rest.find('\n')));
            if (!said.empty()) lexed_.result = said[0];
        }
        move_to(std::min(end + close.size(), text_.size()));
    }

    // Comments nest, as herd7's do; but "(*x" is C.
    std::size_t end_of_nested() const {
        unsigned open = 1;
        for (std::size_t at = at_ + 2; at + 1 < text_.size(); ++at) {
            const std::string_view sign = text_.substr(at, 2);
            if (sign == "*)" && --open == 0) return at;
            if (sign == "(*" && at + 2 < text_.size() && is_blank(text_[at + 2])) ++open;
            if (sign == "*)" || sign == "(*") ++at;
        }
        return text_.npos;
    }

    void one() {
        const std::size_t begin = at_;
        std::size_t end = at_;
        Token::Kind kind = Token::Kind::sign;
        if (is_word_begin(text_[at_])) {
            kind = Token::Kind::word;
            while (end < text_.size() && (is_word_begin(text_[end]) || is_digit(text_[end]))) ++end;
        } else if (is_digit(text_[at_])) {
            kind = Token::Kind::number;
            while (end < text_.size() && (is_word_begin(text_[end]) || is_digit(text_[end]))) ++end;
        } else {
            constexpr std::array<std::string_view, 23> two{
                "/\\", "\\/", "==", "!=", "<=", ">=", "&&", "||", "->", "=>", "<>", "<<",
                ">>",  "+=",  "-=", "*=", "|=", "&=", "^=", "/=", "%=", "++", "--"};
            const bool pair = std::ranges::any_of(two, [&](auto sign) { return ahead(sign); });
            end += pair ? 2 : 1;
        }
        lexed_.tokens.push_back(
            {kind, std::string(text_.substr(begin, end - begin)), line_, begin});
        if (lexed_.tokens.back().text == "{") ++depth_;
        if (lexed_.tokens.back().text == "}" && depth_ != 0 && --depth_ == 0) initial_ = false;
        move_to(end);
    }

    std::string_view text_;
    std::string file_;
    std::size_t at_ = 0;
    unsigned line_ = 1;
    unsigned depth_ = 0;   // of braces; within them "(*" is C
    bool initial_ = true;  // but in the first ones, which hold initial values
    Lexed lexed_;
};

}  // namespace

Lexed lex(std::string_view text, const std::string& file) { return Lexer(text, file).all(); }

}  // namespace rcufuzz::litmus
