// SPDX-License-Identifier: GPL-2.0-or-later
//
// The libFuzzer interface to one target, which CMake names in RCUFUZZ_TARGET: a program per line of
// subsystems.def. Any engine that speaks this interface will do.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "fuzz/entry.h"
#include "fuzz/state_counters.h"

#define RCUFUZZ_TEXT_(name) #name
#define RCUFUZZ_TEXT(name) RCUFUZZ_TEXT_(name)

extern "C" {
int LLVMFuzzerInitialize(int* argc, char*** argv);
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                    unsigned seed);
std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* data1, std::size_t size1,
                                      const std::uint8_t* data2, std::size_t size2,
                                      std::uint8_t* out, std::size_t max_size, unsigned seed);
// libFuzzer's own mutator; other engines have none.
__attribute__((weak)) std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                                   std::size_t max_size);
}

namespace {

rcufuzz::fuzz::Entry& entry() {
    static rcufuzz::fuzz::Entry the_entry(RCUFUZZ_TEXT(RCUFUZZ_TARGET));
    return the_entry;
}

std::size_t give(const rcufuzz::fuzz::Bytes& bytes, std::uint8_t* out) {
    std::copy(bytes.begin(), bytes.end(), out);
    return bytes.size();
}

}  // namespace

// Before the first input, so that a bad environment is not taken for a crash. A crash is minimised
// by plans that are smaller, not by other schedules, which take the time of many.
int LLVMFuzzerInitialize(int* argc, char*** argv) {
    for (int i = 1; i < *argc; ++i)
        if (std::string_view((*argv)[i]).starts_with("-minimize_crash"))
            setenv("RCUFUZZ_SCHEDULES", "0", 0);
    entry();
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    entry().run_one({data, size}, rcufuzz::fuzz::state_counters());
    rcufuzz::fuzz::publish_state_counters();
    return 0;
}

// Bytes without regard to their meaning, now and then: they reach what no mutation of plans does.
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                    unsigned seed) {
    if ((seed % 16 == 0 || !entry().mutates_plans()) && LLVMFuzzerMutate != nullptr)
        return LLVMFuzzerMutate(data, size, max_size);
    return give(entry().mutate({data, size}, max_size, seed), data);
}

std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* data1, std::size_t size1,
                                      const std::uint8_t* data2, std::size_t size2,
                                      std::uint8_t* out, std::size_t max_size, unsigned seed) {
    // libFuzzer's own crossover cannot be called, but its mutator crosses, too.
    if (!entry().mutates_plans() && LLVMFuzzerMutate != nullptr) {
        const std::size_t size = std::min(size1, max_size);
        std::copy_n(data1, size, out);
        return LLVMFuzzerMutate(out, size, max_size);
    }
    return give(entry().cross({data1, size1}, {data2, size2}, max_size, seed), out);
}
