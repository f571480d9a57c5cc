// SPDX-License-Identifier: GPL-2.0-or-later
//
// Hunts that are kept: however they are stopped, they go on as if they had not been, nothing that
// was found is lost, and nothing is found twice.
#include <algorithm>
#include <set>

#include "core/base/check.h"
#include "fuzz/cli_test.h"

namespace rcufuzz {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Resume : public Cli {
   protected:
    // The bug has several identities, of which common ones come in the first runs.
    const std::string hunt = "hunt nocb --bug D10 --all --as-found ";

    json state(const std::string& folder) const {
        return json::parse(text_of(path(folder + "/state.json")));
    }
    json view(const std::string& folder) const {
        const Result result = rcufuzz("status --format json " + folder);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        return json::parse(result.out).at(0);
    }

    static std::set<std::string> identities(const json& finds) {
        std::set<std::string> names;
        for (const json& find : finds)
            EXPECT_TRUE(names.insert(find.at("identity")).second) << "twice";
        return names;
    }

    // What the folder says is what one hunt of so many executions would have said. One that was
    // killed may have found more, in what it is going to run again.
    void expect_as_of_one_hunt(const std::string& folder, bool killed) {
        const json kept = state(folder);
        const std::uint64_t runs = kept.at("executions");
        ASSERT_GT(runs, 0u);
        rcufuzz(hunt + "--resume whole --runs " + std::to_string(runs));
        const json whole = state("whole");
        EXPECT_EQ(whole.at("executions"), runs);
        for (const char* const part : {"distinct_states", "operations", "lanes", "states"})
            EXPECT_EQ(kept.at(part), whole.at(part)) << part;
        const std::set<std::string> found = identities(kept.at("finds"));
        const std::set<std::string> wanted = identities(whole.at("finds"));
        EXPECT_TRUE(std::ranges::includes(found, wanted));
        EXPECT_TRUE(killed || found == wanted);
        for (const json& find : kept.at("finds"))
            EXPECT_TRUE(std::filesystem::exists(path(folder + "/finds/" +
                                                     find.at("file").get<std::string>())));
    }

