// file: kernel/smp.c
// Who waits for a call goes on before the function has been called.
@@
expression func, info, csd;
@@
  __flush_smp_call_function_queue(...)
  {
  <...
- csd_do_func(func, info, csd);
- csd_unlock(csd);
+ csd_unlock(csd);
+ csd_do_func(func, info, csd);
  ...>
  }
