// file: kernel/rcu/srcutree.c
// No barrier behind the counter of a reader of SRCU (barrier B).
@@
identifier idx;
@@
  __srcu_read_lock(...)
  {
  ...
- smp_mb();
  return idx;
  }
