// SPDX-License-Identifier: GPL-2.0-or-later
//
// Relations over a few events, as bit matrices, with the operators of the .cat language.
#pragma once

#include <array>
#include <cstdint>

namespace rcufuzz::litmus::test {

inline constexpr unsigned max_events = 32;
using Set = std::uint32_t;

struct Relation {
    std::array<Set, max_events> row{};

    bool has(unsigned a, unsigned b) const { return (row[a] >> b & 1u) != 0; }
    void add(unsigned a, unsigned b) { row[a] |= Set{1} << b; }
    bool operator==(const Relation&) const = default;
};

template <typename F>
Relation by_row(F f) {
    Relation made;
    for (unsigned i = 0; i < max_events; ++i) made.row[i] = f(i);
    return made;
}

inline Relation operator|(const Relation& a, const Relation& b) {
    return by_row([&](unsigned i) { return a.row[i] | b.row[i]; });
}
inline Relation operator&(const Relation& a, const Relation& b) {
    return by_row([&](unsigned i) { return a.row[i] & b.row[i]; });
}
// a \ b
inline Relation operator-(const Relation& a, const Relation& b) {
    return by_row([&](unsigned i) { return a.row[i] & ~b.row[i]; });
}
// a ; b
inline Relation operator*(const Relation& a, const Relation& b) {
    return by_row([&](unsigned i) {
        Set reached = 0;
        for (Set mid = a.row[i]; mid != 0; mid &= mid - 1)
            reached |= b.row[static_cast<unsigned>(__builtin_ctz(mid))];
        return reached;
    });
}
// [set]
inline Relation id(Set set) {
    return by_row([&](unsigned i) { return set & Set{1} << i; });
}
inline Relation inverse(const Relation& a) {
    Relation made;
    for (unsigned i = 0; i < max_events; ++i)
        for (unsigned j = 0; j < max_events; ++j)
            if (a.has(i, j)) made.add(j, i);
    return made;
}
inline Relation opt(const Relation& a) { return a | id(~Set{0}); }
inline Relation plus(Relation a) {
    for (unsigned mid = 0; mid < max_events; ++mid)
        for (unsigned i = 0; i < max_events; ++i)
            if (a.has(i, mid)) a.row[i] |= a.row[mid];
    return a;
}
inline Relation star(const Relation& a) { return opt(plus(a)); }
inline bool empty(const Relation& a) {
    for (const Set row : a.row)
        if (row != 0) return false;
    return true;
}
inline bool irreflexive(const Relation& a) { return empty(a & id(~Set{0})); }
inline bool acyclic(const Relation& a) { return irreflexive(plus(a)); }
inline Set range(const Relation& a) {
    Set made = 0;
    for (const Set row : a.row) made |= row;
    return made;
}
inline Set domain(const Relation& a) {
    Set made = 0;
    for (unsigned i = 0; i < max_events; ++i)
        if (a.row[i] != 0) made |= Set{1} << i;
    return made;
}

}  // namespace rcufuzz::litmus::test
