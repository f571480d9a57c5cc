// file: kernel/tracepoint.c
// Without memory for a shorter array a probe stays, and its user hears of a failure.
@@
identifier old, i, funcs;
@@
- for (i = 0; old[i].func; i++) {
-   if (...)
-     WRITE_ONCE(old[i].func, tp_stub_func);
- }
- *funcs = old;
+ return ERR_PTR(-ENOMEM);
