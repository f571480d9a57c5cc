// SPDX-License-Identifier: GPL-2.0-or-later
//
// Readers. In a task one may stay open over several operations; in an interrupt it ends before the
// operation does. The oracles know of each from when it has begun until before it ends.
#include "core/linux/work/marks.h"

#define MAX_NESTED 4

enum how { READ_RCU, READ_BH, READ_PREEMPT, READ_IRQ };

struct open_reader {
	unsigned int how, slot, unswitched_slot;
	const void *found;
	unsigned long flags;
	struct seen_periods seen;
};

extern struct period_marks rcu_periods;

struct readers unswitched_readers;
static struct readers open;
static struct open_reader nested[NR_CPUS][MAX_NESTED];
static unsigned int depth[NR_CPUS];

unsigned int note_reader(struct readers *open)
{
	static unsigned int last_serial;
	unsigned int slot;

	for (slot = 0; slot < MAX_READERS && open->serial[slot]; slot++)
		;
	if (slot < MAX_READERS)
		open->serial[slot] = ++last_serial;
	return slot;
}

void forget_reader(struct readers *open, unsigned int slot)
{
	if (slot < MAX_READERS)
		open->serial[slot] = 0;
}

int first_left(const struct readers *then, const struct readers *open)
{
	unsigned int slot;

	for (slot = 0; slot < MAX_READERS; slot++)
		if (then->serial[slot] && then->serial[slot] == open->serial[slot])
			return slot;
	return -1;
}

void readers_open_now(struct readers *now)
{
	*now = open;
}

int reader_left(const struct readers *then)
{
	return first_left(then, &open);
}

unsigned int note_rcu_reader(void)
{
	return note_reader(&open);
}

void forget_rcu_reader(unsigned int slot)
{
	forget_reader(&open, slot);
}

bool reader_open_on(unsigned int cpu)
{
	return depth[cpu] != 0;
}

bool reader_open_here(void)
{
	return reader_open_on(raw_smp_processor_id());
}

static void begin(struct open_reader *reader, unsigned int how)
{
	reader->how = how;
	switch (how) {
	case READ_RCU:
		rcu_read_lock();
		break;
	case READ_BH:
		rcu_read_lock_bh();
		break;
	case READ_PREEMPT:
		preempt_disable();
		break;
	case READ_IRQ:
		local_irq_save(reader->flags);
		break;
	}
	reader->slot = note_reader(&open);
	if (how != READ_RCU)
		reader->unswitched_slot = note_reader(&unswitched_readers);
	reader_begins_to_see(&rcu_periods, &reader->seen);
	reader->found = find_object();
}

static void end(struct open_reader *reader)
{
	look_at_object(reader->found);
	reader_has_seen(&rcu_periods, &reader->seen);
	forget_reader(&open, reader->slot);
	if (reader->how != READ_RCU)
		forget_reader(&unswitched_readers, reader->unswitched_slot);
	switch (reader->how) {
	case READ_RCU:
		rcu_read_unlock();
		break;
	case READ_BH:
		rcu_read_unlock_bh();
		break;
	case READ_PREEMPT:
		preempt_enable();
		break;
	case READ_IRQ:
		local_irq_restore(reader->flags);
		break;
	}
}

void check_balance_of_task(const char *who)
{
	unsigned int cpu = raw_smp_processor_id(), i;
	struct balance expected = { .irqs_off = op_disables_irqs[cpu] };

	for (i = 0; i < depth[cpu]; i++)
		switch (nested[cpu][i].how) {
		case READ_RCU:
			expected.readers += IS_ENABLED(CONFIG_PREEMPT_RCU);
			if (!IS_ENABLED(CONFIG_PREEMPT_RCU))
				expected.preempt += PREEMPT_DISABLE_OFFSET;
			break;
		case READ_BH:
			expected.preempt += SOFTIRQ_DISABLE_OFFSET;
			break;
		case READ_PREEMPT:
			expected.preempt += PREEMPT_DISABLE_OFFSET;
			break;
		case READ_IRQ:
			expected.irqs_off = true;
			break;
		}
	check_balance(&expected, who);
}

static bool short_reader(unsigned int how)
{
	struct open_reader reader;
	int i;

	begin(&reader, how);
	for (i = 0; i < 3; i++)
		kernel_point(&open, MACHINE_READ);
	end(&reader);
	return true;
}

bool do_read_lock(unsigned int how, unsigned int unused)
{
	unsigned int cpu = raw_smp_processor_id();

	/* Bottom halves are not enabled with interrupts off. */
	if (irqs_disabled() && how == READ_BH)
		how = READ_RCU;
	if (in_interrupt() || irqs_disabled())
		return short_reader(how);
	if (depth[cpu] == MAX_NESTED)
		return false;
	begin(&nested[cpu][depth[cpu]], how);
	depth[cpu]++;
	return true;
}

/* It has begun, also where nobody is there who could take the CPU. */
bool do_read_preempted(unsigned int ticks, unsigned int unused)
{
	if (!do_read_lock(READ_RCU, 0))
		return false;
	preempt_there(raw_smp_processor_id(), ticks);
	return true;
}

/* Softirqs are not enabled with interrupts off, which an operation puts back as it found them. */
static bool may_end_here(unsigned int how)
{
	switch (how) {
	case READ_BH:
		return !irqs_disabled();
	case READ_IRQ:
		return !op_disables_irqs[raw_smp_processor_id()];
	default:
		return true;
	}
}

/* What was opened with interrupts off inside is closed first: readers nest. */
bool do_read_unlock(unsigned int unused, unsigned int unused2)
{
	unsigned int cpu = raw_smp_processor_id();

	if (!depth[cpu] || in_hardirq() || in_serving_softirq())
		return false;
	if (!may_end_here(nested[cpu][depth[cpu] - 1].how))
		return false;
	depth[cpu]--;
	end(&nested[cpu][depth[cpu]]);
	return true;
}

void close_readers(void)
{
	while (do_read_unlock(0, 0))
		;
}
