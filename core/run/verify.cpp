// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/verify.h"

#include <algorithm>
#include <vector>

#include "core/run/names.h"
#include "core/sim/image.h"
#include "core/sim/world.h"
#include "core/strategy/dfs.h"

namespace rcufuzz::run {

namespace {

using scenario::Op;
using scenario::OpContext;
using scenario::OpSpec;

constexpr std::uint64_t runs_between_questions = 256;

// Every operation that a plan may hold, those of one CPU next to each other.
std::vector<Op> all_ops(const Plan& base) {
    std::vector<Op> ops;
    const unsigned cpus = base.target->workload_cpus(base.config);
    for (unsigned cpu = 0; cpu < cpus; ++cpu) {
        for (std::size_t kind = 0; kind < base.target->ops.size(); ++kind) {
            const OpSpec& spec = base.target->ops[kind];
            for (unsigned context = 0; context < scenario::op_context_words.size(); ++context) {
                if ((spec.contexts >> context & 1u) == 0) continue;
                for (unsigned a = spec.params[0].min; a <= spec.params[0].max; ++a) {
                    for (unsigned b = spec.params[1].min; b <= spec.params[1].max; ++b) {
                        ops.push_back(
                            {static_cast<std::uint8_t>(kind),
                             static_cast<std::uint8_t>(cpu),
                             static_cast<OpContext>(context),
                             {static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)}});
                    }
                }
            }
        }
    }
    return ops;
}

// Goes through all plans in order of their length. CPUs run their operations in plan order and
// beside each other, so it is enough to list them CPU by CPU.
class Plans {
   public:
    explicit Plans(const VerifyOptions& options)
        : plan_(options.base), max_ops_(options.max_ops), ops_(all_ops(options.base)) {
        plan_.decisions.clear();
        if (max_ops_ != 0) {
            chosen_.assign(1, 0);
            fill();
        }
    }

    const Plan& plan() const { return plan_; }

    bool next() {
        if (max_ops_ == 0) return false;
        if (!advance()) return false;
        fill();
        return true;
    }

    std::uint64_t count() const {
        if (max_ops_ == 0) return 1;
        const unsigned cpus = plan_.target->workload_cpus(plan_.config);
        const double per_cpu = static_cast<double>(ops_.size()) / cpus;
        double all = 0;
        double power = 1;
        double ways = 1;  // to spread so many operations over the CPUs
        for (unsigned length = 1; length <= max_ops_; ++length) {
            power *= per_cpu;
            ways = ways * (cpus + length - 1) / length;
            all += power * ways;
        }
        return all < 1e18 ? static_cast<std::uint64_t>(all + 0.5) : ~std::uint64_t{0};
    }

   private:
    bool advance() {
        for (std::size_t i = chosen_.size(); i-- > 0;) {
            if (++chosen_[i] == ops_.size()) continue;
            // No later operation is of an earlier CPU.
            std::fill(chosen_.begin() + static_cast<std::ptrdiff_t>(i) + 1, chosen_.end(),
                      first_of_cpu(ops_[chosen_[i]].cpu));
            return true;
        }
        if (chosen_.size() == max_ops_) return false;
        chosen_.assign(chosen_.size() + 1, 0);
        return true;
    }

    std::size_t first_of_cpu(std::uint8_t cpu) const {
        std::size_t first = 0;
        while (ops_[first].cpu != cpu) ++first;
        return first;
    }

    void fill() {
        plan_.ops.clear();
        for (const std::size_t op : chosen_) plan_.ops.push_back(ops_[op]);
    }

    Plan plan_;
    unsigned max_ops_;
    std::vector<Op> ops_;
    std::vector<std::size_t> chosen_;
};

class Verifier {
   public:
    explicit Verifier(const VerifyOptions& options) : options_(options), plans_(options) {}

    VerifyResult all() {
        result_.done.all_plans = plans_.count();
        do {
            if (!one()) return std::move(result_);
            ++result_.done.plans;
        } while (plans_.next());
        result_.finished = true;
        return std::move(result_);
    }

   private:
    // Every run of one plan; false: that is the end of the search.
    bool one() {
        const bool delays = options_.delays != VerifyOptions::unlimited;
        strategy::DfsOptions how{.preemptions = delays ? options_.delays : options_.preemptions,
                                 .bound_delays = delays,
                                 .max_states = options_.max_states,
                                 .shard = options_.shard,
                                 .shards = options_.shards};
        if (sim::has_image && options_.prune) {
            how.state = [](void*) { return sim::image_hash(sim::world()); };
            how.state_is_image = true;
            // A kernel image has stacks of its own, which a moment does not keep whole.
            how.returns = !plans_.plan().target->has_tasks;
        }
        strategy::Dfs search(how);
        const std::uint64_t runs_before = result_.done.runs;
        do {
            const Outcome outcome = run(plans_.plan(), search, how_to_run());
            result_.done.runs = runs_before + search.runs() + 1;
            if (outcome.found()) {
                // The search stands where it was: the same run once more, written down.
                Recorded recorded = record(plans_.plan(), search, how_to_run());
                result_.counterexample = std::move(recorded.plan);
                result_.outcome = std::move(recorded.outcome);
                return false;
            }
            // Over all plans together: a small one has fewer runs.
            if (result_.done.runs - asked_ >= runs_between_questions) {
                asked_ = result_.done.runs;
                if (!keep_going(search)) return false;
            }
        } while (search.next());
        result_.done.states += search.states();
        result_.done.states_full |= search.states_full();
        return true;
    }

    RunOptions how_to_run() const { return {.free_jiffies = options_.free_jiffies}; }

    bool keep_going(const strategy::Dfs& search) {
        if (options_.keep_going == nullptr) return true;
        result_.done.part = search.progress();
        return options_.keep_going(options_.keep_going_arg, result_.done);
    }

    const VerifyOptions& options_;
    Plans plans_;
    VerifyResult result_;
    std::uint64_t asked_ = 0;  // when that many runs were done
};

}  // namespace

VerifyResult verify(const VerifyOptions& options) { return Verifier(options).all(); }

std::uint64_t plan_count(const VerifyOptions& options) { return Plans(options).count(); }

}  // namespace rcufuzz::run
