// file: kernel/rcu/tree_nocb.h
// The first callback that is not lazy joins a bypass of lazy ones and their far timer.
@@
identifier n, all_lazy, lazy;
statement S;
@@
- if (!n || (all_lazy && !lazy))
+ if (!n)
    S
