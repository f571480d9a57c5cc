// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/sim/image.h"

#include <cstring>

#include "core/base/hash.h"
#include "core/sim/run_state.h"
#include "core/sim/world.h"

namespace rcufuzz::sim {

namespace {

// Four words at a time, each on its own, since a chain of multiplications would take all the time.
class BytesHash {
   public:
    void add(const std::byte* at, std::size_t size) {
        for (; size >= sizeof(std::uint64_t) * lanes; size -= sizeof(std::uint64_t) * lanes) {
            for (std::size_t i = 0; i < lanes; ++i) {
                std::uint64_t word = 0;
                std::memcpy(&word, at + i * sizeof word, sizeof word);
                lane_[i] = (lane_[i] ^ word) * 0x9fb21c651e98df25u;
                lane_[i] ^= lane_[i] >> 29;
            }
            at += sizeof(std::uint64_t) * lanes;
        }
        for (; size != 0; --size) rest_.add(static_cast<std::uint64_t>(*at++));
    }
    void add(std::uint64_t value) { rest_.add(value); }

    std::uint64_t value() const {
        RunningHash all = rest_;
        for (const std::uint64_t lane : lane_) all.add(lane);
        return all.value();
    }

   private:
    static constexpr std::size_t lanes = 4;
    std::uint64_t lane_[lanes] = {1, 2, 3, 4};
    RunningHash rest_;
};

template <typename T>
std::uint64_t number(const T* pointer) {
    return reinterpret_cast<std::uintptr_t>(pointer);
}

void add_cpu(BytesHash& hash, const Cpu& cpu) {
    hash.add(number(cpu.task));
    for (unsigned i = 0; i < cpu.depth; ++i) hash.add(cpu.interrupts[i]->key);
    hash.add(std::uint64_t{cpu.depth} | std::uint64_t{cpu.online} << 8 |
             std::uint64_t{cpu.halted} << 9 | std::uint64_t{cpu.irqs_on} << 10 |
             std::uint64_t{cpu.woken_from_afar} << 11 | std::uint64_t{cpu.crowded} << 12);
    hash.add(static_cast<std::uint64_t>(cpu.preempt_count) << 32 |
             static_cast<std::uint16_t>(cpu.bh_count));
    hash.add(cpu.softirq_pending);
    hash.add(cpu.next_expiry);
    for (const Irq* irq = cpu.irq_head; irq != nullptr; irq = irq->next) hash.add(number(irq));
    hash.add(number(cpu.nmi_pending));
}

}  // namespace

// A friend of World and Fiber.
class Image {
   public:
    explicit Image(const World& world) : world_(world) {}

    std::uint64_t hash() {
        const auto used = world_.arena_.content();
        hash_.add(used.data(), used.size());
        for (const RunStateRegion& region : run_state.all())
            region.each_piece(world_.cpu_count_, [this](std::span<const std::byte> piece) {
                hash_.add(piece.data(), piece.size());
            });
        if (world_.guest_ != nullptr) add_memory(*world_.guest_);
        for (unsigned i = 0; i < world_.cpu_count_; ++i) add_cpu(hash_, world_.cpus_[i]);
        for (unsigned key = 0; key < world_.cpu_count_ * slots_per_cpu; ++key)
            add_context(world_.contexts_[key]);
        for (unsigned i = 0; i < world_.free_task_count_; ++i) add_context(*world_.free_tasks_[i]);
        hash_.add(world_.jiffies_);
        hash_.add(world_.free_jiffies_);
        hash_.add(number(world_.current_));
        hash_.add(static_cast<std::uint64_t>(world_.findings_.suspected()));
        return hash_.value();
    }

   private:
    void add_memory(const Guest& guest) {
        for (unsigned i = 0;; ++i) {
            const std::span<const std::byte> piece = guest.memory(i);
            if (piece.data() == nullptr) return;
            hash_.add(piece.data(), piece.size());
        }
    }

    void add_context(const Context& context) {
        hash_.add(static_cast<std::uint64_t>(context.state));
        if (context.state == ContextState::unused) return;
        hash_.add(context.key | std::uint64_t{context.on_borrowed_stack} << 16 |
                  std::uint64_t{context.saved_irqs_on} << 17 | std::uint64_t{context.fresh} << 18 |
                  std::uint64_t{context.cpu} << 24 | std::uint64_t{context.blocked_on} << 32);
        hash_.add(reinterpret_cast<std::uintptr_t>(context.job));
        hash_.add(number(context.arg));
        if (context.fresh) return;  // nothing of its job has run
        if (world_.carries_guest(context)) {
            const auto* const end = static_cast<const std::byte*>(context.fiber.stack_top());
            const std::size_t used = world_.used_beside_guest(context, world_.image_low_);
            hash_.add(end - used, used);
            return;
        }
        if (world_.stack_is_lent(context)) return;
        const auto* const bottom = static_cast<const std::byte*>(context.fiber.stack_bottom_);
        const std::byte* const top = context.job_frame;
        const std::byte* const low = &context == world_.current_
                                         ? world_.image_low_
                                         : static_cast<const std::byte*>(context.fiber.context_);
        CHECK(low >= bottom && low < top);
        hash_.add(low, static_cast<std::size_t>(top - low));
    }

    const World& world_;
    BytesHash hash_;
};

std::uint64_t image_hash(const World& world) {
    static_assert(sizeof(std::uintptr_t) == sizeof(std::uint64_t) || !has_image);
    return Image(world).hash();
}

}  // namespace rcufuzz::sim
