// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/conform/conform.h"

#include "core/conform/follow.h"
#include "core/conform/listening.h"
#include "core/run/runner.h"

namespace rcufuzz::conform {

namespace {

void tell_base(void* follow, scenario::Instance& instance) {
    static_cast<Follow*>(follow)->booted(grace_period_now(instance));
}

}  // namespace

Conformance conform(const Window& window, unsigned tries, std::uint64_t seed) {
    Follow follow(window, seed);
    const Listening listening(window.plan, follow);
    Conformance result;
    while (!follow.accepted() && result.tries < tries) {
        ++result.tries;
        follow.try_again();
        run::run(window.plan, follow,
                 {.on_boot = tell_base,
                  .on_boot_arg = &follow,
                  .free_jiffies = 100'000,
                  .decides_to_the_end = true});
    }
    result.accepted = follow.accepted();
    result.made = follow.best();
    result.instead = follow.instead();
    return result;
}

}  // namespace rcufuzz::conform
