// file: kernel/kthread.c
// Who parks a thread is not told when it is parked: the kernel does not boot.
@@
@@
- complete(&self->parked);
