// file: kernel/rcu/tree_nocb.h
// The shrinker says that no callback is lazy any more, without the lock under which they are counted.
@@
expression rdp;
@@
- rcu_nocb_try_flush_bypass(rdp, jiffies);
+ WRITE_ONCE(rdp->lazy_len, 0);
  rcu_nocb_unlock_irqrestore(rdp, flags);
