// SPDX-License-Identifier: GPL-2.0-or-later
//
// A kernel as the machine's guest: the door's functions for it, and its booted state. It boots once
// for each configuration; every run begins from there.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/linux/image.h"
#include "core/linux/sites.h"
#include "core/sim/guest.h"
#include "core/sim/subject_events.h"
#include "core/sim/world.h"

namespace rcufuzz::linux_guest {

// Sets who is told of the trace events of every kernel's runs from now on. Null: nobody is.
void listen(sim::SubjectListener* listener);

class Kernel final : public sim::Guest {
   public:
    explicit Kernel(const std::string& path);

    // Says where the points and the plain accesses of the image are; see sites.h. Throws UserError.
    void name_sites(const std::string& points, const std::string& plain_accesses);

    // Boots with this many CPUs and this command line, unless their booted state is still kept.
    // False: the kernel does not come up. The boot was then a run of the world, which the caller
    // has to finish; what is wrong is the world's finding, or it is the command line. Copies are
    // kept of the booted states that were used last: inputs of a fuzzer have ever new ones.
    static constexpr std::size_t max_booted = 64;
    bool boot(unsigned cpus, const std::string& parameters,
              sim::TraceLevel level = sim::TraceLevel::off);
    // After boot() has said false: what in the command line this kernel does not know, or null.
    const char* unknown_parameter() const { return door_->unknown_parameter(); }
    std::size_t booted() const { return booted_.size(); }
    // After World::begin() with this guest: the state as after the boot. With weak memory, after
    // memory::begin_memory().
    void start_run(bool weak_memory = false);

    const guest_door& door() const { return *door_; }
    std::string task_name(unsigned number) const { return door_->task_name(number); }
    bool task_sleeps(unsigned number) const { return door_->task_sleeps(number) != 0; }
    bool in_softirq(unsigned cpu) const;
    // What the kernel prints of its own state: at the end of a run, outside of all contexts.
    std::string state();
    // A number that stories may name, of a CPU or of none; empty: none of that name. At any time of
    // a run: it takes no point.
    std::optional<long> observe(const std::string& name, int cpu) const;
    // Tells the listener "rcufuzz: begin 3", of whoever acts: an operation begins or ends.
    void tell_operation(std::string_view what, unsigned index);

    void clear_log() { log_.clear(); }
    const std::string& log() const { return log_; }  // what the kernel printed since the boot began

    void begin(unsigned cpus) override;
    bool takes_interrupt(unsigned cpu) override;
    bool takes_nmi(unsigned cpu) override { return door_->takes_nmi(cpu) != 0; }
    void interrupt(unsigned cpu, unsigned vector) override;
    void leave_interrupt(unsigned cpu) override { door_->leave_interrupt(cpu); }
    void nmi(unsigned cpu) override;
    std::span<const std::byte> memory(unsigned piece) const override;

   private:
    struct Piece {
        std::byte* begin;
        std::vector<std::byte> bytes;
    };

    void remember(std::vector<Piece>& pieces) const;
    static void put_back(const std::vector<Piece>& pieces);

    struct Booted {
        unsigned cpus = 0;
        std::string parameters;
        std::vector<Piece> pieces;
        unsigned long jiffies = 0;
        std::vector<sim::Jiffies> expiries;  // by CPU, of a run that begins there
    };

    void judge_boot() const;

    Image image_;
    const guest_door* door_;
    Sites sites_;
    std::vector<Piece> unbooted_;
    std::list<Booted> booted_;  // one for each configuration, the last used first
    const Booted* now_ = nullptr;
    std::string log_;
};

}  // namespace rcufuzz::linux_guest
