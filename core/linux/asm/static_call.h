/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A trampoline is a point and then a jump to where the key points now: who comes through may be
 * late, and meets what the key has become. The kernel's own static_call_update() changes it.
 */
#ifndef _ASM_STATIC_CALL_H
#define _ASM_STATIC_CALL_H

#include <asm/machine.h>

#define MACHINE_TRAMPOLINE(name)                                              \
	asm(".pushsection .text, \"ax\"\n"                                    \
	    ".balign 16\n"                                                    \
	    ".globl " STATIC_CALL_TRAMP_STR(name) "\n"                        \
	    ".type " STATIC_CALL_TRAMP_STR(name) ", @function\n"              \
	    STATIC_CALL_TRAMP_STR(name) ":\n"                                 \
	    "push %rdi; push %rsi; push %rdx; push %rcx; push %r8; push %r9\n" \
	    "sub $8, %rsp\n"                                                  \
	    "movl $" __stringify(STATIC_CALL_KEY(name)) ", %edi\n"            \
	    "call machine_static_call_point\n"                                \
	    "add $8, %rsp\n"                                                  \
	    "pop %r9; pop %r8; pop %rcx; pop %rdx; pop %rsi; pop %rdi\n"      \
	    "movq " __stringify(STATIC_CALL_KEY(name)) ", %rax\n"             \
	    "test %rax, %rax\n"                                               \
	    "jz 1f\n"                                                         \
	    "jmp *%rax\n"                                                     \
	    "1: xor %eax, %eax\n"                                             \
	    "ret\n"                                                           \
	    ".size " STATIC_CALL_TRAMP_STR(name) ", . - " STATIC_CALL_TRAMP_STR(name) "\n" \
	    ".popsection")

#define ARCH_DEFINE_STATIC_CALL_TRAMP(name, func)	MACHINE_TRAMPOLINE(name)
#define ARCH_DEFINE_STATIC_CALL_NULL_TRAMP(name)	MACHINE_TRAMPOLINE(name)
#define ARCH_DEFINE_STATIC_CALL_RET0_TRAMP(name)	MACHINE_TRAMPOLINE(name)

#endif
