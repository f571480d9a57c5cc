// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz conform
#include <algorithm>
#include <optional>

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/conform/conform.h"
#include "fuzz/commands.h"
#include "fuzz/interruption.h"
#include "fuzz/json_stream.h"
#include "fuzz/output.h"
#include "fuzz/stopwatch.h"

namespace rcufuzz::cli {

namespace {

// A million events are some hundred million bytes.
constexpr std::size_t max_trace_bytes = std::size_t{1} << 30;

// Of the windows that were tried.
struct Sums {
    std::size_t windows = 0, accepted = 0, lost = 0;
    std::size_t bound = 0, others = 0;  // events
    std::size_t accepted_events = 0;    // of those bound, in windows that were accepted
    std::uint64_t runs = 0;
};

Json misfit_json(const conform::Window& window, const conform::Conformance& result) {
    const conform::Due& due = window.events[result.made];
    return {{"line", due.line},      {"made", result.made},        {"actor", due.who},
            {"event", due.what},     {"tries", result.tries},      {"instead", result.instead},
            {"window", window.line}};
}

void print_misfit(const ConformArgs& args, const conform::Window& window,
                  const conform::Conformance& result) {
    const conform::Due& due = window.events[result.made];
    print("{}:{}: no run makes this, event {} of {} of the window at line {}: {}: {}\n",
          printable(args.trace), due.line, result.made + 1, window.events.size(), window.line,
          printable(due.who), printable(due.what));
    print("  the one that came furthest, of {}: {}\n", result.tries, printable(result.instead));
    flush_output();  // the next may take long
}

Json as_json(const Sums& sums, double seconds) {
    return {{"windows", sums.windows}, {"accepted", sums.accepted}, {"lost", sums.lost},
            {"compared", sums.bound},  {"others", sums.others},
            {"accepted_events", sums.accepted_events},
            {"runs", sums.runs},       {"seconds", seconds}};
}

void print_end(const Sums& sums, double seconds) {
    const double all = static_cast<double>(std::max<std::size_t>(sums.bound + sums.others, 1));
    print("{}{} of {} windows accepted, {} of {} events; {:.1f} % of the trace's events are "
          "compared",
          interrupted() ? "interrupted: " : "", sums.accepted, sums.windows, sums.accepted_events,
          sums.bound, 100 * static_cast<double>(sums.bound) / all);
    if (sums.lost != 0) print("; {} windows with lost events left out", sums.lost);
    print(" ({} runs, {:.1f} s)\n", sums.runs, seconds);
}

}  // namespace

int conform(const ConformArgs& args) {
    const Stopwatch watch;
    const std::vector<std::uint8_t> bytes = read_file(args.trace, max_trace_bytes);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::vector<conform::Window> windows =
        conform::read_trace(text, args.trace, args.kernel);
    Sums sums;
    std::optional<JsonStream> json;
    if (args.json) json.emplace(Json{{"file", args.trace}}, "misfits");
    stop_on_signals();
    ProgressLine progress;
    for (const conform::Window& window : windows) {
        if (output_failed() || interrupted()) break;
        if (window.lost) {
            ++sums.lost;
            continue;
        }
        const conform::Conformance result = conform::conform(window, args.tries);
        ++sums.windows;
        sums.runs += result.tries;
        const std::size_t bound = window.events.size() - window.interrupts;
        sums.bound += bound;
        sums.others += window.others;
        if (result.accepted) {
            ++sums.accepted;
            sums.accepted_events += bound;
        } else if (json) {
            json->add(misfit_json(window, result));
        } else {
            print_misfit(args, window, result);
        }
        if (progress.due(watch.seconds()))
            progress.show(fmt::format("{:>6.0f} s  window {} of {}, {} accepted ",
                                      watch.seconds(), sums.windows, windows.size(),
                                      sums.accepted));
    }
    progress.clear();
    if (json)
        json->end(as_json(sums, watch.seconds()));
    else
        print_end(sums, watch.seconds());
    if (interrupted()) return exit_interrupted;
    // A refusal proves nothing.
    return sums.accepted == sums.windows ? exit_clean : exit_undecided;
}

}  // namespace rcufuzz::cli
