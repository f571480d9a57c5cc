// SPDX-License-Identifier: GPL-2.0-or-later
//
// What commands print with --json is one document, and what json.md says of it: the fields of each
// command are those of the table there, with their types, and no others.
#include <map>
#include <set>

#include "core/base/text.h"
#include "fuzz/cli_test.h"

namespace rcufuzz {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// Of one command, the types of each field wherever it stands: {"plan", {"string", "null"}}.
using Fields = std::map<std::string, std::set<std::string>>;

std::string type_of(const json& value) {
    const std::string name = value.type_name();
    return name == "array" ? "list" : name;
}

void collect(const json& document, Fields& fields) {
    for (const auto& [key, value] : document.items()) {
        if (document.is_object()) fields[key].insert(type_of(value));
        if (value.is_structured()) collect(value, fields);
    }
}

// "| `plan` | string, null | hunt verify | where ... |"
std::map<std::string, Fields> documented() {
    std::map<std::string, Fields> by_command;
    const std::string text = text_of(RCUFUZZ_SOURCE_DIR "/fuzz/json.md");
    for (const std::string_view line : lines(text)) {
        if (!line.starts_with("| `")) continue;
        std::vector<std::string> cells;
        for (std::size_t from = 1; from < line.size();) {
            const std::size_t to = std::min(line.find('|', from), line.size());
            cells.emplace_back(trim(line.substr(from, to - from)));
            from = to + 1;
        }
        EXPECT_EQ(cells.size(), 4u) << line;
        const std::string name = cells.at(0).substr(1, cells.at(0).size() - 2);
        for (const std::string_view command : words(cells.at(2)))
            for (std::string_view type : words(cells.at(1)))
                by_command[std::string(command)][name].emplace(
                    type.ends_with(',') ? type.substr(0, type.size() - 1) : type);
    }
    return by_command;
}

// A list of documents is as good as one: what is collected adds up.
json parsed(const std::string& text) {
    EXPECT_TRUE(json::accept(text)) << text;
    EXPECT_TRUE(text.ends_with('\n'));
    return json::parse(text, nullptr, false);
}

class JsonOutput : public Cli {
   protected:
    void SetUp() override {
        Cli::SetUp();
        find_ = find_plan();
        write_file(path("bad.plan"), "nothing", false);
        write_file(path("bad.story"), "nothing", false);
        write_file(path("clean.plan"), "rcufuzz-plan 1\ntarget nocb\noracle all\n", false);
        write_file(path("fails.story"),
                   "story \"s\"\ntarget nocb\nverdict clean\nstep 1 \"It is hot.\"\n"
                   "  check cblist_len[0] == 7\n",
                   false);
        write_file(path("t.litmus"),
                   "C t\n{}\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\nexists (x=1)\n", false);
        write_file(path("u.litmus"), "nothing", false);
        const std::string mark = "  a/0-7  [000] d..1.  1.0: f: rcufuzz: ";
        write_file(path("lost.trace"),
                   mark + "window gp_seq=8\n" + mark + "go\nCPU:1 [LOST 7 EVENTS]\n" + mark +
                       "over\n",
                   false);
    }

    // Only with a kernel is anything tried.
    static void add_misfit(Fields& fields) {
        for (const char* field : {"line", "window", "made", "tries"})
            fields[field].insert("number");
        for (const char* field : {"actor", "event", "instead"}) fields[field].insert("string");
    }

    // What the command prints in all of these calls.
    Fields fields_of(const std::vector<std::string>& calls) const {
        Fields fields;
        for (const std::string& call : calls) collect(parsed(rcufuzz(call).out), fields);
        return fields;
    }

