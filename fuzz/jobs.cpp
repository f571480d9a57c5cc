// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/jobs.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <type_traits>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/run/codec.h"
#include "fuzz/interruption.h"
#include "fuzz/output.h"
#include "fuzz/stopwatch.h"

namespace rcufuzz::cli {

namespace {

constexpr int milliseconds_between_looks = 100;
constexpr double seconds_between_states = 1;

// What the processes see of each other while they run.
struct Board {
    std::atomic<bool> stop;
    std::atomic<std::uint64_t> runs;
};

// A job sends its finds as they come, each as a head and an encoded plan; where it is kept its
// states, a head, a struct and "TIMES IDENTITY" for each find that was seen; and at its end a head
// and then its totals.
enum class Message : std::uint64_t { find, state, end };
struct Head {
    Message message = Message::end;
    std::uint64_t bytes = 0;  // of what has no fixed size
    std::uint64_t run = 0;    // of a find
};
struct Totals {
    std::uint64_t points = 0;
    run::DistinctSketch states;
};
struct StateMessage {
    std::uint64_t job = 0;  // from 0
    run::HuntPosition position;
    run::DistinctSketch states;
    run::Covered covered;
};
static_assert(std::is_trivially_copyable_v<Head> && std::is_trivially_copyable_v<Totals> &&
              std::is_trivially_copyable_v<StateMessage>);

JobState state_of(const run::HuntResult& result) {
    return {result.position, result.states, result.covered, result.seen};
}

// True unless the other end is gone.
bool send(int pipe, const void* data, std::size_t size) {
    const char* at = static_cast<const char*>(data);
    while (size != 0) {
        const ssize_t sent = write(pipe, at, size);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        at += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

bool receive(int pipe, void* data, std::size_t size) {
    char* at = static_cast<char*>(data);
    while (size != 0) {
        const ssize_t received = read(pipe, at, size);
        if (received < 0 && errno == EINTR) continue;
        if (received <= 0) return false;
        at += received;
        size -= static_cast<std::size_t>(received);
    }
    return true;
}

// --- a job --------------------------------------------------------------------------------------

bool send_find(int pipe, const run::Find& find) {
    const std::vector<std::uint8_t> plan = run::encode(find.plan);
    const Head head{Message::find, plan.size(), find.run};
    return send(pipe, &head, sizeof head) && send(pipe, plan.data(), plan.size());
}

bool send_state(int pipe, unsigned job, const run::HuntResult& result) {
    const auto message =
        std::make_unique<StateMessage>(job, result.position, result.states, result.covered);
    std::string seen;
    for (const auto& [identity, times] : result.seen)
        seen += std::to_string(times) + " " + identity + "\n";
    const Head head{Message::state, seen.size(), 0};
    return send(pipe, &head, sizeof head) && send(pipe, message.get(), sizeof *message) &&
           send(pipe, seen.data(), seen.size());
}

int run_job(run::HuntOptions options, unsigned job, Board& board, int pipe) {
    std::uint64_t told_runs = options.resumed.runs;
    std::size_t told_finds = 0;
    const auto tell = [&](const run::HuntResult& result) {
        board.runs += result.runs - told_runs;
        told_runs = result.runs;
        for (; told_finds < result.finds.size(); ++told_finds)
            if (!send_find(pipe, result.finds[told_finds])) return false;
        return true;
    };
    options.keep_going = [&](const run::HuntResult& result) { return tell(result) && !board.stop; };
    Stopwatch watch;
    double told = 0;
    if (options.keep)
        options.keep = [&](const run::HuntResult& result) {
            if (watch.seconds() < told + seconds_between_states) return;
            told = watch.seconds();
            if (!tell(result) || !send_state(pipe, job, result)) board.stop = true;
        };
    const run::HuntResult result = run::hunt(options);
    bool sent = tell(result) && (!options.keep || send_state(pipe, job, result));
    const Head end;
    const Totals totals{result.points - options.resumed.points, result.states};
    sent = sent && send(pipe, &end, sizeof end) && send(pipe, &totals, sizeof totals);
    return sent ? exit_clean : exit_interrupted;
}

// A process that has been forked to be a job. Nothing of it may get back into the parent's code.
[[noreturn]] void be_job(const run::HuntOptions& options, unsigned job, Board& board,
                         int pipe) {
    int code = exit_internal;
    try {
        code = run_job(options, job, board, pipe);
    } catch (const UserError& error) {
        complain(error.what());
        code = exit_usage;
    } catch (const std::exception& error) {
        complain(std::string("internal error: ") + error.what());
    }
    _exit(code);
}

// A hunt that is kept goes on from where this job of it stood.
void resume(run::HuntOptions& options, unsigned job, const KeepJobs* kept) {
    if (kept == nullptr) return;
    if (job < kept->resumed.size()) options.resumed = kept->resumed[job];
    if (options.runs != run::unlimited_runs) options.runs += options.resumed.runs;
    options.keep = [](const run::HuntResult&) {};  // how: the job knows
}

// --- all jobs -----------------------------------------------------------------------------------

struct Job {
    pid_t process;
    unsigned number;  // from 1
};

// Signals by which a process ends through its own fault.
bool is_fault(int signal) {
    constexpr std::array faults{SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
    return std::ranges::find(faults, signal) != faults.end();
}

class Jobs {
   public:
    Jobs(const run::HuntOptions& options, const HuntCallbacks& callbacks, const KeepJobs* kept)
        : options_(options), callbacks_(callbacks), kept_(kept) {
        void* const memory =
            mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw UserError(std::string("--jobs: ") + std::strerror(errno));
        board_ = new (memory) Board{};
    }
    // Only an error leaves jobs to end here.
    ~Jobs() {
        for (const Job& job : jobs_) kill(job.process, SIGKILL);
        for (const Job& job : jobs_) wait_for(job);
        for (const pollfd& pipe : pipes_) close(pipe.fd);
        munmap(board_, sizeof(Board));
    }
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;

    JobsResult run(unsigned count) {
        for (unsigned number = 1; number <= count; ++number) start(number, count);
        while (!pipes_.empty()) look();
        for (; !jobs_.empty(); jobs_.pop_back()) judge_end(jobs_.back(), count);
        result_.hunt.runs = board_->runs;
        return std::move(result_);
    }

   private:
    void start(unsigned number, unsigned count) {
        run::HuntOptions mine = options_;
        const unsigned before = number - 1;
        if (before != 0) mine.seed = mix64(options_.seed ^ mix64(before));
        if (mine.runs != run::unlimited_runs)
            mine.runs = options_.runs / count + (before < options_.runs % count ? 1 : 0);
        resume(mine, before, kept_);
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) cannot_start(number);
        const pid_t parent = getpid();
        const pid_t child = fork();
        if (child == 0) {
            end_with(parent);
            close(ends[0]);
            for (const pollfd& pipe : pipes_) close(pipe.fd);
            be_job(mine, before, *board_, ends[1]);
        }
        const int error = errno;
        close(ends[1]);
        pipes_.push_back({ends[0], POLLIN, 0});
        errno = error;
        if (child < 0) cannot_start(number);
        jobs_.push_back({child, number});
    }

    [[noreturn]] static void cannot_start(unsigned number) {
        throw UserError(
            fmt::format("--jobs: job {} cannot be started: {}", number, std::strerror(errno)));
    }

    void look() {
        if (poll(pipes_.data(), pipes_.size(), milliseconds_between_looks) > 0) {
            for (pollfd& pipe : pipes_)
                if (pipe.revents != 0 && !take_message(pipe.fd)) pipe.fd = -1 - pipe.fd;
            std::erase_if(pipes_, [](const pollfd& pipe) {
                if (pipe.fd < 0) close(-1 - pipe.fd);
                return pipe.fd < 0;
            });
        }
        const std::size_t finds = result_.hunt.finds.size();
        if (!options_.all && finds != 0) board_->stop = true;
        if (!callbacks_.keep_going(board_->runs, finds)) board_->stop = true;
    }

    static int wait_for(const Job& job) {
        int status = 0;
        while (waitpid(job.process, &status, 0) < 0 && errno == EINTR) {
        }
        return status;
    }

    void judge_end(const Job& job, unsigned count) {
        const int status = wait_for(job);
        if (WIFEXITED(status) && WEXITSTATUS(status) == exit_clean) return;
        const bool exited = WIFEXITED(status);
        const bool fault =
            exited ? WEXITSTATUS(status) != exit_interrupted : is_fault(WTERMSIG(status));
        ++(fault ? crashes_ : result_.killed);
        result_.crashed = crashes_ != 0;
        // A job that failed its own check has said so on standard error.
        complain(fmt::format("job {} of {} {}: what it found before is kept", job.number, count,
                             exited ? fmt::format("ended with {}", WEXITSTATUS(status))
                                    : fmt::format("was ended by signal {} ({})", WTERMSIG(status),
                                                  strsignal(WTERMSIG(status)))));
    }

    // False when the job has said all that it had to say.
    bool take_message(int pipe) {
        Head head;
        if (!receive(pipe, &head, sizeof head)) return false;
        if (head.message == Message::end) return take_end(pipe);
        if (head.message == Message::state) return take_state(pipe, head.bytes);
        std::vector<std::uint8_t> bytes(head.bytes);
        if (!receive(pipe, bytes.data(), bytes.size())) return false;
        take_find(run::decode(bytes, {options_.base}), head.run);
        return true;
    }

    bool take_end(int pipe) {
        Totals totals;
        if (receive(pipe, &totals, sizeof totals)) {
            result_.hunt.points += totals.points;
            result_.hunt.states.merge(totals.states);
        }
        return false;
    }

    bool take_state(int pipe, std::uint64_t bytes) {
        const auto message = std::make_unique<StateMessage>();
        std::string seen(bytes, '\0');
        if (!receive(pipe, message.get(), sizeof *message)) return false;
        if (!receive(pipe, seen.data(), seen.size())) return false;
        JobState state{message->position, message->states, message->covered, {}};
        for (const std::string_view line : lines(seen)) {
            const std::size_t space = line.find(' ');
            const auto times = parse_int(line.substr(0, space));
            CHECK(times.has_value());
            state.seen[std::string(line.substr(space + 1))] = static_cast<std::uint64_t>(*times);
        }
        kept_->keep(static_cast<unsigned>(message->job), state);
        return true;
    }

    void take_find(run::Plan plan, std::uint64_t run) {
        const run::Outcome outcome = run::replay(plan);
        const auto known = [&](const run::Find& find) {
            return find.outcome.identity == outcome.identity;
        };
        std::vector<run::Find>& finds = result_.hunt.finds;
        if (std::any_of(finds.begin(), finds.end(), known)) return;
        finds.push_back({std::move(plan), outcome, run});
        callbacks_.found(finds.back());
    }

    const run::HuntOptions& options_;
    const HuntCallbacks& callbacks_;
    const KeepJobs* kept_;  // null: nobody keeps it
    Board* board_ = nullptr;
    std::vector<Job> jobs_;  // not waited for yet
    std::vector<pollfd> pipes_;
    JobsResult result_;
    unsigned crashes_ = 0;
};

run::HuntResult hunt_here(run::HuntOptions options, const HuntCallbacks& callbacks,
                          const KeepJobs* kept) {
    resume(options, 0, kept);
    std::size_t told = 0;
    const auto tell = [&](const run::HuntResult& result) {
        for (; told < result.finds.size(); ++told) callbacks.found(result.finds[told]);
    };
    options.keep_going = [&](const run::HuntResult& result) {
        tell(result);
        return callbacks.keep_going(result.runs - options.resumed.runs, result.finds.size());
    };
    Stopwatch watch;
    double kept_at = 0;
    if (kept != nullptr)
        options.keep = [&](const run::HuntResult& result) {
            if (watch.seconds() < kept_at + seconds_between_states) return;
            kept_at = watch.seconds();
            tell(result);
            kept->keep(0, state_of(result));
        };
    run::HuntResult result = run::hunt(options);
    tell(result);
    if (kept != nullptr) kept->keep(0, state_of(result));
    result.runs -= options.resumed.runs;
    result.points -= options.resumed.points;
    callbacks.keep_going(result.runs, result.finds.size());
    return result;
}

}  // namespace

JobsResult hunt_in_jobs(const run::HuntOptions& options, unsigned jobs,
                        const HuntCallbacks& callbacks, const KeepJobs* kept) {
    if (jobs == 1) return {hunt_here(options, callbacks, kept)};
    return Jobs(options, callbacks, kept).run(jobs);
}

}  // namespace rcufuzz::cli
