// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/random_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "core/base/effort_test.h"
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
        const unsigned kind = prng_.below(8);
        locks_ = kind == 0 || kind == 6;
        readers_ = kind == 1 || kind == 6 || kind == 7;
        srcu_ = kind == 2 || kind == 7;
        plain_ = prng_.one_in(3);
        atomics_ = prng_.one_in(2);
        branches_ = prng_.one_in(3);
        pointers_ = prng_.one_in(6);
        const unsigned threads = 2 + (prng_.one_in(2) ? prng_.below(3) : 0);
        const unsigned longest = threads == 2 ? 5 : threads == 3 ? 3 : 2;
        std::string text = "C random" + std::to_string(seed_) + "\n\n{ " +
                           (prng_.one_in(4) ? "int y=1; (* not 0 *) " : "") +
                           (pointers_ ? "int *p=&x; " : "") + "}\n";
        for (unsigned t = 0; t < threads; ++t) text += thread(t, 2 + prng_.below(longest - 1));
        text += "\nlocations [";
        for (const std::string& name : shown_) text += name + "; ";
        return text + "x; y; z]\nexists (x=1)\n";
    }

   private:
    template <std::size_t count>
    const char* one_of(const std::array<const char*, count>& all) {
        return all[prng_.below(count)];
    }

    std::string thread(unsigned number, unsigned length) {
        registers_ = 0;
        body_.clear();
        thread_ = number;
        for (unsigned i = 0; i < length; ++i) statement(1, true);
        return "\nP" + std::to_string(number) +
               "(int *x, int *y, int *z, int **p, spinlock_t *l, spinlock_t *m, struct srcu_struct "
               "*s, "
               "struct srcu_struct *u)\n{\n" +
               body_ + "}\n";
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
    std::string stored() {
        if (!prng_.one_in(3)) return number();
        const std::string from = old_register();
        if (!prng_.one_in(3)) return from;
        constexpr std::array forms{" & 0", " ^ 1", " | 2", " + 1", " == 1", " != 1"};
        return "(" + from + one_of(forms) + ")";
    }
    std::string order() { return one_of(std::array{"", "_relaxed", "_acquire", "_release"}); }
    void line(unsigned depth, const std::string& text) {
        body_ += std::string(depth, '\t') + text + "\n";
    }

    void statement(unsigned depth, bool sections) {
        if (sections && (locks_ || readers_ || srcu_) && prng_.one_in(2)) return guarded(depth);
        const std::uint32_t which = prng_.below(20);
        if (which == 0 && depth == 1 && registers_ != 0) return branch(depth);
        if (branches_ && which <= 4 && depth <= 2 && registers_ != 0) return branch(depth);
        if (which <= 2) return barrier(depth);
        if (which <= 6 && atomics_) return atomic(depth);
        if (which <= 9 && pointers_) return pointer(depth);
        access(depth);
    }

    // A section, or a grace period.
    void guarded(unsigned depth) {
        const std::uint32_t which = prng_.below(6);
        if (locks_ && which <= (readers_ ? 2 : 5)) {
            const std::string lock = prng_.one_in(4) ? "m" : "l";
            if (prng_.one_in(4)) return trylock(depth, lock);
            return section(depth, "spin_lock(" + lock + ");", "spin_unlock(" + lock + ");");
        }
        const std::string domain = prng_.one_in(4) ? "u" : "s";
        const std::string quick = prng_.one_in(4) ? "_expedited" : "";
        if (srcu_ && which <= (readers_ ? 2 : 5)) {
            if (prng_.one_in(3))
                return line(depth, "synchronize_srcu" + quick + "(" + domain + ");");
            const std::string token = "t" + std::to_string(tokens_++);  // no value for all else
            const bool down = prng_.one_in(4);
            section(depth,
                    "int " + token + " = " + (down ? "srcu_down_read(" : "srcu_read_lock(") +
                        domain + ");",
                    (down ? "srcu_up_read(" : "srcu_read_unlock(") + domain + ", " + token + ");");
            if (prng_.one_in(3)) line(depth, "smp_mb__after_srcu_read_unlock();");
            return;
        }
        if (prng_.one_in(3)) return line(depth, "synchronize_rcu" + quick + "();");
        const bool twice = prng_.one_in(6);
        section(depth, twice ? "rcu_read_lock(); rcu_read_lock();" : "rcu_read_lock();",
                twice ? "rcu_read_unlock(); rcu_read_unlock();" : "rcu_read_unlock();");
    }

    void section(unsigned depth, const std::string& begin, const std::string& end) {
        line(depth, begin);
        if (begin.starts_with("spin") && prng_.one_in(4))
            line(depth,
                 prng_.one_in(2) ? "smp_mb__after_spinlock();" : "smp_mb__after_unlock_lock();");
        statement(depth, false);
        if (prng_.one_in(4)) statement(depth, false);
        line(depth, end);
    }

    void trylock(unsigned depth, const std::string& lock) {
        const std::string name = new_register();
        if (prng_.one_in(3)) return line(depth, "int " + name + " = spin_is_locked(" + lock + ");");
        line(depth, "int " + name + " = spin_trylock(" + lock + ");");
        line(depth, "if (" + name + ") {");
        if (prng_.one_in(4)) line(depth + 1, "smp_mb__after_spinlock();");
        statement(depth + 1, false);
        line(depth + 1, "spin_unlock(" + lock + ");");
        line(depth, "}");
    }

    // Registers set inside are read behind it as 0 where it was not entered.
    void branch(unsigned depth) {
        constexpr std::array tests{"", " == 1", " != 1", " > 1", " & 1"};
        line(depth, "if (" + old_register() + one_of(tests) + ") {");
        statement(depth + 1, false);
        if (branches_ && prng_.one_in(2)) {
            line(depth, "} else {");
            statement(depth + 1, false);
        }
        line(depth, "}");
        if (branches_ && prng_.one_in(3)) control_data(depth);
    }

    // A constant that a condition picks.
    void control_data(unsigned depth) {
        const std::string name = new_register();
        line(depth, "int " + name + " = " + number() + ";");
        line(depth, "if (" + old_register() + " == " + number() + ")");
        line(depth + 1, name + " = 0;");
        line(depth, "WRITE_ONCE(*" + place() + ", " + name + ");");
    }

    void pointer(unsigned depth) {
        const std::string to = place();
        const std::uint32_t which = prng_.below(plain_ ? 6 : 5);
        if (which == 0) return line(depth, "rcu_assign_pointer(*p, " + to + ");");
        if (which == 1) return line(depth, "WRITE_ONCE(*p, " + to + ");");
        const std::string name = "q" + std::to_string(tokens_++);
        line(depth, "int *" + name + " = " +
                        (prng_.one_in(2) ? "rcu_dereference(*p);" : "READ_ONCE(*p);"));
        if (which == 2) return line(depth, "WRITE_ONCE(*" + name + ", " + stored() + ");");
        declare(depth, which == 5 ? "*" + name + ";" : "READ_ONCE(*" + name + ");");
    }

    void barrier(unsigned depth) {
        const std::uint32_t which = prng_.below(7);
        if (which < 4)
            return line(depth,
                        one_of(std::array{"smp_mb();", "smp_rmb();", "smp_wmb();", "barrier();"}));
        if (which == 4 && prng_.one_in(2)) return line(depth, "smp_mb__after_unlock_lock();");
        if (which <= 5) line(depth, "smp_mb__before_atomic();");
        line(depth, one_of(std::array{"atomic_inc(", "atomic_dec("}) + place() + ");");
        if (which >= 5) line(depth, "smp_mb__after_atomic();");
    }

    // atomic_add(), atomic_fetch_sub_acquire(), atomic_inc_return(), ...
    void arithmetic(unsigned depth) {
        const std::string x = place();
        const bool one = prng_.one_in(2);
        std::string what =
            one ? one_of(std::array{"inc", "dec"}) : one_of(std::array{"add", "sub"});
        const std::string arguments = "(" + (one ? "" : stored() + ", ") + x + ");";
        const std::uint32_t form = prng_.below(9);
        if (form == 8) return declare(depth, "atomic_add_unless(" + x + ", 1, " + number() + ");");
        if (form <= 1) return line(depth, "atomic_" + what + arguments);
        if (form <= 3) return declare(depth, "atomic_" + what + "_return" + order() + arguments);
        if (form <= 5) return declare(depth, "atomic_fetch_" + what + order() + arguments);
        if (form == 6) return declare(depth, "atomic_add_negative(" + stored() + ", " + x + ");");
        if (what == "add") what = "sub";
        declare(depth, "atomic_" + what + "_and_test" + arguments);
    }

    void atomic(unsigned depth) {
        const std::string x = place();
        const std::string expected = prng_.one_in(2) ? "0" : number();
        const std::string family = prng_.one_in(2) ? "atomic_" : "";
        switch (prng_.below(9)) {
            case 0:
            case 1:
            case 2:
                if (prng_.one_in(6)) line(depth, "smp_mb__before_atomic();");
                declare(depth, family + "cmpxchg" + order() + "(" + x + ", " + expected + ", " +
                                   stored() + ");");
                if (prng_.one_in(3)) line(depth, "smp_mb__after_atomic();");
                return;
            case 3:
                return declare(depth, family + "xchg" + order() + "(" + x + ", " + stored() + ");");
            case 4:
                if (prng_.one_in(2))
                    return declare(depth, "atomic_read" + acquire() + "(" + x + ");");
                return line(depth, "atomic_set" + release() + "(" + x + ", " + stored() + ");");
            case 5:
                return line(depth, "smp_store_mb(*" + x + ", " + stored() + ");");
            case 6:
                return line(depth, "smp_mb__before_atomic(); atomic_set(" + x +
                                       ", 1); atomic_inc(" + place() + ");");
            default:
                arithmetic(depth);
        }
    }
    std::string acquire() { return prng_.one_in(2) ? "_acquire" : ""; }
    std::string release() { return prng_.one_in(2) ? "_release" : ""; }

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
    bool branches_ = false, pointers_ = false;
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
    const std::uint64_t count = how_many(effort(120u));
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
        for (const FinalState& state : shown.states)
            ASSERT_TRUE(std::ranges::count(all.states, state) == 1) << state_text(test, state);
        ASSERT_TRUE(all.race || !shown.race);
        ++judged;
        if (shown.states.size() < all.states.size()) ++fewer;
    }
    RecordProperty("fewer", static_cast<int>(fewer));
    RecordProperty("judged", static_cast<int>(judged));
    EXPECT_GT(fewer, 0u) << "no load comes after a later store";
    EXPECT_LE(count - judged, 1 + count / 100) << "Unknown is rare";
}

}  // namespace
}  // namespace rcufuzz::litmus::test
