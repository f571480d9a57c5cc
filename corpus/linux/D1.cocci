// file: kernel/kthread.c
// The lock is given back, and interrupts stay disabled.
@@
identifier worker, flags;
@@
  kthread_queue_work(...)
  {
  ...
- raw_spin_unlock_irqrestore(&worker->lock, flags);
+ raw_spin_unlock(&worker->lock);
  ...
  }
