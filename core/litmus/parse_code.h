// SPDX-License-Identifier: GPL-2.0-or-later
//
// The C of a process: declarations, assignments, calls of primitives, if, blocks.
#pragma once

#include "core/litmus/cursor.h"
#include "core/litmus/program.h"

namespace rcufuzz::litmus {

// True where a type begins ("int", "struct foo", "atomic_t", ...); skips it, with its stars.
bool accept_type(Cursor& cursor);

// `P0(params) { ... }` from the "(" on, into test.processes.back().
void parse_process(Cursor& cursor, Test& test);

}  // namespace rcufuzz::litmus
