// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/parse_code.h"

#include <algorithm>
#include <array>

namespace rcufuzz::litmus {

bool accept_type(Cursor& cursor) {
    constexpr std::array words{
        "int",        "long",          "short",      "char",           "unsigned",  "signed",
        "volatile",   "const",         "bool",       "intptr_t",       "uintptr_t", "atomic_t",
        "atomic64_t", "atomic_long_t", "spinlock_t", "raw_spinlock_t", "u8",        "u16",
        "u32",        "u64",           "uint64_t",   "uint32_t",       "int64_t",   "int32_t",
        "void",       "size_t",        "_Bool"};
    bool any = false;
    for (;;) {
        if (cursor.is("struct") || cursor.is("enum")) {
            cursor.take();
            cursor.word("the name of a struct");
        } else if (std::ranges::any_of(words, [&](const char* w) { return cursor.is(w); })) {
            cursor.take();
        } else {
            break;
        }
        any = true;
    }
    if (any)
        while (cursor.accept("*") || cursor.accept("const") || cursor.accept("volatile")) {
        }
    return any;
}

namespace {

// Binary operators, from those that bind least.
// A level has up to four; an empty text is none.
using Level = std::array<std::string_view, 4>;
constexpr std::array<Level, 10> levels{Level{"||"},
                                       Level{"&&"},
                                       Level{"|"},
                                       Level{"^"},
                                       Level{"&"},
                                       Level{"==", "!="},
                                       Level{"<", ">", "<=", ">="},
                                       Level{"<<", ">>"},
                                       Level{"+", "-"},
                                       Level{"*", "/", "%"}};

// The interpreters recurse into them.
constexpr unsigned max_terms = 100;

class CodeParser {
   public:
    CodeParser(Cursor& cursor, Test& test)
        : cursor_(cursor), test_(test), process_(test.processes.back()) {}

    void process() {
        parameters();
        cursor_.expect("{");
        process_.body = block();
        test_.has_plain |= plain_ != 0;
    }

   private:
    Index add(Expr expr) {
        test_.exprs.push_back(std::move(expr));
        return static_cast<Index>(test_.exprs.size() - 1);
    }
    Index add(Statement statement) {
        test_.statements.push_back(std::move(statement));
        return static_cast<Index>(test_.statements.size() - 1);
    }
    Expr make(Expr::Kind kind) const {
        Expr expr;
        expr.kind = kind;
        expr.line = cursor_.peek().line;
        return expr;
    }

    // Each names a location, whose address it holds; or a local that the head of the test set.
    void parameters() {
        cursor_.expect("(");
        while (!cursor_.accept(")")) {
            if (!accept_type(cursor_)) cursor_.refuse("expected a type before " + cursor_.shown());
            if (cursor_.accept(")")) break;  // (void)
            const std::string name = cursor_.word("the name of a parameter");
            if (process_.local(name) == none)
                process_.declare(name, address_of(test_.add_location(name)));
            if (cursor_.accept("[")) {  // of an array
                if (cursor_.is_number()) cursor_.take();
                cursor_.expect("]");
            }
            if (!cursor_.is(")")) cursor_.expect(",");
        }
    }

    std::vector<Index> block() {
        std::vector<Index> statements;
        while (!cursor_.accept("}")) statement(statements);
        return statements;
    }

    std::vector<Index> block_or_one() {
        if (cursor_.accept("{")) return block();
        std::vector<Index> statements;
        statement(statements);
        return statements;
    }

    void statement(std::vector<Index>& out) {
        const Deeper deeper(*this);
        if (cursor_.at_end()) cursor_.refuse("the end of the file within a process");
        if (cursor_.accept(";")) return;
        if (cursor_.accept("{")) {
            for (const Index inner : block()) out.push_back(inner);
        } else if (cursor_.accept("if")) {
            branch(out);
        } else if (cursor_.accept("while")) {
            while_loop(out);
        } else if (cursor_.accept("do")) {
            do_loop(out);
        } else if (cursor_.accept("for")) {
            for_loop(out);
        } else if (accept_type(cursor_)) {
            declaration(out);
        } else {
            for (const char* const jump : {"goto", "switch", "return", "break", "continue"})
                if (cursor_.is(jump)) cursor_.refuse(cursor_.shown() + " is not supported");
            simple(out);
            cursor_.expect(";");
        }
    }

    void branch(std::vector<Index>& out) {
        Statement made;
        made.kind = Statement::Kind::branch;
        cursor_.expect("(");
        made.value = expression();
        cursor_.expect(")");
        made.then_part = block_or_one();
        if (cursor_.accept("else")) made.else_part = block_or_one();
        out.push_back(add(std::move(made)));
    }

    void while_loop(std::vector<Index>& out) {
        Statement made;
        made.kind = Statement::Kind::loop;
        cursor_.expect("(");
        made.value = expression();
        cursor_.expect(")");
        made.then_part = block_or_one();
        out.push_back(add(std::move(made)));
    }

