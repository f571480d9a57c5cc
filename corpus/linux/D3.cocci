// file: kernel/irq_work.c
// Preemption stays disabled where the work was queued for another CPU.
@@
@@
  irq_work_queue_on(...)
  {
  <...
- preempt_enable();
  ...>
  }
