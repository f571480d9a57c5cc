/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything is the generic one; the atomic ones rest on atomic.h. */
#ifndef _ASM_BITOPS_H
#define _ASM_BITOPS_H

#include <asm-generic/bitops.h>

#endif
