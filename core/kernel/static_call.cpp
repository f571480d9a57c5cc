// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/static_call.h"

#include <algorithm>

#include "core/sim/run_state.h"

namespace rcufuzz::kernel {

namespace {

Mutex static_call_mutex;
Mutex jump_label_mutex;
const sim::RunState static_call_mutex_state(static_call_mutex);
const sim::RunState jump_label_mutex_state(jump_label_mutex);

}  // namespace

void static_call_init() {
    static_call_mutex.init("static_call_mutex", -1);
    jump_label_mutex.init("jump_label_mutex", -1);
}

void StaticCall::init(const char* name, int index, int func) {
    func_ = func;
    for (TextSite& site : sites_) site.init(name, index, func);
}

void StaticCall::update(int func, const Site& site) {
    static_call_mutex.lock(site);
    if (func_ != func) {
        func_ = func;
        for (TextSite& place : sites_) {
            TextSite* const one[] = {&place};
            text_poke(one, func, site);
        }
    }
    static_call_mutex.unlock(site);
}

bool StaticCall::is_patched() const {
    return std::ranges::all_of(sites_, [this](const TextSite& s) { return s.code() == func_; });
}

void StaticKey::init(const char* name, int index) {
    enabled_.init(name, index, 0);
    for (TextSite& site : sites_) site.init(name, index, 0);
}

bool StaticKey::enabled(const Site& site) const { return memory::READ_ONCE(enabled_, site) != 0; }

void StaticKey::patch(int on, const Site& site) {
    std::array<TextSite*, patch_sites> all;
    for (unsigned i = 0; i < patch_sites; ++i) all[i] = &sites_[i];
    text_poke(all, on, site);
}

bool StaticKey::is_patched() const {
    const int on = is_on() ? 1 : 0;
    return std::ranges::all_of(sites_, [on](const TextSite& s) { return s.code() == on; });
}

void StaticKey::enable(const Site& site) {
    if (memory::READ_ONCE(enabled_, site) > 0) return;
    jump_label_mutex.lock(site);
    if (enabled_.get() == 0) {
        memory::WRITE_ONCE(enabled_, -1, site);
        patch(1, site);
        memory::WRITE_ONCE(enabled_, 1, site);
    }
    jump_label_mutex.unlock(site);
}

void StaticKey::disable(const Site& site) {
    jump_label_mutex.lock(site);
    if (enabled_.get() == 1) {
        memory::WRITE_ONCE(enabled_, 0, site);
        patch(0, site);
    }
    jump_label_mutex.unlock(site);
}

}  // namespace rcufuzz::kernel
