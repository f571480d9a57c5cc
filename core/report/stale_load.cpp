// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/report/stale_load.h"

#include <optional>

#include "core/report/actors.h"
#include "core/report/effect.h"
#include "core/run/site.h"

namespace rcufuzz::report {

namespace {

using sim::EventKind;

// The last one before the load by another context, and not of what that has seen; pointers all
// look the same.
std::optional<sim::Event> last_store(const Replay& replay, std::size_t load,
                                     const std::string& seen) {
    const sim::Event& event = replay.trace.events[load];
    for (std::size_t i = load; i > 0; --i) {
        const sim::Event& store = replay.trace.events[i - 1];
        if (store.kind == EventKind::write && store.object == event.object &&
            store.key != event.key && store.key != run::main_key &&
            (seen == "non-NULL" || value_text(*replay.plan.target, replay.trace, store) != seen))
            return store;
    }
    return std::nullopt;
}

}  // namespace

std::string stale_load_words(const Replay& replay, std::size_t event, const std::string& who) {
    const scenario::Subsystem& target = *replay.plan.target;
    const sim::Event& load = replay.trace.events[event];
    std::string what(replay.trace.name_of(load.object));
    if (what.empty()) what = "what is loaded in " + run::site_words(load.site);
    const std::string value = value_text(target, replay.trace, load);
    const auto newer = last_store(replay, event, value);
    const std::string by =
        newer ? ", though " + actor_name(replay, newer->key) + " has stored " : "";
    if (value == "non-NULL")
        return who + " still sees an older pointer in " + what +
               (newer ? by + "another." : ", though another has been stored.");
    const std::string stored = newer ? value_text(target, replay.trace, *newer) : "";
    return who + " still sees " + what + " as " + value +
           (newer ? by + (stored == "non-NULL" ? "a pointer" : stored) + " there."
                  : ", though something newer has been stored.");
}

}  // namespace rcufuzz::report
