// file: kernel/rcu/tree_plugin.h
// The irq_work is initialised once, and not while it may be queued.
@@
expression rdp, value;
@@
+ if (!rdp->defer_qs_iw.func)
  rdp->defer_qs_iw = value;
