// SPDX-License-Identifier: GPL-2.0-or-later
//
// Patching kernel text while other CPUs run it. As text_poke_bp() in arch/x86/kernel/alternative.c,
// v5.14: while a site is patched, a CPU may run the new instruction (it traps on INT3, which
// emulates the new one) while another still runs the old one. The interrupt that makes a CPU
// serialise ends that for this CPU; when all have taken it, everybody runs the new one.
//
// text_poke_bp() sends three such rounds of interrupts. Only the first decides what anybody
// executes; the other two would only make the patcher wait longer, so one is all there is here, and
// more interleavings are possible rather than fewer.
//
// A patch waits for no grace period: a CPU with interrupts enabled takes the interrupt wherever it
// is, and goes on with what it had loaded before. One with interrupts disabled delays the patcher.
#pragma once

#include <cstdint>
#include <span>

#include "core/kernel/mutex.h"
#include "core/memory/shared.h"

namespace rcufuzz::kernel {

// What an execution of a half-patched site asks: 0 the new instruction, 1 the old one.
inline constexpr sim::Question which_text{3, "the old code is executed"};

// An instruction that can be patched. What it does is a number.
class TextSite {
   public:
    void init(const char* name, int index, int code);
    // What this CPU executes here and now.
    int execute(const Site& site = Site::current());
    int code() const { return code_.get(); }  // for oracles

   private:
    friend void text_poke(std::span<TextSite* const> sites, int code, const Site& site);
    friend void text_poke_serialise(unsigned cpu);

    memory::Shared<int> code_;
    int old_code_ = 0;
    std::uint32_t stale_cpus_ = 0;  // may still run the old code
};

// Before the first patch of a run: the CPUs that must serialise, and text_mutex. Without `syncs`
// nobody is interrupted and text is nothing but memory, as for static calls of 32-bit powerpc
// (arch/powerpc/kernel/static_call.c, v6.12): the new instruction is stored, with a barrier on this
// CPU, and the others see it when they see it.
void text_patch_init(unsigned cpus, bool syncs = true);

// Makes all of the sites do `code`. In task context with interrupts enabled.
void text_poke(std::span<TextSite* const> sites, int code, const Site& site = Site::current());

}  // namespace rcufuzz::kernel
