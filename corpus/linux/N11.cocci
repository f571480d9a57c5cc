// file: kernel/rcu/tree_nocb.h
// rcuog is woken directly, also from a CPU that is offline already.
@@
expression q;
@@
- swake_up_one_online(q);
+ swake_up_one(q);
