// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/run/covered.h"

#include <algorithm>

#include "core/base/check.h"

namespace rcufuzz::run {

void Covered::merge(const Covered& other) {
    for (std::size_t kind = 0; kind < max_kinds; ++kind) {
        for (std::size_t i = 0; i < began[kind].size(); ++i) {
            began[kind][i] += other.began[kind][i];
            done[kind][i] += other.done[kind][i];
        }
        together[kind] |= other.together[kind];
    }
}

CoveredWatch::CoveredWatch(Covered& to, const Plan& plan) : covered_(to), plan_(plan) {
    CHECK(scenario::op_watch == nullptr);
    scenario::op_watch = this;
}

CoveredWatch::~CoveredWatch() { scenario::op_watch = nullptr; }

void CoveredWatch::begins(std::size_t index) {
    const scenario::Op& op = plan_.ops[index];
    ++covered_.began[op.kind][static_cast<std::size_t>(op.context)];
    for (std::size_t i = 0; i < count_; ++i) {
        const std::uint8_t other = plan_.ops[under_way_[i]].kind;
        covered_.together[op.kind].set(other);
        covered_.together[other].set(op.kind);
    }
    CHECK(count_ < under_way_.size());
    under_way_[count_++] = static_cast<std::uint8_t>(index);
}

void CoveredWatch::ends(std::size_t index, bool did_something) {
    const scenario::Op& op = plan_.ops[index];
    if (did_something) ++covered_.done[op.kind][static_cast<std::size_t>(op.context)];
    std::uint8_t* const end = under_way_.data() + count_;
    count_ = static_cast<std::size_t>(std::remove(under_way_.data(), end, index) -
                                      under_way_.data());
}

}  // namespace rcufuzz::run
