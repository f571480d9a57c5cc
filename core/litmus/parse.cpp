// SPDX-License-Identifier: GPL-2.0-or-later
//
// What stands around the processes: initial values, the locations to show, the filter, and the
// condition on final states.
#include "core/litmus/parse.h"

#include <algorithm>

#include "core/litmus/cursor.h"
#include "core/litmus/parse_code.h"

namespace rcufuzz::litmus {

namespace {

class Parser {
   public:
    Parser(std::string_view text, const std::string& file)
        : text_(text), file_(file), lexed_(lex(text, file)), cursor_(lexed_, file) {}

    Test all() {
        test_.name = lexed_.name;
        test_.result = lexed_.result;
        initial();
        while (is_process()) process();
        if (test_.processes.empty()) cursor_.refuse("expected P0(...) before " + cursor_.shown());
        if (test_.processes.size() > memory::max_agents) {
            cursor_.refuse("more than " + std::to_string(memory::max_agents) +
                           " processes are not supported");
        }
        while (!cursor_.at_end()) tail();
        if (test_.condition == none) cursor_.refuse("expected exists, ~exists or forall");
        return std::move(test_);
    }

   private:
    struct LocalValue {
        std::int64_t process;
        std::string name;
        Value value;
    };

    // --- initial values ---------------------------------------------------------------------

    void initial() {
        cursor_.expect("{");
        while (!cursor_.accept("}")) {
            if (cursor_.accept(";")) continue;
            if (cursor_.is_number())
                initial_local();
            else
                initial_location();
            if (!cursor_.is("}")) cursor_.expect(";");
        }
    }

    void initial_local() {
        const std::int64_t process = cursor_.number();
        cursor_.expect(":");
        const std::string name = cursor_.word("the name of a variable");
        cursor_.expect("=");
        local_values_.push_back({process, name, initial_value()});
    }

    void initial_location() {
        const bool bracket = cursor_.accept("[");
        const bool typed = accept_type(cursor_);
        if (!typed) cursor_.accept("*");
        const std::string name = cursor_.word("the name of a variable");
        if (bracket) cursor_.expect("]");
        if (cursor_.is("[")) cursor_.refuse("arrays are not supported");
        const Index location = location_named(name);
        if (cursor_.accept("=")) {
            const Value value = initial_value();
            test_.locations[location].initial = value;
        }
    }

    Index location_named(const std::string& name) {
        if (test_.location(name) == none) test_.locations.push_back({name, 0});
        return test_.location(name);
    }

    Value initial_value() {
        if (cursor_.accept("(")) {
            const Value value = initial_value();
            cursor_.expect(")");
            return value;
        }
        cursor_.accept("&");
        if (!cursor_.is_word()) return cursor_.number();
        const std::string name = cursor_.take().text;
        if (name == "NULL") return 0;
        if (cursor_.is("(")) return initial_value();  // ATOMIC_INIT(1)
        return address_of(location_named(name));
    }

    // --- processes --------------------------------------------------------------------------

    bool is_process() const {
        const std::string& name = cursor_.peek().text;
        return cursor_.is_word() && cursor_.is("(", 1) && name.size() > 1 && name[0] == 'P' &&
               std::all_of(name.begin() + 1, name.end(),
                           [](char c) { return c >= '0' && c <= '9'; });
    }

    void process() {
        const std::string name = cursor_.take().text;
        const std::string expected = "P" + std::to_string(test_.processes.size());
        if (name != expected) cursor_.refuse("expected " + expected + " before '" + name + "'");
        Process made;
        for (const LocalValue& local : local_values_) {
            if (local.process != static_cast<std::int64_t>(test_.processes.size())) continue;
            made.locals.push_back(local.name);
            made.initial.push_back(local.value);
        }
        test_.processes.push_back(std::move(made));
        parse_process(cursor_, test_);
    }

    // --- what is asked ----------------------------------------------------------------------

    void tail() {
        if (cursor_.accept("locations")) {
            cursor_.expect("[");
            while (!cursor_.accept("]")) {
                if (cursor_.accept(";")) continue;
                to_show();
            }
        } else if (cursor_.accept("filter")) {
            test_.filter = implication();
        } else {
            const std::size_t begin = cursor_.peek().at;
            if (cursor_.accept("~")) {
                cursor_.expect("exists");
                test_.quantifier = Quantifier::not_exists;
            } else if (cursor_.accept("forall")) {
                test_.quantifier = Quantifier::forall;
            } else {
                cursor_.expect("exists");
            }
            test_.condition = implication();
            test_.condition_text = one_line(begin, cursor_.peek().at);
            cursor_.accept(";");
            if (!cursor_.at_end()) cursor_.refuse("nothing may follow but a comment");
        }
    }

