// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a line of a trace says apart from what differs between two machines: addresses by what was
// posted under them, numbers of grace periods from the window's beginning, names of tasks.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace rcufuzz::conform {

// What the workload writes into a trace begins so.
inline constexpr std::string_view mark = "rcufuzz: ";

// Who traces it: "cpu0" for the task of a CPU's operations, "cpu0/softirq", "cpu0/hardirq",
// "cpu0/nmi", "cpu0/idle", or a kthread's own name. `level` as in sim::Level.
std::string who_of(std::string_view task, unsigned cpu, char level);

// The beginning of an interrupt, "irq timer" and the like, is nobody's: "cpu0/irq".
inline bool is_interrupt(std::string_view meaning) { return meaning.starts_with("irq "); }
std::string interrupts_of(unsigned cpu);

// One machine's, of one window.
class Meaning {
   public:
    // `base`: rcu_state.gp_seq at the window's beginning.
    explicit Meaning(std::int64_t base) : base_(base) {}

    // Nothing: it is not compared, be it no event that is known here, or one about a grace period
    // before the window. The text is the kernel's own, "rcu_grace_period: rcu_preempt 5 start".
    std::optional<std::string> of(std::string_view text);
    // It has been traced: later ones may be about what it posted.
    void traced(std::string_view text);

   private:
    bool add_field(std::string& to, char kind, std::string_view word);
    void add_callback(std::string& to, std::string_view address) const;
    static void add_number(std::string& to, std::int64_t number);

    std::int64_t base_;
    std::map<std::string, unsigned, std::less<>> posted_;  // by address, those not invoked yet
    unsigned posts_ = 0;
    std::optional<std::int64_t> first_expedited_;
    std::optional<std::int64_t> first_barrier_;
    bool stale_ = false;
};

}  // namespace rcufuzz::conform
