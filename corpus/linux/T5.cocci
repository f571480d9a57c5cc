// file: kernel/tracepoint.c
// Each transition waits for a whole grace period: slower, and as correct.
@@
expression e;
@@
(
- tp_rcu_get_state(e);
|
- tp_rcu_cond_sync(e);
+ tracepoint_synchronize_unregister();
)
