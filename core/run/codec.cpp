// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/codec.h"

#include <algorithm>
#include <array>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/subsystems/subsystems.h"

namespace rcufuzz::run {

namespace {

constexpr std::array<std::uint8_t, 4> magic{'R', 'C', 'U', 'F'};
constexpr std::uint8_t version = 1;
constexpr std::uint8_t op_tag = 0x80;
constexpr std::uint8_t config_tag = 0xc0;
constexpr std::uint8_t memory_tag = 0xff;
constexpr std::uint8_t main_key_byte = 0x7f;
// Of a task with a number: one byte more, of the target's that has such.
constexpr std::uint8_t task_tag = key_count;
constexpr unsigned task_tags = main_key_byte - task_tag;
constexpr unsigned max_task = task_tags * 256;  // larger numbers wrap
constexpr unsigned kind_count = config_tag - op_tag;

// FNV-1a. Names of bugs are few, and bugs.def is tested for collisions by the round trip.
std::uint32_t name_hash(std::string_view name) {
    std::uint32_t hash = 0x811c9dc5u;
    for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x01000193u;
    return hash;
}

std::int64_t wrap(std::int64_t value, std::int64_t min, std::int64_t max) {
    if (value >= min && value <= max) return value;
    const std::int64_t size = max - min + 1;
    return min + ((value - min) % size + size) % size;
}

// --- body ---------------------------------------------------------------------------------------

void write_key(sim::ContextKey key, ByteWriter& writer) {
    if (!sim::is_task_key(key)) {
        writer.u8(key == main_key ? main_key_byte : key);
        return;
    }
    const unsigned number = (key - sim::first_task_key) % max_task;
    writer.u8(task_tag + number / 256);
    writer.u8(number % 256);
}

sim::ContextKey read_key(std::uint8_t tag, const scenario::Subsystem& target, ByteReader& reader) {
    if (tag == main_key_byte) return main_key;
    if (tag >= task_tag && target.has_tasks)
        return sim::task_key((tag - unsigned{task_tag}) * 256 + reader.u8());
    return static_cast<sim::ContextKey>(tag % key_count);
}

scenario::Op op_from(const scenario::Subsystem& target, std::uint8_t tag, ByteReader& reader) {
    scenario::Op op;
    op.kind = static_cast<std::uint8_t>((tag - op_tag) % target.ops.size());
    const std::uint8_t where = reader.u8();
    op.cpu = where & 0x0f;
    op.context = static_cast<scenario::OpContext>((where >> 4) % scenario::op_context_words.size());
    for (std::size_t i = 0; i < op.args.size(); ++i) {
        const scenario::ParamSpec& spec = target.ops[op.kind].params[i];
        op.args[i] = static_cast<std::uint8_t>(wrap(reader.u8(), spec.min, spec.max));
    }
    return op;
}

// What the bytes do not change: configuration, as bits, and the memory mode. Of a form of the
// algorithm they may be allowed those without faults only.
struct Settled {
    std::uint32_t configs = 0;
    bool memory = true;
    bool any_form = true;
};

void read_record(Plan& plan, ByteReader& reader, const Settled& settled) {
    const std::uint8_t tag = reader.u8();
    if (tag == memory_tag && !settled.memory) {
        plan.memory = static_cast<MemoryMode>(reader.u16() & 1);
        reader.u8();
    } else if (tag < op_tag) {
        const sim::ContextKey key = read_key(tag, *plan.target, reader);
        const std::uint16_t ordinal = reader.u16();
        plan.decisions.push_back({key, ordinal, reader.u8()});
    } else if (tag < config_tag) {
        plan.ops.push_back(op_from(*plan.target, tag, reader));
    } else {
        const auto configs = plan.target->configs;
        const std::size_t index = (tag - config_tag) % scenario::max_configs % configs.size();
        const auto value = static_cast<std::int16_t>(reader.u16());
        reader.u8();
        if (((settled.configs >> index) & 1u) != 0) return;
        const auto known =
            static_cast<std::int16_t>(wrap(value, configs[index].min, configs[index].max));
        const bool refused =
            configs[index].chosen && !settled.any_form && !configs[index].is_faultless(known);
        if (!refused) plan.config[index] = known;
    }
}

Plan read_body(ByteReader& reader, const Plan& frame, const Settled& settled) {
    Plan plan = empty_plan(*frame.target);
    for (std::size_t i = 0; i < frame.target->configs.size(); ++i)
        if (((settled.configs >> i) & 1u) != 0) plan.config[i] = frame.config[i];
    plan.bugs = frame.bugs;
    plan.subject = frame.subject;
    plan.memory = frame.memory;
    plan.oracle = frame.oracle;
    while (reader.remaining() != 0) read_record(plan, reader, settled);
    canonicalize(plan);
    return plan;
}

void write_body(const Plan& plan, ByteWriter& writer) {
    const scenario::Subsystem& target = *plan.target;
    CHECK(target.ops.size() <= kind_count);
    for (std::size_t i = 0; i < target.configs.size(); ++i) {
        if (plan.config[i] == target.configs[i].standard) continue;
        writer.u8(config_tag | static_cast<std::uint32_t>(i));
        writer.u16(static_cast<std::uint16_t>(plan.config[i]));
        writer.u8(0);
    }
    for (const scenario::Op& op : plan.ops) {
        writer.u8(std::uint32_t{op_tag} | op.kind);
        writer.u8(op.cpu | static_cast<std::uint32_t>(op.context) << 4);
        for (const std::uint8_t arg : op.args) writer.u8(arg);
    }
    for (const sim::Decision& decision : plan.decisions) {
        write_key(decision.key, writer);
        writer.u16(decision.ordinal);
        writer.u8(decision.value);
    }
}

// --- frame --------------------------------------------------------------------------------------

bool has_magic(std::span<const std::uint8_t> bytes) {
    return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

std::uint64_t bug_from_hash(const scenario::Subsystem& target, std::uint32_t hash) {
    for (std::size_t i = 0; i < target.bugs.size(); ++i)
        if (name_hash(target.bugs[i].name) == hash) return std::uint64_t{1} << i;
    return 0;
}

// Reads a frame after its magic. Returns what is wrong with it, or null.
const char* read_frame(ByteReader& reader, Plan& plan) {
    for (std::size_t i = 0; i < magic.size(); ++i) reader.u8();
    if (reader.u8() != version) return "a binary plan of another version";
    std::string name(reader.u8(), '\0');
    for (char& c : name) c = static_cast<char>(reader.u8());
    const scenario::Subsystem* const target = subsystems::find(name);
    if (target == nullptr) return "a binary plan for a target that this build lacks";
    plan = empty_plan(*target);
    for (unsigned count = reader.u8(); count != 0; --count) {
        const std::uint32_t low = reader.u16();
        const std::uint64_t bug = bug_from_hash(*target, low | std::uint32_t{reader.u16()} << 16);
        if (bug == 0) return "a binary plan with a bug that this build lacks";
        plan.bugs |= bug;
    }
    const std::uint8_t modes = reader.u8();
    plan.memory = static_cast<MemoryMode>(modes & 1);
    plan.oracle = static_cast<OracleMode>((modes >> 1) & 1);
    if ((modes & 4) == 0) return nullptr;
    if (target->platform == nullptr) return "a binary plan for a kernel that its target is not";
    plan.subject.resize(reader.u8());
    for (char& c : plan.subject) c = static_cast<char>(reader.u8());
    return nullptr;
}

void write_frame(const Plan& plan, ByteWriter& writer) {
    for (const std::uint8_t byte : magic) writer.u8(byte);
    writer.u8(version);
    writer.u8(static_cast<std::uint32_t>(plan.target->name.size()));
    for (const char c : plan.target->name) writer.u8(static_cast<std::uint8_t>(c));
    writer.u8(static_cast<std::uint32_t>(std::popcount(plan.bugs)));
    for (std::size_t i = 0; i < plan.target->bugs.size(); ++i) {
        if (((plan.bugs >> i) & 1u) == 0) continue;
        const std::uint32_t hash = name_hash(plan.target->bugs[i].name);
        writer.u16(hash & 0xffff);
        writer.u16(hash >> 16);
    }
    const bool has_subject = !plan.subject.empty();
    writer.u8(static_cast<std::uint32_t>(plan.memory) |
              static_cast<std::uint32_t>(plan.oracle) << 1 |
              static_cast<std::uint32_t>(has_subject) << 2);
    if (!has_subject) return;
    CHECK(plan.subject.size() <= 0xff);
    writer.u8(static_cast<std::uint32_t>(plan.subject.size()));
    for (const char c : plan.subject) writer.u8(static_cast<std::uint8_t>(c));
}

}  // namespace

std::vector<std::uint8_t> encode_body(const Plan& plan) {
    ByteWriter writer;
    write_body(plan, writer);
    return writer.take();
}

std::vector<std::uint8_t> encode_body(const Plan& plan, const Frame& frame) {
    ByteWriter writer;
    if (frame.inputs_choose_memory && plan.memory != frame.plan.memory) {
        writer.u8(memory_tag);
        writer.u16(static_cast<std::uint16_t>(plan.memory));
        writer.u8(0);
    }
    write_body(plan, writer);
    return writer.take();
}

std::vector<std::uint8_t> encode(const Plan& plan) {
    ByteWriter writer;
    write_frame(plan, writer);
    write_body(plan, writer);
    return writer.take();
}

Plan decode_body(std::span<const std::uint8_t> bytes, const Frame& frame) {
    Settled settled{frame.fixed_configs, !frame.inputs_choose_memory, false};
    const auto configs = frame.plan.target->configs;
    for (std::size_t i = 0; i < configs.size() && !frame.inputs_choose_forms; ++i)
        if (configs[i].chosen) settled.configs |= 1u << i;
    ByteReader reader(bytes);
    return read_body(reader, frame.plan, settled);
}

Plan decode(std::span<const std::uint8_t> bytes, const Frame& frame) {
    if (has_magic(bytes)) {
        ByteReader reader(bytes);
        Plan own;
        if (read_frame(reader, own) == nullptr) return read_body(reader, own, {});
    }
    return decode_body(bytes, frame);
}

Plan parse_plan(std::span<const std::uint8_t> bytes, const std::string& name, const Frame* frame) {
    if (looks_like_text(bytes)) return from_text(std::string(bytes.begin(), bytes.end()), name);
    if (has_magic(bytes)) {
        ByteReader reader(bytes);
        Plan own;
        if (const char* const wrong = read_frame(reader, own)) throw UserError(name + ": " + wrong);
        return read_body(reader, own, {});
    }
    if (frame == nullptr) {
        throw UserError(name +
                        ": not a plan: neither text (\"rcufuzz-plan\") nor binary "
                        "(\"RCUF\"); a fuzz target's bare input needs --target");
    }
    return decode_body(bytes, *frame);
}

}  // namespace rcufuzz::run
