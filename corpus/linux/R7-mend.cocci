// file: kernel/rcu/tasks.h
// What a barrier has put on the list while its callbacks were invoked is ready, and nobody else
// would look.
@@
identifier rtp, rtpcp, flags, len;
@@
  rcu_tasks_invoke_cbs(struct rcu_tasks *rtp, struct rcu_tasks_percpu *rtpcp)
  {
  ...
  rcu_segcblist_add_len(&rtpcp->cblist, -len);
  ...
  raw_spin_unlock_irqrestore_rcu_node(rtpcp, flags);
+ if (rcu_segcblist_ready_cbs(&rtpcp->cblist))
+   rcuwait_wake_up(&rtp->cbs_wait);
  }
