// file: kernel/smp.c
// A call is unlocked without a release: what its function has done may be seen later.
@@
@@
  csd_unlock(...)
  {
  ...
- smp_store_release(&csd->node.u_flags, 0);
+ WRITE_ONCE(csd->node.u_flags, 0);
  }
