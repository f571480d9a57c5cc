// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/driver.h"

#include "core/kernel/kthread.h"
#include "core/kernel/promptness.h"
#include "core/kernel/softirq.h"
#include "core/memory/run_memory.h"
#include "core/oracle/deadlock.h"
#include "core/oracle/lock_order.h"
#include "core/oracle/progress.h"
#include "core/scenario/op_watch.h"
#include "core/sim/world.h"

namespace rcufuzz::run {

namespace {

using scenario::Instance;
using scenario::Op;
using scenario::OpContext;
using scenario::Workload;
using sim::EventKind;
using sim::Site;

// What one CPU has to do.
struct CpuWork {
    std::span<const Op> ops;
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
    scenario::op_begins(index);
    const bool done = work.instance->run_op(work.ops[index]);
    scenario::op_ends(index, done);
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
    if (work.ops[index].context == OpContext::softirq) {
        raised.softirq.fn = raised_op_main;
        raised.softirq.arg = &raised;
        kernel::queue_softirq_work(raised.softirq);
    } else {
        raised.irq.handler = raised_op_main;
        raised.irq.arg = &raised;
        raised.irq.name = w.names().add("device_irq", static_cast<int>(index));
        w.raise_irq(work.cpu, raised.irq);
    }
}

void start_op(CpuWork& work, std::size_t index) {
    sim::world().point({}, Site::current());
    switch (work.ops[index].context) {
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
    const sim::ObjectId what = sim::world().names().add("device_irqs", static_cast<int>(work.cpu));
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
    for (std::size_t i = 0; i < work.ops.size(); ++i)
        if (work.ops[i].cpu == work.cpu) start_op(work, i);
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

class OwnKernel final : public scenario::Platform {
   public:
    void begin(const Workload& workload) override {
        memory::begin_memory(workload.weak_memory, scenario::white_box_oracles);
        kernel::promptness_is_judged = scenario::white_box_oracles;
        kernel::boot();
        oracle::begin_lock_order();
    }

    void start_ops(const Workload& workload, Instance& instance) override {
        std::uint32_t busy = 0;
        for (const Op& op : workload.ops) busy |= 1u << op.cpu;
        for (unsigned cpu = 0; busy >> cpu != 0; ++cpu) {
            if (((busy >> cpu) & 1u) == 0) continue;
            CpuWork& work = sim::world().arena().make<CpuWork>();
            work.ops = workload.ops;
            work.instance = &instance;
            work.cpu = cpu;
            work.task = &kernel::task_run(cpu_main, &work, cpu, "task", static_cast<int>(cpu));
        }
    }

    void raise_ticks(const Workload& workload, Instance& instance) override {
        sim::World& w = sim::world();
        for (unsigned cpu = 0; cpu < workload.cpus; ++cpu) {
            Tick& tick = w.arena().make<Tick>();
            tick.instance = &instance;
            tick.cpu = cpu;
            tick.irq.handler = tick_main;
            tick.irq.arg = &tick;
            tick.irq.name = w.names().add("tick", static_cast<int>(cpu));
            w.raise_irq(cpu, tick.irq);
        }
    }

    void judge_deadlock() override { oracle::judge_deadlock(); }
    void judge_endless_run() override { oracle::judge_deadlock(); }
    void judge_progress() override { oracle::judge_progress(); }

    // A kthread goes by its own name, "rcuo1", wherever it runs.
    std::string task_name(const sim::Context& context) const override {
        const kernel::Task* const task = kernel::task_of(context);
        if (task == nullptr || !task->kthread) return {};
        const sim::ObjectName& name = sim::world().names().of(task->name);
        return name.text + (name.index < 0 ? "" : std::to_string(name.index));
    }
};

}  // namespace

scenario::Platform& own_kernel() {
    static OwnKernel kernel;
    return kernel;
}

}  // namespace rcufuzz::run
