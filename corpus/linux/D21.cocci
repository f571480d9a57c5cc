// file: kernel/rcu/tree_plugin.h
// A preempted reader that an expedited grace period waits for is not remembered.
@@
@@
  rcu_preempt_ctxt_queue(...)
  {
  ...
- if (!rnp->exp_tasks && (blkd_state & RCU_EXP_BLKD))
-   WRITE_ONCE(rnp->exp_tasks, &t->rcu_node_entry);
  ...
  }
