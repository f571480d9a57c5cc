// SPDX-License-Identifier: GPL-2.0-or-later
//
// How a user ends a long command: the first signal in good order, the second one at once.
#pragma once

namespace rcufuzz::cli {

void stop_on_signals();
bool interrupted();

}  // namespace rcufuzz::cli
