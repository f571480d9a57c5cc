// file: kernel/rcu/tree.c
// A barrier leaves out the CPU whose callbacks are being invoked.
@@
@@
  rcu_barrier(...)
  {
  <...
- !rcu_segcblist_n_cbs(&rdp->cblist)
+ rcu_segcblist_empty(&rdp->cblist)
  ...>
  }
