// file: kernel/tracepoint.c
// That there is no memory for a probe draws a warning, as any other failure does.
@@
identifier warn, old;
@@
- WARN_ON_ONCE(warn && PTR_ERR(old) != -ENOMEM);
+ WARN_ON_ONCE(warn);
