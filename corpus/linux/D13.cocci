// file: kernel/rcu/tree.c
// The snapshot of a CPU that is watching is not taken anew.
@@
@@
  rcu_watching_snap_save(...)
  {
- rdp->watching_snap = ct_rcu_watching_cpu_acquire(rdp->cpu);
- if (rcu_watching_snap_in_eqs(rdp->watching_snap))
+ int snap = ct_rcu_watching_cpu_acquire(rdp->cpu);
+ if (rcu_watching_snap_in_eqs(snap))
  {
+ rdp->watching_snap = snap;
  ...
  }
  ...
  }
