/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code is not patched: a branch is a byte beside it that says whether it is taken, and the kernel's
 * own jump_label.c changes that byte where others have code change. The byte is read without a
 * point, as an instruction is fetched.
 */
#ifndef _ASM_JUMP_LABEL_H
#define _ASM_JUMP_LABEL_H

#include <linux/types.h>

typedef u64 jump_label_t;

struct jump_entry {
	jump_label_t code;	/* the byte */
	jump_label_t target;	/* none */
	jump_label_t key;
};

#define JUMP_LABEL_NOP_SIZE 1

#define MACHINE_BRANCH(key, branch, taken_at_first)                           \
({                                                                            \
	unsigned char __taken;                                                \
	asm volatile(".pushsection .data.branches, \"aw\"\n"                  \
		     "771: .byte " taken_at_first "\n"                        \
		     ".popsection\n"                                          \
		     ".pushsection __jump_table, \"aw\"\n"                    \
		     ".balign 8\n"                                            \
		     ".quad 771b, 0, %c1 + %c2\n"                             \
		     ".popsection\n"                                          \
		     "movb 771b, %0" : "=q" (__taken) : "i" (key), "i" (branch)); \
	__taken != 0;                                                         \
})

static __always_inline bool arch_static_branch(struct static_key *const key, const bool branch)
{
	return MACHINE_BRANCH(key, branch, "0");
}

static __always_inline bool arch_static_branch_jump(struct static_key *const key, const bool branch)
{
	return MACHINE_BRANCH(key, branch, "1");
}

#endif
