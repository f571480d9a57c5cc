// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/nocb/observe.h"

#include "core/base/text.h"

namespace rcufuzz::nocb {

namespace {

using Value = std::int64_t;

struct Quantity {
    std::string_view name;
    Value (*value)(const Nocb& state, const RcuData& rdp);
};

std::int64_t count(const Nocb& state, unsigned cpu, bool only_invoked) {
    std::int64_t n = 0;
    for (unsigned i = 0; i < state.callbacks.count(); ++i) {
        const Callback& callback = state.callbacks[i];
        if (callback.cpu == cpu && (only_invoked ? callback.invoked != 0 : callback.linked)) ++n;
    }
    return n;
}

constexpr Quantity quantities[] = {
    {"level", [](auto&, const RcuData& r) -> Value { return r.nocb_defer_wakeup.get(); }},
    {"timer", [](auto&, const RcuData& r) -> Value { return r.nocb_timer.pending; }},
    {"bypass_timer", [](auto&, const RcuData& r) -> Value { return r.nocb_bypass_timer.pending; }},
    {"bypass", [](auto&, const RcuData& r) -> Value { return r.nocb_bypass.len.get(); }},
    {"len", [](auto&, const RcuData& r) -> Value { return r.cblist.len.get(); }},
    {"gp_sleep",
     [](auto&, const RcuData& r) -> Value { return r.nocb_gp_rdp->nocb_gp_sleep.get(); }},
    {"cb_sleep", [](auto&, const RcuData& r) -> Value { return r.nocb_cb_sleep.get(); }},
    {"done", [](auto&, const RcuData& r) -> Value { return r.cblist.seglen[0]; }},
    {"wait", [](auto&, const RcuData& r) -> Value { return r.cblist.seglen[1]; }},
    {"next_ready", [](auto&, const RcuData& r) -> Value { return r.cblist.seglen[2]; }},
    {"next", [](auto&, const RcuData& r) -> Value { return r.cblist.seglen[3]; }},
    {"invoked", [](const Nocb& s, const RcuData& r) { return count(s, r.cpu, true); }},
    {"posted", [](const Nocb& s, const RcuData& r) { return count(s, r.cpu, false); }},
};

}  // namespace

std::optional<std::int64_t> observe_nocb(const Nocb& state, std::string_view name) {
    if (name == "gp") return kernel::rcu_seq_state(state.rcu_state.gp_seq.get()) != 0;
    if (name == "stranded") {
        std::int64_t n = 0;
        for (unsigned cpu = 0; cpu < state.constants.cpus; ++cpu)
            n += count(state, cpu, false) - count(state, cpu, true);
        return n;
    }
    const auto of_cpu = numbered_name(name, state.constants.cpus);
    if (!of_cpu) return std::nullopt;
    for (const Quantity& quantity : quantities)
        if (quantity.name == of_cpu->name)
            return quantity.value(state, state.rcu_data[of_cpu->number]);
    return std::nullopt;
}

}  // namespace rcufuzz::nocb