    std::string find_;
};

TEST_F(JsonOutput, IsAsTheTableSays) {
    const std::map<std::string, Fields> table = documented();
    const std::map<std::string, std::vector<std::string>> calls{
        {"list", {"list --json"}},
        {"help", {"help --json", "help hunt --json"}},
        {"hunt",
         {"hunt nocb --bug D10 --runs 99 --json --out o --seed 1",
          "hunt nocb --bug D10 --runs 99 --json --resume kept"}},
        {"status", {"status kept --json"}},
        {"replay", {"replay --json . absent.plan"}},
        {"minimize", {"minimize --json " + find_, "minimize --json -o m.plan " + find_}},
        {"convert", {"convert --json " + find_, "convert --json -o c.bin " + find_}},
        {"explain", {"explain --json " + find_}},
        {"story",
         {"story --json fails.story bad.story " RCUFUZZ_SOURCE_DIR
          "/corpus/stories/smp-call-2011.story"}},
        {"verify",
         {"verify nocb --ops clean.plan --delays 0 --json --out o",
          "verify nocb --bug D10 --ops " + find_ + " --delays 0 --json --out o"}},
        {"survey",
         {"survey --json --runs 9 clean.plan bad.plan " + find_,
          "survey --json --runs 9 --out o " + find_}},
        {"triage", {"triage --json --out t . bad.plan", "triage --json --out u absent"}},
        {"litmus", {"litmus --json ."}},
        {"conform", {"conform --json lost.trace"}},
        {"bench",
         {"bench --json --target nocb --seconds 0.001", "bench memory --json --seconds 0.0001",
          "bench finds --json --target nocb --bug D10 --bug D01 --strategy pct --seeds 1 --runs 3",
          "bench peers --json --seeds 1 --runs 10"}}};
    for (const auto& [command, fields] : table)
        EXPECT_TRUE(calls.contains(command)) << "json.md tells of " << command;
    for (const auto& [command, lines] : calls) {
        const Fields said = table.contains(command) ? table.at(command) : Fields();
        Fields printed = fields_of(lines);
        // What only some machines have, and what is only there where a disk is full.
        if (command == "bench") printed["said"].insert("list");
        if (command == "hunt") printed["text"].insert("string");
        if (command == "conform") add_misfit(printed);
        for (const auto& [field, types] : printed) {
            ASSERT_TRUE(said.contains(field)) << command << ": " << field << " is not in json.md";
            for (const std::string& type : types)
                EXPECT_TRUE(said.at(field).contains(type)) << command << ": " << field << type;
        }
        for (const auto& [field, types] : said)
            EXPECT_TRUE(printed.contains(field)) << command << " never prints " << field;
    }
}

// A command that is added has --json, or is one of these, whose document is of another kind.
TEST_F(JsonOutput, IsThereOfEveryCommand) {
    const json help = parsed(rcufuzz("help --json").out);
    for (const json& command : help.at("commands")) {
        const std::string name = command.at("name");
        bool has = false;
        for (const json& option : command.at("options")) has |= option.at("name") == "--json";
        EXPECT_EQ(has, name != "man" && name != "completion") << name;
    }
}

TEST_F(JsonOutput, HoldsWhateverANameHolds) {
    const std::string name = "\xff\x1b\"\\\n";
    const auto named = [&](const std::string& ending) { return name + ending; };
    const auto quoted = [&](const std::string& ending) { return " './" + named(ending) + "'"; };
    write_file(path(named(".plan")), text_of(path(find_)), false);
    write_file(path(named(".litmus")), text_of(path("t.litmus")), false);
    write_file(path(named(".story")),
               "story \"\xff\xc3\"\ntarget nocb\nverdict clean\nstep 1 \"\xfe\"\n  settle\n",
               false);
    for (const std::string& call :
         {"replay --json" + quoted(".plan"), "minimize --json" + quoted(".plan"),
          "minimize --json -o" + quoted("m") + quoted(".plan"), "convert --json" + quoted(".plan"),
          "explain --json" + quoted(".plan"), "explain --format chrome-trace" + quoted(".plan"),
          "survey --json --runs 3" + quoted(".plan"),
          "survey --json --runs 3 --out" + quoted("s") + quoted(".plan"),
          "triage --json --out" + quoted("t") + quoted(".plan"),
          "verify nocb --json --bug D10 --delays 0 --out" + quoted("v") + " --ops" +
              quoted(".plan"),
          "litmus --json" + quoted(".litmus"), "story --json" + quoted(".story"),
          "hunt nocb --json --bug D10 --runs 99 --out" + quoted("h"),
          "hunt nocb --json --bug D10 --runs 99 --resume" + quoted("k"),
          "status --json" + quoted("k")}) {
        const Result result = rcufuzz(call);
        EXPECT_TRUE(json::accept(result.out)) << call << "\n" << result.out << result.err;
        EXPECT_TRUE(std::ranges::all_of(result.out, [](char c) { return c == '\n' || c >= ' '; }))
            << call;
    }
}

// The line of the first plan is there while the second one is under way.
TEST_F(JsonOutput, ComesLineByLine) {
    for (const std::string command : {"survey --seconds 60 --runs 1000000000 --json ",
                                      "survey --seconds 60 --runs 1000000000 --json --list "}) {
        const Result result = shell("rm -f lines; \"$R\" " + command + find_ +
                                    " clean.plan >lines & pid=$!; for i in $(seq 300); do "
                                    "grep -q found.:true lines && break; sleep 0.1; done; "
                                    "cat lines; kill -9 $pid; wait");
        EXPECT_THAT(result.out, HasSubstr("{\"file\":\"" + find_ + "\",\"found\":true,"));
        EXPECT_THAT(result.out, testing::Not(HasSubstr("\"tried\"")));
    }
}

TEST_F(JsonOutput, IsAllThatIsPrinted) {
    EXPECT_EQ(rcufuzz("explain --json --format story " + find_).exit_code, 64);
    EXPECT_EQ(rcufuzz("story --json -o - fails.story").exit_code, 64);
    EXPECT_EQ(rcufuzz("minimize --json -o - " + find_).exit_code, 0);
    parsed(rcufuzz("minimize --json -o - " + find_).out);
}

}  // namespace
}  // namespace rcufuzz
