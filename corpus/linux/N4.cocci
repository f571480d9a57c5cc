// file: kernel/rcu/tree.c
// rcu_barrier() moves callbacks from the bypass to an empty list and wakes nobody for them.
@@
identifier wake;
expression rdp;
@@
- if (wake)
-   wake_nocb_gp(rdp, false);
  smp_store_release(&rdp->barrier_seq_snap, ...);
