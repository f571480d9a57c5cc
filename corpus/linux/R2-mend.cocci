// file: kernel/time/timer_migration.c
// A mend of R2, not an undoing: an event that its own CPU has set to be ignored counts again when
// the CPU that expires timers for it has found another one.
@@
identifier tmc, data, tevt;
@@
  data.nextexp = tevt.global;
+ if (tevt.global != KTIME_MAX)
+     tmc->cpuevt.ignore = false;
  data.firstexp = KTIME_MAX;
  data.evt = &tmc->cpuevt;
