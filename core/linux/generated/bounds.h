/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _GENERATED_BOUNDS_H
#define _GENERATED_BOUNDS_H
#define NR_PAGEFLAGS		24
#define MAX_NR_ZONES		3
#define NR_CPUS_BITS		3
#define SPINLOCK_SIZE		4
#define LRU_GEN_WIDTH		0
#define __LRU_REFS_WIDTH	0
#endif
