// SPDX-License-Identifier: GPL-2.0-or-later
//
// The trace points of the scheduler and of interrupts, which its own files would define.
#include <linux/sched.h>

#define CREATE_TRACE_POINTS
#include <trace/events/sched.h>
#undef CREATE_TRACE_POINTS

#if __has_include(<trace/events/ipi.h>)
#define CREATE_TRACE_POINTS
#include <trace/events/ipi.h>
#endif
