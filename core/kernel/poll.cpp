// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/poll.h"

namespace rcufuzz::kernel {

void Poll::init(const char* name, int index) {
    waiter_ = nullptr;
    object_ = sim::world().names().add(name, index);
}

void Poll::until(const WaitCondition& condition, const Site& site) {
    sim::World& w = sim::world();
    w.point({object_, sim::AccessKind::none}, site);
    while (!condition.holds(condition.arg) && !run_is_over()) {
        waiter_ = &current_task();
        waiter_->state = TaskState::idle;
        schedule(object_, condition, site);
        waiter_ = nullptr;
    }
}

void Poll::changed() {
    if (waiter_ == nullptr || waiter_->state != TaskState::idle) return;
    if (!waiter_->condition.holds(waiter_->condition.arg)) return;
    waiter_->state = TaskState::running;
    sim::world().unblock(*waiter_->context);
}

}  // namespace rcufuzz::kernel
