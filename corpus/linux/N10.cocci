// file: kernel/rcu/tree_nocb.h
// rcuo parks as soon as it is told, though a second rcu_barrier() may have entrained a callback since
// the one that was waited for.
@@
@@
  if (kthread_should_park()) {
-   if (rdp->nocb_cb_sleep) {
-     ...
-     kthread_parkme();
-   }
+   kthread_parkme();
  }
  else if (...)
  { ... }
