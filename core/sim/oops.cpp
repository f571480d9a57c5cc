// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/sim/oops.h"

#include <pthread.h>
#include <sys/time.h>

#include <csetjmp>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "core/base/check.h"
#include "core/sim/fiber_switch.h"
#include "core/sim/world.h"

#if defined(__x86_64__) && !defined(RCUFUZZ_ASAN) && !defined(RCUFUZZ_TSAN) && \
    !defined(RCUFUZZ_MSAN)
#include <ucontext.h>
#define RCUFUZZ_SURVIVES_OOPSES 1
#endif

namespace rcufuzz::sim {

#if defined(RCUFUZZ_SURVIVES_OOPSES)

const bool survives_oopses = true;

namespace {

constexpr int faults[] = {SIGSEGV, SIGBUS, SIGFPE};
constexpr timeval patience{.tv_sec = 0, .tv_usec = 50'000};  // CPU time, a thousand times enough
constexpr std::size_t signal_stack_bytes = 64 * 1024;

// How far the subject is: no two moments of a process are the same.
struct Progress {
    std::uint64_t run;
    std::uint64_t points;
    std::uint64_t switches;  // a run that goes back has as many points as before
    bool operator==(const Progress&) const = default;
};

struct sigaction before[NSIG];
Progress at_last_look{};

[[noreturn]] void end_with_oops() {
    world().fail(Verdict::oops,
                 "a pointer leads nowhere, the stack is too small, or a division is by zero: the "
                 "kernel would oops",
                 world().current().site);
}

[[noreturn]] void end_with_livelock() {
    world().fail(Verdict::livelock, "a context computes for ever and comes to no other point",
                 world().current().site);
}

[[noreturn]] void end_with_fault_of_ours() {
    const Site& last = world().current().site;
    check_failed("no trap behind the last point", last.file_name(), static_cast<int>(last.line()));
}

// Has the context go on in `end` when the handler returns, as if it had been called from the very
// bottom of its stack.
void go_on_in(void (*end)(), void* context) {
    constexpr std::uintptr_t below_return_address = 8;
    auto* const registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    const auto top = reinterpret_cast<std::uintptr_t>(world().current().fiber.stack_top());
    registers[REG_RSP] = static_cast<greg_t>(top / 16 * 16 - 16 - below_return_address);
    registers[REG_RIP] = static_cast<greg_t>(reinterpret_cast<std::uintptr_t>(end));
}

// Who looks at the subject from outside, and where to go on without.
sigjmp_buf way_out;
volatile std::sig_atomic_t somebody_looks = 0;

[[noreturn]] void leave_look(void* context) {
    CHECK(sigprocmask(SIG_SETMASK, &static_cast<ucontext_t*>(context)->uc_sigmask, nullptr) == 0);
    siglongjmp(way_out, 1);
}

constexpr std::uintptr_t first_code = 4096;
std::uintptr_t fault = 0;

// After a call the place to return to is on top of the stack.
void note_fault(const void* context) {
    const auto* const registers = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
    fault = static_cast<std::uintptr_t>(registers[REG_RIP]);
    if (fault >= first_code) return;
    fault = *reinterpret_cast<const std::uintptr_t*>(registers[REG_RSP]) - 1;
}

bool subject_runs() { return world().in_context(); }

// Comes once more where it is not the subject's, to whoever handled it before.
void on_fault(int signal, siginfo_t*, void* context) {
    if (subject_runs()) {
        note_fault(context);
        go_on_in(end_with_oops, context);
    } else if (somebody_looks != 0) {
        leave_look(context);
    } else {
        sigaction(signal, &before[signal], nullptr);
    }
}

// What a compiler was asked to check, of a subject's files that are ours: core/linux/build.
void on_trap(int signal, siginfo_t*, void* context) {
    if (subject_runs())
        go_on_in(end_with_fault_of_ours, context);
    else
        sigaction(signal, &before[signal], nullptr);
}

void on_look(int, siginfo_t*, void* context) {
    const Progress now{world().run_number(), world().points(), world().switches()};
    const bool stuck = std::exchange(at_last_look, now) == now;
    if (stuck && subject_runs()) go_on_in(end_with_livelock, context);
    if (stuck && somebody_looks != 0) leave_look(context);
}

void handle(int signal, void (*handler)(int, siginfo_t*, void*)) {
    struct sigaction action{};
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    sigfillset(&action.sa_mask);
    CHECK(sigaction(signal, &action, &before[signal]) == 0);
}

void start_timer() {
    const itimerval timer{.it_interval = patience, .it_value = patience};
    CHECK(setitimer(ITIMER_VIRTUAL, &timer, nullptr) == 0);
}

void handle_signals() {
    static std::byte signal_stack[signal_stack_bytes];
    const stack_t stack{.ss_sp = signal_stack, .ss_flags = 0, .ss_size = sizeof signal_stack};
    CHECK(sigaltstack(&stack, nullptr) == 0);
    for (const int signal : faults) handle(signal, on_fault);
    handle(SIGILL, on_trap);
    handle(SIGVTALRM, on_look);
    CHECK(pthread_atfork(nullptr, nullptr, start_timer) == 0);  // a child inherits no timer
}

}  // namespace

void survive_oopses() {
    static const bool once = (handle_signals(), start_timer(), true);
    static_cast<void>(once);
}

std::uintptr_t take_fault() { return std::exchange(fault, 0); }

bool survives(void (*look)(void*), void* arg) {
    if (sigsetjmp(way_out, 0) != 0) {
        somebody_looks = 0;
        return false;
    }
    somebody_looks = 1;
    look(arg);
    somebody_looks = 0;
    return true;
}

#else

const bool survives_oopses = false;

std::uintptr_t take_fault() { return 0; }

bool survives(void (*look)(void*), void* arg) {
    look(arg);
    return true;
}

void survive_oopses() {}

#endif

}  // namespace rcufuzz::sim
