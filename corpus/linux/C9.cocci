// file: kernel/rcu/tree_exp.h
// The CPUs that an expedited grace period still waits for are gone through without their node's
// lock: one may report between.
@@
iterator name for_each_leaf_node_cpu_mask;
identifier rnp, flags, mask, cpu;
statement S;
@@
- raw_spin_lock_irqsave_rcu_node(rnp, flags);
  mask = READ_ONCE(rnp->expmask);
  for_each_leaf_node_cpu_mask(rnp, cpu, mask) S
- raw_spin_unlock_irqrestore_rcu_node(rnp, flags);
