/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_SPINLOCK_TYPES_H
#define _ASM_SPINLOCK_TYPES_H

/* owner: 0, or the CPU that holds the lock and 1; next: the same of one that has been passed over
 * for so long that nobody else gets the lock before it. */
typedef struct {
	volatile unsigned int owner;
	volatile unsigned int next;
} arch_spinlock_t;
#define __ARCH_SPIN_LOCK_UNLOCKED	{ 0, 0 }

/* writer as above; readers are counted. */
typedef struct {
	volatile unsigned int writer;
	volatile unsigned int readers;
} arch_rwlock_t;
#define __ARCH_RW_LOCK_UNLOCKED		{ 0, 0 }

#endif
