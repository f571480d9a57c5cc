/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RCUFUZZ_LINUX_WORK_SEGMENTS_H
#define RCUFUZZ_LINUX_WORK_SEGMENTS_H

#include <linux/rcu_segcblist.h>
#include <linux/types.h>

/* In which segment of the list a callback is, in the words of a finding; NULL: in none. All
 * accesses are plain: the run is over. */
static inline const char *segment_of(const struct rcu_segcblist *list, const struct rcu_head *head)
{
	static const char *const names[] = {
		[RCU_DONE_TAIL] = "in the segment done",
		[RCU_WAIT_TAIL] = "in the segment wait",
		[RCU_NEXT_READY_TAIL] = "in the segment next-ready",
		[RCU_NEXT_TAIL] = "in the segment next",
	};
	struct rcu_head *const *end = &list->head;
	const struct rcu_head *at;
	int segment = RCU_DONE_TAIL;

	for (at = list->head; at; at = at->next) {
		while (segment < RCU_NEXT_TAIL && list->tails[segment] == end)
			segment++;
		if (at == head)
			return names[segment];
		end = &at->next;
	}
	return NULL;
}

#endif
