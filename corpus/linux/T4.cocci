// file: kernel/tracepoint.c
// A registration that fails for want of memory leaves regfunc() without its unregfunc().
@@
expression old;
identifier tp;
@@
  if (IS_ERR(old)) {
- if (tp->unregfunc && !static_key_enabled(&tp->key))
-   tp->unregfunc();
  ...
  }
