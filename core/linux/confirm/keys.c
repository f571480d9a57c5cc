// SPDX-License-Identifier: GPL-2.0-or-later
//
// Static keys: who holds one finds its branch taken.
#include "core/linux/confirm/confirm.h"

#include <linux/jump_label.h>

enum how { TAKE, GIVE_BACK, BOTH, CROWD, ENABLE, DISABLE };

static DEFINE_STATIC_KEY_FALSE(key);
static DEFINE_STATIC_KEY_FALSE(switch_key);
static unsigned int held[CPUS];
static atomic_t throwing[2];

static void look(unsigned int cpu)
{
	if (held[cpu] && !static_branch_unlikely(&key))
		wrong("invariant", "a branch is not taken although its key is held");
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

static bool crowd(unsigned int cpu)
{
	int users = key.key.enabled.counter;

	if (!held[cpu])
		return false;
	key.key.enabled.counter = INT_MAX;
	if (static_key_fast_inc_not_disabled(&key.key))
		wrong("invariant", "a static key takes more users than it can count");
	look(cpu);
	key.key.enabled.counter = users;
	return true;
}

static bool throw_switch(bool on)
{
	atomic_inc(&throwing[on]);
	if (on)
		static_branch_enable(&switch_key);
	else
		static_branch_disable(&switch_key);
	if (!atomic_read(&throwing[!on]) && !!static_branch_unlikely(&switch_key) != on)
		wrong("invariant", "a static key is not as it was switched");
	return true;
}

static bool do_static_key(unsigned int how, unsigned int times)
{
	unsigned int cpu = raw_smp_processor_id();

	if (how == GIVE_BACK && !held[cpu])
		return false;
	if (how == CROWD)
		return crowd(cpu);
	if (how >= ENABLE)
		return throw_switch(how == ENABLE);
	if (how == TAKE)
		take(cpu);
	else if (how == GIVE_BACK)
		give_back(cpu);
	else
		while (times--) {
			take(cpu);
			give_back(cpu);
		}
	return true;
}

void judge_keys(void)
{
	unsigned int cpu;
	int users = 0;

	for (cpu = 0; cpu < CPUS; cpu++)
		users += held[cpu];
	if ((unsigned int)switch_key.key.enabled.counter > 1)
		wrong("invariant", "a static key that is switched counts %d users",
		      switch_key.key.enabled.counter);
	if (key.key.enabled.counter != users)
		wrong("invariant", "a static key counts %d users instead of %d",
		      key.key.enabled.counter, users);
	else if (static_branch_unlikely(&key) != !!users)
		wrong("invariant", "a branch is not as its static key has it");
}

/* As at the beginning of a run, in which they are off and have no users. */
void forget_keys(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < CPUS; cpu++)
		while (held[cpu])
			give_back(cpu);
	static_branch_disable(&switch_key);
}

const struct operation key_operations[] = {
	{ "static_key", do_static_key },
	{}
};
