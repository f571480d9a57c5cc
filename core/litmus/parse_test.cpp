// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/check.h"
#include "core/litmus/check.h"

namespace rcufuzz::litmus {
namespace {

using testing::HasSubstr;

Report run(const std::string& text) { return check(parse(text, "t.litmus"), "t.litmus", {}); }

std::string refusal(const std::string& text) {
    try {
        run(text);
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

std::string one_process(const std::string& body) {
    return "C t\n{}\nP0(int *x, int *y)\n{\n" + body + "\n}\nexists (x=1)\n";
}

TEST(Parse, ReadsWhatHerdWrites) {
    const litmus::Test test = parse(
        "C name+with.signs-2\n(* Result: Sometimes\n *)\n"
        "{ int x = 3; int *p = &x; 0:r9=y; atomic_t a = ATOMIC_INIT(2); y; }\n"
        "P0(int *x, int **p /* C */, atomic_t *a) // C++\n"
        "{ int *r1 = rcu_dereference(*p); if (*r1 == 3 && !(atomic_read(a) - 2)) { *x = (int)7; }\n"
        "  else WRITE_ONCE(*x, 8); }\n"
        "locations [p; x] filter (~x=8)\n"
        "~exists (0:r1=x /\\ (x=7 \\/ 0:r9=y) => not x=7) (* end *)\n",
        "t.litmus");
    EXPECT_EQ(test.name, "name+with.signs-2");
    EXPECT_EQ(test.result, "Sometimes");
    EXPECT_EQ(test.quantifier, Quantifier::not_exists);
    EXPECT_TRUE(test.has_plain);
    const Report report = check(test, "t.litmus", {});
    ASSERT_EQ(report.states.size(), 1u);
    EXPECT_EQ(state_text(test, report.states[0]), "p=x; x=7; 0:r1=x; 0:r9=y;");
    EXPECT_FALSE(report.states[0].holds);
}

// Registers that nobody declares, heads from a generator, conditions that end in a semicolon.
TEST(Parse, ReadsOldTests) {
    const litmus::Test test = parse(
        "C old\n\"Rfe DpAddrdW\"\nPrefetch=0:x=F\nCom=Rf Ws\n{ [x]=1; }\n"
        "P0(int *x, int *y) { r1 = READ_ONCE(*x); r2 = (r1 ^ r1); r3 = (y + r2);\n"
        "  WRITE_ONCE(*r3, r1); }\nlocations [0:r9; y]\nexists (0:r1=1);\n",
        "t.litmus");
    const Report report = check(test, "t.litmus", {});
    ASSERT_EQ(report.states.size(), 1u);
    EXPECT_EQ(state_text(test, report.states[0]), "y=1; 0:r1=1;");
}

// A section that another process ends, or nobody.
TEST(Parse, SectionsOfSrcuMayChangeHands) {
    const std::string text =
        "C s\n{}\nP0(struct srcu_struct *s, int *i) { WRITE_ONCE(*i, srcu_down_read(s)); }\n"
        "P1(struct srcu_struct *s, int *i) { int r0 = READ_ONCE(*i); srcu_up_read(s, r0); }\n"
        "exists (1:r0=0)\n";
    const litmus::Test test = parse(text, "t.litmus");
    const Report report = check(test, "t.litmus", {});
    EXPECT_TRUE(report.unmatched);
    EXPECT_THAT(to_text(test, report), HasSubstr("\nFlag unmatched-srcu-unlock\n"));
}

TEST(Parse, PrintsWhatHerdPrints) {
    const litmus::Test test = parse(one_process("WRITE_ONCE(*x, 1);"), "t.litmus");
    EXPECT_EQ(to_text(test, check(test, "t.litmus", {})),
              "Test t Allowed\nStates 1\nx=1;\nOk\nWitnesses\nPositive: 1 Negative: 0\n"
              "Condition exists (x=1)\nObservation t Always 1 0\n");
}

TEST(Parse, SaysWhereAndWhat) {
    EXPECT_EQ(refusal("int main()"),
              "t.litmus:1: expected 'C NAME', the head of a litmus test in C");
    EXPECT_EQ(refusal(one_process("goto out;")), "t.litmus:5: 'goto' is not supported");
    EXPECT_EQ(refusal(one_process("smp_memb();")), "t.litmus:5: smp_memb() is not supported");
    EXPECT_EQ(refusal(one_process("WRITE_ONCE(*x, r1);")), "t.litmus:5: 'r1' is not declared");
    EXPECT_EQ(refusal(one_process("smp_store_release(x);")),
              "t.litmus:5: smp_store_release() takes 2 arguments");
    EXPECT_EQ(refusal(one_process("READ_ONCE(x);")), "t.litmus:5: READ_ONCE() takes '*pointer'");
    EXPECT_THAT(refusal("C t\n{}\nP0(int *x)\n{ *x = 1;\n"), HasSubstr("t.litmus:5: the end"));
    EXPECT_THAT(refusal("C t\n{}\nP0(int *x)\n{}\n"), HasSubstr("t.litmus:5: expected exists"));
    EXPECT_EQ(refusal("C t\n{}\nP0(int *x)\n{}\nexists (0:r1=1)\n"),
              "t.litmus:5: P0 has no variable 'r1'");
    EXPECT_EQ(refusal("C t\n{}\nP1(int *x)\n{}\n"), "t.litmus:3: expected P0 before 'P1'");
    EXPECT_EQ(refusal("C t\n{} (* no end"), "t.litmus:2: a comment without an end");
}

TEST(Parse, RefusesWhatGoesWrongInARun) {
    EXPECT_EQ(refusal(one_process("int r = READ_ONCE(*x);\n*r = 1;")),
              "t.litmus:6: access through what is no address");
    EXPECT_THAT(refusal(one_process("int r = READ_ONCE(*(x + 1));")), HasSubstr("'+' of these"));
    EXPECT_THAT(refusal(one_process("spin_unlock(x);")), HasSubstr("does not hold"));
    EXPECT_THAT(refusal(one_process("int r = " + std::string(1000, '(') + "1;")),
                HasSubstr("nested too deeply"));
}

TEST(Parse, CallsOfAllFamilies) {
    const Report report =
        run("C t\n{}\nP0(int *x, atomic_t *a)\n{\n"
            "int r0 = atomic_fetch_add_relaxed(5, a);\nint r1 = atomic_sub_return(2, a);\n"
            "int r2 = atomic_cmpxchg(a, 3, 9);\nint r3 = atomic_cmpxchg(a, 3, 1);\n"
            "int r4 = atomic_add_unless(a, 1, 9);\nint r5 = atomic_inc_not_zero(a);\n"
            "int r6 = atomic_sub_and_test(10, a);\nint r7 = atomic_add_negative(-1, a);\n"
            "int r8 = xchg(a, 6);\natomic_and(3, a);\nint r9 = atomic_fetch_andnot(2, a);\n}\n"
            "exists (0:r0=0 /\\ 0:r1=3 /\\ 0:r2=3 /\\ 0:r3=9 /\\ 0:r4=0 /\\ 0:r5=1 /\\ 0:r6=1 /\\ "
            "0:r7=1"
            " /\\ 0:r8=-1 /\\ 0:r9=2 /\\ a=0)\n");
    EXPECT_EQ(report.observation(), "Always");
}

TEST(Parse, ADeadlockIsSaid) {
    EXPECT_EQ(run("C t\n{}\nP0(spinlock_t *x)\n{ spin_lock(x); spin_lock(x); }\nexists (x=1)\n")
                  .observation(),
              "DEADLOCK");
}

}  // namespace
}  // namespace rcufuzz::litmus
