// file: kernel/rcu/tree_nocb.h
// A CPU that is de-offloaded stays on the list of its rcuog, and is added again later.
@@
identifier result, r;
statement S;
@@
  if (result == 1)
    S
- else if (result == 0)
-   list_del(&r->nocb_entry_rdp);
