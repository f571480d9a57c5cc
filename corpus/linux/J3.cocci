// file: kernel/jump_label.c
// The first user counts himself before the branches are changed, and not after: the next one goes on
// at once.
@@
identifier key;
@@
- if (!atomic_cmpxchg(&key->enabled, 0, -1)) {
+ if (!atomic_cmpxchg(&key->enabled, 0, 1)) {
    jump_label_update(key);
-   atomic_set_release(&key->enabled, 1);
  }
  else { ... }
