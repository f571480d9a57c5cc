// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/kernel/smp.h"

namespace rcufuzz::kernel {

void CallSingle::init(const char* name, int index) {
    *this = CallSingle{};
    irq_.handler = handler;
    irq_.arg = this;
    irq_.name = sim::world().names().add(name, index);
}

void CallSingle::handler(void* arg) {
    CallSingle& self = *static_cast<CallSingle*>(arg);
    memory::barrier_within_step();
    self.fn_(self.arg_);
    memory::barrier_within_step();
    self.done_ = true;
    sim::world().unblock(sim::world().context(self.waiter_));
}

void CallSingle::list_target(const void* self, Awaited& awaited) {
    awaited.interrupt(static_cast<const CallSingle*>(self)->cpu_);
}

void CallSingle::call_and_wait(unsigned cpu, sim::Job fn, void* arg, const Site& site) {
    sim::World& w = sim::world();
    warn_on_context(irqs_disabled(), "calls another CPU with interrupts disabled", site);
    preempt_disable();
    if (cpu == smp_processor_id()) {
        const IrqFlags flags = local_irq_save(site);
        fn(arg);
        local_irq_restore(flags, site);
    } else {
        fn_ = fn;
        arg_ = arg;
        done_ = false;
        waiter_ = w.current().key;
        w.point({irq_.name, sim::AccessKind::irq}, site);
        memory::barrier_within_step();
        w.raise_irq(cpu, irq_);
        cpu_ = cpu;
        const WaitScope scope({list_target, this, irq_.name});
        while (!done_)
            w.block(sim::ContextState::spinning, irq_.name, site);
        memory::barrier_within_step();
    }
    preempt_enable(site);
}

void CpuWorker::init(const char* name, int index) {
    name_ = name;
    index_ = index;
    done_.init(name, index);
}

// Going down comes last: nothing of the CPU would act afterwards, this task included.
void CpuWorker::main(void* arg) {
    CpuWorker& self = *static_cast<CpuWorker*>(arg);
    self.fn_(self.arg_);
    self.done_.complete();
    if (!self.takes_cpu_down_) return;
    sim::world().set_irqs(true);
    set_cpu_online(smp_processor_id(), false);
}

void CpuWorker::list_worker(const void* self, Awaited& awaited) {
    const Task& task = *static_cast<const CpuWorker*>(self)->task_;
    if (task.state != TaskState::dead) awaited.context(task.context->key);
}

void CpuWorker::run_and_wait(unsigned cpu, sim::Job fn, void* arg, const Site& site) {
    if (run_is_over()) return;
    fn_ = fn;
    arg_ = arg;
    takes_cpu_down_ = false;
    done_.reinit();
    Task& task = task_run(main, this, cpu, name_, index_);
    task_ = &task;
    const WaitFor wait{list_worker, this, task.name};
    done_.wait_for_completion(site, wait);
    const WaitScope scope(wait);
    while (task.state != TaskState::dead && !run_is_over()) cpu_relax(site);
    memory::barrier_within_step();
}

void set_cpu_online(unsigned cpu, bool online) {
    // A CPU that comes has waited for this one at the last step of its way up (kernel/cpu.c).
    if (online) memory::barrier_of_resting_cpu(cpu);
    sim::world().cpu(cpu).online = online;
    sim::world().refresh(cpu);
}

bool has_task(unsigned cpu) {
    for (const sim::Slot slot : {sim::Slot::task, sim::Slot::task2, sim::Slot::task3}) {
        const sim::Context& context = sim::world().context(sim::context_key(cpu, slot));
        if (context.state == sim::ContextState::unused) continue;
        if (const Task* const task = task_of(context); task != nullptr && !task->kthread)
            return true;
    }
    return false;
}

void rest_until_interrupt() {
    sim::World& w = sim::world();
    w.this_cpu().halted = !w.this_cpu().woken_from_afar;
    w.set_irqs(true);
    w.refresh(smp_processor_id());
}

}  // namespace rcufuzz::kernel
