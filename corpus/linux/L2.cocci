// file: kernel/locking/rwsem.c
// Who stops waiting takes the handoff bit away only if he knows to have set it himself.
@@
identifier waiter, sem;
@@
  rwsem_del_waiter(struct rw_semaphore *sem, struct rwsem_waiter *waiter)
  {
  ...
- atomic_long_andnot(RWSEM_FLAG_HANDOFF | RWSEM_FLAG_WAITERS, &sem->count);
+ atomic_long_andnot((waiter->handoff_set ? RWSEM_FLAG_HANDOFF : 0) | RWSEM_FLAG_WAITERS, &sem->count);
  ...
  }
