/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_SIGCONTEXT_H
#define _ASM_SIGCONTEXT_H
struct sigcontext {
	unsigned long unused;
};
#endif
