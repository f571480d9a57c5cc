// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/interruption.h"

#include <csignal>
#include <initializer_list>

namespace rcufuzz::cli {

namespace {
volatile std::sig_atomic_t signalled = 0;
}

void stop_on_signals() {
    struct sigaction action{};
    action.sa_handler = [](int) { signalled = 1; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

bool interrupted() { return signalled != 0; }

}  // namespace rcufuzz::cli
