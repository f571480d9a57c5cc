// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz litmus
#include <chrono>
#include <optional>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/litmus/check.h"
#include "core/litmus/parse.h"
#include "fuzz/commands.h"
#include "fuzz/inputs.h"
#include "fuzz/json_stream.h"
#include "fuzz/output.h"

namespace rcufuzz::cli {

namespace {

using litmus::Agreement;

// Gives a test up that takes too long.
struct Deadline {
    std::chrono::steady_clock::time_point end;
    static bool passed(void* arg) {
        return std::chrono::steady_clock::now() >= static_cast<const Deadline*>(arg)->end;
    }
};

struct Checked {
    std::string file;
    litmus::Test test;
    litmus::Report report;
    Agreement agreement = Agreement::not_recorded;
    std::string outside;  // why the test was not run; empty: it was
};

void check_file(Checked& checked, const LitmusArgs& args) {
    const std::string& file = checked.file;
    litmus::CheckOptions options;
    options.mode = args.memory == "sc" ? litmus::Mode::sc : litmus::Mode::weak;
    options.method = args.machine ? litmus::Method::machine : litmus::Method::axioms;
    Deadline deadline{std::chrono::steady_clock::now() +
                      std::chrono::milliseconds(static_cast<std::int64_t>(args.seconds * 1000))};
    options.stop = Deadline::passed;
    options.stop_arg = &deadline;
    checked.test = litmus::parse(read_text(file), file);
    checked.report = litmus::check(checked.test, file, options);
    checked.agreement = litmus::agreement(checked.test, checked.report);
}

// The search was given up before it knew enough for what was asked.
bool is_undecided(const Checked& checked) {
    if (checked.agreement == Agreement::not_recorded)
        return checked.report.observation() == "Unknown";
    return checked.agreement == Agreement::undecided;
}

std::string_view agreement_word(Agreement agreement) {
    switch (agreement) {
        case Agreement::agrees:
            return "as recorded";
        case Agreement::disagrees:
            return "NOT as recorded";
        case Agreement::undecided:
            return "not decided";
        case Agreement::not_recorded:
            break;
    }
    return "nothing recorded";
}

void print_whole(const Checked& checked) {
    put_text(litmus::to_text(checked.test, checked.report));
    if (!checked.report.complete)
        print("Not exhaustive: given up after {} runs\n", checked.report.runs);
    else if (checked.report.forgot)
        print("Not exhaustive: more than {} stores to one variable\n", memory::max_history);
    if (checked.report.cut_short) print("Loops that wait: two rounds at most, as herd7\n");
    if (!checked.test.result.empty())
        print("Recorded {}: {}\n", checked.test.result, agreement_word(checked.agreement));
}

void print_line(const Checked& checked) {
    if (!checked.outside.empty()) {
        print("{:<10} {:<10} outside the dialect: {}\n", "-", "-", checked.outside);
        return;
    }
    const std::string recorded = checked.test.result.empty() ? "-" : checked.test.result;
    print("{:<10} {:<10} {:<16} {:>4} states {:>7} runs{}{}  {}\n", checked.report.observation(),
          recorded, agreement_word(checked.agreement), checked.report.states.size(),
          checked.report.runs, checked.report.complete ? "" : " (not exhaustive)",
          checked.report.race ? " (data race)" : "", printable(checked.file));
}

Json as_json(const Checked& checked) {
    Json json{{"file", checked.file}};
    if (!checked.outside.empty()) {
        json["error"] = checked.outside;
        return json;
    }
    const litmus::Report& report = checked.report;
    json["test"] = checked.test.name;
    json["observation"] = report.observation();
    json["recorded"] = checked.test.result;
    json["agreement"] = agreement_word(checked.agreement);
    json["positive"] = report.positive;
    json["negative"] = report.negative;
    json["data_race"] = report.race;
    json["mixed_accesses"] = report.mixed;
    json["unmatched_srcu_unlock"] = report.unmatched;
    json["exhaustive"] = report.complete && !report.forgot;
    json["runs"] = report.runs;
    Json states = Json::array();
    for (const litmus::FinalState& state : report.states)
        states.push_back(
            {{"state", litmus::state_text(checked.test, state)}, {"holds", state.holds}});
    json["states"] = states;
    return json;
}

}  // namespace

int litmus_tests(const LitmusArgs& args) {
    if (args.memory != "sc" && args.memory != "weak")
        throw UserError("--memory " + rcufuzz::quoted(args.memory) + ": expected sc or weak");
    Inputs inputs(args.paths, litmus_files);
    const std::vector<std::string>& files = inputs.files();
    const bool one = files.size() == 1;
    std::size_t outside = 0;
    std::size_t wrong = 0;
    std::size_t unknown = 0;
    std::optional<JsonStream> json;
    if (args.json) json.emplace();
    for (const std::string& file : files) {
        if (output_failed()) break;
        Checked checked;
        checked.file = file;
        checked.outside = inputs.try_input([&] { check_file(checked, args); });
        if (!checked.outside.empty()) ++outside;
        if (checked.agreement == Agreement::disagrees) ++wrong;
        if (checked.outside.empty() && is_undecided(checked)) ++unknown;
        if (json)
            json->add(as_json(checked));
        else if (!one) {
            print_line(checked);
            flush_output();  // a folder takes a while
        } else if (checked.outside.empty())
            print_whole(checked);
    }
    if (json)
        json->end();
    else if (files.size() > 1)
        print("{} tests, {} not as recorded, {} outside the dialect, {} unknown\n", files.size(),
              wrong, outside, unknown);
    if (wrong != 0) return exit_found;
    if (inputs.any_refused()) return exit_usage;
    return unknown != 0 ? exit_undecided : exit_clean;
}

}  // namespace rcufuzz::cli
