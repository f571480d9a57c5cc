/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_SPINLOCK_H
#define _ASM_SPINLOCK_H

#include <asm/machine.h>
#include <asm/spinlock_types.h>

#define arch_spin_is_locked(lock)	((lock)->owner != 0)
#define arch_spin_is_contended(lock)	((void)(lock), 0)
#define arch_spin_value_unlocked(lock)	((lock).owner == 0)

extern void machine_spin_lock_at(arch_spinlock_t *lock, const struct machine_site *site);
#define arch_spin_lock(lock)	machine_spin_lock_at(lock, machine_here())

/* Who takes a lock gives it back on the same CPU. */
static __always_inline void machine_holds_spinlock(int change)
{
	asm volatile("addl %1, %0" : "+m" (spinlocks_held[machine_this_cpu()]) : "ri" (change));
}

#define machine_lock_orders(lock, taken)                            \
do {                                                                \
	if (machine_is_weak())                                      \
		machine_lock_changes(lock, taken);                  \
} while (0)
extern void machine_lock_changes(const arch_spinlock_t *lock, int taken);

static __always_inline int arch_spin_trylock(arch_spinlock_t *lock)
{
	kernel_point(lock, MACHINE_LOCK);
	if (lock->owner || (lock->next && lock->next != machine_this_cpu() + 1))
		return 0;
	lock->owner = machine_this_cpu() + 1;
	machine_lock_orders(lock, 1);
	machine_holds_spinlock(1);
	return 1;
}

static __always_inline void arch_spin_unlock(arch_spinlock_t *lock)
{
	kernel_point(lock, MACHINE_UNLOCK);
	machine_lock_orders(lock, 0);
	lock->owner = 0;
	machine_holds_spinlock(-1);
}

/* Readers and writers of an rwlock come after each other by full barriers: that is more than they
 * order. */
static __always_inline void arch_read_lock(arch_rwlock_t *lock)
{
	kernel_point(lock, MACHINE_LOCK);
	while (lock->writer)
		kernel_relax();
	lock->readers++;
	machine_orders(MACHINE_MB);
	machine_holds_spinlock(1);
}

static __always_inline int arch_read_trylock(arch_rwlock_t *lock)
{
	kernel_point(lock, MACHINE_LOCK);
	if (lock->writer)
		return 0;
	lock->readers++;
	machine_orders(MACHINE_MB);
	machine_holds_spinlock(1);
	return 1;
}

static __always_inline void arch_read_unlock(arch_rwlock_t *lock)
{
	kernel_point(lock, MACHINE_UNLOCK);
	machine_orders(MACHINE_MB);
	lock->readers--;
	machine_holds_spinlock(-1);
}

static __always_inline void arch_write_lock(arch_rwlock_t *lock)
{
	kernel_point(lock, MACHINE_LOCK);
	while (lock->writer || lock->readers)
		kernel_relax();
	lock->writer = machine_this_cpu() + 1;
	machine_orders(MACHINE_MB);
	machine_holds_spinlock(1);
}

static __always_inline int arch_write_trylock(arch_rwlock_t *lock)
{
	kernel_point(lock, MACHINE_LOCK);
	if (lock->writer || lock->readers)
		return 0;
	lock->writer = machine_this_cpu() + 1;
	machine_orders(MACHINE_MB);
	machine_holds_spinlock(1);
	return 1;
}

static __always_inline void arch_write_unlock(arch_rwlock_t *lock)
{
	kernel_point(lock, MACHINE_UNLOCK);
	machine_orders(MACHINE_MB);
	lock->writer = 0;
	machine_holds_spinlock(-1);
}

#endif
