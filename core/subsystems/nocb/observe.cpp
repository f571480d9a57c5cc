// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/nocb/observe.h"

#include <array>
#include <iterator>

#include "core/base/text.h"

namespace rcufuzz::nocb {

namespace {

using Value = std::int64_t;

struct Quantity {
    scenario::QuantitySpec spec;
    Value (*value)(const State& state, const RcuData& rdp);  // null: not of one CPU
};

std::int64_t count(const State& state, unsigned cpu, bool only_invoked) {
    std::int64_t n = 0;
    for (unsigned i = 0; i < state.callbacks.count(); ++i) {
        const Callback& callback = state.callbacks[i];
        if (callback.cpu == cpu && (only_invoked ? callback.invoked != 0 : callback.linked)) ++n;
    }
    return n;
}

constexpr Quantity quantities[] = {
    {{"level", "nocb_defer_wakeup"},
     [](auto&, const RcuData& r) -> Value { return r.nocb_defer_wakeup.get(); }},
    {{"timer", "1: nocb_timer is pending"},
     [](auto&, const RcuData& r) -> Value { return r.nocb_timer.pending; }},
    {{"bypass_timer", "1: nocb_bypass_timer is pending"},
     [](auto&, const RcuData& r) -> Value { return r.nocb_bypass_timer.pending; }},
    {{"bypass", "callbacks on the bypass list, nocb_bypass.len"},
     [](auto&, const RcuData& r) -> Value { return r.nocb_bypass.len.get(); }},
    {{"len", "callbacks of the CPU, cblist.len"},
     [](auto&, const RcuData& r) -> Value { return r.cblist.len.get(); }},
    {{"gp_sleep", "nocb_gp_sleep of the CPU's group"},
     [](auto&, const RcuData& r) -> Value { return r.nocb_gp_rdp->nocb_gp_sleep.get(); }},
    {{"cb_sleep", "nocb_cb_sleep"},
     [](auto&, const RcuData& r) -> Value { return r.nocb_cb_sleep.get(); }},
    {{"done", "callbacks in the segment RCU_DONE_TAIL"},
     [](auto&, const RcuData& r) -> Value { return r.cblist.seglen[0]; }},
    {{"wait", "callbacks in the segment RCU_WAIT_TAIL"},
     [](auto&, const RcuData& r) -> Value { return r.cblist.seglen[1]; }},
    {{"next_ready", "callbacks in the segment RCU_NEXT_READY_TAIL"},
     [](auto&, const RcuData& r) -> Value { return r.cblist.seglen[2]; }},
    {{"next", "callbacks in the segment RCU_NEXT_TAIL"},
     [](auto&, const RcuData& r) -> Value { return r.cblist.seglen[3]; }},
    {{"invoked", "callbacks of the CPU that have run"},
     [](const State& s, const RcuData& r) { return count(s, r.cpu, true); }},
    {{"posted", "callbacks of the CPU that were ever on its lists"},
     [](const State& s, const RcuData& r) { return count(s, r.cpu, false); }},
    {{"stranded", "callbacks of all CPUs that were on a list and have not run", false}, nullptr},
    {{"gp", "1: a grace period is in progress", false}, nullptr},
};

constexpr auto specs = [] {
    std::array<scenario::QuantitySpec, std::size(quantities)> list{};
    for (std::size_t i = 0; i < list.size(); ++i) list[i] = quantities[i].spec;
    return list;
}();

}  // namespace

std::optional<std::int64_t> observe_nocb(const State& state, std::string_view name) {
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
        if (quantity.value != nullptr && quantity.spec.name == of_cpu->name)
            return quantity.value(state, state.rcu_data[of_cpu->number]);
    return std::nullopt;
}

std::span<const scenario::QuantitySpec> quantities_of_nocb() { return specs; }

}  // namespace rcufuzz::nocb
