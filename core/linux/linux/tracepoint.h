/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own, but for one thing: trace events that a configuration leaves out (those of RCU,
 * without CONFIG_RCU_TRACE) tell the machine what they would have traced, for stories. There is no
 * point in it and no memory of the kernel's is touched, so nothing that is tested changes. What an
 * event would have said is looked at whether or not somebody is told, as where events are traced.
 */
#include_next <linux/tracepoint.h>

#ifndef _MACHINE_TRACEPOINT_H
#define _MACHINE_TRACEPOINT_H

#include <asm/machine.h>

#define TOLD_1(a)	(long)(a)
#define TOLD_2(a, ...)	(long)(a), TOLD_1(__VA_ARGS__)
#define TOLD_3(a, ...)	(long)(a), TOLD_2(__VA_ARGS__)
#define TOLD_4(a, ...)	(long)(a), TOLD_3(__VA_ARGS__)
#define TOLD_5(a, ...)	(long)(a), TOLD_4(__VA_ARGS__)
#define TOLD_6(a, ...)	(long)(a), TOLD_5(__VA_ARGS__)
#define TOLD_7(a, ...)	(long)(a), TOLD_6(__VA_ARGS__)
#define TOLD_8(a, ...)	(long)(a), TOLD_7(__VA_ARGS__)
#define TOLD_9(a, ...)	(long)(a), TOLD_8(__VA_ARGS__)
#define TOLD_PICK(_1, _2, _3, _4, _5, _6, _7, _8, _9, name, ...)	name
#define TOLD(...)							\
	TOLD_PICK(__VA_ARGS__, TOLD_9, TOLD_8, TOLD_7, TOLD_6, TOLD_5,	\
		  TOLD_4, TOLD_3, TOLD_2, TOLD_1)(__VA_ARGS__)
#define TOLD_COUNT(...)	TOLD_PICK(__VA_ARGS__, 9, 8, 7, 6, 5, 4, 3, 2, 1)

#endif

#ifdef DECLARE_EVENT_NOP
#undef DECLARE_EVENT_NOP
#define DECLARE_EVENT_NOP(name, proto, args)				\
	static inline void trace_##name(proto)				\
	{								\
		machine_told(#name, TOLD_COUNT(args), TOLD(args));	\
	}								\
	static inline bool trace_##name##_enabled(void)			\
	{								\
		return false;						\
	}
#endif
