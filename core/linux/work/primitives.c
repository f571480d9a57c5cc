// SPDX-License-Identifier: GPL-2.0-or-later
//
// Nobody calls this: linux_test looks whether each line of the function has a point. A header of
// the kernel's may define a primitive anew, without one, and nothing else would notice.
#include "core/linux/work/work.h"

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/irqflags.h>
#include <linux/llist.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

static struct {
	int plain;
	void *pointer;
	unsigned long bits;
	atomic_t atomic;
	atomic_long_t along;
	atomic64_t a64;
	raw_spinlock_t raw;
	spinlock_t lock;
	struct llist_head list;
} x;

#define USE(value) ((void)(value))

void __used each_line_has_a_point(void)
{
	unsigned long flags = 0;
	int old = 0;
	/* begin */
	USE(READ_ONCE(x.plain));
	WRITE_ONCE(x.plain, 1);
	USE(smp_load_acquire(&x.plain));
	smp_store_release(&x.plain, 1);
	smp_store_mb(x.plain, 1);
	USE(rcu_dereference_raw(x.pointer));
	rcu_assign_pointer(x.pointer, &x);
	RCU_INIT_POINTER(x.pointer, NULL);
	USE(smp_cond_load_relaxed(&x.plain, VAL));
	USE(smp_cond_load_acquire(&x.plain, VAL));
	USE(xchg(&x.plain, 1));
	USE(xchg_relaxed(&x.plain, 1));
	USE(cmpxchg(&x.plain, 0, 1));
	USE(cmpxchg_relaxed(&x.plain, 0, 1));
	USE(try_cmpxchg(&x.plain, &old, 1));
	USE(atomic_read(&x.atomic));
	USE(atomic_read_acquire(&x.atomic));
	atomic_set(&x.atomic, 1);
	atomic_set_release(&x.atomic, 1);
	atomic_inc(&x.atomic);
	atomic_add(2, &x.atomic);
	atomic_or(2, &x.atomic);
	USE(atomic_dec_and_test(&x.atomic));
	USE(atomic_add_return(1, &x.atomic));
	USE(atomic_fetch_or(1, &x.atomic));
	USE(atomic_fetch_add_relaxed(1, &x.atomic));
	USE(atomic_xchg(&x.atomic, 1));
	USE(atomic_cmpxchg(&x.atomic, 0, 1));
	USE(atomic_try_cmpxchg(&x.atomic, &old, 1));
	USE(atomic_inc_not_zero(&x.atomic));
	USE(atomic_long_read(&x.along));
	atomic_long_set(&x.along, 1);
	atomic_long_inc(&x.along);
	USE(atomic_long_try_cmpxchg_relaxed(&x.along, &(long){ 0 }, 1));
	USE(atomic64_read(&x.a64));
	atomic64_inc(&x.a64);
	set_bit(1, &x.bits);
	clear_bit(1, &x.bits);
	USE(test_bit(old, &x.bits));
	USE(test_bit_acquire(old, &x.bits));
	USE(test_and_set_bit(1, &x.bits));
	USE(test_and_clear_bit(1, &x.bits));
	clear_bit_unlock(1, &x.bits);
	raw_spin_lock(&x.raw);
	raw_spin_unlock(&x.raw);
	USE(raw_spin_trylock(&x.raw));
	raw_spin_lock_irqsave(&x.raw, flags);
	raw_spin_unlock_irqrestore(&x.raw, flags);
	spin_lock(&x.lock);
	spin_unlock(&x.lock);
	local_irq_enable();
	local_irq_restore(flags);
	cpu_relax();
	USE(llist_del_all(&x.list));
	USE(llist_empty(&x.list));
	/* end */
}
