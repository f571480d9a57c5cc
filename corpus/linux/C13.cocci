// file: kernel/rcu/tree.c
// Objects join a batch of kfree_rcu() whose grace period may have begun long before.
@@
expression batch;
@@
- if (need_wait_for_krwp_work(batch))
-   continue;
