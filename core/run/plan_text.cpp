// SPDX-License-Identifier: GPL-2.0-or-later
//
// The text form of a plan:
//
//   rcufuzz-plan 1
//   target nocb
//   kernel 6.12 1a2b3c                    where the target is a kernel that somebody built
//   bug D01_wake_leaves_level
//   memory sc
//   oracle all
//   config end_tick 1                     only what differs from the standard
//   op cpu0 off call_rcu count=2 chain=0  CPU, context, operation, its parameters
//   decide cpu0 17 run cpu1               at its 17th choice of this context, cpu1 runs
//
// Items stand in this order, since each is read with what stands above it.
#include <algorithm>
#include <array>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/run/codec.h"
#include "core/run/names.h"
#include "core/strategy/from_plan.h"

namespace rcufuzz::run {

namespace {

constexpr std::string_view header_word = "rcufuzz-plan";

// --- writing ------------------------------------------------------------------------------------

std::string op_line(const Plan& plan, const scenario::Op& op) {
    const scenario::OpSpec& spec = plan.target->ops[op.kind];
    std::string line =
        "op " + cpu_word(plan, op.cpu) + " " +
        std::string(scenario::op_context_words[static_cast<std::size_t>(op.context)]) + " " +
        std::string(spec.name);
    for (std::size_t i = 0; i < op.args.size(); ++i) {
        if (!spec.params[i].name.empty())
            line += " " + std::string(spec.params[i].name) + "=" + std::to_string(op.args[i]);
    }
    return line;
}

// --- reading ------------------------------------------------------------------------------------

using Words = std::span<const std::string_view>;

std::uint8_t op_kind_from(const Plan& plan, std::string_view name) {
    const auto ops = plan.target->ops;
    for (std::size_t i = 0; i < ops.size(); ++i)
        if (ops[i].name == name) return static_cast<std::uint8_t>(i);
    std::vector<std::string> known;
    for (const scenario::OpSpec& op : ops) known.emplace_back(op.name);
    throw UserError("unknown operation " + quoted(name) + did_you_mean(name, known));
}

scenario::OpContext op_context_from(const scenario::OpSpec& spec, std::string_view text) {
    for (std::size_t i = 0; i < scenario::op_context_words.size(); ++i) {
        if (scenario::op_context_words[i] != text) continue;
        const auto context = static_cast<scenario::OpContext>(i);
        if ((spec.contexts & bit(context)) == 0)
            throw UserError(std::string(spec.name) + " cannot run in context " + quoted(text));
        return context;
    }
    throw UserError("unknown context " + quoted(text) + " (on, off, softirq, hardirq)");
}

// `given`: the parameters that were there before, as bits.
void read_param(const scenario::OpSpec& spec, std::string_view text, scenario::Op& op,
                std::uint32_t& given) {
    const std::size_t equals = text.find('=');
    for (std::size_t i = 0; i < spec.params.size() && equals != text.npos; ++i) {
        const scenario::ParamSpec& param = spec.params[i];
        if (param.name.empty() || param.name != text.substr(0, equals)) continue;
        const auto value = parse_int(text.substr(equals + 1));
        if (!value || *value < param.min || *value > param.max) {
            throw UserError(quoted(text) + ": expected a number from " + std::to_string(param.min) +
                            " to " + std::to_string(param.max));
        }
        if (((given >> i) & 1u) != 0) throw UserError("a second " + quoted(param.name));
        given |= 1u << i;
        op.args[i] = static_cast<std::uint8_t>(*value);
        return;
    }
    throw UserError(std::string(spec.name) + " has no parameter " + quoted(text.substr(0, equals)));
}

void read_op(Plan& plan, Words words) {
    if (words.size() < 4) throw UserError("expected op CPU CONTEXT OPERATION [PARAMETER=VALUE]...");
    if (plan.ops.size() >= max_ops)
        throw UserError("more than " + std::to_string(max_ops) + " operations");
    scenario::Op op;
    const auto cpu = cpu_from_word(plan, words[1]);
    if (!cpu || *cpu >= plan.target->workload_cpus(plan.config))
        throw UserError(quoted(words[1]) + " is no CPU for operations");
    op.cpu = static_cast<std::uint8_t>(*cpu);
    op.kind = op_kind_from(plan, words[3]);
    const scenario::OpSpec& spec = plan.target->ops[op.kind];
    op.context = op_context_from(spec, words[2]);
    for (std::size_t i = 0; i < op.args.size(); ++i) op.args[i] = spec.params[i].min;
    std::uint32_t given = 0;
    for (const std::string_view param : words.subspan(4)) read_param(spec, param, op, given);
    plan.ops.push_back(op);
}

void read_decision(Plan& plan, Words words) {
    if (words.size() < 4) throw UserError("expected decide CONTEXT NUMBER ANSWER");
    if (plan.decisions.size() >= max_decisions) throw UserError("too many decisions");
    const auto key = context_from_word(plan, words[1]);
    if (!key) throw UserError("unknown context " + quoted(words[1]));
    const auto ordinal = parse_int(words[2]);
    if (!ordinal || *ordinal < 0 || *ordinal > 0xffff)
        throw UserError(quoted(words[2]) + " is not a number from 0 to 65535");
    const auto value = value_from_words(plan, words.subspan(3));
    if (!value) {
        throw UserError("expected run|irq|softirq|resched|nmi CPU, time, or answer 1..127 after " +
                        quoted(words[2]));
    }
    const sim::Decision decision{*key, static_cast<std::uint16_t>(*ordinal), *value};
    const auto at = std::lower_bound(plan.decisions.begin(), plan.decisions.end(), decision,
                                     strategy::comes_before);
    if (at != plan.decisions.end() && !strategy::comes_before(decision, *at)) {
        throw UserError("a second decision for choice " + std::string(words[2]) + " of " +
                        std::string(words[1]));
    }
    plan.decisions.insert(at, decision);
}

void expect_count(Words words, std::size_t count, const char* form) {
    if (words.size() != count) throw UserError(std::string("expected ") + form);
}

void read_bug(Plan& plan, std::string_view name) {
    const std::uint64_t before = plan.bugs;
    enable_bug(plan, name);
    if (plan.bugs == before) throw UserError("a second bug " + quoted(name));
}

// Items in the order in which they must stand.
constexpr std::array<std::string_view, 9> item_words{
    header_word, "target", "bug", "memory", "oracle", "config", "op", "decide", "kernel"};
constexpr std::size_t kernel_rank = 8;  // stands right after the target

std::size_t item_rank(std::string_view text) {
    const auto* const at = std::find(item_words.begin(), item_words.end(), text);
    if (at == item_words.end()) throw UserError("unknown word " + quoted(text));
    return static_cast<std::size_t>(at - item_words.begin());
}

void read_subject(Plan& plan, Words words) {
    expect_count(words, 3, "kernel NAME HASH");
    if (plan.target->platform == nullptr)
        throw UserError(std::string(plan.target->name) + " is no kernel that somebody built");
    plan.subject = std::string(words[1]) + " " + std::string(words[2]);
}

void read_item(Plan& plan, std::size_t rank, Words words) {
    switch (rank) {
        case 0:
            if (words.size() != 2 || words[1] != "1") throw UserError("expected rcufuzz-plan 1");
            return;
        case 1:
            expect_count(words, 2, "target NAME");
            plan = empty_plan(target_from_word(words[1]));
            return;
        case 2:
            expect_count(words, 2, "bug NAME");
            read_bug(plan, words[1]);
            return;
        case 3:
            expect_count(words, 2, "memory sc|weak");
            if (!memory_from_word(words[1])) throw UserError("expected memory sc|weak");
            plan.memory = *memory_from_word(words[1]);
            if (plan.memory == MemoryMode::weak && !plan.target->runs_weak)
                throw UserError(std::string(plan.target->name) + " runs under sc only");
            return;
        case 4:
            expect_count(words, 2, "oracle all|black-box");
            if (!oracle_from_word(words[1])) throw UserError("expected oracle all|black-box");
            plan.oracle = *oracle_from_word(words[1]);
            return;
        case 5:
            expect_count(words, 3, "config NAME VALUE");
            set_config(plan, words[1], words[2]);
            return;
        case 6:
            read_op(plan, words);
            return;
        case kernel_rank:
            read_subject(plan, words);
            return;
        default:
            read_decision(plan, words);
    }
}

class TextReader {
   public:
    Plan read(std::string_view text) {
        for (const std::string_view content : lines(text)) {
            ++line_;
            const std::vector<std::string_view> words = rcufuzz::words(content);
            if (!words.empty()) item(words);
        }
        if (plan_.target == nullptr) throw UserError("no target");
        canonicalize(plan_);
        return std::move(plan_);
    }
    std::size_t line() const { return line_; }

