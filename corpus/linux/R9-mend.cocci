// file: kernel/rcu/srcutree.c
// The worker counts its undelayed steps under the lock, as who asks for a grace period does.
@@
identifier delay;
expression ssp;
@@
  process_srcu(...)
  {
  ...
+ spin_lock_irq_rcu_node(ssp->srcu_sup);
  delay = srcu_get_delay(ssp);
+ spin_unlock_irq_rcu_node(ssp->srcu_sup);
  ...
  }
