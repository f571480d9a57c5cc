// file: kernel/irq_work.c
// The work can be queued again only when its function has ended.
@@
@@
  irq_work_single(...)
  {
  ...
- flags &= ~IRQ_WORK_PENDING;
- atomic_set(&work->node.a_flags, flags);
  ...
  work->func(work);
  ...
- (void)atomic_cmpxchg(&work->node.a_flags, flags, flags & ~IRQ_WORK_BUSY);
+ atomic_set(&work->node.a_flags, flags & ~(IRQ_WORK_PENDING | IRQ_WORK_BUSY));
  ...
  }