   private:
    void item(Words words) {
        const std::size_t rank = item_rank(words[0]);
        if (first_ != (rank == 0))
            throw UserError("expected rcufuzz-plan 1 in the first line, and there only");
        first_ = false;
        if (rank > 1 && plan_.target == nullptr) throw UserError("expected target NAME first");
        refuse_second(words);
        if (rank == kernel_rank && (rank_ != 1 || !plan_.subject.empty()))
            throw UserError("kernel must stand right after target, and once");
        if (rank < rank_)
            throw UserError(std::string(words[0]) + " must stand above " +
                            std::string(item_words[rank_]));
        if (rank != kernel_rank) rank_ = rank;
        read_item(plan_, rank, words);
    }

    // Of what a plan has once, and of each name that it gives a value.
    void refuse_second(Words words) {
        constexpr std::array<std::string_view, 3> single{"target", "memory", "oracle"};
        std::string key(words[0]);
        if (words[0] == "config" && words.size() > 1) key += " " + std::string(words[1]);
        const bool once = std::find(single.begin(), single.end(), words[0]) != single.end();
        if (!once && words[0] != "config") return;
        if (std::find(seen_.begin(), seen_.end(), key) != seen_.end())
            throw UserError("a second " + printable(key));
        seen_.push_back(std::move(key));
    }

