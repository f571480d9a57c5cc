// file: kernel/rcu/tree.c
// rcu_core() numbers callbacks with interrupts off, but without the nocb lock, while their CPU is
// half offloaded.
@@
identifier rnp, rdp, flags;
@@
- rcu_nocb_lock_irqsave(rdp, flags);
+ local_irq_save(flags);
  if (!rcu_segcblist_restempty(&rdp->cblist, RCU_NEXT_READY_TAIL))
    rcu_accelerate_cbs_unlocked(rnp, rdp);
- rcu_nocb_unlock_irqrestore(rdp, flags);
+ local_irq_restore(flags);
