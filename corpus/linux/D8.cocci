// file: kernel/rcu/tasks.h
// Lists are collapsed without a grace period between the two steps.
@@
@@
- rcu_task_cb_adjust && !ncbsnz && gpdone
+ rcu_task_cb_adjust && !ncbsnz
