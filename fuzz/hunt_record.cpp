// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/hunt_record.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/run/names.h"
#include "fuzz/json_stream.h"

namespace rcufuzz::cli {

namespace {

constexpr int version = 1;
constexpr const char* version_key = "rcufuzz_hunt";
constexpr std::size_t max_record_bytes = std::size_t{64} << 20;

// Numbers that JSON readers would round are text.
std::string hex_text(std::uint64_t value) { return fmt::format("{:#x}", value); }
std::uint64_t from_hex(const Json& json) {
    return std::stoull(json.get<std::string>(), nullptr, 0);
}

// --- parts, both ways ---------------------------------------------------------------------------

Json to_json(const HuntSubject& subject) {
    return {{"target", subject.target},     {"kernel", subject.kernel},
            {"bugs", subject.bugs},         {"configs", subject.configs},
            {"memory", subject.memory},     {"oracle", subject.oracle},
            {"strategy", subject.strategy}, {"seed", hex_text(subject.seed)}};
}

HuntSubject subject_from(const Json& json) {
    return {.target = json.at("target"),
            .kernel = json.at("kernel"),
            .bugs = json.at("bugs"),
            .configs = json.at("configs"),
            .memory = json.at("memory"),
            .oracle = json.at("oracle"),
            .strategy = json.at("strategy"),
            .seed = from_hex(json.at("seed"))};
}

Json to_json(const run::HuntPosition& lane) {
    Json seeds = Json::array();
    for (const std::uint64_t seed : lane.seeds) seeds.push_back(hex_text(seed));
    return {{"seeds", seeds},
            {"workloads", lane.workloads},
            {"executions", lane.runs},
            {"points", lane.points},
            {"points_of_each", lane.points_of_each}};
}

run::HuntPosition lane_from(const Json& json) {
    run::HuntPosition lane;
    for (std::size_t i = 0; i < lane.seeds.size(); ++i)
        lane.seeds[i] = from_hex(json.at("seeds").at(i));
    lane.workloads = json.at("workloads");
    lane.runs = json.at("executions");
    lane.points = json.at("points");
    lane.points_of_each = json.at("points_of_each");
    return lane;
}

Json to_json(const Sighting& sighting) {
    return {{"date", sighting.date}, {"execution", sighting.run}};
}
Sighting sighting_from(const Json& json) { return {json.at("date"), json.at("execution")}; }

Json to_json(const KeptFind& find) {
    return {{"identity", find.identity},
            {"verdict", find.verdict},
            {"site", find.site},
            {"detail", find.detail},
            {"file", find.file},
            {"ops", find.ops},
            {"decisions", find.decisions},
            {"first_seen", to_json(find.first)},
            {"last_seen", to_json(find.last)},
            {"times", find.times},
            {"small", find.small},
            {"shows", find.shows}};
}

KeptFind find_from(const Json& json) {
    return {.identity = json.at("identity"),
            .verdict = json.at("verdict"),
            .site = json.at("site"),
            .detail = json.at("detail"),
            .file = json.at("file"),
            .ops = json.at("ops"),
            .decisions = json.at("decisions"),
            .first = sighting_from(json.at("first_seen")),
            .last = sighting_from(json.at("last_seen")),
            .times = json.at("times"),
            .small = json.at("small"),
            .shows = json.at("shows")};
}

Json to_json(const Session& session) {
    return {{"began", session.began},         {"ended", session.ended},
            {"build", session.build},         {"executions", session.runs},
            {"seconds", session.seconds},     {"new_states", session.new_states},
            {"new_lines", session.new_lines}, {"new_finds", session.new_finds}};
}

Session session_from(const Json& json) {
    return {.began = json.at("began"),
            .ended = json.at("ended"),
            .build = json.at("build"),
            .runs = json.at("executions"),
            .seconds = json.at("seconds"),
            .new_states = json.at("new_states"),
            .new_lines = json.at("new_lines"),
            .new_finds = json.at("new_finds")};
}

// --- what was covered, by the names of operations, which their numbers may leave ----------------

Json counts(const run::Covered::ByContext& by_context) {
    Json json = Json::object();
    for (std::size_t i = 0; i < by_context.size(); ++i)
        if (by_context[i] != 0) json[std::string(scenario::op_context_words[i])] = by_context[i];
    return json;
}

Json operations(const HuntRecord& record) {
    const auto ops = run::target_from_word(record.subject.target).ops;
    Json json = Json::object();
    for (std::size_t kind = 0; kind < ops.size(); ++kind) {
        Json together = Json::array();
        for (std::size_t other = 0; other < ops.size(); ++other)
            if (record.covered.together[kind].test(other)) together.push_back(ops[other].name);
        json[std::string(ops[kind].name)] = {{"began", counts(record.covered.began[kind])},
                                             {"did_something", counts(record.covered.done[kind])},
                                             {"together_with", std::move(together)}};
    }
    return json;
}

void read_counts(const Json& json, run::Covered::ByContext& to) {
    for (std::size_t i = 0; i < to.size(); ++i)
        to[i] = json.value(std::string(scenario::op_context_words[i]), std::uint64_t{0});
}

void read_operations(const Json& json, HuntRecord& record) {
    const auto ops = run::target_from_word(record.subject.target).ops;
    const auto kind_of = [&](const std::string& name) {
        const auto same = [&](const scenario::OpSpec& op) { return op.name == name; };
        return static_cast<std::size_t>(std::ranges::find_if(ops, same) - ops.begin());
    };
    for (const auto& [name, counted] : json.items()) {
        const std::size_t kind = kind_of(name);
        if (kind == ops.size()) continue;  // there is no such operation any more
        read_counts(counted.at("began"), record.covered.began[kind]);
        read_counts(counted.at("did_something"), record.covered.done[kind]);
        for (const Json& other : counted.at("together_with"))
            if (const std::size_t number = kind_of(other); number != ops.size())
                record.covered.together[kind].set(number);
    }
}

// --- states: a character for each of its small numbers ------------------------------------------

std::string states_text(const run::DistinctSketch& states) {
    std::string text;
    for (const std::uint8_t value : states.registers()) text += static_cast<char>('0' + value);
    return text;
}

run::DistinctSketch states_from(const std::string& text) {
    run::DistinctSketch::Registers registers{};
    if (text.size() != registers.size()) throw std::out_of_range("states");
    for (std::size_t i = 0; i < registers.size(); ++i) {
        if (text[i] < '0' || text[i] > '0' + 64) throw std::out_of_range("states");
        registers[i] = static_cast<std::uint8_t>(text[i] - '0');
    }
    return run::DistinctSketch(registers);
}

// --- lines --------------------------------------------------------------------------------------

Json lines_json(const HuntRecord& record) {
    Json json = Json::object();
    for (const auto& [file, lines] : record.lines)
        json[file] = {{"reached", line_ranges(lines, true, false)},
                      {"not_reached", line_ranges(lines, false, false)}};
    return json;
}

void read_ranges(const std::string& text, bool reached, std::map<unsigned, bool>& to) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t comma = std::min(text.find(", ", at), text.size());
        const std::string range = text.substr(at, comma - at);
        const std::size_t dash = range.find('-');
        const unsigned long first = std::stoul(range);
        const unsigned long last = dash == range.npos ? first : std::stoul(range.substr(dash + 1));
        if (last > 10'000'000) throw std::out_of_range("lines");
        for (unsigned long line = first; line <= last; ++line)
            to[static_cast<unsigned>(line)] |= reached;
        at = comma + 2;
    }
}

