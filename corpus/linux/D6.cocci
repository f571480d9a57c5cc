// file: kernel/rcu/tasks.h
// A task that is preempted counts as one that has switched.
@@
expression t;
@@
- !READ_ONCE(t->on_rq)
+ (!READ_ONCE(t->on_rq) || !task_curr(t))
