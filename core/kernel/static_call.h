// SPDX-License-Identifier: GPL-2.0-or-later
//
// Calls and branches that are patched into the text. As in kernel/static_call_inline.c and
// kernel/jump_label.c, v5.14. Each has a few call sites, which other CPUs may be executing.
// The algorithms that use this have no CPU hotplug, so cpus_read_lock() is left out.
#pragma once

#include <array>

#include "core/kernel/text_patch.h"
#include "core/memory/shared.h"

namespace rcufuzz::kernel {

inline constexpr unsigned patch_sites = 2;  // places in the kernel that use one call or branch

// Functions are numbers that belong to the caller.
class StaticCall {
   public:
    void init(const char* name, int index, int func);
    // __static_call_update(): nothing at all, and no interrupt, where the function stays the same;
    // otherwise one site after the other.
    void update(int func, const Site& site = Site::current());
    // What the call instruction at this place calls.
    int target(unsigned place, const Site& site = Site::current()) {
        return sites_[place].execute(site);
    }
    // For oracles.
    int func() const { return func_; }
    bool is_patched() const;  // all places call it

   private:
    int func_ = 0;
    std::array<TextSite, patch_sites> sites_;
};

class StaticKey {
   public:
    void init(const char* name, int index);
    bool enabled(const Site& site = Site::current()) const;  // static_key_enabled()
    void enable(const Site& site = Site::current());
    void disable(const Site& site = Site::current());
    // Whether the branch at this place is taken.
    bool branch(unsigned place, const Site& site = Site::current()) {
        return sites_[place].execute(site) != 0;
    }
    // For oracles.
    bool is_on() const { return enabled_.get() != 0; }
    bool is_patched() const;  // all branches say so

   private:
    void patch(int on, const Site& site);

    memory::Shared<int> enabled_;  // -1: being enabled, which counts as enabled
    std::array<TextSite, patch_sites> sites_;
};

// static_call_lock() and jump_label_mutex; before the first use in a run.
void static_call_init();

}  // namespace rcufuzz::kernel