    // herd shows a register that its process never names as 0; here it is left out.
    void to_show() {
        if (cursor_.is_number() && cursor_.is(":", 1) && !is_known_local()) {
            for (int tokens = 0; tokens < 3; ++tokens) cursor_.take();
            return;
        }
        show(observed());
    }

    bool is_known_local() const {
        const auto process = parse_int(cursor_.peek().text);
        return !process || *process < 0 ||
               *process >= static_cast<std::int64_t>(test_.processes.size()) ||
               test_.processes[static_cast<std::size_t>(*process)].local(cursor_.peek(2).text) !=
                   none;
    }

    std::string one_line(std::size_t begin, std::size_t end) const {
        std::string line;
        for (const char c : text_.substr(begin, end - begin)) {
            const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
            if (!blank)
                line += c;
            else if (!line.empty() && line.back() != ' ')
                line += ' ';
        }
        line = line.substr(0, line.find("(*"));
        return std::string(trim(line.substr(0, line.find("//"))));
    }

    void show(const Observed& observed) {
        if (std::find(test_.shown.begin(), test_.shown.end(), observed) == test_.shown.end())
            test_.shown.push_back(observed);
    }

    Index add(Condition condition) {
        test_.conditions.push_back(std::move(condition));
        return static_cast<Index>(test_.conditions.size() - 1);
    }

    Index implication() {
        const Index left = disjunction();
        if (!cursor_.accept("=>")) return left;
        Condition made;
        made.kind = Condition::Kind::implies;
        made.args = {left, implication()};
        return add(std::move(made));
    }

    Index disjunction() {
        Condition made;
        made.kind = Condition::Kind::disjunction;
        made.args = {conjunction()};
        while (cursor_.accept("\\/")) made.args.push_back(conjunction());
        return made.args.size() == 1 ? made.args[0] : add(std::move(made));
    }

    Index conjunction() {
        Condition made;
        made.kind = Condition::Kind::conjunction;
        made.args = {negation()};
        while (cursor_.accept("/\\")) made.args.push_back(negation());
        return made.args.size() == 1 ? made.args[0] : add(std::move(made));
    }

    Index negation() {
        if (++depth_ > 10000) cursor_.refuse("the condition is too long");
        Condition made;
        if (cursor_.accept("~") || cursor_.accept("not")) {
            made.kind = Condition::Kind::negate;
            made.args = {negation()};
            return add(std::move(made));
        }
        if (cursor_.accept("(")) {
            const Index inner = implication();
            cursor_.expect(")");
            return inner;
        }
        if (cursor_.accept("true") || cursor_.accept("false"))
            cursor_.refuse("write the condition out");
        return add(comparison());
    }

    Condition comparison() {
        Condition made;
        made.left = observed();
        show(made.left);
        made.kind = Condition::Kind::equal;
        if (cursor_.accept("!=") || cursor_.accept("<>"))
            made.kind = Condition::Kind::differ;
        else if (!cursor_.accept("=="))
            cursor_.expect("=");
        if (cursor_.is_number() && cursor_.is(":", 1)) {
            made.right_is_observed = true;
            made.right = observed();
            show(made.right);
        } else {
            made.number = initial_value();
        }
        return made;
    }

    Observed observed() {
        if (cursor_.is_number()) {
            const unsigned line = cursor_.peek().line;
            const std::int64_t process = cursor_.number();
            cursor_.expect(":");
            const std::string name = cursor_.word("the name of a variable");
            if (process < 0 || process >= static_cast<std::int64_t>(test_.processes.size()))
                cursor_.refuse_at(line, "there is no P" + std::to_string(process));
            const auto number = static_cast<Index>(process);
            const Index local = test_.processes[number].local(name);
            if (local == none) {
                cursor_.refuse_at(
                    line, "P" + std::to_string(process) + " has no variable '" + name + "'");
            }
            return {number, local};
        }
        const bool bracket = cursor_.accept("[");
        if (!bracket) cursor_.accept("*");
        const unsigned line = cursor_.peek().line;
        const std::string name = cursor_.word("a variable");
        if (bracket) cursor_.expect("]");
        const Index location = test_.location(name);
        if (location == none) cursor_.refuse_at(line, "there is no variable '" + name + "'");
        return {none, location};
    }

    std::string_view text_;
    std::string file_;
    Lexed lexed_;
    Cursor cursor_;
    Test test_;
    std::vector<LocalValue> local_values_;
    unsigned depth_ = 0;  // how many parts the condition has; it is read recursively
};

}  // namespace

Test parse(std::string_view text, const std::string& file) { return Parser(text, file).all(); }

}  // namespace rcufuzz::litmus