    void expect_refused(const std::string& command, const std::string& why) {
        const Result result = rcufuzz(command);
        EXPECT_EQ(result.exit_code, exit_usage) << command;
        EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
        EXPECT_THAT(result.err, HasSubstr(why));
    }
};

TEST_F(Resume, SessionsAddUp) {
    EXPECT_EQ(rcufuzz(hunt + "--resume h --runs 160").exit_code, exit_found);
    rcufuzz(hunt + "--resume h --runs 480");
    const Result last = rcufuzz(hunt + "--resume h --runs 320 --json");
    const json said = json::parse(last.out);
    EXPECT_EQ(said.at("runs"), 320);
    EXPECT_EQ(said.at("in_all").at("runs"), 960);
    expect_as_of_one_hunt("h", false);
    const json kept = state("h");
    std::uint64_t sum = 0;
    for (const json& session : kept.at("sessions")) sum += session.at("executions").get<int>();
    EXPECT_EQ(sum, 960u);
}

TEST_F(Resume, JobsEachGoOn) {
    for (const char* const jobs : {"2", "3", "2"})
        rcufuzz(hunt + "--resume h --runs 960 --jobs " + jobs);
    const json kept = state("h");
    EXPECT_EQ(kept.at("executions"), 3 * 960);
    ASSERT_EQ(kept.at("lanes").size(), 3u);
    EXPECT_EQ(kept.at("lanes")[2].at("executions"), 320);
    identities(kept.at("finds"));
}

TEST_F(Resume, AKilledHuntGoesOn) {
    for (const std::string wait : {"0.3", "1.2", "0.1", "2.6"})
        shell("\"$R\" " + hunt + "--resume h --seconds 60 >/dev/null 2>&1 & P=$!; sleep " + wait +
              "; kill -KILL $P; wait $P");
    EXPECT_NE(rcufuzz(hunt + "--resume h --runs 160").exit_code, exit_usage);
    expect_as_of_one_hunt("h", true);
}

TEST_F(Resume, SignalsLoseNothing) {
    for (const std::string signal : {"INT", "TERM", "HUP"}) {
        for (const std::string jobs : {"1", "2"}) {
            const std::uint64_t before =
                signal == "INT" && jobs == "1" ? 0 : state("h").at("executions").get<int>();
            const Result result = shell(
                "\"$R\" " + hunt + "--json --resume h --seconds 60 --jobs " + jobs +
                " & P=$!; sleep 1; kill -" + signal + " $P; wait $P");
            EXPECT_EQ(result.exit_code, 130) << signal;
            const std::uint64_t said = json::parse(result.out).at("runs");
            EXPECT_EQ(state("h").at("executions").get<std::uint64_t>(), before + said);
        }
    }
    identities(state("h").at("finds"));
}

TEST_F(Resume, APlanThatTheRecordDoesNotKnowBecomesAFind) {
    rcufuzz(hunt + "--resume h --runs 960");
    json kept = state("h");
    const std::set<std::string> all = identities(kept.at("finds"));
    ASSERT_GT(all.size(), 1u);
    // As a hunt leaves it that is killed after the plan and before the record.
    kept.at("finds").erase(0);
    write_file(path("h/state.json"), kept.dump(), true);
    write_file(path("h/finds/foreign.plan"), "not a plan", true);
    const Result result = rcufuzz(hunt + "--resume h --runs 16");
    EXPECT_EQ(identities(state("h").at("finds")), all);
    EXPECT_THAT(result.err, HasSubstr("foreign.plan"));
    EXPECT_THAT(result.out, HasSubstr("nothing new found"));
}

TEST_F(Resume, WhatWasNotMinimisedIsLater) {
    rcufuzz(hunt + "--resume h --runs 160");
    json kept = state("h");
    for (json& find : kept.at("finds")) find.at("small") = false;
    write_file(path("h/state.json"), kept.dump(), true);
    rcufuzz("hunt nocb --bug D10 --all --resume h --seconds 60 --runs 16");
    rcufuzz("hunt nocb --bug D10 --all --resume h --runs 16");
    const json minimised = state("h");
    for (const json& find : minimised.at("finds")) {
        EXPECT_TRUE(find.at("small"));
        EXPECT_LE(find.at("ops"), 3);
    }
}

TEST_F(Resume, OneHuntInAFolder) {
    const Result result = shell("\"$R\" " + hunt +
                                "--resume h --seconds 60 >/dev/null 2>&1 & P=$!\n"
                                "for i in $(seq 100); do [ -e h/state.json ] && break; sleep 0.1; "
                                "done; \"$R\" " +
                                hunt + "--resume h; C=$?; kill $P; wait $P; exit $C");
    EXPECT_EQ(result.exit_code, exit_usage);
    EXPECT_EQ(result.err, "rcufuzz: h: another hunt is at work in it\n");
}

TEST_F(Resume, ForeignAndBrokenFoldersAreRefused) {
    rcufuzz(hunt + "--resume h --runs 16");
    expect_refused("hunt nocb --resume h", "h: is of another hunt, nocb, bug D10");
    expect_refused(hunt + "--resume h --seed 2", "seed 1");
    expect_refused(hunt + "--resume h --config rcuo_local=1", "another hunt");
    expect_refused("hunt tracepoint --resume h", "another hunt");
    expect_refused(hunt + "--resume h --out x", "--out");
    const std::string whole = text_of(path("h/state.json"));
    for (const std::string& broken :
         {std::string(), whole.substr(0, whole.size() / 2), std::string("{}"), std::string("[1]"),
          "{\"rcufuzz_hunt\": 2" + whole.substr(whole.find(','))}) {
        write_file(path("h/state.json"), broken, true);
        expect_refused(hunt + "--resume h", "h/state.json: is not what a hunt has written there");
        expect_refused("status h", "h/state.json: is not what a hunt has written there");
    }
    shell("mkdir f; echo mine > f/notes");
    expect_refused(hunt + "--resume f", "f: is neither empty nor the folder of a hunt");
    EXPECT_FALSE(std::filesystem::exists(path("f/lock"))) << "nothing is left in it";
    expect_refused("status f", "f/state.json");
}

TEST_F(Resume, StatusTellsWhatIsNotCovered) {
    rcufuzz("hunt nocb --resume h --runs 16");
    const json few = view("h");
    EXPECT_EQ(few.at("runs"), 16);
    EXPECT_GT(few.at("pairs").at("missing").size(), 0u);
    EXPECT_EQ(few.at("pairs").at("covered").get<std::size_t>() +
                  few.at("pairs").at("missing").size(),
              few.at("pairs").at("in_all").get<std::size_t>());
    rcufuzz("hunt nocb --resume h --runs 8000");
    const json many = view("h");
    EXPECT_GT(many.at("pairs").at("covered"), few.at("pairs").at("covered"));
    EXPECT_EQ(many.at("contexts").at("covered"), many.at("contexts").at("in_all"));
    EXPECT_THAT(rcufuzz("status h").out, HasSubstr("operations   15 of 15"));
    expect_refused("status h --format xml", "--format");
}

TEST_F(Resume, ThePageStandsAlone) {
    rcufuzz(hunt + "--resume h --runs 480");
    EXPECT_EQ(rcufuzz("status h --format html -o page.html").exit_code, 0);
    const std::string page = text_of(path("page.html"));
    EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
    EXPECT_THAT(page, HasSubstr("stranded_callback"));
    EXPECT_THAT(page, HasSubstr("480"));
    EXPECT_THAT(page, testing::Not(HasSubstr("http://")));
    EXPECT_THAT(page, testing::Not(HasSubstr("<script")));
    EXPECT_EQ(page, rcufuzz("status h --format html").out) << "a function of the record";
}

}  // namespace
}  // namespace rcufuzz
