// file: kernel/rcu/tasks.h
// Nobody waits for callbacks of other lists than that of CPU 0 in a barrier.
@@
@@
  rcu_barrier_tasks_generic(...)
  {
  <...
- cpu >= smp_load_acquire(&rtp->percpu_dequeue_lim)
+ cpu >= 1
  ...>
  }
