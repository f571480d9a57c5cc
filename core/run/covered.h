// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the operations of a hunt's runs have covered: which ran, in which contexts, whether they did
// something, and which were under way at the same time as which others.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>

#include "core/run/plan.h"
#include "core/scenario/op_watch.h"

namespace rcufuzz::run {

// Of one target. Of fixed size, so that processes can hand it on as it is.
struct Covered {
    static constexpr std::size_t max_kinds = 256;  // of operations: Op::kind has eight bits
    using ByContext = std::array<std::uint64_t, scenario::op_context_words.size()>;

    std::array<ByContext, max_kinds> began{};  // by kind
    std::array<ByContext, max_kinds> done{};   // of these, those that ended and did something
    std::array<std::bitset<max_kinds>, max_kinds> together{};  // pairs of kinds, both ways

    void merge(const Covered& other);
    bool operator==(const Covered&) const = default;
};

// Watches one run of this plan, from its constructor to its destructor.
class CoveredWatch final : public scenario::OpWatch {
   public:
    CoveredWatch(Covered& to, const Plan& plan);
    ~CoveredWatch();
    CoveredWatch(const CoveredWatch&) = delete;
    CoveredWatch& operator=(const CoveredWatch&) = delete;

    void begins(std::size_t index) override;
    void ends(std::size_t index, bool did_something) override;

   private:
    Covered& covered_;
    const Plan& plan_;
    std::array<std::uint8_t, max_ops> under_way_{};  // by number in the plan; so many:
    std::size_t count_ = 0;
};

}  // namespace rcufuzz::run
