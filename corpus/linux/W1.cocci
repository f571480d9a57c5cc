// file: kernel/time/timer.c
// A wheel without timers whose clock is moved on draws a warning.
@@
identifier n, base;
@@
- WARN_ON_ONCE(!n && !base->next_expiry_recalc && base->timers_pending);
+ WARN_ON_ONCE(!n && !base->next_expiry_recalc);
