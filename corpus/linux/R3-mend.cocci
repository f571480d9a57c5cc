// file: kernel/rcu/srcutree.c
// A static structure whose nodes cannot be allocated stays small, and is ready for use all the
// same: check_init_srcu_struct(), which has nobody to tell of a failure, goes on with it.
@@
expression flags;
identifier s;
@@
- if (!init_srcu_struct_nodes(s, flags))
-   goto err_free_sda;
- WRITE_ONCE(s->srcu_sup->srcu_size_state, SRCU_SIZE_BIG);
+ if (init_srcu_struct_nodes(s, flags))
+   WRITE_ONCE(s->srcu_sup->srcu_size_state, SRCU_SIZE_BIG);
+ else if (!is_static)
+   goto err_free_sda;
