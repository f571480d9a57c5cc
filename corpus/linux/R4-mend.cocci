// file: kernel/rcu/tree_exp.h
// Who keeps the ticks of CPUs that an expedited grace period waits for does so with the node locked,
// as those do who report their quiescent states and let the ticks go.
@@
iterator name for_each_leaf_node_cpu_mask;
expression mask, rnp, cpu;
statement S;
@@
+ unsigned long flags;
+ raw_spin_lock_irqsave_rcu_node(rnp, flags);
  mask = READ_ONCE(rnp->expmask);
  for_each_leaf_node_cpu_mask(rnp, cpu, mask) S
+ raw_spin_unlock_irqrestore_rcu_node(rnp, flags);
