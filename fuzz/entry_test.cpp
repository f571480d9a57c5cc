// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/entry.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <utility>

#include "core/base/effort_test.h"
#include "core/base/files.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "fuzz/state_counters.h"

namespace rcufuzz::fuzz {
namespace {

// Sets environment variables for one test.
class Environment {
   public:
    Environment(std::initializer_list<std::pair<const char*, const char*>> variables) {
        for (const auto& [name, value] : variables) {
            setenv(name, value, 1);
            names_.push_back(name);
        }
    }
    ~Environment() {
        for (const char* name : names_) unsetenv(name);
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

   private:
    std::vector<const char*> names_;
};

constexpr const char* nocb = "nocb";

Bytes random_bytes(Prng& prng, std::uint32_t max_size) {
    Bytes bytes(prng.below(max_size + 1));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(prng.next());
    return bytes;
}

// A find, a fault of our own or a run without end would end the test program.
TEST(Entry, AnyInputRunsAndSamplesStates) {
    const Entry entry(nocb);
    Prng prng(1);
    std::array<std::uint8_t, state_counter_count> counters{};
    entry.run_one({}, counters);
    for (int i = 0; i < effort(10'000); ++i) entry.run_one(random_bytes(prng, 4096), counters);
    EXPECT_GT(std::count(counters.begin(), counters.end(), std::uint8_t{1}), 10);
}

TEST(Entry, MutantsFitAndAreBodies) {
    const Environment environment({{"RCUFUZZ_SCHEDULES", "2"}});
    Entry entry(nocb);
    run::Frame frame = run::make_frame(run::target_from_word(nocb), {});
    run::let_inputs_choose(frame, {});
    Prng prng(2);
    Bytes input;
    for (std::uint64_t seed = 0; seed < effort(2000u); ++seed) {
        const std::size_t max_size = prng.below(200);
        Bytes mutant = entry.mutate(input, max_size, seed);
        ASSERT_LE(mutant.size(), max_size);
        ASSERT_EQ(run::encode_body(entry.decode(mutant), frame), mutant);
        const Bytes child = entry.cross(input, mutant, max_size, seed);
        ASSERT_LE(child.size(), max_size);
        input = std::move(mutant);
    }
}

// What the inputs of a target come to: generations, and memory modes, as bits.
struct Forms {
    std::set<int> generations;
    unsigned memories = 0;
};

Forms forms_of(std::string_view target, std::size_t generation) {
    const Environment environment({{"RCUFUZZ_SCHEDULES", "0"}});
    Entry entry(target);
    Forms forms;
    Bytes input;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        input = entry.mutate(input, 4000, seed);
        const run::Plan plan = entry.decode(input);
        forms.generations.insert(plan.config[generation]);
        forms.memories |= 1u << static_cast<unsigned>(plan.memory);
    }
    return forms;
}

TEST(Entry, InputsChooseFormsAndMemory) {
    const Forms forms = forms_of("smp_call", 1);
    EXPECT_EQ(forms.generations, (std::set<int>{4, 5, 6}));  // the others have faults of their own
    EXPECT_EQ(forms.memories, 3u);
    const Entry entry("smp_call");
    const Bytes bytes{0xc1, 6, 0, 0, 0xff, 1, 0, 0};  // generation 6, weak
    EXPECT_EQ(entry.decode(bytes).config[1], 6);
    EXPECT_EQ(entry.decode(bytes).memory, run::MemoryMode::weak);
    EXPECT_EQ(entry.decode(Bytes{0xc1, 2, 0, 0}).config[1], 4);
}

TEST(Entry, InputsLeaveAloneWhatTheUserSays) {
    {
        const Environment environment{{"RCUFUZZ_CONFIG", "generation=5"}, {"RCUFUZZ_MEMORY", "sc"}};
        const Forms forms = forms_of("smp_call", 1);
        EXPECT_EQ(forms.generations, std::set<int>{5});
        EXPECT_EQ(forms.memories, 1u);
    }
    const Environment environment{{"RCUFUZZ_BUG", "S30"}};  // it says what it needs
    const Forms forms = forms_of("smp_call", 1);
    EXPECT_EQ(forms.generations, std::set<int>{6});
    EXPECT_EQ(forms.memories, 1u);
}

TEST(Entry, MutantsAreAFunctionOfWhatCameBefore) {
    Entry first(nocb);
    Entry second(nocb);
    Bytes input;
    for (std::uint64_t seed = 0; seed < effort(300u); ++seed) {
        const Bytes mutant = first.mutate(input, 400, seed);
        ASSERT_EQ(second.mutate(input, 400, seed), mutant);
        input = mutant;
    }
}

TEST(Entry, EnvironmentFixesConfigurationAndBugs) {
    const Environment environment({{"RCUFUZZ_CONFIG", "cpus=2,end_tick=1"},
                                   {"RCUFUZZ_BUG", "D34b"},
                                   {"RCUFUZZ_ORACLE", "black-box"}});
    const Entry entry(nocb);
    run::Plan wanted = run::empty_plan(run::target_from_word(nocb));
    const std::size_t cpus = run::set_config(wanted, "cpus=2");
    Prng prng(3);
    for (int i = 0; i < 100; ++i) {
        const run::Plan plan = entry.decode(random_bytes(prng, 256));
        ASSERT_EQ(plan.config[cpus], 2);
        ASSERT_EQ(plan.config[scenario::config_end_tick], 1);
        ASSERT_EQ(plan.oracle, run::OracleMode::black_box);
        ASSERT_EQ(run::bug_names(plan).size(), 1u);
    }
}

// A bug of an old form comes with that form, and no mutation leaves it; the user's word is
// stronger.
TEST(Entry, BugsBringWhatTheyNeed) {
    const auto configs_of = [](const char* config) {
        const Environment environment({{"RCUFUZZ_BUG", "D10"}, {"RCUFUZZ_CONFIG", config}});
        Entry entry("dynticks");
        Bytes input;
        std::set<std::array<int, 3>> seen;  // generation, traced, faults
        for (std::uint64_t seed = 0; seed < 200; ++seed) {
            input = entry.mutate(input, 400, seed);
            const run::Plan plan = entry.decode(input);
            const auto value = [&](std::string_view name) {
                const auto specs = plan.target->configs;
                const auto named = [&](const auto& spec) { return spec.name == name; };
                return int{plan.config[static_cast<std::size_t>(std::ranges::find_if(specs, named) -
                                                                specs.begin())]};
            };
            seen.insert({value("generation"), value("traced"), value("faults")});
        }
        return seen;
    };
    EXPECT_EQ(configs_of(""), (std::set<std::array<int, 3>>{{1, 3, 0}}));
    EXPECT_EQ(configs_of("traced=5"), (std::set<std::array<int, 3>>{{1, 5, 0}}));
}

// What comes of the empty input under the bug D01: the mutants that find it.
std::vector<run::Plan> finds_of_mutants(const char* schedules, std::size_t max_size) {
    const Environment environment({{"RCUFUZZ_BUG", "D01"}, {"RCUFUZZ_SCHEDULES", schedules}});
    Entry entry(nocb);
    std::vector<run::Plan> finds;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const Bytes mutant = entry.mutate({}, max_size, seed);
        EXPECT_LE(mutant.size(), max_size);
        run::Plan plan = entry.decode(mutant);
        if (run::replay(plan).found()) finds.push_back(std::move(plan));
    }
    return finds;
}

// A further schedule that finds something is what the mutant has, whole, whatever room there is.
TEST(Entry, MutantsHaveTheScheduleThatFinds) {
    EXPECT_GT(finds_of_mutants("15", 4096).size(), 3 * finds_of_mutants("0", 4096).size());
    EXPECT_GT(finds_of_mutants("15", 200).size(), finds_of_mutants("0", 200).size());
}

// It is the mutator that tries schedules. What an engine replays, minimises or merges is the input.
TEST(Entry, AnInputIsRunAlone) {
    std::vector<run::Plan> finds = finds_of_mutants("15", 4096);
    const Environment environment({{"RCUFUZZ_BUG", "D01"}, {"RCUFUZZ_SCHEDULES", "1000"}});
    const Entry entry(nocb);
    std::array<std::uint8_t, state_counter_count> counters{};
    unsigned clean = 0;
    for (run::Plan& plan : finds) {
        plan.decisions.clear();
        if (run::replay(plan).found()) continue;
        ++clean;
        entry.run_one(run::encode_body(plan), counters);  // a find would end the program
    }
    EXPECT_GE(clean, 3u);
}

TEST(EntryDeathTest, BadEnvironmentIsTheUsersFault) {
    const auto expect_refused = [](const char* name, const char* value, const char* message) {
        const Environment environment({{name, value}});
        EXPECT_EXIT(Entry{nocb}, testing::ExitedWithCode(64), message);
    };
    expect_refused("RCUFUZZ_BUG", "D99", "unknown bug 'D99' of nocb");
    expect_refused("RCUFUZZ_SCHEDULES", "many", "RCUFUZZ_SCHEDULES: 'many' is no number");
    expect_refused("RCUFUZZ_SCHEDULES", "1001", "RCUFUZZ_SCHEDULES: '1001' is no number");
}

// Who hunts in several targets may set it for all of them.
TEST(Entry, TheKernelIsOfTheTargetThatIsOne) {
    const Environment environment(
        {{"RCUFUZZ_KERNEL", "moon"}, {"RCUFUZZ_KERNELS", "/nowhere"}});
    EXPECT_EQ(Entry{nocb}.decode({}).subject, "");
    EXPECT_EXIT(Entry{"linux"}, testing::ExitedWithCode(64), "no kernel is built");
}

// The form of glibc's assert(), which crash comparers know; the hash comes first and has no digits,
// which they leave out.
TEST(AssertionLine, SaysTheIdentityInLetters) {
    run::Outcome outcome;
    outcome.verdict = Verdict::lost_wakeup;
    outcome.site = "nocb/wake.cpp:87 wake_nocb_gp";
    outcome.identity = "lost_wakeup-a";
    const std::string line = assertion_line(outcome);
    EXPECT_THAT(line, testing::MatchesRegex(
                          "nocb/wake.cpp:87: wake_nocb_gp: Assertion `FuzzerHash=[a-z]{14} "
                          "lost_wakeup-a' failed."));
    EXPECT_EQ(assertion_line(outcome), line);
    outcome.verdict = Verdict::stranded_callback;  // a consequence that came this time
    outcome.site = "nocb/other.cpp:1 f";
    const auto quoted = [](const std::string& text) { return text.substr(text.find('`')); };
    EXPECT_EQ(quoted(assertion_line(outcome)), quoted(line));
    outcome.identity = "lost_wakeup-b";
    EXPECT_NE(assertion_line(outcome), line);
}

TEST(EntryDeathTest, WhatIsKnownIsNoFind) {
    const std::string text =
        "rcufuzz-plan 1\ntarget nocb\nbug D10_no_timer_backstop\nmemory sc\noracle black-box\n"
        "op cpu0 hardirq call_rcu count=1 chain=0\n";
    const std::string directory = testing::TempDir() + "rcufuzz_entry_test_known";
    std::filesystem::create_directories(directory);
    const std::string shows = directory + "/shows.plan";
    const std::string shows_nothing = directory + "/shows_nothing.plan";
    const std::string elsewhere = directory + "/elsewhere.plan";
    write_file(shows, text, true);
    write_file(shows_nothing, "rcufuzz-plan 1\ntarget nocb\nmemory sc\n", true);
    write_file(elsewhere, "rcufuzz-plan 1\ntarget smp_call\nmemory sc\n", true);

    const Environment environment({{"RCUFUZZ_BUG", "D10"},
                                   {"RCUFUZZ_ORACLE", "black-box"},
                                   {"RCUFUZZ_OUT", directory.c_str()}});
    const Bytes input = run::encode_body(run::from_text(text, "test"));
    const auto runs_it = [&input](const std::string& known) {
        const Environment more({{"RCUFUZZ_KNOWN", known.c_str()}});
        std::array<std::uint8_t, state_counter_count> counters{};
        Entry(nocb).run_one(input, counters);
    };
    runs_it(shows);
    runs_it(shows_nothing + "," + shows);
    EXPECT_DEATH(runs_it(""), "DEDUP_TOKEN");
    EXPECT_DEATH(runs_it(shows_nothing), "nothing.plan shows nothing here(.|\n)*DEDUP_TOKEN");
    EXPECT_EXIT(runs_it(elsewhere), testing::ExitedWithCode(64), "is a plan of target smp_call");
    EXPECT_EXIT(runs_it("/none"), testing::ExitedWithCode(64), "/none");
    std::filesystem::remove_all(directory);
}

TEST(EntryDeathTest, AFindIsWrittenNamedAndAborts) {
    const std::string directory = testing::TempDir() + "rcufuzz_entry_test";
    std::filesystem::create_directories(directory);
    const Environment environment({{"RCUFUZZ_BUG", "D10"}, {"RCUFUZZ_OUT", directory.c_str()}});
    const auto hunt = [] {
        Entry entry(nocb);
        std::array<std::uint8_t, state_counter_count> counters{};
        Bytes input;
        for (std::uint64_t seed = 0; seed < 100000; ++seed) {
            input = entry.mutate(input, 400, seed);
            entry.run_one(input, counters);
        }
    };
    EXPECT_DEATH(hunt(),
                 "DEDUP_TOKEN: [a-z]+-I?[A-Za-z0-9_.-]+\n"
                 "nocb/.*: .*: Assertion `FuzzerHash=[a-z]+ .* failed\\.\n"
                 ".*\nrcufuzz: replay with: rcufuzz explain ");
    EXPECT_FALSE(std::filesystem::is_empty(directory));
    std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace rcufuzz::fuzz
