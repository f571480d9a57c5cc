// file: kernel/rcu/tree.c
// The grace-period kthread is woken directly, also from a CPU that is offline already.
@@
@@
  rcu_gp_kthread_wake(...)
  {
  ...
- swake_up_one_online(&rcu_state.gp_wq);
+ swake_up_one(&rcu_state.gp_wq);
  ...
  }
