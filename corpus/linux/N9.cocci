// file: kernel/rcu/tree_nocb.h
// The shrinker of lazy callbacks does not keep (de-)offloading out.
@@
@@
  lazy_rcu_shrink_scan(...)
  {
  ...
- if (!mutex_trylock(&rcu_state.nocb_mutex)) {
-   return 0;
- }
  ...
- mutex_unlock(&rcu_state.nocb_mutex);
  ...
  }
