// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/random_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "core/base/files.h"
#include "core/base/prng.h"
#include "core/base/text.h"
#include "core/litmus/check.h"
#include "core/litmus/parse.h"

namespace rcufuzz::litmus::test {

namespace {

class Writer {
   public:
    explicit Writer(std::uint64_t seed) : prng_(seed * 7919 + 1), seed_(seed) {}

    std::string all() {
        const unsigned kind = prng_.below(6);
        locks_ = kind == 0;
        readers_ = kind == 1;
        srcu_ = kind == 2;
        plain_ = prng_.one_in(3);
        atomics_ = prng_.one_in(2);
        const unsigned threads = 2 + (prng_.one_in(2) ? prng_.below(3) : 0);
        const unsigned longest = threads == 2 ? 5 : threads == 3 ? 3 : 2;
        std::string text = "C random" + std::to_string(seed_) + "\n\n{}\n";
        for (unsigned t = 0; t < threads; ++t) text += thread(t, 2 + prng_.below(longest - 1));
        text += "\nlocations [";
        for (const std::string& name : shown_) text += name + "; ";
        return text + "x; y; z]\nexists (x=1)\n";
    }

   private:
    std::string thread(unsigned number, unsigned length) {
        registers_ = 0;
        body_.clear();
        thread_ = number;
        for (unsigned i = 0; i < length; ++i) statement(1, true);
        return "\nP" + std::to_string(number) +
               "(int *x, int *y, int *z, spinlock_t *l, struct srcu_struct *s)\n{\n" + body_ +
               "}\n";
    }

    std::string place() { return std::string(1, "xyz"[prng_.below(prng_.one_in(3) ? 3 : 2)]); }
    std::string number() { return std::to_string(1 + prng_.below(2)); }
    std::string new_register() {
        const std::string name = "r" + std::to_string(registers_++);
        shown_.push_back(std::to_string(thread_) + ":" + name);
        return name;
    }
    std::string old_register() {
        return registers_ == 0 ? number() : "r" + std::to_string(prng_.below(registers_));
    }
    std::string stored() { return prng_.one_in(3) ? old_register() : number(); }
    std::string order() {
        constexpr const char* all[] = {"", "_relaxed", "_acquire", "_release"};
        return all[prng_.below(4)];
    }
    void line(unsigned depth, const std::string& text) {
        body_ += std::string(depth, '\t') + text + "\n";
    }

    void statement(unsigned depth, bool sections) {
        if (sections && prng_.one_in(2)) {
            if (locks_ && prng_.one_in(4)) return trylock(depth);
            if (locks_) return section(depth, "spin_lock(l);", "spin_unlock(l);");
            if (readers_ && prng_.one_in(3)) return line(depth, "synchronize_rcu();");
            if (readers_) return section(depth, "rcu_read_lock();", "rcu_read_unlock();");
            if (srcu_ && prng_.one_in(3)) return line(depth, "synchronize_srcu(s);");
            if (srcu_) {
                const std::string token =
                    "t" + std::to_string(tokens_++);  // no value for anything else
                return section(depth, "int " + token + " = srcu_read_lock(s);",
                               "srcu_read_unlock(s, " + token + ");");
            }
        }
        const std::uint32_t which = prng_.below(20);
        if (which == 0 && depth == 1 && registers_ != 0) return branch(depth);
        if (which <= 2) return barrier(depth);
        if (which <= 5 && atomics_) return atomic(depth);
        access(depth);
    }

    void section(unsigned depth, const std::string& begin, const std::string& end) {
        line(depth, begin);
        if (begin[0] == 's' && prng_.one_in(4))
            line(depth,
                 prng_.one_in(2) ? "smp_mb__after_spinlock();" : "smp_mb__after_unlock_lock();");
        statement(depth, false);
        line(depth, end);
        if (srcu_ && prng_.one_in(3)) line(depth, "smp_mb__after_srcu_read_unlock();");
    }

    void trylock(unsigned depth) {
        const std::string name = new_register();
        if (prng_.one_in(3)) return line(depth, "int " + name + " = spin_is_locked(l);");
        line(depth, "int " + name + " = spin_trylock(l);");
        line(depth, "if (" + name + ") {");
        statement(depth + 1, false);
        line(depth + 1, "spin_unlock(l);");
        line(depth, "}");
    }

    void branch(unsigned depth) {
        line(depth, "if (" + old_register() + (prng_.one_in(2) ? " == 1) {" : ") {"));
        statement(depth + 1, false);
        line(depth, "}");
    }

    void barrier(unsigned depth) {
        constexpr const char* all[] = {"smp_mb();",   "smp_rmb();",
                                       "smp_wmb();",  "smp_mb__before_atomic(); atomic_inc(",
                                       "atomic_inc(", "barrier();"};
        const std::uint32_t which = prng_.below(6);
        std::string text = all[which];
        if (which == 3) text += place() + ");";
        if (which == 4) text += place() + "); smp_mb__after_atomic();";
        line(depth, text);
    }

