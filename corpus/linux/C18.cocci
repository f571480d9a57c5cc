// file: kernel/rcu/tree.c
// To unregister when nobody is registered any more draws a warning.
@@
expression own;
@@
- WARN_ON_ONCE(own && own != rcu_gp_slow_suppress && rcu_gp_slow_suppress != NULL);
+ WARN_ON_ONCE(own && own != rcu_gp_slow_suppress);
