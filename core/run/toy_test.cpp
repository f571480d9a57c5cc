// SPDX-License-Identifier: GPL-2.0-or-later
//
// The toy subsystem, and the list of subsystems for the tests of this folder: just the toy.
#include "core/run/toy_test.h"

#include "core/kernel/kthread.h"
#include "core/kernel/spinlock.h"
#include "core/kernel/swait.h"
#include "core/memory/shared.h"
#include "core/subsystems/subsystems.h"

namespace rcufuzz {

namespace toy {

namespace {

using namespace scenario;

constexpr std::array<OpSpec, 3> ops{{
    {"add", "adds to the counter", any_context, {{{"times", 1, 3, false, true}, {}}}, 10},
    {"post", "tells the worker", any_context, {}, 10},
    {"leave_irqs_off", "disables interrupts and returns", bit(OpContext::task_on), {}, 2},
}};
constexpr std::array<BugSpec, 5> bugs{{
    {"T01_no_lock", "T01", Verdict::wrong_data, "add without the lock", "never, v0"},
    {"T02_no_wake", "T02", Verdict::stranded_callback, "post wakes nobody", "never, v0"},
    {"T03_extra_wake", "T03", Verdict::clean, "post wakes twice", "never, v0"},
    {"T04_odd_posts", "T04", Verdict::invariant, "posts may be odd", "never, v0"},
    {"T05_spins", "T05", Verdict::livelock, "add waits for post, post for add", "never, v0"},
}};
constexpr std::array<std::int16_t, 3> cpu_swarm{1, 2, 3};
constexpr std::array<ConfigSpec, 3> configs{{
    end_tick_spec,
    {"cpus", "workload CPUs", 1, 3, 2, cpu_swarm},
    {"step", "what an addition adds", -5, 300, 1, {}},
}};

ToyLog last_log;

class Toy final : public Instance {
   public:
    explicit Toy(const ConfigValues& config)
        : cpus_(static_cast<unsigned>(config[config_cpus])), step_(config[config_step]) {}

    void boot() override {
        last_log = {};
        last_log.step = step_;
        lock_.init("counter_lock", -1, 0);
        counter_.init("counter", -1, 0);
        posted_.init("posted", -1, 0);
        queue_.init("worker_queue", -1);
        kernel::kthread_run([](void* self) { static_cast<Toy*>(self)->work(); }, this, cpus_,
                            "worker", -1);
    }

    bool run_op(const Op& op) override {
        ++last_log.ops_run;
        if (fickle) waver();
        check_context(op.context);
        if (op.kind == op_add) {
            for (unsigned i = 0; i < op.args[0]; ++i) add();
        } else if (op.kind == op_post) {
            post();
        } else {
            if (kernel::irqs_disabled()) return false;
            kernel::local_irq_disable();
        }
        return true;
    }

    void close_cpu(unsigned cpu) override {
        last_log.closed_cpus |= 1u << cpu;
        kernel::local_irq_enable();
    }

    void tick(unsigned) override { ++last_log.ticks; }

    void judge_end() override {
        if (counter_.get() != expected_) {
            sim::world().findings().note(Verdict::wrong_data, "additions were lost",
                                      sim::Site::current());
        }
        if (consumed_ != posted_.get()) {
            sim::world().findings().note(Verdict::stranded_callback, "a post was not consumed",
                                      sim::Site::current());
        }
    }

    std::optional<std::int64_t> observe(std::string_view name) const override {
        if (name == "counter") return counter_.get();
        return std::nullopt;
    }

   private:
    static void waver() {
        static std::int64_t times = 0;
        sim::world().event(sim::EventKind::note, 0, ++times, 0, sim::Site::current());
    }

    static void check_context(OpContext context) {
        const bool off = kernel::irqs_disabled();
        const bool right = context == OpContext::softirq    ? kernel::in_serving_softirq()
                           : context == OpContext::hardirq  ? kernel::in_hardirq() && off
                           : context == OpContext::task_off ? kernel::in_task() && off
                                                            : kernel::in_task();
        if (!right) ++last_log.wrong_context;
    }

    static void wait_for_post() {
        for (;;) kernel::cpu_relax();
    }

    static void wait_for_addition() {
        for (;;) kernel::cpu_relax();
    }

    void add() {
        if (bug_active(bug_spins)) wait_for_post();
        expected_ += step_;
        const bool locked = !bug_active(bug_no_lock);
        const kernel::IrqFlags flags = locked ? kernel::raw_spin_lock_irqsave(lock_) : 0;
        memory::WRITE_ONCE(counter_, memory::READ_ONCE(counter_) + step_);
        if (locked) kernel::raw_spin_unlock_irqrestore(lock_, flags);
    }

    void post() {
        if (bug_active(bug_spins)) wait_for_addition();
        const kernel::IrqFlags flags = kernel::raw_spin_lock_irqsave(lock_);
        posted_.set(posted_.get() + 1);
        const bool odd = posted_.get() % 2 != 0;
        kernel::raw_spin_unlock_irqrestore(lock_, flags);
        if (bug_active(bug_odd_posts) && !odd && white_box_oracles)
            sim::world().fail(Verdict::invariant, "posts are even", sim::Site::current());
        if (!bug_active(bug_no_wake)) kernel::swake_up_one(queue_);
        if (bug_active(bug_extra_wake)) kernel::swake_up_one(queue_);
    }

    void work() {
        while (!kernel::kthread_should_stop()) {
            kernel::swait_event_idle_exclusive(
                queue_, [this] { return consumed_ != memory::READ_ONCE(posted_); });
            consumed_ = posted_.get();
        }
    }

    unsigned cpus_;
    int step_;
    int expected_ = 0;
    int consumed_ = 0;
    kernel::RawSpinlock lock_;
    memory::Shared<int> counter_;
    memory::Shared<int> posted_;
    kernel::SwaitQueue queue_;
};

unsigned workload_cpus(const ConfigValues& config) {
    return static_cast<unsigned>(config[config_cpus]);
}

std::string cpu_name(const ConfigValues& config, unsigned cpu) {
    return cpu < workload_cpus(config) ? "cpu" + std::to_string(cpu) : "worker";
}

}  // namespace

const ToyLog& log() { return last_log; }

const Subsystem& subsystem() {
    static constexpr Subsystem the_subsystem{
        .name = "toy",
        .summary = "a counter and a worker",
        .ops = ops,
        .bugs = bugs,
        .configs = configs,
        .workload_cpus = workload_cpus,
        .all_cpus = [](const ConfigValues& config) { return workload_cpus(config) + 1; },
        .cpu_name = cpu_name,
        .create = [](Arena& arena, const ConfigValues& config) -> Instance& {
            return arena.make<Toy>(config);
        },
        .tell = nullptr,
        .owns_file = [](std::string_view file) { return file.starts_with("run/toy_test.cpp"); },
    };
    return the_subsystem;
}

}  // namespace toy

namespace subsystems {

std::span<const scenario::Subsystem* const> all() {
    static const std::array list{&toy::subsystem()};
    return list;
}

const scenario::Subsystem* find(std::string_view name) {
    return name == "toy" ? &toy::subsystem() : nullptr;
}

}  // namespace subsystems

}  // namespace rcufuzz
