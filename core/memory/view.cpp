// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/memory/view.h"

namespace rcufuzz::memory {

bool View::empty() const {
    return dot_count_ == 0 && std::ranges::all_of(upto_, [](auto upto) { return upto == 0; });
}

// Dots of the writer that the bound has reached, or that follow it without a gap, become part of
// it; so each set has one form, unless a dot was too many.
void View::absorb(std::uint8_t writer) {
    std::uint8_t kept = 0;
    for (std::uint8_t i = 0; i < dot_count_; ++i) {
        const StoreId dot = dots_[i];
        if (dot.writer == writer && dot.number <= upto_[writer]) continue;
        if (dot.writer == writer && dot.number == upto_[writer] + 1)
            ++upto_[writer];
        else
            dots_[kept++] = dot;
    }
    dot_count_ = kept;
}

void View::raise(std::uint8_t writer, std::uint16_t number) {
    if (number <= upto_[writer]) return;
    upto_[writer] = number;
    if (dot_count_ != 0) absorb(writer);
}

void View::add(StoreId id) {
    if (has(id)) return;
    if (id.number == upto_[id.writer] + 1 || dot_count_ >= dot_limit) {
        raise(id.writer, id.number);
        return;
    }
    StoreId* const end = dots_.data() + dot_count_;
    StoreId* const at = std::lower_bound(dots_.data(), end, id);
    std::move_backward(at, end, end + 1);
    *at = id;
    ++dot_count_;
}

void View::join(const View& other) {
    for (unsigned i = 0; i < max_agents; ++i) {
        if (upto_[i] < other.upto_[i]) raise(static_cast<std::uint8_t>(i), other.upto_[i]);
    }
    for (const StoreId dot : other.dots()) add(dot);
}

}  // namespace rcufuzz::memory
