// SPDX-License-Identifier: GPL-2.0-or-later
//
// nocb against a naive model: every callback is invoked exactly once, after the readers that were
// there when it was posted, in order on each CPU; none is left; rcu_barrier() waits for all earlier
// ones. The model knows no list, lock or timer. It reads what a run did from its trace, and shares
// nothing with the oracles of the subsystem.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "core/base/files.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "core/subsystems/nocb/notes.h"
#include "core/subsystems/subsystems.h"
#include "properties/generators.h"

namespace rcufuzz::properties {
namespace {

using nocb::Note;

const scenario::Subsystem& target() { return *subsystems::find("nocb"); }

class NaiveModel {
   public:
    explicit NaiveModel(const run::Plan& plan) : plan_(plan) {
        for (const scenario::Op& op : plan.ops) ops_left_[op.cpu] += runs_in_task(op) ? 1 : 0;
        const auto is_on = [&plan](std::string_view name) {
            for (std::size_t i = 0; i < target().configs.size(); ++i)
                if (target().configs[i].name == name) return plan.config[i] != 0;
            return false;
        };
        // Two run callbacks of one CPU at the same time, or another CPU does.
        in_order_ = !is_on("toggling") && !is_on("hotplug");
    }

    void see(const sim::Event& event) {
        if (event.kind == sim::EventKind::op_begin) begin_op(event);
        if (event.kind == sim::EventKind::op_end) end_op(event);
        if (event.kind != sim::EventKind::note) return;
        switch (static_cast<Note>(event.object)) {
            case Note::call_rcu:
                post(event.key, event.a);
                return;
            case Note::invoked:
                invoke(event.a);
                return;
            case Note::barrier_begin:
                barriers_[event.key] = returned_;
                return;
            case Note::barrier_end:
            case Note::EarlyExit:
                for (const std::int64_t callback : barriers_[event.key])
                    if (!invoked_.contains(callback)) object("rcu_barrier() was too short");
                return;
            default:
                return;
        }
    }

    void end() {
        for (const auto& [callback, posted] : posted_)
            if (!invoked_.contains(callback)) object("a callback is left");
    }

    const std::string& objection() const { return objection_; }

   private:
    struct Posted {
        unsigned cpu = 0;
        std::array<unsigned, sim::max_cpus> readers{};  // by CPU: 0, or which of its readers
    };

    static bool runs_in_task(const scenario::Op& op) {
        return op.context == scenario::OpContext::task_on ||
               op.context == scenario::OpContext::task_off;
    }

    const scenario::Op& op_of(const sim::Event& event) const {
        return plan_.ops[static_cast<std::size_t>(event.a)];
    }
    std::string_view op_name(const sim::Event& event) const {
        return target().ops[op_of(event).kind].name;
    }

    void begin_op(const sim::Event& event) {
        const unsigned cpu = event.key / sim::slots_per_cpu;
        if (op_name(event) == "rcu_read_unlock" && nesting_[cpu] != 0 && --nesting_[cpu] == 0)
            reader_[cpu] = 0;
    }

    // What is open after the task's last operation is closed by the machine, and nobody says when.
    void end_op(const sim::Event& event) {
        const unsigned cpu = event.key / sim::slots_per_cpu;
        call_rcu_returned(event.key);
        if (op_name(event) == "rcu_read_lock" && nesting_[cpu]++ == 0) reader_[cpu] = ++readers_;
        if (runs_in_task(op_of(event)) && --ops_left_[cpu] == 0) nesting_[cpu] = reader_[cpu] = 0;
    }

    // Whoever goes on has returned from the call before.
    void call_rcu_returned(unsigned key) {
        if (const auto last = last_post_.find(key); last != last_post_.end())
            returned_.insert(last->second);
    }

    void post(unsigned key, std::int64_t callback) {
        const unsigned cpu = key / sim::slots_per_cpu;
        if (posted_.contains(callback)) object("a callback is posted twice");
        posted_[callback] = {cpu, reader_};
        call_rcu_returned(key);
        last_post_[key] = callback;
        queue_[cpu].push_back(callback);
    }

