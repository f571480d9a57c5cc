// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where the points and the plain accesses of an image stand in its source, by the files that
// build/name-sites writes. Words and sites belong to this, and stay where they are.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/sim/door.h"

namespace rcufuzz::linux_guest {

class Sites {
   public:
    Sites() = default;
    Sites(const Sites&) = delete;
    Sites& operator=(const Sites&) = delete;

    // From a file with a line "FILE LINE FUNCTION" for each of these. Throws UserError.
    void name(const std::string& path, std::span<machine_site> points);
    // From a file with a line "ADDRESS FILE LINE FUNCTION" for each plain access, in ascending
    // order of the addresses that the calls before them return to. Once. Throws UserError.
    void read_plain_accesses(const std::string& path);
    // The plain access before which a call returns there; an unnamed site where there is none.
    const machine_site* plain_access(std::uintptr_t address) const;

   private:
    machine_site site(std::span<const std::string_view> fields);
    const char* keep(std::string_view text) { return words_.emplace(text).first->c_str(); }

    std::set<std::string, std::less<>> words_;
    std::vector<std::uintptr_t> addresses_;
    std::vector<machine_site> plain_;  // of the address with the same index
};

}  // namespace rcufuzz::linux_guest
