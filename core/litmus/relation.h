// SPDX-License-Identifier: GPL-2.0-or-later
//
// Relations over a few events, as bit matrices, with the operators of the .cat language: `|` `&`
// `-` (without) and `*` (one after the other, `;` there). A relation knows how many events there
// are; only relations over the same events mix.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace rcufuzz::litmus {

__extension__ using Wide = unsigned __int128;

constexpr unsigned first_of(std::uint64_t set) {
    return static_cast<unsigned>(std::countr_zero(set));
}
constexpr unsigned first_of(Wide set) {
    const auto low = static_cast<std::uint64_t>(set);
    return low != 0 ? first_of(low) : 64 + first_of(static_cast<std::uint64_t>(set >> 64));
}

// Set is one of the two: up to 64 events, or up to 128.
template <typename Set>
struct Relation {
    static constexpr unsigned capacity = sizeof(Set) * 8;

    explicit Relation(unsigned events = 0) : count(events) {
        std::fill_n(row.data(), count, Set{0});
    }
    // Copies take the rows in use only.
    Relation(const Relation& other) : count(other.count) {
        std::copy_n(other.row.data(), count, row.data());
    }
    Relation& operator=(const Relation& other) {
        count = other.count;
        if (this != &other) std::copy_n(other.row.data(), count, row.data());
        return *this;
    }

    static Set bit(unsigned event) { return Set{1} << event; }
    bool has(unsigned a, unsigned b) const { return (row[a] >> b & 1u) != 0; }
    void add(unsigned a, unsigned b) { row[a] |= bit(b); }
    bool empty() const {
        return std::all_of(row.data(), row.data() + count, [](Set s) { return s == 0; });
    }
    bool irreflexive() const {
        for (unsigned i = 0; i < count; ++i)
            if (has(i, i)) return false;
        return true;
    }

    Relation& operator|=(const Relation& other) {
        for (unsigned i = 0; i < count; ++i) row[i] |= other.row[i];
        return *this;
    }
    Relation& operator&=(const Relation& other) {
        for (unsigned i = 0; i < count; ++i) row[i] &= other.row[i];
        return *this;
    }
    Relation& operator-=(const Relation& other) {
        for (unsigned i = 0; i < count; ++i) row[i] &= ~other.row[i];
        return *this;
    }
    friend Relation operator|(Relation a, const Relation& b) { return a |= b; }
    friend Relation operator&(Relation a, const Relation& b) { return a &= b; }
    friend Relation operator-(Relation a, const Relation& b) { return a -= b; }
    friend Relation operator*(const Relation& a, const Relation& b) {
        Relation made(a.count);
        for (unsigned i = 0; i < a.count; ++i) {
            Set reached = 0;
            for (Set mid = a.row[i]; mid != 0; mid &= mid - 1) reached |= b.row[first_of(mid)];
            made.row[i] = reached;
        }
        return made;
    }
    friend bool operator==(const Relation& a, const Relation& b) {
        return std::equal(a.row.data(), a.row.data() + a.count, b.row.data());
    }

    unsigned count;
    std::array<Set, capacity> row;
};

// [set] ; r
template <typename Set>
Relation<Set> from(Set set, Relation<Set> r) {
    for (unsigned i = 0; i < r.count; ++i)
        if ((set >> i & 1u) == 0) r.row[i] = 0;
    return r;
}
// r ; [set]
template <typename Set>
Relation<Set> into(Relation<Set> r, Set set) {
    for (unsigned i = 0; i < r.count; ++i) r.row[i] &= set;
    return r;
}
// [set]
template <typename Set>
Relation<Set> identity(unsigned count, Set set) {
    Relation<Set> made(count);
    for (unsigned i = 0; i < count; ++i) made.row[i] = set & made.bit(i);
    return made;
}
template <typename Set>
Relation<Set> product(unsigned count, Set a, Set b) {
    Relation<Set> made(count);
    for (unsigned i = 0; i < count; ++i)
        if ((a >> i & 1u) != 0) made.row[i] = b;
    return made;
}
// r?
template <typename Set>
Relation<Set> opt(Relation<Set> r) {
    for (unsigned i = 0; i < r.count; ++i) r.add(i, i);
    return r;
}
template <typename Set>
Relation<Set> plus(Relation<Set> r) {
    for (unsigned mid = 0; mid < r.count; ++mid)
        for (unsigned i = 0; i < r.count; ++i)
            if (r.has(i, mid)) r.row[i] |= r.row[mid];
    return r;
}
template <typename Set>
Relation<Set> star(const Relation<Set>& r) {
    return opt(plus(r));
}
template <typename Set>
Relation<Set> inverse(const Relation<Set>& r) {
    Relation<Set> made(r.count);
    for (unsigned i = 0; i < r.count; ++i)
        for (Set to = r.row[i]; to != 0; to &= to - 1) made.add(first_of(to), i);
    return made;
}
template <typename Set>
bool acyclic(const Relation<Set>& r) {
    return plus(r).irreflexive();
}

}  // namespace rcufuzz::litmus
