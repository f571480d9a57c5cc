// file: kernel/kthread.c
// A thread is bound to its CPU once more although it was not parked: it may run.
@@
identifier kthread;
@@
  kthread_unpark(...)
  {
  ...
- if (!test_bit(KTHREAD_SHOULD_PARK, &kthread->flags))
-   return;
  ...
  }
