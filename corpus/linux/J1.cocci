// file: kernel/jump_label.c
// Who finds himself the last user takes the key from one to none, and no other way: that another
// has come and gone meanwhile draws a warning, and the key stays on.
@@
identifier val, key;
@@
  static void __static_key_slow_dec_cpuslocked(struct static_key *key)
  {
  ...
- int val;
  ...
- val = atomic_read(&key->enabled);
- if (WARN_ON_ONCE(val == -1))
-   return;
- if (WARN_ON_ONCE(val == 0))
-   return;
- if (atomic_dec_and_test(&key->enabled))
-   jump_label_update(key);
+ if (atomic_cmpxchg(&key->enabled, 1, 0) == 1)
+   jump_label_update(key);
+ else
+   WARN_ON_ONCE(!static_key_dec_not_one(key));
  }
