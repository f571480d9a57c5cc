// SPDX-License-Identifier: GPL-2.0-or-later
//
// Offloading and taking back. Online in v6.1; in v6.12 of offline CPUs only: online it is
// refused. A CPU of nohz_full= has to stay offloaded (rcu_nohz_full_cpu(), v6.1): nobody may ask.
#include "core/linux/work/work.h"

#include <linux/cpu.h>
#include <linux/tick.h>

static bool toggle(unsigned int cpu, bool on)
{
	return !(on ? rcu_nocb_cpu_offload(cpu) : rcu_nocb_cpu_deoffload(cpu));
}

/* 0: takes it back, 1: offloads it, 2 and 3: both, in either order. */
bool do_nocb_toggle(unsigned int cpu, unsigned int how)
{
	bool on = how & 1, toggled;

	if (reader_open_here() || irqs_disabled() || in_interrupt())
		return false;
	cpu %= nr_cpu_ids;
	if (tick_nohz_full_cpu(cpu))
		return false;
	toggled = toggle(cpu, on);
	if (how > 1)
		toggled = toggle(cpu, !on) || toggled;
	return toggled;
}