template <typename From>
auto list_from(const Json& json, From from) {
    std::vector<decltype(from(json))> list;
    for (const Json& one : json) list.push_back(from(one));
    return list;
}

HuntRecord record_from(const Json& json) {
    if (json.at(version_key) != version) throw std::out_of_range("version");
    HuntRecord record;
    record.subject = subject_from(json.at("subject"));
    record.build = json.at("build");
    record.seconds = json.at("seconds");
    record.lanes = list_from(json.at("lanes"), lane_from);
    record.finds = list_from(json.at("finds"), find_from);
    record.sessions = list_from(json.at("sessions"), session_from);
    record.states = states_from(json.at("states"));
    read_operations(json.at("operations"), record);
    for (const auto& [file, lines] : json.at("lines").items()) {
        read_ranges(lines.at("not_reached"), false, record.lines[file]);
        read_ranges(lines.at("reached"), true, record.lines[file]);
    }
    return record;
}

}  // namespace

std::string words_of(const HuntSubject& subject) {
    std::string text = subject.target;
    if (!subject.kernel.empty()) text += ", kernel " + subject.kernel;
    for (const std::string& bug : subject.bugs) text += ", bug " + bug;
    for (const std::string& config : subject.configs) text += ", " + config;
    if (subject.memory != "sc") text += ", memory " + subject.memory;
    if (subject.oracle != "all") text += ", oracle " + subject.oracle;
    return text + ", strategy " + subject.strategy + ", seed " + std::to_string(subject.seed);
}

