// SPDX-License-Identifier: GPL-2.0-or-later
//
// The judge of the memory model: the kernel's axioms (tools/memory-model, linux-kernel.cat,
// linux-kernel.bell and lock.cat of 6.12), evaluated on every candidate execution of a small
// program without branches. Written from the .cat file, with nothing in common with core/memory.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace rcufuzz::litmus::test {

// One operation of a random program.
enum class Do : std::uint8_t {
    load,
    load_acquire,
    store,
    store_release,
    store_data,    // of a constant, with a data dependency on the thread's last load
    load_address,  // with an address dependency on it
    xchg,          // full, between two barriers
    xchg_relaxed,
    xchg_acquire,
    xchg_release,
    atomic_add,  // void
    mb,
    rmb,
    wmb,
    before_atomic,
    after_atomic,
    after_spinlock,
    after_unlock_lock,
    lock,
    unlock,
    rcu_lock,
    rcu_unlock,
    sync_rcu,
};

struct Step {
    Do what = Do::load;
    int location = 0;  // of locks, which one
    int value = 0;     // stored; no two alike
};

struct Sketch {
    int locations = 2;
    int locks = 1;
    std::vector<std::vector<Step>> threads;
};

// The sketch as a litmus test; every loaded value is a register r0, r1, ... of its thread.
std::string to_litmus(const Sketch& sketch);

// Final states "0:r0=1; 1:r0=0; x0=2; x1=0;" in the form of state_text().
using States = std::set<std::string>;

enum class Axioms : std::uint8_t {
    kernel,              // linux-kernel.cat
    kernel_loads_first,  // with [R];po;[W] added to ppo: no load after a later store
};
States allowed(const Sketch& sketch, Axioms axioms);
// How many candidates that takes; 0: too many events.
double candidate_count(const Sketch& sketch);

Sketch random_sketch(std::uint64_t seed);

}  // namespace rcufuzz::litmus::test
