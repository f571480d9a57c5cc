// file: kernel/rcu/srcutree.c
// Nobody comes back for the callbacks that got ready meanwhile.
@@
@@
  srcu_invoke_callbacks(...)
  {
  <...
- if (more) { ... }
  ...>
  }
