// file: kernel/rcu/tree.c
// Whether there is something to detach is asked under the lock: who has detached it has then also
// queued the work that is waited for below. And the shrinker leaves what it would free by itself to
// the monitor's work, which is waited for, too.
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

@@
identifier krcp;
@@
kfree_rcu_shrink_scan(...)
{
<...
- kfree_rcu_monitor(&krcp->monitor_work.work);
+ mod_delayed_work(system_unbound_wq, &krcp->monitor_work, 0);
+ flush_delayed_work(&krcp->monitor_work);
...>
}
