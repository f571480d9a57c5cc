// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/interruption.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <initializer_list>

#include "core/base/check.h"

namespace rcufuzz::cli {

namespace {

volatile std::sig_atomic_t orderly = 0;
volatile std::sig_atomic_t signalled = 0;

void on_user_signal(int) {
    if (orderly == 0 || signalled != 0) _exit(exit_interrupted);
    signalled = 1;
}

// Calls that were interrupted go on, but for poll().
void handle(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigaction(signal, &action, nullptr);
}

bool is_ignored(int signal) {
    struct sigaction action {};
    return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

void prepare_process() {
    // The wrong way round, so that standard output refuses what is written to it.
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(number, F_GETFD) < 0)
            open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    for (const int signal : {SIGPIPE, SIGXFSZ}) handle(signal, SIG_IGN);
    // A shell's background commands ignore SIGINT, and still can be sent one; nohup means it.
    for (const int signal : {SIGINT, SIGTERM}) handle(signal, on_user_signal);
    if (!is_ignored(SIGHUP)) handle(SIGHUP, on_user_signal);
}

void stop_on_signals() { orderly = 1; }

bool interrupted() { return signalled != 0; }

void end_with(int parent) {
    // The parent may have ended before the request: then another process is the parent now.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(exit_interrupted);
}

}  // namespace rcufuzz::cli
