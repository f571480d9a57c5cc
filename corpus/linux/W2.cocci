// file: kernel/time/timer.c
// timer_shutdown_sync() takes the function of a timer that runs and may just have armed itself.
@@
identifier base, timer, shutdown;
@@
  if (base->running_timer != timer) {
    ...
-   if (shutdown)
-     timer->function = NULL;
  }
+ if (shutdown)
+   timer->function = NULL;