    Plan plan_;
    std::vector<std::string> seen_;  // what must not come again
    std::size_t line_ = 0;
    std::size_t rank_ = 0;
    bool first_ = true;
};

}  // namespace

std::string to_text(const Plan& plan) {
    const scenario::Subsystem& target = *plan.target;
    std::string text = std::string(header_word) + " 1\ntarget " + std::string(target.name) + "\n";
    if (!plan.subject.empty()) text += "kernel " + plan.subject + "\n";
    for (const std::string_view bug : bug_names(plan)) text += "bug " + std::string(bug) + "\n";
    text += "memory " + std::string(memory_word(plan.memory)) + "\n";
    text += "oracle " + std::string(oracle_word(plan.oracle)) + "\n";
    for (std::size_t i = 0; i < target.configs.size(); ++i) {
        const scenario::ConfigSpec& spec = target.configs[i];
        if (plan.config[i] != spec.standard)
            text +=
                "config " + std::string(spec.name) + " " + std::to_string(plan.config[i]) + "\n";
    }
    for (const scenario::Op& op : plan.ops) text += op_line(plan, op) + "\n";
    for (const sim::Decision& decision : plan.decisions) {
        text += "decide " + context_word(plan, decision.key) + " " +
                std::to_string(decision.ordinal) + " " + value_words(plan, decision.value) + "\n";
    }
    return text;
}

Plan from_text(std::string_view text, const std::string& name) {
    TextReader reader;
    try {
        return reader.read(text);
    } catch (const UserError& error) {
        throw UserError(name + ":" + std::to_string(reader.line()) + ": " + error.what());
    }
}

bool looks_like_text(std::span<const std::uint8_t> bytes) {
    const std::string_view text = header_word;
    return bytes.size() >= text.size() && std::equal(text.begin(), text.end(), bytes.begin());
}

}  // namespace rcufuzz::run
