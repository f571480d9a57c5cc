// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/hunt_folder.h"

#include <algorithm>
#include <ctime>
#include <filesystem>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/report/minimize.h"
#include "core/run/codec.h"
#include "core/run/site.h"
#include "core/scenario/platform.h"
#include "fuzz/output.h"

namespace rcufuzz::cli {

namespace {

namespace fs = std::filesystem;

constexpr double seconds_between_saves = 2;
constexpr std::string_view finds_name = "finds";

std::string date_now() {
    const std::time_t time = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&time, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

// "6.12 ca051f522d16" -> "ca051f522d16"
std::string build_of(const run::Plan& base) {
    const std::size_t space = base.subject.find(' ');
    return space == base.subject.npos ? "" : base.subject.substr(space + 1);
}

// The folder is there, and nobody else's.
std::string made(const std::string& folder) {
    std::error_code error;
    const bool is_hunts = fs::exists(in_folder(folder, std::string(record_name)), error);
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (!is_hunts && name != FolderLock::name && name != finds_name)
            throw UserError(folder + ": is neither empty nor the folder of a hunt");
    }
    make_folder(folder);
    return folder;
}

HuntRecord read_or_begin(const std::string& folder, const HuntSubject& subject) {
    HuntRecord record;
    record.subject = subject;
    std::error_code error;
    if (!fs::exists(in_folder(folder, std::string(record_name)), error)) return record;
    record = read_record(folder);
    if (!(record.subject == subject))
        throw UserError(folder + ": is of another hunt, " + words_of(record.subject));
    return record;
}

}  // namespace

HuntFolder::HuntFolder(const std::string& folder, const HuntSubject& subject,
                       const run::Plan& base)
    : folder_(made(folder)),
      lock_(folder_),
      base_(base),
      record_(read_or_begin(folder_, subject)),
      before_(record_) {
    make_folder(finds_folder());
    record_.build = build_of(base_);
    // Other sources have other lines.
    if (record_.build != before_.build) record_.lines.clear();
    if (record_.sessions.size() >= max_sessions) record_.sessions.erase(record_.sessions.begin());
    Session session;
    session.began = date_now();
    session.build = record_.build;
    record_.sessions.push_back(session);
    save();
}

std::string HuntFolder::finds_folder() const {
    return in_folder(folder_, std::string(finds_name));
}

std::vector<std::string> HuntFolder::known() const {
    std::vector<std::string> identities;
    for (const KeptFind& find : record_.finds) identities.push_back(find.identity);
    return identities;
}

Sighting HuntFolder::now() const { return {date_now(), record_.runs()}; }

// --- before the hunt goes on --------------------------------------------------------------------

void HuntFolder::tidy(const std::function<bool()>& go_on) {
    std::vector<std::string> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(finds_folder()))
        if (entry.path().extension() == ".plan") files.push_back(entry.path().filename().string());
    std::ranges::sort(files);
    for (const std::string& file : files) {
        const auto same = [&](const KeptFind& find) { return find.file == file; };
        if (std::ranges::none_of(record_.finds, same)) adopt(file);
    }
    for (KeptFind& find : record_.finds)
        look_again(find, record_.build != before_.build && !before_.build.empty(), go_on);
    save();
}

// What cannot be read or run is told, and stays where it is.
void HuntFolder::adopt(const std::string& file) {
    const std::string path = in_folder(finds_folder(), file);
    try {
        run::Plan plan = run::parse_plan(read_file(path), path, nullptr);
        if (plan.target != base_.target || plan.bugs != base_.bugs)
            throw UserError(path + ": is a plan of another hunt");
        plan.subject = base_.subject;
        const run::Outcome outcome = run::replay(plan);
        if (!outcome.found() || record_.find(outcome.identity) != nullptr) return;
        found({plan, outcome, record_.runs()}, path, false);
        record_.finds.back().times = 1;
    } catch (const UserError& error) {
        complain(error.what());
    }
}

