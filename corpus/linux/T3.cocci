// file: kernel/tracepoint.c
// The second probe is in the array before the call goes to the iterator.
@@
identifier tp, probes;
@@
+ rcu_assign_pointer(tp->funcs, probes);
  tracepoint_update_call(tp, probes);
  fallthrough;
