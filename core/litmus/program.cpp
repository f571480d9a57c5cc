// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/litmus/program.h"

namespace rcufuzz::litmus {

Index Process::local(const std::string& name) const {
    for (Index i = 0; i < locals.size(); ++i)
        if (locals[i] == name) return i;
    return none;
}

Index Test::location(const std::string& wanted) const {
    for (Index i = 0; i < locations.size(); ++i)
        if (locations[i].name == wanted) return i;
    return none;
}

}  // namespace rcufuzz::litmus
