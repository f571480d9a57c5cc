// file: kernel/rcu/tree_exp.h
// A worker that has moved to the CPU which it is about to interrupt takes it for none of its own.
@@
identifier cpu, done, mask;
@@
  if (get_cpu() == cpu) {
-   done |= mask;
    ...
  }