    void do_loop(std::vector<Index>& out) {
        Statement made;
        made.kind = Statement::Kind::loop;
        made.body_first = true;
        made.then_part = block_or_one();
        cursor_.expect("while");
        cursor_.expect("(");
        made.value = expression();
        cursor_.expect(")");
        cursor_.expect(";");
        out.push_back(add(std::move(made)));
    }

    void for_loop(std::vector<Index>& out) {
        Statement made;
        made.kind = Statement::Kind::loop;
        cursor_.expect("(");
        if (accept_type(cursor_)) {
            declaration(out);
        } else if (!cursor_.accept(";")) {
            simple(out);
            cursor_.expect(";");
        }
        made.value = cursor_.is(";") ? number(1) : expression();
        cursor_.expect(";");
        if (!cursor_.is(")")) simple(made.else_part);
        cursor_.expect(")");
        made.then_part = block_or_one();
        out.push_back(add(std::move(made)));
    }

    Index declare(const std::string& name) { return process_.declare(name, 0); }

    Index number(Value value) {
        Expr made = make(Expr::Kind::number);
        made.number = value;
        return add(std::move(made));
    }

    void declaration(std::vector<Index>& out) {
        for (;;) {
            while (cursor_.accept("*")) {
            }
            const Index local = declare(cursor_.word("the name of a variable"));
            if (cursor_.is("[")) cursor_.refuse("an array of a process is not supported");
            if (cursor_.accept("=")) assign(local, out);
            if (cursor_.accept(";")) return;
            cursor_.expect(",");
        }
    }

    void assign(Index local, std::vector<Index>& out) {
        Statement made;
        made.kind = Statement::Kind::assign;
        made.target = local;
        made.value = expression();
        out.push_back(add(std::move(made)));
    }

    // An assignment, a plain store, or a call whose result is not wanted.
    void simple(std::vector<Index>& out) {
        if (cursor_.is_word() && (cursor_.is("=", 1))) {
            // Old tests declare no registers; the first assignment does.
            const Index local = declare(cursor_.take().text);
            cursor_.take();
            assign(local, out);
            return;
        }
        if (update(out)) return;
        Statement made;
        const Index left = expression();
        if (cursor_.accept("=")) {
            if (test_.exprs[left].kind != Expr::Kind::deref)
                cursor_.refuse("only a variable or '*pointer' can be assigned to");
            made.kind = Statement::Kind::store;
            made.target = test_.exprs[left].args[0];
            made.value = expression();
        } else {
            if (test_.exprs[left].kind != Expr::Kind::call)
                cursor_.refuse("expected a statement before " + cursor_.shown());
            made.value = left;
        }
        out.push_back(add(std::move(made)));
    }

    // `i++`, `--i`, `i += 2`, of a local.
    bool update(std::vector<Index>& out) {
        const bool before = cursor_.is("++") || cursor_.is("--");
        if (!before && !cursor_.is_word()) return false;
        const std::size_t sign = before ? 0 : 1;
        constexpr std::array<std::string_view, 10> signs{
            "++", "--", "+=", "-=", "*=", "|=", "&=", "^=", "/=", "%="};
        if (std::ranges::none_of(signs, [&](auto text) { return cursor_.is(text, sign); }))
            return false;
        std::string op = cursor_.peek(sign).text;
        if (before) cursor_.take();
        const Token name = cursor_.take();
        if (!before) cursor_.take();
        Statement made;
        made.kind = Statement::Kind::assign;
        made.target = process_.local(name.text);
        if (made.target == none)
            cursor_.refuse_at(name.line, "'" + name.text + "' is not a variable of the process");
        Expr sum = make(Expr::Kind::binary);
        sum.op = op.substr(0, 1);
        sum.args = {variable(name), op[0] == op[1] ? number(1) : expression()};
        made.value = add(std::move(sum));
        out.push_back(add(std::move(made)));
        return true;
    }

    Index expression() {
        const Deeper deeper(*this);
        Expr made = make(Expr::Kind::condition);
        const Index left = binary(0);
        if (!cursor_.accept("?")) return left;
        made.args = {left, expression()};
        cursor_.expect(":");
        made.args.push_back(expression());
        return add(std::move(made));
    }

    Index binary(std::size_t level) {
        if (level == levels.size()) return unary();
        Index left = binary(level + 1);
        for (unsigned terms = 0;; ++terms) {
            if (terms > max_terms) cursor_.refuse("an expression of too many terms");
            Expr made = make(Expr::Kind::binary);
            const auto& signs = levels[level];
            const auto* const sign =
                std::find(signs.begin(), signs.end(), std::string_view(cursor_.peek().text));
            if (sign == signs.end() || sign->empty()) return left;
            made.op = cursor_.take().text;
            made.args = {left, binary(level + 1)};
            left = add(std::move(made));
        }
    }

