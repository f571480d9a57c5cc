/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A warning has a place of its own, as a point has. */
#ifndef _ASM_BUG_H
#define _ASM_BUG_H

#include <asm/machine.h>

#define HAVE_ARCH_BUG
#define BUG()	machine_bug_at(machine_here())

#include <asm-generic/bug.h>

#ifndef __ASSEMBLY__
extern void machine_warn_at(const struct machine_site *site, const char *fmt, ...);
extern void __attribute__((noreturn)) machine_bug_at(const struct machine_site *site);
#define warn_slowpath_fmt(file, line, taint, ...)	machine_warn_at(machine_here(), __VA_ARGS__)
#endif

#endif
