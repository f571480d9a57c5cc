// file: kernel/rcu/rcu_segcblist.c
// The callback of a barrier goes before those that are not numbered yet.
@@
identifier i;
@@
  rcu_segcblist_entrain(...)
  {
  ...
  rhp->next = NULL;
- for (i = RCU_NEXT_TAIL; i > RCU_DONE_TAIL; i--)
+ for (i = RCU_NEXT_READY_TAIL; i > RCU_DONE_TAIL; i--)
    if (...)
      break;
  ...
  }
