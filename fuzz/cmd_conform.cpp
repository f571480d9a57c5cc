// SPDX-License-Identifier: GPL-2.0-or-later
//
// rcufuzz conform
#include <algorithm>

#include "core/base/files.h"
#include "core/base/text.h"
#include "core/conform/conform.h"
#include "fuzz/commands.h"
#include "fuzz/output.h"
#include "fuzz/stopwatch.h"

namespace rcufuzz::cli {

namespace {

// A million events are some hundred million bytes.
constexpr std::size_t max_trace_bytes = std::size_t{1} << 30;

struct Sums {
    std::size_t windows = 0, accepted = 0, lost = 0;
    std::size_t bound = 0, others = 0;  // events
    std::uint64_t runs = 0;
};

void tell_misfit(const ConformArgs& args, const conform::Window& window,
                 const conform::Conformance& result) {
    const conform::Due& due = window.events[result.made];
    print("{}:{}: no run makes this, event {} of {} of the window at line {}: {}: {}\n",
          printable(args.trace), due.line, result.made + 1, window.events.size(), window.line,
          printable(due.who), printable(due.what));
    print("  the one that came furthest, of {}: {}\n", result.tries, printable(result.instead));
}

}  // namespace

int conform(const ConformArgs& args) {
    const Stopwatch watch;
    const std::vector<std::uint8_t> bytes = read_file(args.trace, max_trace_bytes);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::vector<conform::Window> windows =
        conform::read_trace(text, args.trace, args.kernel);
    Sums sums;
    ProgressLine progress;
    for (const conform::Window& window : windows) {
        if (output_failed()) break;
        if (window.lost) {
            ++sums.lost;
            continue;
        }
        const conform::Conformance result = conform::conform(window, args.tries);
        ++sums.windows;
        sums.runs += result.tries;
        sums.bound += window.events.size() - window.interrupts;
        sums.others += window.others;
        if (result.accepted)
            ++sums.accepted;
        else
            tell_misfit(args, window, result);
        if (progress.due(watch.seconds()))
            progress.show(fmt::format("{:>6.0f} s  window {} of {}, {} accepted ",
                                      watch.seconds(), sums.windows, windows.size(),
                                      sums.accepted));
    }
    progress.clear();
    const double all = static_cast<double>(std::max<std::size_t>(sums.bound + sums.others, 1));
    print("{} of {} windows accepted, of {} events; {:.1f} % of the trace's events are compared",
          sums.accepted, sums.windows, sums.bound,
          100 * static_cast<double>(sums.bound) / all);
    if (sums.lost != 0) print("; {} windows with lost events left out", sums.lost);
    print(" ({} runs, {:.1f} s)\n", sums.runs, watch.seconds());
    return sums.accepted == sums.windows ? exit_clean : exit_found;
}

}  // namespace rcufuzz::cli
