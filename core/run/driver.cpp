// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/driver.h"

#include "core/kernel/kthread.h"
#include "core/kernel/softirq.h"

namespace rcufuzz::run {

namespace {

using scenario::Op;
using scenario::OpContext;
using sim::EventKind;
using sim::Site;

// What one CPU has to do.
struct CpuWork {
    const Plan* plan = nullptr;
    scenario::Instance* instance = nullptr;
    kernel::Task* task = nullptr;
    unsigned cpu = 0;
    unsigned outstanding = 0;  // interrupts raised by the task that have not run yet
    bool waiting = false;      // the task sleeps until there are none
};

// An operation on its way to an interrupt.
struct RaisedOp {
    CpuWork* work = nullptr;
    std::size_t index = 0;
    sim::Irq irq{};
    kernel::SoftirqWork softirq{};
};

void execute(CpuWork& work, std::size_t index) {
    sim::World& w = sim::world();
    const Site site = Site::current();
    const auto number = static_cast<std::int64_t>(index);
    w.event(EventKind::op_begin, 0, number, 0, site);
    const bool done = work.instance->run_op(work.plan->ops[index]);
    w.event(EventKind::op_end, 0, number, done ? 1 : 0, site);
}

void raised_op_main(void* arg) {
    RaisedOp& raised = *static_cast<RaisedOp*>(arg);
    CpuWork& work = *raised.work;
    execute(work, raised.index);
    if (--work.outstanding == 0 && work.waiting) kernel::wake_up_process(*work.task);
}

void raise_op(CpuWork& work, std::size_t index) {
    sim::World& w = sim::world();
    RaisedOp& raised = w.arena().make<RaisedOp>();
    raised.work = &work;
    raised.index = index;
    ++work.outstanding;
    if (work.plan->ops[index].context == OpContext::softirq) {
        raised.softirq.fn = raised_op_main;
        raised.softirq.arg = &raised;
        kernel::queue_softirq_work(raised.softirq);
    } else {
        raised.irq.handler = raised_op_main;
        raised.irq.arg = &raised;
        raised.irq.name = w.name_object("device_irq", static_cast<int>(index));
        w.raise_irq(work.cpu, raised.irq);
    }
}

void start_op(CpuWork& work, std::size_t index) {
    sim::world().point({}, Site::current());
    switch (work.plan->ops[index].context) {
        case OpContext::task_on:
            execute(work, index);
            return;
        case OpContext::task_off: {
            const kernel::IrqFlags flags = kernel::local_irq_save();
            execute(work, index);
            kernel::local_irq_restore(flags);
            return;
        }
        case OpContext::softirq:
        case OpContext::hardirq:
            raise_op(work, index);
    }
}

bool none_outstanding(const void* arg) {
    return static_cast<const CpuWork*>(arg)->outstanding == 0;
}

void wait_for_raised_ops(CpuWork& work) {
    if (work.outstanding == 0) return;
    const sim::ObjectId what = sim::world().name_object("device_irqs", static_cast<int>(work.cpu));
    work.waiting = true;
    for (;;) {
        kernel::set_current_state(kernel::TaskState::idle);
        if (work.outstanding == 0) break;
        kernel::schedule(what, {none_outstanding, &work});
    }
    kernel::set_current_state(kernel::TaskState::running);
}

// What operations left open is closed before the wait: a task may neither sleep with interrupts
// off, where what it waits for could not come, nor inside a reader.
void cpu_main(void* arg) {
    CpuWork& work = *static_cast<CpuWork*>(arg);
    const std::vector<Op>& ops = work.plan->ops;
    for (std::size_t i = 0; i < ops.size(); ++i)
        if (ops[i].cpu == work.cpu) start_op(work, i);
    work.instance->close_cpu(work.cpu);
    wait_for_raised_ops(work);
    work.instance->leave_cpu(work.cpu);
}

struct Tick {
    scenario::Instance* instance = nullptr;
    unsigned cpu = 0;
    sim::Irq irq{};
};

void tick_main(void* arg) {
    const Tick& tick = *static_cast<const Tick*>(arg);
    tick.instance->tick(tick.cpu);
}

}  // namespace

void start_ops(const Plan& plan, scenario::Instance& instance) {
    std::uint32_t busy = 0;
    for (const Op& op : plan.ops) busy |= 1u << op.cpu;
    for (unsigned cpu = 0; busy >> cpu != 0; ++cpu) {
        if (((busy >> cpu) & 1u) == 0) continue;
        CpuWork& work = sim::world().arena().make<CpuWork>();
        work.plan = &plan;
        work.instance = &instance;
        work.cpu = cpu;
        work.task = &kernel::task_run(cpu_main, &work, cpu, "task", static_cast<int>(cpu));
    }
}

void raise_ticks(const Plan& plan, scenario::Instance& instance) {
    sim::World& w = sim::world();
    const unsigned count = plan.target->workload_cpus(plan.config);
    for (unsigned cpu = 0; cpu < count; ++cpu) {
        Tick& tick = w.arena().make<Tick>();
        tick.instance = &instance;
        tick.cpu = cpu;
        tick.irq.handler = tick_main;
        tick.irq.arg = &tick;
        tick.irq.name = w.name_object("tick", static_cast<int>(cpu));
        w.raise_irq(cpu, tick.irq);
    }
}

}  // namespace rcufuzz::run
