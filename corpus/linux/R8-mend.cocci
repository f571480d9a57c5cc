// file: kernel/rcu/tree.c
// Who begins to wait does so before the next grace period is prepared, or after it has begun.
@@
identifier rs;
@@
  synchronize_rcu_normal(...)
  {
  ...
+ raw_spin_lock_irq_rcu_node(rcu_get_root());
  rcu_sr_normal_add_req(&rs);
+ raw_spin_unlock_irq_rcu_node(rcu_get_root());
  ...
  }
