// file: kernel/tracepoint.c
// Nobody waits until the function of a static call and the data in the array belong together.
@@
expression e;
@@
(
- tp_rcu_get_state(e);
|
- tp_rcu_cond_sync(e);
)
