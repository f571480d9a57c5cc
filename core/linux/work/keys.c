// SPDX-License-Identifier: GPL-2.0-or-later
//
// A static key with several users: whoever holds it finds its branch taken, from when he has it
// until he begins to give it back; without a user it is off in the end.
#include "core/linux/work/work.h"

#include <linux/jump_label.h>

enum how { TAKE, GIVE_BACK, BOTH, CROWD, ENABLE, DISABLE };

static DEFINE_STATIC_KEY_FALSE(key);
static unsigned int held[NR_CPUS];
static unsigned int changing;	/* operations that are under way */

static void look(unsigned int cpu)
{
	if (held[cpu] && !static_branch_unlikely(&key))
		fail("invariant", machine_here(), "a branch is not taken although its key is held");
}

static void take(unsigned int cpu)
{
	static_branch_inc(&key);
	held[cpu]++;
	look(cpu);
}

static void give_back(unsigned int cpu)
{
	look(cpu);
	held[cpu]--;
	static_branch_dec(&key);
}

static bool crowded;

/* As many come as a key can count, and one more in the way of networking, who is to be refused. */
static bool crowd(unsigned int cpu)
{
	int users = key.key.enabled.counter;

	if (changing || !held[cpu])
		return false;
	crowded = true;
	turn_begins();
	key.key.enabled.counter = INT_MAX;
	if (static_key_fast_inc_not_disabled(&key.key))
		fail("invariant", machine_here(), "a static key takes more users than it can count");
	look(cpu);
	key.key.enabled.counter = users;
	turn_ends();
	crowded = false;
	return true;
}

/*
 * A switch: whoever has thrown it finds it so, unless somebody has begun to throw it back. Several
 * may throw it the same way at a time; the kernel leaves it to its users not to do both. Who throws
 * it off beside another does not wait until the other has changed the code: the count alone tells
 * him that it is off (static_key_disable_cpuslocked()). Who throws it on does.
 */
static DEFINE_STATIC_KEY_FALSE(switch_key);
static unsigned int begun[2], switching[2];	/* operations that throw it off, and on */

static bool throw_switch(bool on)
{
	unsigned int others = begun[!on];
	bool found;

	if (switching[!on])
		return false;
	begun[on]++;
	switching[on]++;
	turn_begins();
	if (on)
		static_branch_enable(&switch_key);
	else
		static_branch_disable(&switch_key);
	turn_ends();
	switching[on]--;
	found = !!static_branch_unlikely(&switch_key);
	if (begun[!on] == others && found != on && (on || !switching[on]))
		fail("invariant", machine_here(), "a static key is not as it was switched");
	return true;
}

bool do_static_key(unsigned int how, unsigned int times)
{
	unsigned int cpu = raw_smp_processor_id();

	if (!may_sleep_here() || crowded || (how == GIVE_BACK && !held[cpu]))
		return false;
	if (how == CROWD)
		return crowd(cpu);
	if (how >= ENABLE)
		return throw_switch(how == ENABLE);
	changing++;
	turn_begins();
	if (how == TAKE)
		take(cpu);
	else if (how == GIVE_BACK)
		give_back(cpu);
	else
		while (times--) {
			take(cpu);
			give_back(cpu);
		}
	turn_ends();
	changing--;
	return true;
}

/* Plain accesses: the run is over. */
void judge_keys(void)
{
	unsigned int cpu;
	int users = 0;

	if (changing)
		return;
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		users += held[cpu];
	if (!switching[0] && !switching[1] && (unsigned int)switch_key.key.enabled.counter > 1)
		judged("invariant", machine_here(), "a static key that is switched counts users");
	if (key.key.enabled.counter != users)
		judged("invariant", machine_here(), "a static key does not count its users");
#ifdef CONFIG_JUMP_LABEL
	if (static_branch_unlikely(&key) != !!users)
		judged("invariant", machine_here(), "a branch is not as its static key has it");
#endif
}
