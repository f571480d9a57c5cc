// SPDX-License-Identifier: GPL-2.0-or-later
//
// The mutator of fuzz_target.cpp for AFL++, which takes it as a shared library:
//   AFL_CUSTOM_MUTATOR_LIBRARY=build/afl/fuzz/fuzz_nocb_mutator.so AFL_CUSTOM_MUTATOR_ONLY=1
#include "core/base/prng.h"
#include "fuzz/entry.h"

#define RCUFUZZ_TEXT_(name) #name
#define RCUFUZZ_TEXT(name) RCUFUZZ_TEXT_(name)

namespace {

struct Mutator {
    explicit Mutator(unsigned seed) : prng(seed) {}

    rcufuzz::fuzz::Entry entry{RCUFUZZ_TEXT(RCUFUZZ_TARGET)};
    rcufuzz::Prng prng;
    rcufuzz::fuzz::Bytes output;  // AFL++ reads it until the next call
};

}  // namespace

extern "C" {

// What the coverage instrumentation of the libraries calls; the fuzzer itself has no use for it.
void __sanitizer_cov_trace_pc_guard(std::uint32_t*);
void __sanitizer_cov_trace_pc_guard_init(std::uint32_t*, std::uint32_t*);
void __sanitizer_cov_trace_pc_guard(std::uint32_t*) {}
void __sanitizer_cov_trace_pc_guard_init(std::uint32_t*, std::uint32_t*) {}

void* afl_custom_init(void* afl, unsigned seed);
std::size_t afl_custom_fuzz(void* data, std::uint8_t* input, std::size_t size,
                            std::uint8_t** output, std::uint8_t* other, std::size_t other_size,
                            std::size_t max_size);
void afl_custom_deinit(void* data);

void* afl_custom_init(void*, unsigned seed) { return new Mutator(seed); }

std::size_t afl_custom_fuzz(void* data, std::uint8_t* input, std::size_t size,
                            std::uint8_t** output, std::uint8_t* other, std::size_t other_size,
                            std::size_t max_size) {
    Mutator& mutator = *static_cast<Mutator*>(data);
    const std::uint64_t seed = mutator.prng.next();
    const bool cross = other != nullptr && other_size != 0 && seed % 8 == 0;
    mutator.output = cross ? mutator.entry.cross({input, size}, {other, other_size}, max_size, seed)
                           : mutator.entry.mutate({input, size}, max_size, seed);
    // AFL++ takes an empty test case for a failure; one zero byte means the same to the decoder.
    if (mutator.output.empty()) mutator.output.push_back(0);
    *output = mutator.output.data();
    return mutator.output.size();
}

void afl_custom_deinit(void* data) { delete static_cast<Mutator*>(data); }

}  // extern "C"
