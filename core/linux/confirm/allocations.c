// SPDX-License-Identifier: GPL-2.0-or-later
//
// An allocation that fails, as the plan decided: the nth that an operation asks for.
#include "core/linux/confirm/confirm.h"

#include <linux/kprobes.h>

/* Whatever of these the kernel has; they do not call each other. */
static const char *const functions[] = {
	"__kmalloc", "__kmalloc_noprof", "__kmalloc_node", "__kmalloc_node_noprof",
	"kmalloc_trace", "__kmalloc_cache_noprof", "kmem_cache_alloc", "kmem_cache_alloc_noprof",
};

static struct kprobe probes[ARRAY_SIZE(functions)];
static unsigned int fail_op = MAX_OPS, fail_nth, seen;

/* At the function's beginning: goes back to its caller with a null pointer. */
static int at_allocation(struct kprobe *probe, struct pt_regs *regs)
{
	int op = op_of_current();

	if (op < 0 || op != fail_op || strcmp(context_of_probe(), "task") ||
	    ++seen != fail_nth)
		return 0;
	pr_info("rcufuzz: allocation %u of operation %d fails, asked for by %pS\n", seen, op,
		*(void **)regs->sp);
	regs->ax = 0;
	regs->ip = *(unsigned long *)regs->sp;
	regs->sp += sizeof(long);
	return 1;
}

static void after_allocation(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

int fail_allocation(unsigned int op, unsigned int nth)
{
	unsigned int i, placed = 0;

	fail_nth = nth;
	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		unsigned char *code = kernel_symbol(functions[i]);

		if (!code)
			continue;
		probes[i].addr = code + first_instruction(code);
		probes[i].pre_handler = at_allocation;
		probes[i].post_handler = after_allocation;
		if (register_kprobe(&probes[i]))
			probes[i].addr = NULL;
		else
			placed++;
	}
	fail_op = op;
	return placed ? 0 : -ENOENT;
}

void allocations_reset(void)
{
	seen = 0;
}

void allocations_remove(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (probes[i].addr)
			unregister_kprobe(&probes[i]);
}
