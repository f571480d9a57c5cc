// file: kernel/rcu/tasks.h
// The scan looks at no task that runs.
@@
@@
  rcu_tasks_trace_pregp_step(...)
  {
  <...
- if (rcu_tasks_trace_pertask_prep(t, true))
-   trc_add_holdout(t, hop);
  ...>
  }
