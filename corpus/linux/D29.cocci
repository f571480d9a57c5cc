// file: kernel/kthread.c
// A worker says that it sleeps when it has looked for work, not before.
@@
identifier worker, work;
@@
  worker->current_work = work;
  raw_spin_unlock_irq(&worker->lock);
+ set_current_state(TASK_INTERRUPTIBLE);