    void invoke(std::int64_t callback) {
        if (!posted_.contains(callback)) return object("a callback runs that nobody has posted");
        if (!invoked_.insert(callback).second) object("a callback runs twice");
        const Posted& posted = posted_[callback];
        for (unsigned cpu = 0; cpu < posted.readers.size(); ++cpu)
            if (posted.readers[cpu] != 0 && posted.readers[cpu] == reader_[cpu])
                object("a callback runs before its grace period is over");
        std::deque<std::int64_t>& queue = queue_[posted.cpu];
        if (in_order_ && (queue.empty() || queue.front() != callback))
            object("a callback runs before an earlier one");
        std::erase(queue, callback);
    }

    void object(const char* what) {
        if (objection_.empty()) objection_ = what;
    }

    const run::Plan& plan_;
    bool in_order_ = true;
    std::array<unsigned, sim::max_cpus> ops_left_{};
    std::array<unsigned, sim::max_cpus> nesting_{};
    std::array<unsigned, sim::max_cpus> reader_{};  // the open reader of each CPU; 0: none
    unsigned readers_ = 0;
    std::map<std::int64_t, Posted> posted_;
    std::set<std::int64_t> invoked_;
    std::set<std::int64_t> returned_;             // from call_rcu()
    std::map<unsigned, std::int64_t> last_post_;  // by context
    std::map<unsigned, std::set<std::int64_t>> barriers_;
    std::map<unsigned, std::deque<std::int64_t>> queue_;  // by CPU
    std::string objection_;
};

// Empty: the model agrees with the whole run.
std::string objection_to(const run::Plan& plan, run::Outcome* outcome = nullptr) {
    run::NamedTrace trace;
    const run::Outcome of_run = run::replay(plan, {.trace = sim::TraceLevel::full, .keep = &trace});
    if (outcome != nullptr) *outcome = of_run;
    NaiveModel model(plan);
    for (const sim::Event& event : trace.events) model.see(event);
    model.end();
    return model.objection();
}

void expect_agreement(const run::Plan& plan, const char* property) {
    const std::string objection = objection_to(plan);
    if (!objection.empty()) {
        RC_LOG() << "the model says: " << objection << '\n';
        RC_LOG() << keep_failure(plan, property);
    }
    RC_ASSERT(objection.empty());
}

RC_GTEST_PROP(NocbModel, AgreesWithAnySequenceUnderAnySchedule, (std::uint64_t seed)) {
    const auto policy = any_policy();
    run::Plan plan = *workload_of(run::empty_plan(target()));
    policy->reseed(seed);
    expect_agreement(run::record(plan, *policy).plan, "nocb-model");
}

RC_GTEST_PROP(NocbModel, AgreesWithAnyBytes, (const std::vector<std::uint8_t>& bytes)) {
    expect_agreement(decoded(run::empty_plan(target()), bytes), "nocb-model-bytes");
}

// The model is not blind: it objects to what users of the kernel would see of each bug.
TEST(NocbModel, ObjectsToEveryReproducer) {
    const std::map<Verdict, std::string> words{
        {Verdict::stranded_callback, "a callback is left"},
        {Verdict::barrier_too_short, "rcu_barrier() was too short"}};
    unsigned seen = 0;
    const std::string folder = std::string(RCUFUZZ_SOURCE_DIR) + "/corpus/bugs/nocb";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".plan") continue;
        const auto bytes = read_file(entry.path());
        run::Plan plan = run::from_text(std::string(bytes.begin(), bytes.end()), "corpus");
        run::Outcome outcome;
        const std::string objection = objection_to(plan, &outcome);
        const auto word = words.find(outcome.verdict);
        if (word == words.end()) continue;
        // It knows what comes before what, but not what must be seen of it.
        if (plan.memory == run::MemoryMode::weak && objection.empty()) continue;
        ++seen;
        EXPECT_EQ(objection, word->second) << entry.path();
        plan.bugs = 0;
        EXPECT_EQ(objection_to(plan), "") << entry.path() << " without the bug";
    }
    EXPECT_GT(seen, 15u);
}

}  // namespace
}  // namespace rcufuzz::properties
