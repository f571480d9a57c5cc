# SPDX-License-Identifier: GPL-2.0-or-later
#
# The files of a kernel tree that run on the machine, unmodified; kernel/rcu/tree.c, srcutree.c,
# update.c and kernel/time/timer.c beside them, see work/tree_*.c.
set(kernel_files
    kernel/context_tracking.c
    kernel/cpu.c
    kernel/irq_work.c
    kernel/kthread.c
    kernel/notifier.c
    kernel/smp.c
    kernel/smpboot.c
    kernel/softirq.c
    kernel/tracepoint.c
    kernel/locking/mutex.c
    kernel/locking/osq_lock.c
    kernel/locking/percpu-rwsem.c
    kernel/locking/rwsem.c
    kernel/rcu/rcu_segcblist.c
    kernel/rcu/sync.c
    kernel/time/timer_migration.c
    lib/bitmap-str.c
    lib/bitmap.c
    lib/cmdline.c
    lib/cpumask.c
    lib/ctype.c
    lib/find_bit.c
    lib/hexdump.c
    lib/hweight.c
    lib/kstrtox.c
    lib/list_debug.c
    lib/list_sort.c
    lib/llist.c
    lib/math/int_sqrt.c
    lib/rbtree.c
    lib/string.c
    lib/timerqueue.c)

# Of the variant jump_label.
set(jump_label_files kernel/jump_label.c lib/sort.c)

# Not in every version.
set(optional_files
    kernel/time/timer_migration.c
    lib/bitmap-str.c)
