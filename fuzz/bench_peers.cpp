// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/bench_peers.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/peer/peer_model.h"
#include "core/strategy/strategies.h"
#include "fuzz/output.h"
#include "fuzz/stopwatch.h"

namespace rcufuzz::cli {

namespace {

// The same steps as core/peer/peer_model.cpp.
constexpr const char* spin_model = R"promela(
/* SPIN model, one atomic step per critical section (Lipton reduction of nocb.pml).
	-DFIXED for the fix. */
#ifndef NENQ0
#define NENQ0 3
#endif
#ifndef NENQ1
#define NENQ1 1
#endif
byte next_[2], wait_[2], done_[2], total;
	bool defer[2], timer[2], stop_t[2], gp_sleep = 1, stop_gp, cb_wake;
proctype cpu(byte c; byte n) {
	bool on, wake; byte i = 0;
	do
	:: i < n -> if :: on = 0 :: on = 1 fi;
		atomic { wake = 0;
			if
			:: next_[c] + wait_[c] > 0 -> skip
			:: else ->
				if
				:: on -> timer[c] = 0; wake = 1;
#ifdef FIXED
					defer[c] = 0
#endif
				:: else -> if :: !defer[c] -> timer[c] = 1 :: else fi; defer[c] = 1
				fi
			fi; next_[c]++ };
		if :: wake -> gp_sleep = 0 :: else fi; i++
	:: else -> break
	od
}
proctype tmr(byte c) {
	bool d;
	do
	:: atomic { timer[c] && !stop_t[c] -> timer[c] = 0; d = defer[c]; defer[c] = 0 }; if :: d
		-> gp_sleep = 0 :: else fi
	:: atomic { stop_t[c] -> break }
	od
}
proctype gp() {
	bool need, ready; byte c;
	do
	:: atomic { need = 0; ready = 0; c = 0 };
		do
		:: c < 2 -> atomic { done_[c] = done_[c] + wait_[c]; wait_[c] = 0;
			if :: next_[c] > 0 -> wait_[c] = next_[c]; next_[c] = 0; need = 1 :: else fi;
			if :: done_[c] > 0 -> ready = 1 :: else fi; c++ }
		:: else -> break
		od;
		if :: ready -> cb_wake = 1 :: else fi;
		if
		:: need -> gp_sleep = 1
		:: atomic { !need && !stop_gp && !gp_sleep -> gp_sleep = 1 }
		:: atomic { !need && stop_gp -> break }
		fi
	od
}
proctype cb() {
	byte c;
	do
	:: total < NENQ0 + NENQ1 -> atomic { cb_wake -> cb_wake = 0; c = 0 };
		do
		:: c < 2 -> atomic { total = total + done_[c]; done_[c] = 0; c++ }
		:: else -> break
		od
	:: else -> break
	od;
	stop_t[0] = 1; stop_t[1] = 1; stop_gp = 1
}
init { atomic { run cpu(0, NENQ0); run cpu(1, NENQ1); run gp(); run cb(); run tmr(0); run tmr(1) } }
)promela";

using Stream = std::optional<JsonStream>;

void print_hunts(const char* policy, unsigned seeds, std::uint64_t limit, Stream& json) {
    std::vector<std::uint64_t> counts;
    std::uint64_t runs = 0;
    unsigned found = 0;
    const Stopwatch watch;
    for (unsigned seed = 1; seed <= seeds; ++seed) {
        counts.push_back(peer::hunt_peer_model({}, policy, seed, limit));
        runs += counts.back();
        if (counts.back() < limit) ++found;
    }
    const double seconds = watch.seconds();
    std::sort(counts.begin(), counts.end());
    const double per_second = static_cast<double>(runs) / seconds;
    if (json) {
        json->add({{"what", "hunts"},
                   {"name", policy},
                   {"seeds", seeds},
                   {"found", found},
                   {"median", counts[counts.size() / 2]},
                   {"worst", counts.back()},
                   {"runs_per_second", per_second}});
        return;
    }
    print("  {:<8} {:>4} of {:<4} {:>10} {:>10} {:>12.0f}\n", policy, found, seeds,
               counts[counts.size() / 2], counts.back(), per_second);
    flush_output();
}

void print_proof(bool fixed, Stream& json) {
    const Stopwatch watch;
    const peer::PeerProof proof = peer::prove_peer_model({.fixed = fixed});
    if (json) {
        json->add({{"what", "proof"},
                   {"with_bug", !fixed},
                   {"ended", proof.clean ? "verified" : "counterexample"},
                   {"states", proof.states},
                   {"runs", proof.runs},
                   {"seconds", watch.seconds()}});
        return;
    }
    print("  ours, {:<7} {:<14} {:>9} states {:>9} runs {:>8.2f} s {:>6} MB of states\n",
               fixed ? "fixed" : "broken", proof.clean ? "proved" : "counterexample", proof.states,
               proof.runs, watch.seconds(), proof.megabytes);
    flush_output();
}

bool can_run(const char* command) {
    return std::system((std::string("command -v ") + command + " >/dev/null 2>&1").c_str()) == 0;
}

// The lines of SPIN's report that say how many states, errors, seconds and megabytes.
void print_spin(const std::string& folder, bool fixed, Stream& json) {
    const std::string defines = fixed ? "-DFIXED " : "";
    const std::string build = "cd '" + folder + "' && spin " + defines +
                              "-a model.pml >/dev/null && cc -O2 -DSAFETY -w -o pan pan.c && "
                              "./pan -m100000 > report 2>&1";
    if (std::system(build.c_str()) != 0) {
        json ? remark("SPIN failed") : print("  SPIN failed\n");
        return;
    }
    const std::vector<std::uint8_t> bytes = read_file(folder + "/report");
    const std::string report(bytes.begin(), bytes.end());
    Json said = Json::array();
    if (!json) print("  SPIN, {}:\n", fixed ? "fixed" : "broken");
    for (const std::string_view line : lines(report)) {
        for (const char* const wanted :
             {"errors:", "states, stored", "elapsed time", "total actual memory", "invalid end"})
            if (line.find(wanted) != line.npos)
                json ? said.push_back(trim(line)) : print("    {}\n", trim(line));
    }
    if (json) json->add({{"what", "spin"}, {"with_bug", !fixed}, {"said", std::move(said)}});
}

}  // namespace

void bench_peers(unsigned seeds, std::uint64_t runs, std::optional<JsonStream>& json) {
    if (!json) {
        print("nocb timer, broken: executions to find\n");
        print("  {:<8} {:>12} {:>10} {:>10} {:>12}\n", "strategy", "found", "median", "worst",
              "executions/s");
    }
    for (const strategy::PolicyInfo& policy : strategy::all_policies())
        print_hunts(std::string(policy.name).c_str(), seeds, runs, json);
    if (!json) print("nocb timer, every run\n");
    print_proof(false, json);
    print_proof(true, json);
    if (!can_run("spin") || !can_run("cc")) {
        const std::string_view missing = "  SPIN is not installed (Debian package spin)";
        json ? remark(missing) : print("{}\n", missing);
        return;
    }
    std::string folder = (std::filesystem::temp_directory_path() / "rcufuzz-peers-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) throw UserError(folder + ": cannot be made");
    write_file(folder + "/model.pml", spin_model, false);
    print_spin(folder, false, json);
    print_spin(folder, true, json);
    std::filesystem::remove_all(folder);
}

}  // namespace rcufuzz::cli
