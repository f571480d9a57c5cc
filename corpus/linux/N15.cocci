// file: kernel/rcu/tree_nocb.h
// rcu_core() is told of a de-offloading at its end only.
@@
expression c;
@@
- rcu_segcblist_set_flags(c, SEGCBLIST_RCU_CORE);
- invoke_rcu_core();
  ...
+ rcu_segcblist_set_flags(c, SEGCBLIST_RCU_CORE);
+ invoke_rcu_core();
  rcu_segcblist_clear_flags(c, SEGCBLIST_LOCKING);
