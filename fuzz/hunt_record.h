// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is kept of a hunt that goes on for days: where it stands, what it has covered, what it has
// found. As JSON, for a person, a page, and the next session of the hunt.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/run/covered.h"
#include "core/run/hunt.h"

namespace rcufuzz::cli {

// What makes it this hunt and no other. Another build of the same kernel is the same hunt.
struct HuntSubject {
    std::string target;
    std::string kernel;  // its name; empty: the target is no kernel
    std::vector<std::string> bugs;
    std::vector<std::string> configs;  // "name=value", those that are not drawn
    std::string memory;
    std::string oracle;
    std::string strategy;
    std::uint64_t seed = 0;
    bool operator==(const HuntSubject&) const = default;
};

// "linux, kernel 6.12, all, seed 1"
std::string words_of(const HuntSubject& subject);

// When something was seen. Dates are UTC, "2026-03-01T12:00:00Z"; nothing of them reaches a run.
struct Sighting {
    std::string date;
    std::uint64_t run = 0;  // so many had been executed by then
};

struct KeptFind {
    std::string identity;
    std::string verdict;
    std::string site;
    std::string detail;
    std::string file;  // of its plan, in the folder
    std::size_t ops = 0;
    std::size_t decisions = 0;
    Sighting first, last;     // when it was seen
    std::uint64_t times = 0;  // that a run showed it
    bool small = false;       // it was minimised to the end
    bool shows = true;        // its plan, on this build
};

// One process, from its start to its end.
struct Session {
    std::string began, ended;
    std::string build;  // hash of a kernel's sources; empty: none
    std::uint64_t runs = 0;
    double seconds = 0;
    std::uint64_t new_states = 0;
    std::uint64_t new_lines = 0;
    std::uint64_t new_finds = 0;
};
inline constexpr std::size_t max_sessions = 1000;  // of older ones the sums are kept

struct HuntRecord {
    HuntSubject subject;
    std::string build;
    double seconds = 0;
    std::vector<run::HuntPosition> lanes;  // of each job, by number
    run::DistinctSketch states;
    run::Covered covered;
    // Of a kernel's own source, by file: whether some run came to the line.
    std::map<std::string, std::map<unsigned, bool>> lines;
    std::vector<KeptFind> finds;
    std::vector<Session> sessions;

    std::uint64_t runs() const;
    std::uint64_t lines_reached() const;
    std::uint64_t lines_in_all() const;
    KeptFind* find(const std::string& identity);
};

std::string record_json(const HuntRecord& record);
// Throws UserError("NAME: ...") for what record_json() does not write.
HuntRecord record_from_json(std::string_view text, const std::string& name);

// "5-7, 12" of the lines that are, or are not, reached. For people, what has no code of its own
// between two lines does not part them.
std::string line_ranges(const std::map<unsigned, bool>& lines, bool reached, bool for_people);

// The file in a hunt's folder.
inline constexpr std::string_view record_name = "state.json";
// Throws UserError where there is none that can be read.
HuntRecord read_record(const std::string& folder);

}  // namespace rcufuzz::cli
