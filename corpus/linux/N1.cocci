// file: kernel/rcu/tree_nocb.h
// The timer is deleted where rcuog is woken directly and where it goes on by itself, and the
// deferred level stays: only the deferred wake-up resets it, as in v5.12. A later deferral takes
// the timer for armed. To remove one of the two resets alone shows nothing: the other covers it.
@@
identifier r;
@@
  if (r->nocb_defer_wakeup > RCU_NOCB_WAKE_NOT) {
-   WRITE_ONCE(r->nocb_defer_wakeup, RCU_NOCB_WAKE_NOT);
    ...
  }

@@
identifier r;
expression level;
@@
  level = r->nocb_defer_wakeup;
+ WRITE_ONCE(r->nocb_defer_wakeup, RCU_NOCB_WAKE_NOT);
