// file: kernel/rcu/tree_nocb.h
// The level of a deferred wake-up is written plainly, beside who reads it without the lock.
@@
expression rdp;
@@
- WRITE_ONCE(rdp->nocb_defer_wakeup, RCU_NOCB_WAKE_NOT);
+ rdp->nocb_defer_wakeup = RCU_NOCB_WAKE_NOT;
