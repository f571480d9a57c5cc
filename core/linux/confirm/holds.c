// SPDX-License-Identifier: GPL-2.0-or-later
//
// A hold is a breakpoint at which somebody waits for his turn. It is not the breakpoint's handler
// that waits, since that runs with interrupts off: the handler sends the kernel on a detour
// through a function of ours, in the context in which it was, and from there back to the place.
#include "core/linux/confirm/confirm.h"

#include <linux/hardirq.h>
#include <linux/kprobes.h>
#include <linux/preempt.h>
#include <linux/smp.h>

#define PLACES 128

enum hold_state { EMPTY, SET, TAKEN };

struct hold {
	struct hold_spec spec;
	struct kprobe places[PLACES];
	bool is_before[PLACES];
	unsigned int place_count;
	atomic_t state, came, passes, hits;
};

static struct hold holds[MAX_HOLDS];

/* Called by the detour with the hold that sent us there. */
void hold_here(struct hold *hold);
void hold_detour(void);

/* On the stack: the hold, and where to go on. */
asm(".pushsection .text\n"
    "hold_detour:\n"
    "	pushfq\n"
    "	push %rax\n	push %rcx\n	push %rdx\n	push %rsi\n	push %rdi\n"
    "	push %r8\n	push %r9\n	push %r10\n	push %r11\n	push %rbp\n"
    "	mov 88(%rsp), %rdi\n"
    "	mov %rsp, %rbp\n"
    "	and $-16, %rsp\n"
    "	cld\n"
    "	call hold_here\n"
    "	mov %rbp, %rsp\n"
    "	pop %rbp\n	pop %r11\n	pop %r10\n	pop %r9\n	pop %r8\n"
    "	pop %rdi\n	pop %rsi\n	pop %rdx\n	pop %rcx\n	pop %rax\n"
    "	popfq\n"
    "	lea 8(%rsp), %rsp\n"
    "	.byte 0xc3\n"
    ".popsection\n");

void hold_here(struct hold *hold)
{
	unsigned int number = hold - holds;

	order_come(STEP_ARRIVE, number, false);
	order_come(STEP_LEAVE, number, false);
}

/* The breakpoint counts as an NMI; what matters is whom it interrupts. */
const char *context_of_probe(void)
{
	unsigned int count = preempt_count();

	if (count & NMI_MASK)
		count -= NMI_OFFSET + HARDIRQ_OFFSET;
	if (count & HARDIRQ_MASK)
		return "hardirq";
	return count & SOFTIRQ_OFFSET ? "softirq" : "task";
}

static bool is_meant(const struct hold *hold)
{
	const struct hold_spec *spec = &hold->spec;

	if (spec->cpu >= 0 && spec->cpu != smp_processor_id())
		return false;
	if (strcmp(spec->context, context_of_probe()))
		return false;
	if (!strcmp(spec->who, "work"))
		return op_of_current() >= 0 &&
		       (spec->op == MAX_OPS || op_of_current() == spec->op);
	/* Such come by often; the time that counts is when it is their turn. */
	return order_is_next(STEP_ARRIVE, hold - holds) &&
	       (!strcmp(spec->who, "-") || strstarts(current->comm, spec->who));
}

static void push(struct pt_regs *regs, unsigned long value)
{
	/* The entry of the breakpoint leaves room for this. */
	regs->sp -= sizeof(value);
	*(unsigned long *)regs->sp = value;
}

static int at_place(struct kprobe *probe, struct pt_regs *regs)
{
	struct hold *hold;
	unsigned int i;

	for (hold = holds; hold < holds + MAX_HOLDS; hold++)
		for (i = 0; i < hold->place_count; i++)
			if (probe == &hold->places[i])
				goto found;
	return 0;
found:
	atomic_inc(&hold->hits);
	if (atomic_read(&hold->state) != SET || !is_meant(hold))
		return 0;
	if (hold->is_before[i])
		atomic_inc(&hold->came);
	if (hold->is_before[i] || atomic_read(&hold->came) < hold->spec.after ||
	    atomic_inc_return(&hold->passes) != hold->spec.pass)
		return 0;
	atomic_set(&hold->state, TAKEN);
	push(regs, (unsigned long)probe->addr);
	push(regs, (unsigned long)hold);
	regs->ip = (unsigned long)hold_detour;
	return 1;
}

