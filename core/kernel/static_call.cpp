// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/static_call.h"

#include <algorithm>

namespace rcufuzz::kernel {

namespace {

struct Locks {
    Mutex static_call_mutex;
    Mutex jump_label_mutex;
};

Locks* locks = nullptr;  // in the arena: they are part of the run's state

}  // namespace

void static_call_init() {
    locks = &sim::world().arena().make<Locks>();
    locks->static_call_mutex.init("static_call_mutex", -1);
    locks->jump_label_mutex.init("jump_label_mutex", -1);
}

void StaticCall::init(const char* name, int index, int func) {
    func_ = func;
    for (TextSite& site : sites_) site.init(name, index, func);
}

void StaticCall::update(int func, const Site& site) {
    locks->static_call_mutex.lock(site);
    if (func_ != func) {
        func_ = func;
        for (TextSite& place : sites_) {
            TextSite* const one[] = {&place};
            text_poke(one, func, site);
        }
    }
    locks->static_call_mutex.unlock(site);
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
    locks->jump_label_mutex.lock(site);
    if (enabled_.get() == 0) {
        memory::WRITE_ONCE(enabled_, -1, site);
        patch(1, site);
        memory::WRITE_ONCE(enabled_, 1, site);
    }
    locks->jump_label_mutex.unlock(site);
}

void StaticKey::disable(const Site& site) {
    locks->jump_label_mutex.lock(site);
    if (enabled_.get() == 1) {
        memory::WRITE_ONCE(enabled_, 0, site);
        patch(0, site);
    }
    locks->jump_label_mutex.unlock(site);
}

}  // namespace rcufuzz::kernel
