// SPDX-License-Identifier: GPL-2.0-or-later
//
// A kernel's own source as a subject: its operations, and how a plan gets to the kernel image.
#include <algorithm>
#include <array>
#include <iterator>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/linux/notes.h"
#include "core/linux/work.h"
#include "core/memory/run_memory.h"
#include "core/scenario/op_watch.h"
#include "core/scenario/sentence.h"
#include "core/subsystems/linux/configuration.h"
#include "core/subsystems/linux/kernels.h"
#include "core/subsystems/linux/steps.h"
#include "core/subsystems/subsystems.h"

namespace rcufuzz::linux_subject {

namespace {

using scenario::ConfigValues;
using scenario::Op;
using scenario::OpContext;
using scenario::OpSpec;
using scenario::Workload;

// --- operations ---------------------------------------------------------------------------------

constexpr std::uint8_t T = scenario::bit(OpContext::task_on);
constexpr std::uint8_t O = scenario::bit(OpContext::task_off);
constexpr std::uint8_t S = scenario::bit(OpContext::softirq);
constexpr std::uint8_t H = scenario::bit(OpContext::hardirq);

enum Family : std::uint8_t {
    ANY,
    CALLBACKS,
    CALLS,
    TIMERS,
    TRACE,
    MEMORY,
    KEYS,
    SRCU,
    LOCKS,
    KTHREADS,
    TASKS,
};

constexpr scenario::ParamSpec param(std::string_view name, std::uint8_t min, std::uint8_t max) {
    return {name, min, max, false, name == "count" || name == "times"};
}

// Operations that need no configuration name the first one.
constexpr OpSpec ops[] = {
#define OPERATION(...) OPERATION_WITH(end_tick, __VA_ARGS__)
#define OPERATION_WITH(config, word, part, allowed, often, a, a_min, a_max, b, b_min, b_max, text) \
    {.name = #word,                                                                               \
     .summary = text,                                                                             \
     .contexts = allowed,                                                                         \
     .params = {{param(a, a_min, a_max), param(b, b_min, b_max)}},                                \
     .weight = often,                                                                             \
     .needs_config = config,                                                                      \
     .family = part},
#include "core/linux/operations.def"
#undef OPERATION
};

// --- one run ------------------------------------------------------------------------------------

std::string text_after(const std::string& text, std::string_view part) {
    const std::size_t at = text.find(part);
    return at == text.npos ? "" : text.substr(at + part.size());
}

// What `scripts/kernel check` has taken out of a git tree; empty: it is no such tree.
std::string commit_of(const std::string& tree) { return text_after(tree, "/build/check/source/"); }

// As scripts/kernel takes it: a package's tree by the package's name.
std::string tree_word(const std::string& tree) {
    const std::string package = text_after(tree, "/build/kernel/source/");
    if (!package.empty()) return "debian:" + package;
    const std::string commit = commit_of(tree);
    return commit.empty() ? tree : "LINUX-AT-" + commit;
}

// What a kernel asks of the machine beside who acts next.
struct Question {
    unsigned what;
    std::string_view word, answer;
};

constexpr Question questions[] = {
    {MACHINE_NEXT_TASK, "next_task", "another of the ready tasks is next"},
    {MACHINE_WAKE_PREEMPTS, "wake_preempts", "the task that is woken preempts"},
    {MACHINE_TASK_CPU, "task_cpu", "the task goes to another CPU"},
    {MACHINE_ALLOCATION_FAILS, "allocation", "an allocation fails"},
    {MACHINE_TICK_PREEMPTS, "tick_preempts", "the tick preempts the task"},
    {MACHINE_TAKES_OVER, "takes_over", "the CPU takes over a task that is ready elsewhere"},
};

const Question* question_of(unsigned what) {
    const auto* const found = std::ranges::find(questions, what, &Question::what);
    return found == std::end(questions) ? nullptr : found;
}

std::string first_word(const std::string& subject) { return subject.substr(0, subject.find(' ')); }

class LinuxPlatform final : public scenario::Platform {
   public:
    bool boots(const Workload& workload, sim::TraceLevel level) override {
        const std::string name = workload.subject.empty() ? find_kernel({}).name
                                                          : first_word(workload.subject);
        if (name != name_) {
            static_cast<void>(find_kernel(name));
            name_ = name;
        }
        kernel_ = &load_kernel(name);
        const std::string parameters = command_line(workload.config);
        if (kernel_->boot(cpu_count(workload.config), parameters, level)) return true;
        const char* const unknown = kernel_->unknown_parameter();
        if (unknown == nullptr) return false;
        const std::string word = unknown;
        sim::world().finish();
        throw UserError("kernel " + name + " does not boot with" + parameters +
                        ": it has no parameter '" + word + "'");
    }
    sim::Guest* guest() override { return kernel_; }
    bool listen(sim::SubjectListener* listener) override {
        linux_guest::listen(listener);
        return true;
    }

