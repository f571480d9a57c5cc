// SPDX-License-Identifier: GPL-2.0-or-later
//
// All final states of a litmus test by the axioms: every way of every process, put together in
// every way that is coherent, and judged. Nothing of core/memory has a part in it.
#pragma once

#include <string>

#include "core/litmus/check.h"

namespace rcufuzz::litmus {

Report explore(const Test& test, const std::string& file, const CheckOptions& options);

}  // namespace rcufuzz::litmus
