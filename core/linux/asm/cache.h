/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_CACHE_H
#define _ASM_CACHE_H

/* Small: a run restores what lies between the lines as well. */
#define L1_CACHE_SHIFT	5
#define L1_CACHE_BYTES	(1 << L1_CACHE_SHIFT)

#endif