    bool lacks(const std::string& subject, std::size_t config) override {
        const std::string name = subject.empty() ? find_kernel({}).name : first_word(subject);
        const guest_door& door = load_kernel(name).door();
        if (config == wake_from_gp)
            return door.has_parameter("rcutree.rcu_normal_wake_from_gp") == 0;
        if (config == kcsan) return door.work->has_kcsan == 0;
        if (config == preempting) return door.work->is_preemptible == 0;
        return config == tasks && door.work->has_tasks_rcu == 0;
    }

    bool watch_lines(const std::string& subject, std::string_view near) override {
        watch_lines_of(first_word(subject), near);
        return true;
    }
    std::vector<Place> points_near(const std::string& subject, std::string_view near) override {
        return linux_subject::points_near(first_word(subject), near);
    }
    bool came_near() override { return linux_subject::came_near(); }
    std::string lines() const override { return watched_lines(); }

    scenario::SubjectWords words_of(const std::string& subject,
                                    const ConfigValues& config) const override {
        const BuiltKernel built = find_kernel(first_word(subject));
        const std::string commit = commit_of(built.tree);
        const std::string variant = built.variant == "base" ? "" : " --variant " + built.variant;
        return {.version = built.release,
                .built_as = built.name + ", sources " + built.hash +
                            (commit.empty() ? "" : ", base commit " + commit),
                .change = built.change,
                .configuration = configuration_words(built.variant, config),
                .variant = built.variant,
                .parameters = std::string(trim(boot_parameters(config) + tasks_parameters(config))),
                .build = "scripts/kernel build " + tree_word(built.tree) + variant +
                         (built.with.empty() ? "" : " --name " + built.name + " " + built.with)};
    }
    std::string source_line(const std::string& subject, std::string_view file,
                            unsigned line) const override {
        return linux_subject::source_line(find_kernel(first_word(subject)), std::string(file),
                                          line);
    }
    std::string place_of(const std::string& subject, std::uintptr_t address) const override {
        return linux_subject::place_of(find_kernel(first_word(subject)), address);
    }
    std::string state() override { return kernel_->state(); }
    std::string answer_words(unsigned what) const override {
        const Question* const question = question_of(what);
        return question == nullptr ? "" : std::string(question->answer);
    }
    std::string question_word(unsigned what) const override {
        const Question* const question = question_of(what);
        return question == nullptr ? "" : std::string(question->word);
    }

    // A synchronize_rcu() costs about a thousand, where a strategy answers against it several.
    std::uint64_t points(const Workload& workload) const override {
        return 60'000 + 4'000 * workload.ops.size();
    }

    void begin(const Workload& workload) override {
        memory::begin_memory(workload.weak_memory, false);
        kernel_->start_run(workload.weak_memory);
    }

    void start_ops(const Workload& workload, scenario::Instance&) override {
        count_ = 0;
        for (const Op& op : workload.ops)
            ops_[count_++] = {op.kind, op.cpu, static_cast<unsigned char>(op.context), op.args[0],
                              op.args[1]};
        plan_ = {ops_.data(),
                 count_,
                 workload.cpus,
                 workload.config[end_tick] != 0 ? unsigned{WORK_END_IDLE}
                                                : unsigned{WORK_END_KERNEL},
                 static_cast<unsigned>(workload.config[failing_allocations]),
                 begins,
                 ends};
        began_ = ops_.data();
        kernel_->door().work->start(&plan_);
    }

    std::string subject(const std::string& name) override {
        const BuiltKernel kernel = find_kernel(name);
        return kernel.name + " " + kernel.hash;
    }

    // The kernel's own tick comes with its timers, and its oracles look for what has not ended.
    void raise_ticks(const Workload&, scenario::Instance&) override {}
    void judge_progress() override {}
    void judge_endless_run() override {
        if (sim::world().fair_jiffies() >= WORK_PROMISE_JIFFIES)
            kernel_->door().work->judge_late();
    }

    // The kernel's, without its slash; of a task that executes a CPU's operations, the CPU's.
    std::string task_name(const sim::Context& task) const override {
        if (kernel_ == nullptr || !sim::is_task_key(task.key)) return {};
        return name_of_task(task.key - sim::first_task_key);
    }

    bool in_softirq(unsigned cpu) const override { return kernel_->in_softirq(cpu); }

    std::optional<bool> task_sleeps(std::string_view name) const override {
        for (unsigned i = 0;; ++i) {
            const std::string own = name_of_task(i);
            if (own.empty()) return std::nullopt;
            if (own == name) return kernel_->task_sleeps(i);
        }
    }

    const linux_guest::Kernel& kernel() const { return *kernel_; }

   private:
    std::string name_of_task(unsigned number) const {
        std::string name = kernel_->task_name(number);
        if (name.starts_with("work/")) return "cpu" + name.substr(5);
        std::erase(name, '/');
        return name;
    }

