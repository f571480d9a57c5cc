// file: kernel/rcu/tree.c
// Whether a grace period is in progress is not asked again with the node lock held.
@@
expression rnp, rdp;
@@
- if (rcu_seq_state(rcu_seq_current(&rnp->gp_seq)))
  WARN_ON_ONCE(rcu_advance_cbs(rnp, rdp));
