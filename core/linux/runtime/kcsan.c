// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/linux/runtime/kcsan.h"

#include "core/linux/runtime/runtime.h"

#include <linux/init.h>
#include <linux/kcsan.h>
#include <linux/preempt.h>
#include <linux/string.h>

bool kcsan_enabled;

static int __init set_kcsan(char *text)
{
	kcsan_enabled = IS_ENABLED(CONFIG_KCSAN);
	return 1;
}
__setup("machine_kcsan", set_kcsan);

#ifdef CONFIG_KCSAN

static struct kcsan_watch *watches; /* of all who wait before a plain access */
static struct kcsan_ctx interrupts[NR_CPUS];

static struct kcsan_ctx *context(void)
{
	return in_task() ? &current->kcsan_ctx : &interrupts[acting_cpu];
}

static bool counts_as_marked(struct kcsan_ctx *self, int type)
{
	if (type & KCSAN_ACCESS_ATOMIC)
		return true;
	if (type & KCSAN_ACCESS_ASSERT)
		return false;
	if (self->atomic_next > 0) {
		self->atomic_next--;
		return true;
	}
	return self->atomic_nest_count > 0 || self->in_flat_atomic;
}

static bool races(const struct kcsan_watch *watch, const struct kcsan_watch *now)
{
	const unsigned long first = (unsigned long)watch->object;
	const unsigned long second = (unsigned long)now->object;

	return ((watch->type | now->type) & KCSAN_ACCESS_WRITE) && first < second + now->size &&
	       second < first + watch->size;
}

static const char *kind(int type)
{
	if (type & KCSAN_ACCESS_ASSERT)
		return type & KCSAN_ACCESS_WRITE ? "assertion of no other access" :
						   "assertion of no other write";
	if (type & KCSAN_ACCESS_ATOMIC)
		return type & KCSAN_ACCESS_WRITE ? "marked write" : "marked read";
	return type & KCSAN_ACCESS_WRITE ? "plain write" : "plain read";
}

/* Who came first is the schedule's: a race is told in one order. */
static bool is_told_first(const struct kcsan_watch *a, const struct kcsan_watch *b)
{
	const int marked = (a->type & KCSAN_ACCESS_ATOMIC) - (b->type & KCSAN_ACCESS_ATOMIC);
	const int order = strcmp(a->site->function, b->site->function);

	if (marked)
		return marked < 0;
	return order ? order < 0 : a->site->line <= b->site->line;
}

static void look(const struct kcsan_watch *now)
{
	const struct kcsan_watch *a, *b;

	for (a = watches; a && !races(a, now); a = a->next)
		;
	if (!a)
		return;
	b = now;
	if (!is_told_first(a, b)) {
		b = a;
		a = now;
	}
	fail("data_race", a->site, "%s in %s, %s in %s", kind(a->type), a->site->function,
	     kind(b->type), b->site->function);
}

static bool is_looked_at(const struct kcsan_ctx *self)
{
	return kcsan_enabled && !machine_looks_on && !self->disable_count && !self->access_mask;
}

void kcsan_begin(struct kcsan_watch *watch, const volatile void *object, size_t size, int type,
		 const struct machine_site *site)
{
	struct kcsan_ctx *self = context();
	const bool marked = counts_as_marked(self, type);

	watch->object = NULL;
	if (!is_looked_at(self))
		return;
	watch->object = object;
	watch->size = size;
	watch->type = marked ? type | KCSAN_ACCESS_ATOMIC : type;
	watch->site = site;
	look(watch);
	if (marked) {
		watch->object = NULL;
		return;
	}
	watch->next = watches;
	watches = watch;
}

void kcsan_end(struct kcsan_watch *watch)
{
	struct kcsan_watch **at = &watches;

	if (!watch->object)
		return;
	while (*at != watch)
		at = &(*at)->next;
	*at = watch->next;
}

void kcsan_marked(const volatile void *object, size_t size, int type, unsigned long code)
{
	const struct kcsan_watch now = {
		.object = object,
		.size = size,
		.type = type | KCSAN_ACCESS_ATOMIC,
		.site = watches ? door->site_at(code) : NULL,
	};

	counts_as_marked(context(), type);
	if (is_looked_at(context()))
		look(&now);
}

/* What headers of the kernel's call: include/linux/kcsan-checks.h, v6.12. */
void kcsan_disable_current(void)
{
	context()->disable_count++;
}

void kcsan_enable_current(void)
{
	context()->disable_count--;
}

void kcsan_enable_current_nowarn(void)
{
	kcsan_enable_current();
}

void kcsan_nestable_atomic_begin(void)
{
	context()->atomic_nest_count++;
}

void kcsan_nestable_atomic_end(void)
{
	context()->atomic_nest_count--;
}

void kcsan_flat_atomic_begin(void)
{
	context()->in_flat_atomic = true;
}

void kcsan_flat_atomic_end(void)
{
	context()->in_flat_atomic = false;
}

void kcsan_atomic_next(int count)
{
	context()->atomic_next = count;
}

void kcsan_set_access_mask(unsigned long mask)
{
	context()->access_mask = mask;
}

struct kcsan_scoped_access *kcsan_begin_scoped_access(const volatile void *object, size_t size,
						      int type, struct kcsan_scoped_access *access)
{
	__kcsan_check_access(object, size, type);
	return access;
}

void kcsan_end_scoped_access(struct kcsan_scoped_access *access)
{
}

#endif
