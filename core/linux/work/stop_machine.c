// SPDX-License-Identifier: GPL-2.0-or-later
//
// The kernel's kernel/stop_machine.c. Its threads are created when CPUs are to come and go only,
// and then as the last ones: what runs of other plans is the same with and without them. The kernel
// creates them before there is a second CPU, so CPUs that have come up unpark theirs here.
#include <linux/init.h>
#include <linux/stop_machine.h>

#undef early_initcall
#define early_initcall(fn) static int create_stoppers(void) { return fn(); }
#define stop_machine_unpark unpark_stopper
void unpark_stopper(int cpu);
#include <kernel/stop_machine.c>
#undef stop_machine_unpark

void stop_machine_unpark(int cpu)
{
	if (per_cpu(cpu_stopper.thread, cpu))
		unpark_stopper(cpu);
}

void start_stoppers(void)
{
	unsigned int cpu;

	create_stoppers();
	for_each_online_cpu(cpu)
		if (cpu != raw_smp_processor_id())
			unpark_stopper(cpu);
}
