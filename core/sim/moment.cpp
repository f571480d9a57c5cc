// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/sim/moment.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <type_traits>

#include "core/base/arena.h"
#include "core/sim/run_state.h"
#include "core/sim/world.h"

namespace rcufuzz::sim {

namespace {

class Writer {
   public:
    static constexpr bool reads = false;
    explicit Writer(ByteLog& log) : log_(log) {}
    void bytes(void* from, std::size_t size) { log_.add(from, size); }
    void arena(Arena& arena) {
        const std::size_t used = arena.used();
        log_.add(&used, sizeof used);
        log_.add(arena.content().data(), used);
    }

   private:
    ByteLog& log_;
};

class Reader {
   public:
    static constexpr bool reads = true;
    explicit Reader(std::span<const std::byte> in) : in_(in) {}
    void bytes(void* to, std::size_t size) {
        CHECK(size <= in_.size());
        std::memcpy(to, in_.data(), size);
        in_ = in_.subspan(size);
    }
    void arena(Arena& arena) {
        std::size_t used = 0;
        bytes(&used, sizeof used);
        CHECK(used <= in_.size());
        arena.set_content(in_.first(used));
        in_ = in_.subspan(used);
    }

   private:
    std::span<const std::byte> in_;
};

}  // namespace

void ByteLog::grow(std::size_t by) {
    capacity_ = std::max(2 * capacity_, size_ + by);
    auto larger = std::make_unique_for_overwrite<std::byte[]>(capacity_);
    if (size_ != 0) std::memcpy(larger.get(), memory_.get(), size_);
    memory_ = std::move(larger);
}

// A friend of World and Fiber. Goes through all state of a run, to write or to read it: one order
// for both.
template <typename Bytes>
class RunBytes {
   public:
    RunBytes(World& world, Bytes bytes) : world_(world), bytes_(bytes) {}

    void all() {
        asks_now_ = world_.current_;
        each(world_.current_, world_.quiet_, world_.granted_, world_.points_, world_.actors_,
             world_.jiffies_, world_.turn_began_, world_.last_task_turn_, world_.image_low_,
             world_.yields_in_a_row_, world_.handovers_, world_.free_jiffies_,
             world_.actor_appeared_, world_.timer_armed_,
             world_.fair_, world_.fair_turn_, world_.fair_since_, world_.names_.count_,
             world_.question_, world_.main_.ordinal);
        cpus();
        free_tasks();
        if (world_.guest_ != nullptr) memory(*world_.guest_);
        bytes_.arena(world_.arena_);
        for (const RunStateRegion& region : run_state.all())
            region.each_piece(world_.cpu_count_, [this](std::span<const std::byte> piece) {
                bytes_.bytes(const_cast<std::byte*>(piece.data()), piece.size());
            });
    }

   private:
    template <typename... T>
    void each(T&... variables) {
        static_assert((std::is_trivially_copyable_v<T> && ...));
        (bytes_.bytes(&variables, sizeof variables), ...);
    }

    void cpus() {
        static_assert(std::is_trivially_copyable_v<Cpu>);
        std::array<std::uint8_t, max_cpus> used_slots;
        for (unsigned i = 0; i < world_.cpu_count_; ++i) used_slots[i] = world_.cpus_[i].used_slots;
        bytes_.bytes(world_.cpus_.data(), world_.cpu_count_ * sizeof(Cpu));
        for (unsigned i = 0; i < world_.cpu_count_; ++i) {
            const unsigned then = world_.cpus_[i].used_slots;
            for (unsigned left = used_slots[i] | then; left != 0; left &= left - 1) {
                const auto slot = static_cast<Slot>(std::countr_zero(left));
                Context& context = world_.contexts_[context_key(i, slot)];
                if ((then & slot_bit(slot)) != 0)
                    this->context(context);
                else
                    forget(context);
            }
        }
    }

    void memory(const Guest& guest) {
        for (unsigned i = 0;; ++i) {
            const std::span<const std::byte> piece = guest.memory(i);
            if (piece.data() == nullptr) return;
            bytes_.bytes(const_cast<std::byte*>(piece.data()), piece.size());
        }
    }

    // Those that a later part of the run created do not exist yet.
    void free_tasks() {
        const unsigned now = world_.free_task_count_;
        each(world_.free_task_count_);
        const unsigned then = world_.free_task_count_;
        for (unsigned i = 0; i < then; ++i) context(*world_.free_tasks_[i]);
        for (unsigned i = then; i < now; ++i) forget(*world_.free_tasks_[i]);
    }

    // A context without a job is where the next one begins, however it has come there; only whoever
    // asks may be on its way there.
    static bool has_frames(const Context& context, const Context* asks) {
        return context.state != ContextState::unused || context.left_frames || &context == asks;
    }

    void context(Context& context) {
        static_assert(std::is_standard_layout_v<Context>);
        const bool has_frames_now = has_frames(context, asks_now_) && !context.on_borrowed_stack;
        if (Bytes::reads && context.on_borrowed_stack) world_.give_stack_back(context);
        const std::uint32_t ordinal = context.ordinal;
        bytes_.bytes(static_cast<void*>(&context), offsetof(Context, fiber));
        Fiber& fiber = context.fiber;
        if (!has_frames(context, world_.current_)) {
            if (has_frames_now) begin_again(fiber);
            return;
        }
        if (Bytes::reads && context.on_borrowed_stack)
            world_.borrow_stack(context, *world_.cpus_[context.cpu].task);
        each(fiber.context_);
        if (world_.stack_is_lent(context)) return;
        auto* const top = static_cast<std::byte*>(fiber.stack_top());
        auto* const low = static_cast<std::byte*>(fiber.context_);
        bytes_.bytes(low, static_cast<std::size_t>(top - low));
        const bool has_run_since = context.ordinal != ordinal;
        if (world_.keeps_image_ && has_run_since) fiber.scrub_below();
    }

    // It had no job at that time, and has had one since.
    void forget(Context& context) {
        if (context.on_borrowed_stack)
            world_.give_stack_back(context);
        else if (has_frames(context, asks_now_))
            begin_again(context.fiber);
        context.state = ContextState::unused;
        context.left_frames = false;
        context.ordinal = 0;
    }

    void begin_again(Fiber& fiber) {
        if (world_.keeps_image_) fiber.scrub();
        fiber.restart();
    }

    World& world_;
    Bytes bytes_;
    const Context* asks_now_ = nullptr;
};

void Moments::clear() {
    bytes_.cut(0);
    begins_.clear();
}

void Moments::keep(World& world) {
    begins_.push_back(bytes_.size());
    RunBytes(world, Writer(bytes_)).all();
}

void Moments::return_to(World& world, std::size_t count) {
    CHECK(count >= 1 && count <= begins_.size());
    if (count < begins_.size()) {
        bytes_.cut(begins_[count]);
        begins_.resize(count);
    }
    const std::size_t begin = begins_.back();
    RunBytes(world, Reader({bytes_.at(begin), bytes_.size() - begin})).all();
}

}  // namespace rcufuzz::sim
