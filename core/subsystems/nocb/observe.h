// SPDX-License-Identifier: GPL-2.0-or-later
//
// Named quantities of the nocb state, for stories: a field's short name and its CPU's number.
//   level1     nocb_defer_wakeup          timer1    nocb_timer pending (1) or not (0)
//   bypass1    nocb_bypass.len            len1      cblist.len
//   gp_sleep0  nocb_gp_sleep              cb_sleep1 nocb_cb_sleep
//   done1 wait1 next_ready1 next1         segment lengths
//   bypass_timer0                         nocb_bypass_timer pending
//   invoked1   callbacks of the CPU that have run;  posted1 those linked;  stranded  the difference
//   gp         1 while a grace period is in progress
#pragma once

#include <optional>
#include <string_view>

#include "core/subsystems/nocb/nocb.h"

namespace rcufuzz::nocb {

std::optional<std::int64_t> observe_nocb(const Nocb& state, std::string_view name);

}  // namespace rcufuzz::nocb