std::uint64_t HuntRecord::runs() const {
    std::uint64_t sum = 0;
    for (const run::HuntPosition& lane : lanes) sum += lane.runs;
    return sum;
}

std::uint64_t HuntRecord::lines_reached() const {
    std::uint64_t sum = 0;
    for (const auto& [file, of_file] : lines)
        for (const auto& [line, reached] : of_file) sum += reached ? 1 : 0;
    return sum;
}

std::uint64_t HuntRecord::lines_in_all() const {
    std::uint64_t sum = 0;
    for (const auto& [file, of_file] : lines) sum += of_file.size();
    return sum;
}

KeptFind* HuntRecord::find(const std::string& identity) {
    const auto same = [&](const KeptFind& find) { return find.identity == identity; };
    const auto at = std::ranges::find_if(finds, same);
    return at == finds.end() ? nullptr : &*at;
}

std::string record_json(const HuntRecord& record) {
    Json lanes = Json::array(), finds = Json::array(), sessions = Json::array();
    for (const run::HuntPosition& lane : record.lanes) lanes.push_back(to_json(lane));
    for (const KeptFind& find : record.finds) finds.push_back(to_json(find));
    for (const Session& session : record.sessions) sessions.push_back(to_json(session));
    const Json json{{version_key, version},
                    {"subject", to_json(record.subject)},
                    {"build", record.build},
                    {"executions", record.runs()},
                    {"seconds", record.seconds},
                    {"distinct_states", record.states.estimate()},
                    {"lines_reached", record.lines_reached()},
                    {"lines_in_all", record.lines_in_all()},
                    {"finds", std::move(finds)},
                    {"sessions", std::move(sessions)},
                    {"operations", operations(record)},
                    {"lines", lines_json(record)},
                    {"lanes", std::move(lanes)},
                    {"states", states_text(record.states)}};
    return json.dump(1, ' ', true, Json::error_handler_t::replace) + "\n";
}

HuntRecord record_from_json(std::string_view text, const std::string& name) {
    // What a library or a number says of it helps nobody.
    try {
        return record_from(Json::parse(text));
    } catch (const Json::exception&) {
    } catch (const std::logic_error&) {
    }
    throw UserError(name + ": is not what a hunt has written there, or not whole");
}

std::string line_ranges(const std::map<unsigned, bool>& lines, bool reached, bool for_people) {
    std::string text;
    unsigned first = 0, last = 0;
    const auto end_range = [&] {
        if (first == 0) return;
        text += (text.empty() ? "" : ", ") + std::to_string(first);
        if (last != first) text += "-" + std::to_string(last);
        first = 0;
    };
    for (const auto& [line, is_reached] : lines) {
        if (is_reached != reached || (line != last + 1 && !for_people)) end_range();
        if (is_reached != reached) continue;
        if (first == 0) first = line;
        last = line;
    }
    end_range();
    return text;
}

HuntRecord read_record(const std::string& folder) {
    const std::string path = in_folder(folder, std::string(record_name));
    const std::vector<std::uint8_t> bytes = read_file(path, max_record_bytes);
    return record_from_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path);
}

}  // namespace rcufuzz::cli