/* With one of these a probe stays a breakpoint. */
static void after_place(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

unsigned long first_instruction(const unsigned char *code)
{
	static const unsigned char endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	static const unsigned char nop4[] = { 0x66, 0x0f, 0x1f, 0x00 };
	static const unsigned char nop5[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };
	unsigned long offset = 0;

	if (!memcmp(code, endbr, sizeof(endbr)) || !memcmp(code, nop4, sizeof(nop4)))
		offset += sizeof(endbr);
	if (!memcmp(code + offset, nop5, sizeof(nop5)))
		offset += sizeof(nop5);
	return offset;
}

/*
 * What is patched while the kernel runs, a static call or a jump label, cannot be probed; what
 * comes next can. Kprobes refuses what is no beginning of an instruction.
 */
static int probe_at(struct kprobe *probe, unsigned char *place)
{
	static const unsigned int skipped[] = { 0, 5, 2 };
	unsigned int i;
	int result = -EINVAL;

	for (i = 0; i < ARRAY_SIZE(skipped) && result; i++) {
		*probe = (struct kprobe){ .addr = place + skipped[i], .pre_handler = at_place,
					  .post_handler = after_place };
		result = register_kprobe(probe);
	}
	if (result)
		probe->addr = NULL;
	return result;
}

int hold_add(unsigned int number, const struct hold_spec *spec)
{
	if (number >= MAX_HOLDS || atomic_read(&holds[number].state) != EMPTY)
		return -EINVAL;
	holds[number].spec = *spec;
	atomic_set(&holds[number].state, SET);
	return 0;
}

int hold_place(unsigned int number, const char *symbol, unsigned long offset, bool before)
{
	struct hold *hold = &holds[number];
	unsigned char *start;
	int result;

	if (number >= MAX_HOLDS || atomic_read(&hold->state) == EMPTY ||
	    hold->place_count == PLACES)
		return -EINVAL;
	start = kernel_symbol(symbol);
	if (!start)
		return -ENOENT;
	start += offset;
	hold->is_before[hold->place_count] = before;
	result = probe_at(&hold->places[hold->place_count], start + first_instruction(start));
	if (!result)
		hold->place_count++;
	return result;
}

void holds_op_over(unsigned int op)
{
	unsigned int i;

	for (i = 0; i < MAX_HOLDS; i++)
		if (holds[i].spec.op == op && atomic_read(&holds[i].state) == SET)
			order_missed(STEP_ARRIVE, i, "its operation ended without coming there");
}

void holds_tell(void)
{
	unsigned int i;

	for (i = 0; i < MAX_HOLDS; i++)
		if (atomic_read(&holds[i].state) != EMPTY)
			pr_info("rcufuzz: hold %u: %s, %d passes of all, %d of its own\n", i,
				atomic_read(&holds[i].state) == TAKEN ? "taken" : "not taken",
				atomic_read(&holds[i].hits), atomic_read(&holds[i].passes));
}

void holds_reset(void)
{
	unsigned int i;

	for (i = 0; i < MAX_HOLDS; i++) {
		if (atomic_read(&holds[i].state) == EMPTY)
			continue;
		atomic_set(&holds[i].came, 0);
		atomic_set(&holds[i].passes, 0);
		atomic_set(&holds[i].hits, 0);
		atomic_set(&holds[i].state, SET);
	}
}

void holds_remove(void)
{
	unsigned int i, place;

	for (i = 0; i < MAX_HOLDS; i++)
		for (place = 0; place < holds[i].place_count; place++)
			unregister_kprobe(&holds[i].places[place]);
}
