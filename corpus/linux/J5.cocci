// file: kernel/jump_label.c
// Whether the key is on already is not looked at once more with the lock: two who enable it at the
// same time both do.
@@
identifier key;
@@
  static_key_enable_cpuslocked(...)
  {
  ...
  jump_label_lock();
- if (atomic_read(&key->enabled) == 0) {
-   atomic_set(&key->enabled, -1);
-   jump_label_update(key);
-   atomic_set_release(&key->enabled, 1);
- }
+ if (!atomic_fetch_inc(&key->enabled))
+   jump_label_update(key);
  jump_label_unlock();
  }
