// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whose turn it is where no strategy says it.
#include "core/sim/world.h"

namespace rcufuzz::sim {

// Order of the actors when the current context does not go on: contexts that run, beginning with
// this CPU and then upwards; interrupts; softirqs; preemption; time.
unsigned World::first_actor(ActorMask mask) const {
    constexpr ActorMask all_run = (ActorMask{1} << max_cpus) - 1;
    const ActorMask run = mask & all_run;
    if (run == 0 || !in_context()) return nth_bit(mask, 0);
    const ActorMask from_here = run & ~((ActorMask{1} << current_->cpu) - 1);
    return nth_bit(from_here != 0 ? from_here : run, 0);
}

// Contexts that only give way to each other would go on so until the fair end of the run. After a
// while they get nowhere: what they wait for may be an interrupt, or a later jiffy.
ActorMask World::beside_spinners(ActorMask mask) {
    constexpr unsigned a_while = 16;
    if (++yields_in_a_row_ < a_while) return mask;
    constexpr ActorMask all_run = (ActorMask{1} << max_cpus) - 1;
    ActorMask rest = mask & ~all_run;
    if (!timer_armed_) rest &= ~actor_bit(actor_time);
    return rest != 0 ? rest : mask;
}

void World::become_fair() {
    if (!fair_) fair_since_ = jiffies_;
    fair_ = true;
}

// The next bit after `last`, in a circle.
static unsigned next_in_turn(ActorMask mask, unsigned last) {
    const ActorMask after = mask & ~((actor_bit(last) << 1) - 1);
    return nth_bit(after != 0 ? after : mask, 0);
}

// Where nobody is asked any more: all get their turn. Contexts that run have every second choice,
// in between comes whatever else is offered. Two that spin side by side would otherwise keep out
// the interrupt that both of them wait for. Whose turn it is must not go by how many choices there
// have been: CPUs that tick with a period of their own would keep out the others for ever.
// A jiffy is long: the clock goes on when nobody else can act, or when others have had so many
// points or, where they spin, so many turns. Else CPUs would do nothing but tick.
unsigned World::fair_actor(ActorMask mask) {
    constexpr ActorMask all_run = (ActorMask{1} << max_cpus) - 1;
    constexpr std::uint64_t points_of_a_jiffy = 512;
    constexpr unsigned turns_of_a_jiffy = 32;
    const bool early = ++fair_turn_.turns < turns_of_a_jiffy &&
                       points_ - fair_turn_.clock_went_on < points_of_a_jiffy;
    if (early && mask != actor_bit(actor_time)) mask &= ~actor_bit(actor_time);
    const ActorMask run = mask & all_run;
    const ActorMask rest = mask & ~all_run;
    fair_turn_.ran = rest == 0 || (run != 0 && !fair_turn_.ran);
    unsigned& last = fair_turn_.ran ? fair_turn_.last_run : fair_turn_.last_rest;
    last = next_in_turn(fair_turn_.ran ? run : rest, last);
    if (last == actor_time) {
        fair_turn_.turns = 0;
        fair_turn_.clock_went_on = points_;
    }
    return last;
}

}  // namespace rcufuzz::sim
