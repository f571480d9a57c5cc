// SPDX-License-Identifier: GPL-2.0-or-later
//
// An interrupt can come between any two things that a primitive does with interrupts enabled. What
// a run without one does, as its trace has it, is a row of effects; after each of them behind which
// interrupts are enabled there is a run in which it comes just there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "core/kernel/grace_periods.h"
#include "core/kernel/gp.h"
#include "core/kernel/ipi.h"
#include "core/kernel/kernel_test.h"
#include "core/kernel/mutex.h"
#include "core/kernel/smp.h"
#include "core/kernel/softirq.h"
#include "core/kernel/static_call.h"
#include "core/kernel/swait.h"
#include "core/kernel/timer.h"
#include "core/memory/atomic.h"

namespace rcufuzz::kernel {
namespace {

using memory::Shared;
using sim::Event;
using sim::EventKind;
using test::Body;
using test::Ran;
using test::run_kernel;
using test::Sequential;
using test::task;

bool is_effect(const Event& event) {
    switch (event.kind) {
        case EventKind::answer:
        case EventKind::resume:
        case EventKind::jiffies:
        case EventKind::irq_raise:
        case EventKind::irq_enter:
        case EventKind::irq_exit:
        case EventKind::nmi_enter:
        case EventKind::nmi_exit:
            return false;
        default:
            return true;
    }
}

// Who interrupts.
struct Source {
    unsigned cpu;
    EventKind comes;
    unsigned actor;
    sim::ObjectId name = 0;
};

bool is_hard(const Event& event) {
    return event.key % sim::slots_per_cpu == static_cast<unsigned>(sim::Slot::hardirq) ||
           event.key % sim::slots_per_cpu == static_cast<unsigned>(sim::Slot::nmi);
}

// What the tasks and softirqs of the CPU do.
bool is_done_on(const Event& event, unsigned cpu) {
    return event.key / sim::slots_per_cpu == cpu && !is_hard(event) && is_effect(event);
}
std::size_t effects_of(const std::vector<Event>& events, unsigned cpu) {
    return static_cast<std::size_t>(std::ranges::count_if(
        events, [cpu](const Event& event) { return is_done_on(event, cpu); }));
}

// How many of them come before the interrupt; all, without one.
std::size_t effects_before(const std::vector<Event>& events, const Source& source) {
    const auto comes = std::ranges::find_if(events, [&source](const Event& event) {
        return event.kind == source.comes && event.object == source.name;
    });
    return effects_of({events.begin(), comes}, source.cpu);
}

// Delivers the interrupt as soon as it can be after so many effects, and not before: until then the
// run is the one without it.
class After final : public sim::Strategy {
   public:
    After(std::size_t effects, const Source& source) : effects_(effects), source_(source) {}
    std::uint32_t choose(const sim::Choice& choice) override {
        if (choice.kind == sim::ChoiceKind::data) return 0;
        const bool due = effects_of(sim::world().trace().events(), source_.cpu) >= effects_;
        if (choice.first == source_.actor) return due ? 0 : 1;
        return due ? choice.answer_for(source_.actor) : 0;
    }

