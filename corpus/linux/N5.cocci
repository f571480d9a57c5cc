// file: kernel/rcu/tree_nocb.h
// Where a full or an old bypass is flushed into the list, nobody is woken: rcuog may sleep, and the
// timer that was armed for the bypass is far off.
@@
identifier rdp, was_alldone, flags;
@@
- __call_rcu_nocb_wake(rdp, *was_alldone, flags);
+ rcu_nocb_unlock(rdp);
