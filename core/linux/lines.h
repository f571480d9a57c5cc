// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which lines of a kernel's source runs come to. A breakpoint stands at the code of each line until
// it is met for the first time: the image is the one that everybody runs, no point and no address
// changes, and what has been met costs nothing more. On x86-64.
//
// What is met is kept in memory that processes share with those that they fork, so that the jobs of
// a hunt are one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/place.h"
#include "core/sim/door.h"

namespace rcufuzz::linux_guest {

// Of a text with lines "FILE LINE", in ascending order. Throws UserError.
std::vector<Place> places(std::string_view text);

// The points of the functions that these lines are in, in ascending order. A line is in the
// function of the nearest point of its file, if that is within 40 lines.
std::vector<Place> points_of_functions_at(std::span<const machine_site> points,
                                          std::span<const Place> lines);

class Lines {
   public:
    // From a file with a line "ADDRESS FILE LINE" for each place in the code of an image, in
    // ascending order of addresses. Throws UserError.
    explicit Lines(const std::string& path);
    ~Lines();
    Lines(const Lines&) = delete;
    Lines& operator=(const Lines&) = delete;

    // `near` has lines "FILE LINE". came_near() says whether a run has come to one of these since
    // its last call. To be called before watch(). Throws UserError.
    void look_near(std::string_view near);
    bool came_near();

    // The image has just been loaded, and nothing of it runs. One at a time in a process; until
    // this is destroyed, or others watch, the code has to stay where it is.
    void watch();

    // As if no run had come anywhere. Nothing of the image runs.
    void forget();

    // A line "FILE LINE 1" for each that was met, "FILE LINE 0" for the others, sorted.
    std::string text() const;

    // For the signal handler: whether a breakpoint of ours ends there. It is taken away.
    bool meet(std::uintptr_t address);

    struct Row {
        std::uintptr_t address;
        std::string file;
        unsigned line;
    };

   private:
    void put_breakpoint(std::uintptr_t address);
    bool is_met(std::uintptr_t address) const { return met_[address - begin_] != 0; }

    std::vector<Row> rows_;
    std::uintptr_t begin_ = 0;
    std::size_t size_ = 0;            // from the first address to beyond the last
    std::vector<std::uint8_t> code_;  // what stands under each breakpoint; by offset
    std::uint8_t* met_ = nullptr;     // shared; by offset
    std::vector<std::uintptr_t> near_;
    bool came_near_ = false;
};

// The place "FILE:LINE" whose code is at this address, by a file as above. A line of a C file comes
// before one of an inline function in a header. Empty: none has its code there.
std::string line_at(const std::string& path, std::uintptr_t address);

}  // namespace rcufuzz::linux_guest
