// SPDX-License-Identifier: GPL-2.0-or-later
//
// The whole state of a run as a hash, for exhaustive search: the arena, the stacks of all contexts
// from their jobs on, what the world knows of CPUs and contexts, and the globals that are named in
// run_state.h. Two moments with the same hash have the same future, whatever the algorithm keeps
// and wherever. No algorithm has to describe its state for this, and so none can forget a part.
//
// The price: bytes that no longer mean anything count as well, so one state may have several
// hashes. Search then does more than it must, never less. Addresses count too: a hash means nothing
// outside of its process, and must not get into a trace.
//
// Only where the machine's stacks can be read: x86-64, without sanitizers.
#pragma once

#include <cstdint>

namespace rcufuzz::sim {

class World;

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if defined(__has_feature)
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer) && \
    !__has_feature(memory_sanitizer)
#define RCUFUZZ_HAS_IMAGE 1
#endif
#else
#define RCUFUZZ_HAS_IMAGE 1
#endif
#endif

#if defined(RCUFUZZ_HAS_IMAGE)
inline constexpr bool has_image = true;
#else
inline constexpr bool has_image = false;
#endif

// The hash of the running run. To be called at a choice of who acts, by a strategy that has asked
// for it (Explorer::needs_image()).
std::uint64_t image_hash(const World& world);

}  // namespace rcufuzz::sim
