// file: kernel/tracepoint.c
// The probes that are replaced are freed after a grace period of SRCU alone.
@@
@@
- call_rcu(&tp_probes->rcu, rcu_free_old_probes);
+ rcu_free_old_probes(&tp_probes->rcu);
