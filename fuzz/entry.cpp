// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/entry.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/run/codec.h"
#include "core/run/generate.h"
#include "core/run/names.h"
#include "core/run/runner.h"
#include "core/strategy/from_plan.h"

namespace rcufuzz::fuzz {

namespace {

std::string_view environment(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::vector<std::string> items(std::string_view list) {
    std::vector<std::string> found;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (comma != 0) found.emplace_back(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return found;
}

// The place of the environment's word among the known ones; 0 where there is none.
std::size_t word_of(const char* name, std::initializer_list<std::string_view> known) {
    const std::string_view word = environment(name);
    const auto found = word.empty() ? known.begin() : std::find(known.begin(), known.end(), word);
    if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
    std::string message = std::string(name) + ": unknown word " + rcufuzz::quoted(word) + " (";
    for (const std::string_view each : known)
        message.append(each == *known.begin() ? "" : ", ").append(each);
    throw UserError(message + ")");
}

run::Feedback feedback_of_environment() {
    constexpr std::array<run::Feedback, 4> feedbacks{
        {{true, true}, {true, false}, {false, true}, {false, false}}};
    return feedbacks[word_of("RCUFUZZ_FEEDBACK", {"all", "states", "orders", "code"})];
}

unsigned schedules_of_environment() {
    constexpr std::int64_t usual = 15;
    constexpr std::int64_t most = 1000;
    const std::string_view word = environment("RCUFUZZ_SCHEDULES");
    const std::optional<std::int64_t> said = word.empty() ? usual : parse_int(word);
    if (!said || *said < 0 || *said > most)
        throw UserError("RCUFUZZ_SCHEDULES: " + rcufuzz::quoted(word) + " is no number from 0 to " +
                        std::to_string(most));
    return static_cast<unsigned>(*said);
}

// What the plans that the environment names show: their identities.
std::vector<std::string> known_of_environment(const run::Plan& fuzzed) {
    std::vector<std::string> identities;
    for (const std::string& file : items(environment("RCUFUZZ_KNOWN"))) {
        run::Plan plan = run::parse_plan(read_file(file), file, nullptr);
        if (plan.target != fuzzed.target)
            throw UserError(file + ": is a plan of target " + std::string(plan.target->name));
        plan.subject = fuzzed.subject;  // perhaps another build, which may have it no longer
        const run::Outcome outcome = run::replay(plan);
        if (outcome.found())
            identities.push_back(outcome.identity);
        else
            std::fprintf(stderr, "rcufuzz: %s shows nothing here\n", file.c_str());
    }
    return identities;
}

// Where the directory cannot be written to, the engine's own copy of the input has to do.
std::string write_plan(const run::Plan& plan, const std::string& name) {
    const std::string_view directory = environment("RCUFUZZ_OUT");
    try {
        return write_apart(directory.empty() ? "." : std::string(directory), name,
                           run::to_text(plan));
    } catch (const UserError& error) {
        std::fprintf(stderr, "rcufuzz: %s\n", error.what());
        return "PLAN";
    }
}

// As many letters as 64 bits take, and no digits: those are what crash comparers leave out.
std::string letters_of(std::uint64_t hash) {
    std::string text;
    for (unsigned i = 0; i < 14; ++i, hash /= 26) text += static_cast<char>('a' + hash % 26);
    return text;
}

[[noreturn]] void report(const run::Plan& plan, const run::Outcome& outcome) {
    const std::string path = write_plan(plan, outcome.file_name());
    const std::string verdict(word(outcome.verdict));
    // libFuzzer's minimiser takes two crashes for the same if this token is.
    std::fprintf(stderr, "DEDUP_TOKEN: %s\n", outcome.identity.c_str());
    std::fprintf(stderr, "%s\n", assertion_line(outcome).c_str());
    std::fprintf(stderr, "rcufuzz: %s at %s: %s\n", verdict.c_str(), outcome.site.c_str(),
                 outcome.detail.c_str());
    std::fprintf(stderr, "rcufuzz: replay with: rcufuzz explain %s\n", path.c_str());
    std::fflush(stderr);
    std::abort();
}

// At most: one of a task with a number has a byte more than a record.
constexpr std::size_t decision_bytes = run::record_bytes + 1;

// Decisions stand last; what does not fit is cut off between records.
Bytes encode_within(const run::Plan& plan, const run::Frame& frame, std::size_t max_size) {
    Bytes bytes = run::encode_body(plan, frame);
    if (bytes.size() > max_size) bytes.resize(max_size - max_size % run::record_bytes);
    return bytes;
}

}  // namespace

std::string assertion_line(const run::Outcome& outcome) {
    RunningHash hash;
    for (const char c : outcome.identity) hash.add(static_cast<unsigned char>(c));
    const std::string_view site = outcome.site;  // "nocb/wake.cpp:87 wake_nocb_gp"
    const std::size_t space = std::min(site.find(' '), site.size());
    const std::string_view function = site.substr(std::min(space + 1, site.size()));
    return std::string(site.substr(0, space)) + ": " + std::string(function) +
           ": Assertion `FuzzerHash=" + letters_of(hash.value()) + " " + outcome.identity +
           "' failed.";
}

Entry::Entry(std::string_view target) {
    // An input that breaks the harness itself must be kept, too.
    setenv("RCUFUZZ_ABORT_ON_CHECK", "1", 0);
    try {
        run::FrameWords words;
        words.bugs = items(environment("RCUFUZZ_BUG"));
        words.configs = items(environment("RCUFUZZ_CONFIG"));
        words.memory = environment("RCUFUZZ_MEMORY");
        words.oracle = environment("RCUFUZZ_ORACLE");
        const scenario::Subsystem& subject = run::target_from_word(target);
        if (subject.platform != nullptr) words.kernel = environment("RCUFUZZ_KERNEL");
        mutates_plans_ = word_of("RCUFUZZ_MUTATOR", {"plans", "bytes"}) == 0;
        feedback_ = feedback_of_environment();
        schedules_ = schedules_of_environment();
        frame_ = run::make_frame(subject, words);
        run::let_inputs_choose(frame_, words);
        known_ = known_of_environment(frame_.plan);
        std::fprintf(stderr, "rcufuzz: %s\n", described().c_str());
    } catch (const UserError& error) {
        std::fprintf(stderr, "rcufuzz: %s\n", error.what());
        std::exit(exit_usage);
    }
}

std::string Entry::described() const {
    std::string text = "fuzzing " + std::string(frame_.plan.target->name);
    if (!frame_.plan.subject.empty()) text += " " + frame_.plan.subject;
    std::string bugs;
    for (const std::string_view name : run::bug_names(frame_.plan))
        bugs += (bugs.empty() ? " with " : ", ") + std::string(name);
    text += bugs.empty() ? ", no bug switched on" : bugs;
    for (std::size_t i = 0; i < frame_.plan.target->configs.size(); ++i)
        if (((frame_.fixed_configs >> i) & 1u) != 0)
            text += ", " + std::string(frame_.plan.target->configs[i].name) + "=" +
                    std::to_string(frame_.plan.config[i]);
    text += frame_.inputs_choose_memory
                ? ", memory as inputs say"
                : ", memory " + std::string(run::memory_word(frame_.plan.memory));
    text += ", oracle " + std::string(run::oracle_word(frame_.plan.oracle));
    return text + (mutates_plans_ ? ", mutator plans" : ", mutator bytes");
}

run::Plan Entry::decode(ByteView input) const { return run::decode_body(input, frame_); }

void Entry::run_one(ByteView input, std::span<std::uint8_t> counters) const {
    const run::Plan plan = decode(input);
    strategy::FromPlan from_plan(plan.decisions);
    run::StateSampler sampler(from_plan, counters, feedback_);
    if (!run::run(plan, sampler).found()) return;
    const run::Outcome outcome = run::replay(plan);
    if (std::find(known_.begin(), known_.end(), outcome.identity) == known_.end())
        report(plan, outcome);
}

// What common bugs want has had its chance by then; short workloads go on to come from mutations,
// too.
run::Plan Entry::generated(Prng& prng) {
    constexpr unsigned before_long_workloads = 64;
    run::Plan base = frame_.plan;
    run::draw_form(base, frame_, prng);
    run::GenerateOptions options{.fixed_configs = frame_.fixed_configs};
    if (generated_++ >= before_long_workloads && !prng.one_in(8)) {
        options.min_ops = options.max_ops;
        options.max_ops = options.long_max_ops;
    }
    return run::generate(base, options, prng);
}

void Entry::try_schedules(run::Plan& plan, std::size_t max_size, bool redraw, Prng& prng) {
    constexpr std::uint64_t points_each = 2000;
    run::Plan tried = plan;
    tried.decisions.clear();
    const std::size_t ops_size = run::encode_body(tried, frame_).size();
    if (schedules_ == 0 || ops_size >= max_size) {
        if (redraw) rescheduler_.redraw(plan, prng);
        return;
    }
    const std::size_t room = (max_size - ops_size) / decision_bytes;
    const run::Rescheduler::Search how{.schedules = schedules_,
                                       .points = points_each * schedules_,
                                       .decisions = std::min(room, run::max_decisions)};
    const bool found = rescheduler_.search(tried, how, prng);
    if (found || redraw) plan = std::move(tried);
}

Bytes Entry::mutate(ByteView input, std::size_t max_size, std::uint64_t seed) {
    Prng prng(seed);
    run::Plan plan = decode(input);
    const std::uint32_t how = prng.below(16);
    bool redraw = false;
    if (how < 2) {
        rescheduler_.perturb(plan, prng);
    } else if (how < 6) {
        redraw = true;
    } else if (how < 12) {
        // Something else altogether, as a hunt begins: a corpus is easily stuck.
        plan = generated(prng);
        redraw = true;
    } else {
        if (prng.one_in(16)) run::draw_form(plan, frame_, prng);
        run::mutate(plan, prng);
    }
    try_schedules(plan, max_size, redraw, prng);
    return encode_within(plan, frame_, max_size);
}

Bytes Entry::cross(ByteView input, ByteView other, std::size_t max_size, std::uint64_t seed) {
    Prng prng(seed);
    run::Plan plan = decode(input);
    run::cross(plan, decode(other), prng);
    try_schedules(plan, max_size, false, prng);
    return encode_within(plan, frame_, max_size);
}

}  // namespace rcufuzz::fuzz
