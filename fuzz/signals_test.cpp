// SPDX-License-Identifier: GPL-2.0-or-later
//
// Signals, and the processes of a hunt by several jobs: a command ends when it is told to, nothing
// that was found is lost, and no process stays behind.
#include <algorithm>
#include <chrono>

#include "fuzz/cli_test.h"

namespace rcufuzz {
namespace {

using testing::HasSubstr;

class Signals : public Cli {
   protected:
    // Runs the command in the background until `ready` holds, then does `then`; $P is its process.
    // The exit code is the command's; what it printed is in `hunt.out`.
    Result during(const std::string& command, const std::string& ready,
                  const std::string& then) const {
        // What an earlier one has printed is not this one's.
        return shell(": >hunt.out; \"$R\" " + command + " >hunt.out 2>&1 & P=$!\n" +
                     wait_until(ready) + "\n" + then + "\nwait $P");
    }

    static std::string wait_until(const std::string& condition) {
        return "for i in $(seq 300); do { " + condition + "; } && break; sleep 0.1; done";
    }

    std::string said() const { return text_of(path("hunt.out")); }

    const std::string has_find = "grep -q ' at ' hunt.out";
    const std::string catches_signals = "grep -q '^SigCgt:.*3$' /proc/$P/status";
    const std::string children = "$(cat /proc/$P/task/$P/children)";
};

TEST_F(Signals, EachEndsAHuntInGoodOrder) {
    for (const std::string signal : {"INT", "TERM", "HUP"}) {
        for (const std::string jobs : {"1", "2"}) {
            const Result result =
                during("hunt nocb --bug D10 --all --as-found --seconds 60 --jobs " + jobs, has_find,
                       "kill -" + signal + " $P");
            EXPECT_EQ(result.exit_code, 130) << signal;
            EXPECT_THAT(said(), HasSubstr("\ninterrupted: ")) << signal;
        }
    }
    const Result replay = rcufuzz("replay .");
    EXPECT_EQ(replay.err, "");
    EXPECT_THAT(replay.out, testing::Not(HasSubstr(": clean")));
}

// A window that the machine can make, one that it cannot, and more of these than anybody waits for.
TEST_F(Signals, AnInterruptedConformKeepsItsSums) {
    const Result events = shell(
        "set -- \"${RCUFUZZ_KERNELS:-" RCUFUZZ_SOURCE_DIR "/build/kernel}\"/*/about\n"
        "[ -e \"$1\" ] || exit 77\n"
        "kernel=\"$(basename $(dirname \"$1\")) $(sed -n 's/^hash //p' \"$1\")\"\n"
        "printf 'rcufuzz-plan 1\\ntarget linux\\nkernel %s\\n' \"$kernel\" >plan\n"
        "echo 'op cpu0 on call_rcu' >>plan\n"
        "\"$R\" replay --events plan >own.trace");
    if (events.exit_code == 77) GTEST_SKIP() << "no kernel is built";
    ASSERT_EQ(events.exit_code, 0) << events.err;
    ASSERT_EQ(shell("sed 's/call_rcu how=0/call_rcu how=2/' own.trace >other.trace\n"
                    "cat own.trace >all.trace\n"
                    "for i in $(seq 2000); do cat other.trace; done >>all.trace")
                  .exit_code,
              0);
    const Result result = during("conform all.trace --tries 500", "grep -q 'no run makes' hunt.out",
                                 "kill -INT $P");
    EXPECT_EQ(result.exit_code, 130);
    EXPECT_THAT(said(), testing::ContainsRegex("interrupted: 1 of [0-9]+ windows accepted, "
                                               "[1-9][0-9]* of [1-9][0-9]* events; "));
}

TEST_F(Signals, NohupMeansIt) {
    const Result nohup = shell(
        "trap '' HUP; \"$R\" hunt nocb --seconds 0.5 & P=$!; sleep 0.2; kill -HUP $P; "
        "wait $P");
    EXPECT_EQ(nohup.exit_code, 0);
}

TEST_F(Signals, EndOtherCommands) {
    for (const std::string command :
         {"verify nocb --max-ops 16 --delays 0 --seconds 60", "bench --seconds 60"}) {
        const Result result = during(command, catches_signals, "kill -INT $P");
        EXPECT_EQ(result.exit_code, 130) << command;
    }
}

TEST_F(Signals, VerifyObeysItsBoundWithSmallPlans) {
    const auto began = std::chrono::steady_clock::now();
    const Result result = rcufuzz("verify nocb --max-ops 16 --delays 0 --seconds 0.3");
    EXPECT_EQ(result.exit_code, 75);
    EXPECT_THAT(result.out, HasSubstr("not finished: nocb, all "));
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
}

TEST_F(Signals, NoJobOutlivesItsHunt) {
    const Result result =
        during("hunt nocb --seconds 60 --jobs 3", "[ $(echo " + children + " | wc -w) = 3 ]",
               "C=\"" + children + "\"; kill -KILL $P\n" +
                   wait_until("[ -z \"$(cat $(printf '/proc/%s/cmdline ' $C) 2>/dev/null)\" ]") +
                   "\nfor c in $C; do cat /proc/$c/cmdline 2>/dev/null; done");
    EXPECT_EQ(result.exit_code, 128 + 9);
    EXPECT_EQ(result.out, "") << "a job is left";
}

TEST_F(Signals, AKilledJobIsToldAndItsFindsAreKept) {
    const Result result = during("hunt nocb --bug D10 --all --as-found --seconds 2 --jobs 2",
                                 has_find, "set -- " + children + "; kill -KILL $1");
    EXPECT_EQ(result.exit_code, 42) << said();
    EXPECT_THAT(said(), HasSubstr("of 2 was ended by signal 9 (Killed): what it found before"));
    const Result clean =
        during("hunt nocb --seconds 20 --jobs 2", "[ $(echo " + children + " | wc -w) = 2 ]",
               "kill -KILL " + children);
    EXPECT_EQ(clean.exit_code, 75) << "nobody was left to look";
}

TEST_F(Signals, JobsThatCannotBeStartedAreOneLine) {
    const Result result = shell("ulimit -n 20; \"$R\" hunt nocb --seconds 60 --jobs 64");
    EXPECT_EQ(result.exit_code, 64);
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    EXPECT_THAT(result.err, HasSubstr("cannot be started: Too many open files"));
    const Result strategy = rcufuzz("hunt nocb --strategy luck --jobs 2");
    EXPECT_EQ(strategy.exit_code, 64);
    EXPECT_EQ(std::ranges::count(strategy.err, '\n'), 1) << strategy.err;
}

}  // namespace
}  // namespace rcufuzz
