// SPDX-License-Identifier: GPL-2.0-or-later
//
// A place in the source: file, function and line, as plain C knows them too (machine_site). A Site
// is a pointer to constant data, so that a point costs one store.
#pragma once

#include <cstdint>
#include <source_location>  // what __builtin_source_location() needs

#include "core/sim/door.h"

namespace rcufuzz::sim {

inline constexpr machine_site nowhere{"", "", 0, 0};

class Site {
   public:
    // The layout of machine_site is that of std::source_location's data, which compilers fix for
    // their own builtin.
    constexpr Site() = default;
    explicit constexpr Site(const machine_site* at) : at_(at) {}

    // As a default argument: where the call stands.
    static constexpr Site current(const void* at = __builtin_source_location()) {
        Site site;
        site.at_ = at;
        return site;
    }

    const char* file_name() const { return data().file; }
    // As the compiler spells it: from C++ with parameters and scopes, from C bare.
    const char* function_name() const { return data().function; }
    std::uint32_t line() const { return data().line; }  // 0: nowhere

   private:
    const machine_site& data() const { return *static_cast<const machine_site*>(at_); }

    const void* at_ = &nowhere;
};

}  // namespace rcufuzz::sim