    static void begins(unsigned index) {
        sim::World& w = sim::world();
        const work_op& op = began_[index];
        loaded_kernel()->tell_operation("begin", index);
        w.event(sim::EventKind::op_begin, 0, index, 0, {});
        scenario::op_begins(index);
        w.event(sim::EventKind::note, linux_guest::note_count(), op.kind, op.a + 256 * op.b, {});
    }
    static void ends(unsigned index, int done) {
        loaded_kernel()->tell_operation("end", index);
        scenario::op_ends(index, done != 0);
        sim::world().event(sim::EventKind::op_end, 0, index, done, {});
    }

    static constexpr std::size_t max_ops = 64;
    std::array<work_op, max_ops> ops_{};
    static inline const work_op* began_ = nullptr;  // those of the run
    unsigned count_ = 0;
    work_plan plan_{};
    linux_guest::Kernel* kernel_ = nullptr;
    std::string name_;
};

LinuxPlatform platform;

// The kernel image executes the operations by itself.
class LinuxInstance final : public scenario::Instance {
   public:
    void boot() override {}
    bool run_op(const Op&) override { return false; }
    void close_cpu(unsigned) override {}
    void tick(unsigned) override {}
    void judge_end() override { platform.kernel().door().work->judge(); }
    std::optional<std::int64_t> observe(std::string_view name) const override {
        const auto of_cpu = numbered_name(name, sim::world().cpus());
        return of_cpu ? platform.kernel().observe(std::string(of_cpu->name),
                                                  static_cast<int>(of_cpu->number))
                      : platform.kernel().observe(std::string(name), -1);
    }
};

// What observe() can know (core/linux/work); of nocb, where the kernel has it: of the CPU's leader.
constexpr scenario::QuantitySpec quantities[] = {
    {"len", "callbacks of the CPU"},
    {"done", "callbacks in the segment RCU_DONE_TAIL"},
    {"wait", "callbacks in the segment RCU_WAIT_TAIL"},
    {"next_ready", "callbacks in the segment RCU_NEXT_READY_TAIL"},
    {"next", "callbacks in the segment RCU_NEXT_TAIL"},
    {"level", "nocb_defer_wakeup"},
    {"timer", "1: nocb_timer is pending"},
    {"gp_sleep", "nocb_gp_sleep"},
    {"cb_sleep", "nocb_cb_sleep"},
    {"bypass", "callbacks on the bypass list"},
    {"gp", "not 0: a grace period is in progress", false},
    {"outstanding", "callbacks that were posted and have not run", false},
    {"invoked", "callbacks that have run", false},
};

// All but what it stands on, which is ours: core/linux and the machine, in C++.
bool is_of_kernel(std::string_view file) {
    for (const std::string_view folder : {"include/", "kernel/", "lib/"})
        if (file.starts_with(folder)) return file.find(".cpp") == file.npos;
    return false;
}

scenario::Instance& create(Arena& arena, const ConfigValues&) {
    return arena.make<LinuxInstance>();
}

std::string own_field(std::string_view name, std::int64_t a, std::int64_t) {
    CHECK(name == "gp" || name == "gp_end");
    return std::to_string(name == "gp" ? linux_guest::grace_period_number(a)
                                       : linux_guest::grace_period_over_at(a));
}

// An operation with its parameters, as in "burst (count 2)".
std::string told_operation(std::int64_t kind, std::int64_t args) {
    const OpSpec& op = ops[static_cast<std::size_t>(kind)];
    std::string with;
    for (const auto& param : op.params) {
        if (!param.name.empty())
            with += (with.empty() ? " (" : ", ") + std::string(param.name) + " " +
                    std::to_string(args % 256);
        args /= 256;
    }
    return std::string(op.name) + (with.empty() ? "" : with + ")");
}

std::string tell(unsigned note, std::string_view who, std::int64_t a, std::int64_t b) {
    if (note == linux_guest::note_count())
        return std::string(who) + " begins " + told_operation(a, b) + ".";
    return scenario::fill_in(linux_guest::note_sentence(note), who, a, b, own_field);
}

}  // namespace

}  // namespace rcufuzz::linux_subject

namespace rcufuzz::subsystems::linux_kernel {

const scenario::Subsystem& subsystem() {
    namespace s = rcufuzz::linux_subject;
    static const scenario::Subsystem description{
        .name = "linux",
        .summary = "a kernel's own source, from a tree that the user names (scripts/kernel)",
        .ops = s::ops,
        .bugs = {},
        .configs = s::configs(),
        .workload_cpus = s::cpu_count,
        .all_cpus = s::cpu_count,
        .cpu_name = s::cpu_name,
        .create = s::create,
        .tell = s::tell,
        .runs_weak = true,
        .has_tasks = true,
        .platform = &s::platform,
        .called = {"the kernel's own source", "the kernel"},
        .owns_file = s::is_of_kernel,
        .quantities = s::quantities,
        .steps = s::steps(),
    };
    return description;
}

}  // namespace rcufuzz::subsystems::linux_kernel