    // Depth is bounded where parser and interpreter recurse: on each operand, on each block.
    class Deeper {
       public:
        explicit Deeper(CodeParser& parser) : parser_(parser) {
            if (++parser_.depth_ > 120) parser_.cursor_.refuse("nested too deeply");
        }
        ~Deeper() { --parser_.depth_; }
        Deeper(const Deeper&) = delete;
        Deeper& operator=(const Deeper&) = delete;

       private:
        CodeParser& parser_;
    };

    Index unary() {
        const Deeper deeper(*this);
        for (const char* const sign : {"!", "-", "~", "+"}) {
            if (!cursor_.is(sign)) continue;
            Expr made = make(Expr::Kind::unary);
            made.op = cursor_.take().text;
            made.args = {unary()};
            return add(std::move(made));
        }
        if (cursor_.is("*")) {
            Expr made = make(Expr::Kind::deref);
            cursor_.take();
            ++plain_;
            made.args = {unary()};
            return add(std::move(made));
        }
        if (cursor_.accept("&")) return unary_address();
        return postfix(primary());
    }

    // `a[i]`, `p->m`, `(*p).m`: what an address leads to.
    Index postfix(Index inner) {
        for (;;) {
            Expr address = make(Expr::Kind::binary);
            if (cursor_.accept("[")) {
                address.op = "[]";
                address.args = {inner, expression()};
                cursor_.expect("]");
            } else if (cursor_.is("->") || cursor_.is(".")) {
                const bool of_pointer = cursor_.take().text == "->";
                if (!of_pointer && test_.exprs[inner].kind == Expr::Kind::deref) {
                    inner = test_.exprs[inner].args[0];
                    --plain_;
                }
                address.kind = Expr::Kind::unary;
                address.op = "." + cursor_.word("the name of a member");
                address.args = {inner};
                test_.members.insert(address.op.substr(1));
            } else {
                return inner;
            }
            Expr made = make(Expr::Kind::deref);
            made.args = {add(std::move(address))};
            ++plain_;
            inner = add(std::move(made));
        }
    }

    // `&*x`, or `&x` where x stands for a location.
    Index unary_address() {
        if (cursor_.accept("*")) return unary();
        const Index inner = postfix(primary());
        if (test_.exprs[inner].kind != Expr::Kind::deref) return inner;
        --plain_;
        return test_.exprs[inner].args[0];
    }

    Index primary() {
        if (cursor_.accept("(")) {
            if (accept_type(cursor_)) {  // a cast; values have no types here
                cursor_.expect(")");
                return unary();
            }
            const Index inner = expression();
            cursor_.expect(")");
            return inner;
        }
        if (cursor_.is_number()) {
            Expr made = make(Expr::Kind::number);
            made.number = cursor_.number();
            return add(std::move(made));
        }
        const Token name = cursor_.peek();
        cursor_.word("an expression");
        if (cursor_.is("(")) return call(name);
        return variable(name);
    }

    Index variable(const Token& name) {
        Expr made = make(Expr::Kind::local);
        made.local = process_.local(name.text);
        if (name.text == "NULL" || name.text == "false" || name.text == "true") {
            made.kind = Expr::Kind::number;
            made.number = name.text == "true" ? 1 : 0;
        } else if (made.local == none) {
            made.kind = Expr::Kind::number;
            const Index location = test_.location(name.text);
            if (location == none)
                cursor_.refuse_at(name.line, "'" + name.text + "' is not declared");
            made.number = address_of(location);
        }
        return add(std::move(made));
    }

    Index call(const Token& name) {
        Expr made = make(Expr::Kind::call);
        const auto known = primitive(name.text);
        if (!known) cursor_.refuse_at(name.line, name.text + "() is not supported");
        made.primitive = *known;
        cursor_.expect("(");
        while (!cursor_.accept(")")) {
            made.args.push_back(expression());
            if (!cursor_.is(")")) cursor_.expect(",");
        }
        if (made.args.size() != known->args) {
            cursor_.refuse_at(name.line,
                              name.text + "() takes " + std::to_string(known->args) + " arguments");
        }
        if (known->op == Op::try_cmpxchg && test_.exprs[made.args[1]].kind != Expr::Kind::local)
            cursor_.refuse_at(name.line, name.text + "() takes '&variable' of the process");
        if (known->lvalue) {
            const Expr& first = test_.exprs[made.args[0]];
            if (first.kind != Expr::Kind::deref)
                cursor_.refuse_at(name.line, name.text + "() takes '*pointer'");
            made.args[0] = first.args[0];
            --plain_;
        }
        if (known->address_last) std::swap(made.args[0], made.args[1]);
        return add(std::move(made));
    }

    Cursor& cursor_;
    Test& test_;
    Process& process_;
    unsigned depth_ = 0;
    unsigned plain_ = 0;  // dereferences that no primitive takes
};

}  // namespace

void parse_process(Cursor& cursor, Test& test) { CodeParser(cursor, test).process(); }

}  // namespace rcufuzz::litmus
