// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the dialect has beyond plain straight code, both by the axioms and on the machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/check.h"
#include "core/litmus/check.h"
#include "core/litmus/parse.h"

namespace rcufuzz::litmus {
namespace {

using testing::HasSubstr;

std::string verdict_of(const std::string& text, Method method = Method::axioms) {
    CheckOptions options;
    options.method = method;
    return check(parse(text, "t.litmus"), "t.litmus", options).observation();
}

void expect_both(const std::string& verdict, const std::string& text) {
    EXPECT_EQ(verdict_of(text), verdict) << text;
    EXPECT_EQ(verdict_of(text, Method::machine), verdict) << text;
}

std::string complaint(const std::string& text) {
    try {
        verdict_of(text);
    } catch (const UserError& error) {
        return error.what();
    }
    return "";
}

TEST(Dialect, InitialBlockHoldsCommentsAndTypedRegisters) {
    expect_both("Always",
                "C t\n{\n\tint z=1; (* tail *)\n\tint * 0:r1;\n\tint 0:r2=7;\n\tint *x=&z;\n}\n"
                "P0(int **x, int *z) { r1 = READ_ONCE(*x); WRITE_ONCE(*z, r2); }\n"
                "exists (0:r1=z /\\ z=7)\n");
}

TEST(Dialect, TryCmpxchgTellsWhatItSaw) {
    expect_both(
        "Always",
        "C t\n{ x=1; }\nP0(int *x)\n{\n\tint old = 0;\n\tint r0 = try_cmpxchg(x, &old, 5);\n"
        "\tint r1 = try_cmpxchg_relaxed(x, &old, 6);\n}\n"
        "exists (0:r0=0 /\\ 0:r1=1 /\\ 0:old=1 /\\ x=6)\n");
    EXPECT_THAT(
        complaint("C t\n{}\nP0(int *x) {\nint r0 = try_cmpxchg(x, 1, 5); }\nexists (x=1)\n"),
        HasSubstr("t.litmus:4: try_cmpxchg() takes '&variable'"));
}

TEST(Dialect, LoopsWithABoundGoAllTheWay) {
    expect_both("Always",
                "C t\n{}\nP0(int *x)\n{\n\tint s = 0;\n\tfor (int i = 0; i < 5; i++) s += i;\n"
                "\twhile (s > 7) s--;\n\tdo { s += 2; } while (0);\n\tWRITE_ONCE(*x, s);\n}\n"
                "exists (x=9)\n");
}

// One that waits sees the flag at once, or after a round or two.
TEST(Dialect, LoopsThatWaitEndWhenTheySee) {
    const std::string text =
        "C t\n{}\nP0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_store_release(y, 1); }\n"
        "P1(int *x, int *y) { while (!smp_load_acquire(y)) {} int r0 = READ_ONCE(*x); }\n"
        "exists (1:r0=1)\n";
    EXPECT_EQ(verdict_of(text), "Always");
    EXPECT_TRUE(check(parse(text, "t.litmus"), "t.litmus", {}).cut_short);
}

TEST(Dialect, ArraysAndMembers) {
    expect_both(
        "Always",
        "C t\n{ int a[3] = {4, 5, 6}; int *p = &a[1]; struct foo s = { .f = 2 }; s.g = 3; }\n"
        "P0(int *a, int **p, struct foo *s)\n{\n\tint r0 = READ_ONCE(a[2]);\n"
        "\tint *q = READ_ONCE(*p);\n\tint r1 = READ_ONCE(q[1]);\n\tint r2 = *(q - 1);\n"
        "\ta[s->f] = (*s).g;\n\tWRITE_ONCE(s->f, 9);\n\tint r3 = READ_ONCE(*(&a[0] + 1));\n}\n"
        "exists (0:r0=6 /\\ 0:r1=6 /\\ 0:r2=4 /\\ 0:r3=5 /\\ a[2]=3 /\\ s.f=9 /\\ s.g=3)\n");
    EXPECT_THAT(complaint("C t\n{ int a[2]; }\nP0(int *a) {\nint r0 = a[2]; }\nexists (a[0]=0)\n"),
                HasSubstr("t.litmus:4: "));
    EXPECT_THAT(complaint("C t\n{ int a[2]; }\nP0(int *a) {}\nexists (a[2]=0)\n"),
                HasSubstr("t.litmus:4: there is no variable 'a[2]'"));
}

// The index of an access is an address dependency, as a pointer is.
TEST(Dialect, AnIndexIsAnAddress) {
    const std::string text =
        "C t\n{ int a[2]; }\nP0(int *a, int *y) { WRITE_ONCE(a[1], 1); smp_wmb(); "
        "WRITE_ONCE(*y, 1); }\nP1(int *a, int *y) { int r0 = READ_ONCE(*y); "
        "int r1 = READ_ONCE(a[r0]); }\nexists (1:r0=1 /\\ 1:r1=0)\n";
    expect_both("Never", text);
}

TEST(Dialect, CommentsNest) {
    expect_both("Always",
                "C t\n(* a (* b *) c *)\n{}\nP0(int *x) { WRITE_ONCE(*x, 1); }\n"
                "exists (x=1) (* and (* all (* these *) *) *)\n");
    expect_both("Always", "C t\n(* of (*x) in C *)\n{}\nP0(int *x) {}\nexists (x=0)\n");
    EXPECT_THAT(complaint("C t\n(* a (* b *)\n{}\nP0(int *x) {}\nexists (x=0)\n"),
                HasSubstr("t.litmus:2: a comment without an end"));
}

TEST(Dialect, ConditionsMayBeTrueOrFalse) {
    const std::string text = "C t\n{}\nP0(int *x) { WRITE_ONCE(*x, 1); }\n";
    expect_both("Always", text + "exists (x=2 \\/ true)\n");
    expect_both("Never", text + "exists (x=1 /\\ false)\n");
    expect_both("Never", text + "exists (not (x=1 /\\ true))\n");
}

TEST(Dialect, RegistersAreUpdated) {
    expect_both("Always",
                "C t\n{}\nP0(int *x)\n{\n\tint r = 6;\n\tr ^= 5;\n\tr *= 9;\n\tr %= 10;\n"
                "\tr /= 2;\n\tr |= 8;\n\tWRITE_ONCE(*x, r);\n}\nexists (x=11)\n");
}

TEST(Dialect, NoFinalStateIsADeadlock) {
    EXPECT_EQ(
        verdict_of("C t\n{}\nP0(int *x) { WRITE_ONCE(*x, 1); }\nfilter (x=2)\nexists (x=1)\n"),
        "DEADLOCK");
}

TEST(Dialect, MoreProcessesThanTheMachineHas) {
    std::string text = "C t\n{}\n";
    for (int i = 0; i < 20; ++i)
        text += "P" + std::to_string(i) + "(int *x) { int r0 = READ_ONCE(*x); }\n";
    EXPECT_EQ(verdict_of(text + "exists (19:r0=0)\n"), "Always");
}

TEST(Bounds, WhatIsTooMuchIsSaidAtOnce) {
    std::string sum = "1";
    for (int i = 0; i < 500; ++i) sum += "+1";
    EXPECT_THAT(complaint("C t\n{}\nP0(int *x)\n{\nint r0 = " + sum + ";\n}\nexists (x=1)\n"),
                HasSubstr("t.litmus:5: an expression of too many terms"));
    std::string chain = "1";
    for (int i = 0; i < 5000; ++i) chain += " ? 1 : 1";
    EXPECT_THAT(complaint("C t\n{}\nP0(int *x)\n{\nint r0 = " + chain + ";\n}\nexists (x=1)\n"),
                HasSubstr("nested too deeply"));
    std::string loads;
    for (int i = 0; i < 100'000; ++i) loads += "r0 = READ_ONCE(*x);\n";
    EXPECT_THAT(complaint("C t\n{}\nP0(int *x) {\n" + loads + "}\nexists (x=1)\n"),
                HasSubstr("P0 makes more than 64 accesses"));
    EXPECT_THAT(complaint("C t\n{}\nP0(int *x) { while (1) {} }\nexists (x=1)\n"),
                HasSubstr("steps"));
}

TEST(Bounds, VariablesByTheThousandTakeNoTime) {
    std::string initial;
    std::string parameters;
    for (int i = 0; i < 100'000; ++i) {
        initial += "v" + std::to_string(i) + "=1;\n";
        parameters += ", int *v" + std::to_string(i);
    }
    EXPECT_EQ(verdict_of("C t\n{\n" + initial + "}\nP0(int *x" + parameters +
                         ") { WRITE_ONCE(*v9, 2); }\nexists (v9=2 /\\ v8=1)\n"),
              "Always");
}

}  // namespace
}  // namespace rcufuzz::litmus
