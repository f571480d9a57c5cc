// file: kernel/rcu/tasks.h
// The list of the second half of the CPUs is not asked for its callbacks.
@@
@@
- index = rtpcp->index * 2 + 1;
+ index = rtpcp->index * 2 + 2;
