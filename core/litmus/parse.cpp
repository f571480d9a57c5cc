// SPDX-License-Identifier: GPL-2.0-or-later
//
// What stands around the processes: initial values, the locations to show, the filter, and the
// condition on final states.
#include "core/litmus/parse.h"

#include <algorithm>
#include <set>

#include "core/litmus/cursor.h"
#include "core/litmus/parse_code.h"

namespace rcufuzz::litmus {

namespace {

constexpr std::size_t max_processes = 64;
constexpr std::int64_t max_elements = 1000;

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
        if (test_.processes.size() > max_processes) {
            cursor_.refuse("more than " + std::to_string(max_processes) +
                           " processes are not supported");
        }
        add_members();
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
            const bool bracket = cursor_.accept("[");
            const bool typed = accept_type(cursor_);
            if (!typed) cursor_.accept("*");
            if (cursor_.is_number())
                initial_local();
            else
                initial_location(bracket);
            if (!cursor_.is("}")) cursor_.expect(";");
        }
    }

    void initial_local() {
        const std::int64_t process = cursor_.number();
        cursor_.expect(":");
        const std::string name = cursor_.word("the name of a variable");
        const Value value = cursor_.accept("=") ? initial_value() : 0;
        local_values_.push_back({process, name, value});
    }

    void initial_location(bool bracket) {
        const std::string name = cursor_.word("the name of a variable");
        if (bracket) cursor_.expect("]");
        if (cursor_.accept("[")) return initial_array(name);
        if (cursor_.accept(".")) {
            const std::string member = name + "." + cursor_.word("the name of a member");
            test_.add_location(name);
            return initial_of(test_.add_location(member));
        }
        const Index location = test_.add_location(name);
        if (cursor_.is("=") && cursor_.is("{", 1)) return initial_struct(name);
        initial_of(location);
    }

    void initial_of(Index location) {
        if (!cursor_.accept("=")) return;
        const Value value = initial_value();
        test_.locations[location].initial = value;
    }

    // `int a[2] = {1, 2};`
    void initial_array(const std::string& name) {
        const std::int64_t elements = cursor_.number();
        if (elements < 1 || elements > max_elements)
            cursor_.refuse("an array has 1 to " + std::to_string(max_elements) + " elements");
        if (test_.location(name) != none) cursor_.refuse("'" + name + "' is declared twice");
        cursor_.expect("]");
        Index at = test_.add_array(name, static_cast<Index>(elements));
        const Index end = at + static_cast<Index>(elements);
        if (!cursor_.accept("=")) return;
        cursor_.expect("{");
        while (!cursor_.accept("}")) {
            if (at == end) cursor_.refuse("more values than elements");
            const Value value = initial_value();
            test_.locations[at++].initial = value;
            if (!cursor_.is("}")) cursor_.expect(",");
        }
    }

    // `struct foo s = { .a = 1, .b = 2 };`
    void initial_struct(const std::string& name) {
        cursor_.expect("=");
        cursor_.expect("{");
        while (!cursor_.accept("}")) {
            cursor_.expect(".");
            initial_of(test_.add_location(name + "." + cursor_.word("the name of a member")));
            if (!cursor_.is("}")) cursor_.expect(",");
        }
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
        if (cursor_.accept("[")) {
            const auto address =
                test_.element(address_of(test_.add_location(name)), cursor_.number());
            if (!address) cursor_.refuse("there is no such element");
            cursor_.expect("]");
            return *address;
        }
        return address_of(test_.add_location(name));
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
            made.declare(local.name, local.value);
        }
        test_.processes.push_back(std::move(made));
        parse_process(cursor_, test_);
    }

    // Types are not known: a struct has whatever members a process names.
    void add_members() {
        const std::size_t variables = test_.locations.size();
        if (variables * test_.members.size() > 10000) cursor_.refuse("too many members");
        for (std::size_t i = 0; i < variables; ++i)
            for (const std::string& member : test_.members) {
                const std::string name = test_.locations[i].name + "." + member;
                if (test_.locations[i].name.find('.') == std::string::npos)
                    test_.add_location(name);
            }
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
        if (shown_.insert({observed.process, observed.index}).second)
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
        if (cursor_.accept("true")) return add(std::move(made));
        if (cursor_.accept("false")) {
            made.kind = Condition::Kind::negate;
            made.args = {add({})};
            return add(std::move(made));
        }
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
        std::string name = cursor_.word("a variable");
        if (bracket) cursor_.expect("]");
        if (cursor_.accept("[")) {
            name += "[" + std::to_string(cursor_.number()) + "]";
            cursor_.expect("]");
        } else if (cursor_.accept(".")) {
            name += "." + cursor_.word("the name of a member");
        }
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
    std::set<std::pair<Index, Index>> shown_;
    unsigned depth_ = 0;  // how many parts the condition has; it is read recursively
};

}  // namespace

Test parse(std::string_view text, const std::string& file) { return Parser(text, file).all(); }

}  // namespace rcufuzz::litmus