    void atomic(unsigned depth) {
        const std::string x = place();
        const std::string expected = prng_.one_in(2) ? "0" : number();
        switch (prng_.below(10)) {
            case 0:
                return line(depth, "atomic_add(" + number() + ", " + x + ");");
            case 1:
            case 2: {
                const std::string call =
                    "cmpxchg" + order() + "(" + x + ", " + expected + ", " + stored() + ");";
                line(depth, "int " + new_register() + " = " + call);
                if (prng_.one_in(3)) line(depth, "smp_mb__after_atomic();");
                return;
            }
            case 3:
                return declare(depth, "xchg" + order() + "(" + x + ", " + stored() + ");");
            case 4:
                return declare(depth,
                               "atomic_fetch_add" + order() + "(" + stored() + ", " + x + ");");
            case 5:
                return declare(depth, "atomic_dec_and_test(" + x + ");");
            case 6:
                return declare(depth, "atomic_add_unless(" + x + ", 1, " + expected + ");");
            case 7:
                return line(depth, "smp_store_mb(*" + x + ", " + stored() + ");");
            case 8:
                return line(depth, "smp_mb__before_atomic(); atomic_set(" + x +
                                       ", 1); atomic_inc(" + place() + ");");
            default:
                return declare(depth, "atomic_add_return" + order() + "(1, " + x + ");");
        }
    }

    void declare(unsigned depth, const std::string& value) {
        line(depth, "int " + new_register() + " = " + value);
    }

    void access(unsigned depth) {
        const std::string x = place();
        switch (prng_.below(plain_ ? 9 : 7)) {
            case 0:
            case 1:
            case 2:
                return declare(depth, "READ_ONCE(*" + x + ");");
            case 3:
                return declare(depth, "smp_load_acquire(" + x + ");");
            case 4:
            case 5:
                return line(depth, "WRITE_ONCE(*" + x + ", " + stored() + ");");
            case 6:
                return line(depth, "smp_store_release(" + x + ", " + stored() + ");");
            case 7:
                return declare(depth, "*" + x + ";");
            default:
                return line(depth, "*" + x + " = " + stored() + ";");
        }
    }

    Prng prng_;
    const std::uint64_t seed_;
    bool locks_ = false, readers_ = false, srcu_ = false, plain_ = false, atomics_ = false;
    unsigned registers_ = 0;
    unsigned tokens_ = 0;
    unsigned thread_ = 0;
    std::string body_;
    std::vector<std::string> shown_;
};

}  // namespace

std::string random_litmus(std::uint64_t seed) { return Writer(seed).all(); }

namespace {

// RCUFUZZ_LITMUS_OUT=FOLDER keeps them, for another referee.
void keep(const std::string& text, std::uint64_t seed) {
    const char* const folder = std::getenv("RCUFUZZ_LITMUS_OUT");
    if (folder == nullptr) return;
    const std::filesystem::path name = "random" + std::to_string(seed) + ".litmus";
    write_file((folder / name).string(), text, true);
}

std::uint64_t how_many(std::uint64_t standard) {
    const char* const text = std::getenv("RCUFUZZ_LITMUS_SEEDS");
    return text == nullptr ? standard : std::strtoull(text, nullptr, 10);
}

// Nothing that the machine shows is forbidden, whatever the program does.
TEST(Machine, ShowsNothingThatIsForbidden) {
    const std::uint64_t count = how_many(120);
    std::uint64_t fewer = 0;
    std::uint64_t judged = 0;
    for (std::uint64_t seed = 1; seed <= count; ++seed) {
        const std::string text = random_litmus(seed);
        keep(text, seed);
        SCOPED_TRACE(text);
        const litmus::Test test = parse(text, "random.litmus");
        const Report all = check(test, "random.litmus", {});
        if (!all.complete) continue;  // too many executions
        CheckOptions options;
        options.method = Method::machine;
        options.max_runs = 20'000;
        const Report shown = check(test, "random.litmus", options);
        for (const State& state : shown.states)
            ASSERT_TRUE(std::ranges::count(all.states, state) == 1) << state_text(test, state);
        ASSERT_TRUE(all.race || !shown.race);
        ++judged;
        if (shown.states.size() < all.states.size()) ++fewer;
    }
    RecordProperty("fewer", static_cast<int>(fewer));
    RecordProperty("judged", static_cast<int>(judged));
    EXPECT_GT(fewer, 0u) << "no load comes after a later store";
    EXPECT_GT(judged, count - count / 50) << "Unknown is rare";
}

}  // namespace
}  // namespace rcufuzz::litmus::test