   private:
    std::size_t effects_;
    Source source_;
};

// After which effects interrupts are enabled, by the trace; behind the last one there is nothing.
std::set<std::size_t> enabled_gaps(const std::vector<Event>& events, unsigned cpu) {
    std::set<std::size_t> gaps;
    std::size_t count = 0;
    bool on = true;
    for (const Event& event : events) {
        if (!is_done_on(event, cpu)) continue;
        ++count;
        if (event.kind == EventKind::irqs_off) on = false;
        if (event.kind == EventKind::irqs_on) on = true;
        if (on) gaps.insert(count);
    }
    gaps.erase(count);
    return gaps;
}

// The nth effect, as a number of its kind and the line that it is of.
std::string effect_text(const std::vector<Event>& events, unsigned cpu, std::size_t n) {
    for (const Event& event : events)
        if (is_done_on(event, cpu) && --n == 0)
            return "event " + std::to_string(static_cast<int>(event.kind)) + " of line " +
                   std::to_string(event.site.line());
    return "the end";
}

struct Primitive {
    const char* name;
    unsigned cpu;  // that is interrupted; those below it begin before it
    std::function<void()> boot;
};

template <typename T>
T& made() {
    return sim::world().arena().make<T>();
}

// Everything that can be waited for or done to somebody, in the machine's own words.
std::vector<Primitive> primitives();

class Interruption : public testing::TestWithParam<Primitive> {};

void expect_everywhere(const Primitive& primitive, Source source) {
    const sim::Limits limits{.points = 20000, .free_jiffies = 3};
    Sequential sequential;
    const Ran quiet = run_kernel(3, sequential, primitive.boot, limits);
    ASSERT_TRUE(quiet.quiescent) << quiet.detail;
    const std::set<std::size_t> wanted = enabled_gaps(quiet.events, source.cpu);
    ASSERT_GT(wanted.size(), 1u);
    for (const std::size_t gap : wanted) {
        After strategy(gap, source);
        const Ran ran = run_kernel(
            3, strategy,
            [&] {
                primitive.boot();
                sim::Irq& irq = sim::test::make_irq([] {});
                irq.name = source.name = sim::world().names().add("interrupt");
                source.comes == EventKind::nmi_enter ? sim::world().raise_nmi(source.cpu, irq)
                                                     : sim::world().raise_irq(source.cpu, irq);
            },
            limits);
        EXPECT_EQ(effects_before(ran.events, source), gap)
            << "nothing comes between " << effect_text(quiet.events, source.cpu, gap) << " and "
            << effect_text(quiet.events, source.cpu, gap + 1);
    }
}

TEST_P(Interruption, OfAnInterruptComesAnywhere) {
    const unsigned cpu = GetParam().cpu;
    expect_everywhere(GetParam(), {cpu, EventKind::irq_enter, actor(sim::Act::irq, cpu)});
}
TEST_P(Interruption, OfAnNmiComesAnywhere) {
    const unsigned cpu = GetParam().cpu;
    expect_everywhere(GetParam(), {cpu, EventKind::nmi_enter, actor(sim::Act::nmi, cpu)});
}

INSTANTIATE_TEST_SUITE_P(OfEach, Interruption, testing::ValuesIn(primitives()),
                         [](const auto& info) { return std::string(info.param.name); });

// --- the primitives -----------------------------------------------------------------------------

void init(Shared<int>& variable, const char* name) { variable.init(name, -1, 0); }

struct Flag {
    SwaitQueue queue;
    Shared<int> value;
    Flag() {
        queue.init("queue", 0);
        init(value, "flag");
    }
};

void wait_for(Flag& flag) {
    swait_event_idle_exclusive(flag.queue, [&] { return READ_ONCE(flag.value) != 0; });
}
void set(Flag& flag) {
    WRITE_ONCE(flag.value, 1);
    swake_up_one(flag.queue);
}

void boot_swait() {
    auto& flag = made<Flag>();
    task(0, [&] { wait_for(flag); });
    task(1, [&] { set(flag); });
}

void boot_schedule() {
    auto& value = made<Shared<int>>();
    init(value, "flag");
    Task& sleeper = task(0, [&] {
        for (;;) {
            set_current_state(TaskState::idle);
            if (READ_ONCE(value) != 0) break;
            schedule(0, {});
        }
        set_current_state(TaskState::running);
    });
    task(1, [&] {
        WRITE_ONCE(value, 1);
        wake_up_process(sleeper);
    });
}

void boot_wakers() {
    auto& one = made<Flag>();
    task(0, [&] { wait_for(one); });
    task(1, [&] { wait_for(one); });
    task(2, [&] {
        set(one);
        swake_up_all(one.queue);
        set(one);
    });
}

void boot_mutex() {
    auto& mutex = made<Mutex>();
    auto& value = made<Shared<int>>();
    mutex.init("mutex", 0);
    init(value, "value");
    const auto body = [&] {
        WRITE_ONCE(value, 1);
        mutex.lock();
        WRITE_ONCE(value, 2);
        cpu_relax();
        mutex.unlock();
        WRITE_ONCE(value, 3);
    };
    for (const unsigned cpu : {0u, 1u, 2u}) task(cpu, body);
}

void boot_completion() {
    struct Both {
        Completion there;
        Completion back;
        Shared<int> value;
    };
    auto& both = made<Both>();
    both.there.init("there", 0);
    both.back.init("back", 0);
    init(both.value, "value");
    task(0, [&] {
        both.there.wait_for_completion();
        both.back.complete();
    });
    task(2, [&] {
        WRITE_ONCE(both.value, 1);
        both.there.complete();
        WRITE_ONCE(both.value, 2);
        both.back.wait_for_completion();
        WRITE_ONCE(both.value, 3);
    });
}

void boot_hotplug_lock() {
    auto& lock = made<CpuHotplugLock>();
    auto& value = made<Shared<int>>();
    lock.init("cpu_hotplug_lock");
    init(value, "value");
    task(0, [&] {
        lock.write_lock();
        cpu_relax();
        lock.write_unlock();
    });
    task(2, [&] {
        WRITE_ONCE(value, 1);
        lock.read_lock();
        WRITE_ONCE(value, 2);
        lock.read_unlock();
        WRITE_ONCE(value, 3);
        lock.write_lock();
        WRITE_ONCE(value, 4);
        lock.write_unlock();
    });
}

void boot_spinlock() {
    RawSpinlock& lock = test::make_lock();
    auto& value = made<Shared<int>>();
    init(value, "value");
    task(0, [&] {
        WRITE_ONCE(value, 1);
        const IrqFlags flags = raw_spin_lock_irqsave(lock);
        WRITE_ONCE(value, 2);
        raw_spin_unlock_irqrestore(lock, flags);
        raw_spin_lock(lock);
        raw_spin_unlock(lock);
        WRITE_ONCE(value, 3);
        local_irq_disable();
        WRITE_ONCE(value, 4);
        local_irq_enable();
        WRITE_ONCE(value, 5);
    });
}

void boot_timer() {
    struct Timers {
        TimerList first;
        TimerList second;
    };
    auto& timers = made<Timers>();
    const auto handler = [](TimerList& timer) {
        const IrqFlags flags = local_irq_save();
        local_irq_restore(flags);
        (void)timer_pending(timer);
    };
    timer_setup(timers.first, handler, nullptr, "timer", 1);
    timer_setup(timers.second, handler, nullptr, "timer", 2);
    task(0, [&] {
        mod_timer(timers.first, jiffies() + 1);
        mod_timer(timers.second, jiffies() + 1);
        del_timer(timers.second);
        mod_timer(timers.second, jiffies() + 1);
    });
}

// The handler comes to its end when somebody waits for that.
void boot_del_timer_sync() {
    struct Waited {
        TimerList timer;
        Shared<int> waits;
    };
    auto& waited = made<Waited>();
    static Waited* current;
    current = &waited;
    init(waited.waits, "waits");
    const auto handler = [](TimerList&) {
        while (READ_ONCE(current->waits) == 0) cpu_relax();
    };
    timer_setup(waited.timer, handler, nullptr, "timer", 1);
    task(1, [&] { mod_timer(waited.timer, jiffies() + 1); });
    task(2, [&] {
        while (!waited.timer.handler_due_or_running()) cpu_relax();
        WRITE_ONCE(waited.waits, 1);
        del_timer_sync(waited.timer);
        (void)timer_pending(waited.timer);
        del_timer_sync(waited.timer);
        (void)timer_pending(waited.timer);
    });
}

void boot_softirq() {
    struct Works {
        SoftirqWork first;
        SoftirqWork second;
        Shared<int> value;
    };
    auto& works = made<Works>();
    init(works.value, "value");
    static Works* current;
    current = &works;
    works.first.fn = [](void*) {
        WRITE_ONCE(current->value, 1);
        queue_softirq_work(current->second);
    };
    works.second.fn = [](void*) { WRITE_ONCE(current->value, 2); };
    task(0, [&] {
        WRITE_ONCE(works.value, 3);
        local_bh_disable();
        queue_softirq_work(works.first);
        WRITE_ONCE(works.value, 4);
        local_bh_enable();
        WRITE_ONCE(works.value, 5);
    });
}

void boot_call() {
    auto& call = made<CallSingle>();
    call.init("call", 0);
    auto& value = made<Shared<int>>();
    init(value, "value");
    task(0, [&] {
        WRITE_ONCE(value, 1);
        call.call_and_wait(1, [](void*) {}, nullptr);
        WRITE_ONCE(value, 2);
        call.call_and_wait(0, [](void*) {}, nullptr);
        WRITE_ONCE(value, 3);
    });
}

void boot_worker() {
    auto& worker = made<CpuWorker>();
    worker.init("kworker", 1);
    auto& value = made<Shared<int>>();
    init(value, "value");
    task(0, [&] {
        WRITE_ONCE(value, 1);
        worker.run_and_wait(1, [](void*) {}, nullptr);
        WRITE_ONCE(value, 2);
    });
}

void boot_ipi() {
    auto& vector = made<IpiVector>();
    vector.init("ipi", 3, [] {});
    auto& value = made<Shared<int>>();
    init(value, "value");
    task(0, [&] {
        WRITE_ONCE(value, 1);
        vector.send(1);
        WRITE_ONCE(value, 2);
        vector.send(2);
        WRITE_ONCE(value, 3);
    });
}

void boot_readers_and_writers() {
    auto& periods = made<GracePeriods>();
    periods.init("rcu", "gp_seq", 2);
    task(0, [&] {
        periods.reader_enter();
        periods.reader_exit();
        periods.synchronize();
        (void)periods.poll_state(periods.start_poll());
    });
    task(1, [&] {
        periods.reader_enter();
        periods.reader_exit();
    });
}

void boot_static_call() {
    text_patch_init(3);
    static_call_init();
    auto& call = made<StaticCall>();
    auto& key = made<StaticKey>();
    call.init("call", 0, 1);
    key.init("key", 0);
    task(0, [&] {
        call.update(2);
        key.enable();
        key.disable();
        (void)call.target(0);
    });
}

// On CPU 0: the kthread, which is asked for a grace period from CPU 1.
void boot_rcu_gp() {
    auto& state = made<RcuState>();
    auto& rdp = made<RcuCpu>();
    rcu_init(state, {.cpus = 3, .gp_cpu = 0, .two_leaves = true});
    rdp.mynode = &state.leaf_of(1);
    rdp.cpu = 1;
    task(1, [&] {
        const IrqFlags flags = raw_spin_lock_irqsave(rdp.mynode->lock);
        const bool wake =
            rcu_start_this_gp(state, *rdp.mynode, rdp, rcu_seq_snap_of(state.gp_seq.get()));
        raw_spin_unlock_irqrestore(rdp.mynode->lock, flags);
        if (wake) rcu_gp_kthread_wake(state);
    });
}

std::vector<Primitive> primitives() {
    return {{"swait", 0, boot_swait},
            {"schedule", 0, boot_schedule},
            {"wakers", 2, boot_wakers},
            {"mutex", 2, boot_mutex},
            {"completion", 2, boot_completion},
            {"hotplug_lock", 2, boot_hotplug_lock},
            {"spinlock", 0, boot_spinlock},
            {"timer", 0, boot_timer},
            {"del_timer_sync", 2, boot_del_timer_sync},
            {"softirq", 0, boot_softirq},
            {"call", 0, boot_call},
            {"worker", 0, boot_worker},
            {"ipi", 0, boot_ipi},
            {"grace_periods", 0, boot_readers_and_writers},
            {"static_call", 0, boot_static_call},
            {"rcu_gp", 0, boot_rcu_gp}};
}

}  // namespace
}  // namespace rcufuzz::kernel
