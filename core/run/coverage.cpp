// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/coverage.h"

#include <array>
#include <bit>

#include "core/base/check.h"
#include "core/base/prng.h"
#include "core/sim/world.h"

namespace rcufuzz::run {

namespace {

// Where a context stands. Which CPU it is on does not matter, but what kind of context it is.
std::uint64_t place_of(const sim::Context* context) {
    if (context == nullptr || context->state == sim::ContextState::unused) return 1;
    return context->site.line() << 4 | static_cast<std::uint64_t>(context->slot);
}

// Who touched each object last in this run: too much to clear for each.
struct Touch {
    std::uint64_t run = 0;
    std::uint64_t place = 0;
    sim::ContextKey key = 0;
    bool reads = false;
};
std::array<Touch, sim::max_objects> last_touch;  // places share them by their numbers
std::uint64_t run_number = 0;

}  // namespace

StateSampler::StateSampler(sim::Strategy& inner, std::span<std::uint8_t> counters,
                           Feedback feedback)
    : Around(inner), counters_(counters), feedback_(feedback) {
    CHECK(std::has_single_bit(counters.size()));
    const auto note = [](void* self, std::uint64_t state) {
        static_cast<StateSampler*>(self)->sample(~mix64(state));
    };
    const auto access = [](void* self, const sim::Context& who) {
        static_cast<StateSampler*>(self)->sample_order(who);
    };
    if (feedback.states) sim::world().watchers().set_state_sink(note, this);
    if (feedback.orders) sim::world().watchers().set_access_sink(access, this);
}

StateSampler::~StateSampler() {
    sim::world().watchers().set_state_sink(nullptr, nullptr);
    sim::world().watchers().set_access_sink(nullptr, nullptr);
}

void StateSampler::begin(const sim::World& world) {
    world_ = &world;
    ++run_number;
    Around::begin(world);
}

std::uint32_t StateSampler::choose(const sim::Choice& choice) {
    const std::uint32_t answer = Around::choose(choice);
    if (!feedback_.states) return answer;
    const bool asker_is_world = choice.key == sim::main_key;
    const std::uint64_t from = asker_is_world ? 0 : place_of(&world_->context(choice.key));
    if (choice.kind == sim::ChoiceKind::data) {
        sample(from << 32 | std::uint64_t{choice.what} << 16 | answer);
        return answer;
    }
    const unsigned actor = choice.actor_of(answer);
    if (actor == sim::actor_time) {
        sample(from << 32 | 2);
    } else {
        const auto act = static_cast<std::uint64_t>(sim::actor_act(actor));
        sample(from << 32 | place_of(world_->cpu(sim::actor_cpu(actor)).top()) << 3 | act);
    }
    return answer;
}

void StateSampler::sample_order(const sim::Context& who) {
    Touch& last = last_touch[who.pending.object % sim::max_objects];
    const Touch now{run_number, place_of(&who), who.key, who.pending.kind == sim::AccessKind::read};
    if (last.run == now.run && last.key != now.key && !(last.reads && now.reads)) {
        const std::uint64_t how = 4 + 2 * last.reads + now.reads;
        sample(last.place << 32 | now.place << 3 | how);
    }
    last = now;
}

void StateSampler::sample(std::uint64_t value) {
    counters_[mix64(value) & (counters_.size() - 1)] = 1;
}

}  // namespace rcufuzz::run