void HuntFolder::look_again(KeptFind& find, bool other_build, const std::function<bool()>& go_on) {
    if (find.small && !other_build) return;
    const std::string path = in_folder(finds_folder(), find.file);
    try {
        run::Plan plan = run::parse_plan(read_file(path), path, nullptr);
        plan.subject = base_.subject;
        if (other_build) {
            find.shows = run::replay(plan).identity == find.identity;
            if (find.shows) find.last = now();
        }
        if (find.small || !find.shows || !go_on()) return;
        plan = report::minimize(plan, {.keep_going = go_on});
        find.small = go_on();
        if (run::replay(plan).identity != find.identity) return;  // is known by this one
        write_file(path, run::to_text(plan), true);
        find.ops = plan.ops.size();
        find.decisions = plan.decisions.size();
    } catch (const UserError& error) {
        complain(error.what());
    }
}

// --- while it goes on ---------------------------------------------------------------------------

void HuntFolder::found(const run::Find& find, const std::string& file, bool small) {
    pending_ = true;
    const run::Outcome& outcome = find.outcome;
    const Sighting now{date_now(), std::max(record_.runs(), find.run)};
    record_.finds.push_back({.identity = outcome.identity,
                             .verdict = std::string(word(outcome.verdict)),
                             .site = outcome.site,
                             .detail = outcome.detail,
                             .file = fs::path(file).filename().string(),
                             .ops = find.plan.ops.size(),
                             .decisions = find.plan.decisions.size(),
                             .first = now,
                             .last = now,
                             .small = small});
}

void HuntFolder::keep(unsigned job, const JobState& state) {
    if (jobs_.size() <= job) jobs_.resize(job + 1);
    if (record_.lanes.size() <= job) record_.lanes.resize(job + 1);
    jobs_[job] = state;
    record_.lanes[job] = state.position;
}

void HuntFolder::count_seen() {
    std::map<std::string, std::uint64_t> seen;
    for (const JobState& job : jobs_)
        for (const auto& [identity, times] : job.seen) seen[identity] += times;
    for (const auto& [identity, times] : seen) {
        KeptFind* const find = record_.find(identity);
        const std::uint64_t more = times - seen_[identity];
        if (find == nullptr || more == 0) continue;
        find->times += more;
        find->last = now();
        find->shows = true;
        seen_[identity] = times;
    }
}

void HuntFolder::count_lines() {
    const scenario::Platform* const platform = base_.target->platform;
    const std::string text = platform == nullptr ? "" : platform->lines();
    for (const std::string_view line : lines(text)) {
        const std::vector<std::string_view> fields = words(line);
        const auto number = fields.size() == 3 ? parse_int(fields[1]) : std::nullopt;
        if (number && base_.target->owns(run::site_file(fields[0])))
            record_.lines[std::string(fields[0])][static_cast<unsigned>(*number)] |=
                fields[2] == "1";
    }
}

void HuntFolder::save() {
    record_.states = before_.states;
    record_.covered = before_.covered;
    for (const JobState& job : jobs_) {
        record_.states.merge(job.states);
        record_.covered.merge(job.covered);
    }
    count_seen();
    count_lines();
    record_.seconds = before_.seconds + watch_.seconds();
    Session& session = record_.sessions.back();
    session.ended = date_now();
    session.seconds = watch_.seconds();
    const auto more = [](std::uint64_t end, std::uint64_t begin) {
        return end - std::min(end, begin);
    };
    session.runs = more(record_.runs(), before_.runs());
    session.new_states = more(record_.states.estimate(), before_.states.estimate());
    session.new_lines = more(record_.lines_reached(), before_.lines_reached());
    session.new_finds = more(record_.finds.size(), before_.finds.size());
    write_file(in_folder(folder_, std::string(record_name)), record_json(record_), true);
    saved_ = watch_.seconds();
    pending_ = false;
}

void HuntFolder::save_now_and_then() {
    if (pending_ || watch_.seconds() > saved_ + seconds_between_saves) save();
}

}  // namespace rcufuzz::cli
