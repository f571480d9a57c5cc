// file: kernel/rcu/tree.c
// Whether there is something to detach is asked under the lock: who has detached it has then also
// queued the work that is waited for below.
@@
identifier krcp;
@@
kvfree_rcu_barrier(...)
{
<...
- if (!need_offload_krc(krcp))
-   continue;
+ raw_spin_lock_irq(&krcp->lock);
+ queued = need_offload_krc(krcp);
+ raw_spin_unlock_irq(&krcp->lock);
+ if (!queued)
+   continue;
...>
}
