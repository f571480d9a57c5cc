// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the record of a hunt says, as people want to know it: above all what it has not covered.
#pragma once

#include <string>
#include <vector>

#include "fuzz/hunt_record.h"

namespace rcufuzz::cli {

struct OperationView {
    std::string name;
    std::uint64_t began = 0;
    std::uint64_t done = 0;            // did something
    std::vector<std::string> missing;  // contexts in which it may run and never did
    std::size_t partners = 0;          // operations with which it was under way at one time
};

struct FileView {
    std::string name;
    std::size_t lines = 0;  // with code in the image
    std::size_t reached = 0;
    std::string missed;  // "5-7, 12"
};

struct HuntView {
    std::string folder;
    std::vector<std::string> told;  // reports that lie beside the plan of each find: "txt html"
    HuntRecord record;
    std::vector<OperationView> operations;  // in the order of the target's table
    std::size_t contexts = 0, contexts_in_all = 0;  // of operations, in which they did something
    std::size_t pairs = 0, pairs_in_all = 0;
    std::vector<std::string> pairs_missing;  // "call_rcu + rcu_barrier"
    std::vector<FileView> files;

    std::vector<std::string> never_ran() const;
    std::vector<std::string> never_did() const;  // ran, and never did something
};

// Throws UserError where there is no record that can be read.
HuntView view_hunt(const std::string& folder);

std::string views_page(const std::vector<HuntView>& views);

}  // namespace rcufuzz::cli
