// SPDX-License-Identifier: GPL-2.0-or-later
//
// Parts of a kernel that are not here, each as the code that asks for it takes the least note of:
// no users, no devices, no signals, no accounting, no high-resolution timers.
#include "core/linux/runtime/runtime.h"

#include <linux/acct.h>
#include <linux/context_tracking.h>
#include <linux/cpuhotplug.h>
#include <linux/hrtimer.h>
#include <linux/kernel_stat.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/sched/debug.h>
#include <linux/sched/signal.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/stop_machine.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <uapi/linux/sched/types.h>

/* --- variables ---------------------------------------------------------------------------- */

DEFINE_PER_CPU(struct kernel_stat, kstat);
DEFINE_PER_CPU(struct kernel_cpustat, kernel_cpustat);
DEFINE_PER_CPU(struct pt_regs *, __irq_regs);
int oops_in_progress;
ATOMIC_NOTIFIER_HEAD(panic_notifier_list);
bool tick_nohz_active = true;

/* --- time --------------------------------------------------------------------------------- */

static u64 jiffies_in_ns(void)
{
	return (u64)(jiffies - INITIAL_JIFFIES) * TICK_NSEC;
}

unsigned long long sched_clock(void) { return jiffies_in_ns(); }
ktime_t ktime_get(void) { return jiffies_in_ns(); }
u64 ktime_get_mono_fast_ns(void) { return jiffies_in_ns(); }
u64 get_jiffies_update(unsigned long *now)
{
	*now = jiffies;
	return jiffies_in_ns();
}
unsigned int jiffies_to_msecs(const unsigned long j) { return j * (MSEC_PER_SEC / HZ); }
unsigned int jiffies_to_usecs(const unsigned long j) { return j * (USEC_PER_SEC / HZ); }
unsigned long __msecs_to_jiffies(const unsigned int m)
{
	return (int)m < 0 ? MAX_JIFFY_OFFSET : DIV_ROUND_UP(m, MSEC_PER_SEC / HZ);
}
unsigned long __usecs_to_jiffies(const unsigned int u)
{
	return DIV_ROUND_UP(u, USEC_PER_SEC / HZ);
}
void __udelay(unsigned long usecs) { kernel_relax(); }
void __const_udelay(unsigned long loops) { kernel_relax(); }

int hrtimers_prepare_cpu(unsigned int cpu) { return 0; }
int hrtimers_cpu_starting(unsigned int cpu) { return 0; }
int hrtimers_cpu_dying(unsigned int cpu) { return 0; }
void tick_cpu_dying(unsigned int cpu) { }
void tick_handover_do_timer(void) { }
void tick_cleanup_dead_cpu(int cpu) { }
void tick_assert_timekeeping_handover(void) { }

/* A wait that is finer than a jiffy is over within one. */
int schedule_hrtimeout_range(ktime_t *expires, u64 delta, const enum hrtimer_mode mode)
{
	schedule_timeout(1);
	return 0;
}

/* --- the scheduler's other doors ---------------------------------------------------------- */

long sched_setaffinity(pid_t pid, const struct cpumask *mask) { return 0; }
void sched_set_normal(struct task_struct *task, int nice) { }
void set_user_nice(struct task_struct *task, long nice) { }
int idle_cpu(int cpu) { return acting_task[cpu] == run_queues[cpu].idle; }
int task_curr(const struct task_struct *task) { return acting_task[task_cpu(task)] == task; }
unsigned long long nr_context_switches(void) { return 0; }
unsigned long long nr_context_switches_cpu(int cpu) { return 0; }
void sched_show_task(struct task_struct *task) { }
void dump_cpu_task(int cpu) { }
int io_schedule_prepare(void) { return 0; }
void io_schedule_finish(int token) { }
void io_schedule(void) { schedule(); }
long io_schedule_timeout(long timeout) { return schedule_timeout(timeout); }
void account_process_tick(struct task_struct *task, int user_tick) { }
void smp_cpus_done(unsigned int max_cpus) { }
void ignore_signals(struct task_struct *task) { }

/* --- the rest ----------------------------------------------------------------------------- */

int random_prepare_cpu(unsigned int cpu) { return 0; }
int random_online_cpu(unsigned int cpu) { return 0; }
void nbcon_cpu_emergency_enter(void) { }
void nbcon_cpu_emergency_exit(void) { }
void __printk_deferred_enter(void) { }
void __printk_deferred_exit(void) { }
void __mmdrop(struct mm_struct *mm) { }
void switch_mm(struct mm_struct *from, struct mm_struct *to, struct task_struct *task) { }
struct task_struct *find_lock_task_mm(struct task_struct *task) { return NULL; }
long copy_from_kernel_nofault(void *to, const void *from, size_t size)
{
	memcpy(to, from, size);
	return 0;
}

char *skip_spaces(const char *text)
{
	while (*text == ' ')
		text++;
	return (char *)text;
}

unsigned long long simple_strtoull(const char *text, char **end, unsigned int base)
{
	unsigned long long value = 0;

	while (*text >= '0' && *text <= '9')
		value = value * 10 + *text++ - '0';
	if (end)
		*end = (char *)text;
	return value;
}

long simple_strtol(const char *text, char **end, unsigned int base)
{
	return simple_strtoull(text, end, base);
}

/* For operations that shrink; the memory that it names is never short by itself. */
struct shrinker *registered_shrinkers[5];

static void keep_shrinker(struct shrinker *shrinker)
{
	unsigned int i;

	for (i = 0; registered_shrinkers[i]; i++)
		;
	if (i + 1 == ARRAY_SIZE(registered_shrinkers))
		fail("invariant", NULL, "more shrinkers than the runtime can carry");
	registered_shrinkers[i] = shrinker;
}

#if IS_6_2_OR_LATER
struct shrinker *shrinker_alloc(unsigned int flags, const char *fmt, ...)
{
	return kzalloc(sizeof(struct shrinker), GFP_KERNEL);
}
void shrinker_register(struct shrinker *shrinker) { keep_shrinker(shrinker); }
#else
ssize_t strscpy_pad(char *to, const char *from, size_t size)
{
	memset(to, 0, size);
	return strscpy(to, from, size);
}
int register_shrinker(struct shrinker *shrinker, const char *fmt, ...)
{
	keep_shrinker(shrinker);
	return 0;
}
#endif

/* As the kernel's sysfs files would set them. */
int rcu_expedited, rcu_normal;
void workqueue_softirq_action(bool highpri) { }
void workqueue_softirq_dead(unsigned int cpu) { }

/* Trace events as files: there is nobody to read them. */
void *trace_event_buffer_reserve(void *buffer, void *file, unsigned long size) { return NULL; }
void trace_event_buffer_commit(void *buffer) { }
bool __trace_trigger_soft_disabled(void *file) { return true; }

#ifdef CONFIG_HAVE_STATIC_CALL
/* The trampoline jumps to where its key points: no text changes. */
void arch_static_call_transform(void *site, void *tramp, void *func, bool tail) { }
#endif

#ifdef CONFIG_JUMP_LABEL
/* See asm/jump_label.h; others may look before and after. */
void arch_jump_label_transform(struct jump_entry *entry, enum jump_label_type type)
{
	machine_point_at(entry, MACHINE_WRITE, machine_here());
	*(unsigned char *)entry->code = type == JUMP_LABEL_JMP;
}
int kernel_text_address(unsigned long address) { return 1; }
#endif
