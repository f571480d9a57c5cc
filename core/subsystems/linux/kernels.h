// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernels that scripts/kernel has built, and the one of them that this process runs.
#pragma once

#include <string>
#include <vector>

#include "core/linux/kernel.h"
#include "core/scenario/platform.h"

namespace rcufuzz::linux_subject {

struct BuiltKernel {
    std::string name;     // "6.12"
    std::string release;  // "6.12.117"
    std::string variant;  // "base"
    std::string hash;     // of the sources that it was made of
    std::string tree;     // where it lay
    std::string change;   // what was changed in it: `"a title"`; empty: nothing
    std::string with;     // the options of scripts/kernel build that change it so
};

// A line of the source that it was made of: of what was patched for it, or else of its tree. Empty
// where that is not there any more.
std::string source_line(const BuiltKernel& kernel, const std::string& file, unsigned line);

// "kernel/rcu/tree.c:2575 rcu_do_batch", of an address in its code; empty: unknown.
std::string place_of(const BuiltKernel& kernel, std::uintptr_t address);

// In the order of their names.
std::vector<BuiltKernel> built_kernels();

// By name; empty: the only one. Throws UserError, which says what there is.
BuiltKernel find_kernel(const std::string& name);

// Loaded, in place of the one before; the same kernel stays.
linux_guest::Kernel& load_kernel(const std::string& name);
linux_guest::Kernel* loaded_kernel();

// To which lines of this kernel runs come, from now on, here and in forked processes, instead of
// those of another. It is loaded anew. Throws UserError.
// `near`: as of linux_guest::Lines::look_near().
void watch_lines_of(const std::string& name, std::string_view near = {});
bool came_near();
void forget_watched_lines();  // as of linux_guest::Lines::forget()
// Of the functions that have one of those lines, in ascending order.
std::vector<Place> points_near(const std::string& name, std::string_view near);
// As of linux_guest::Lines::text(); empty where nobody watches.
std::string watched_lines();

}  // namespace rcufuzz::linux_subject
