// file: kernel/rcu/tree.c
// Callbacks get the grace period that is next for the node, not for all.
@@
@@
  rcu_accelerate_cbs(...)
  {
  <...
- rcu_seq_snap(&rcu_state.gp_seq)
+ rcu_seq_snap(&rnp->gp_seq)
  ...>
  }
