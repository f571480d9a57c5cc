#!/bin/bash -eu
# Copyright 2026 The rcufuzz authors
# SPDX-License-Identifier: Apache-2.0
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.
#
# Builds the fuzz targets into $OUT as OSS-Fuzz wants them: compiler, flags and engine come from its
# environment and hold; what is added links the C++ library in, because what runs has $OUT and
# glibc, no more.

build=$WORK/build
afl=OFF
[[ $FUZZING_ENGINE != afl ]] || afl=ON

# Where the contract instruments for libFuzzer, do so in the kernel code only, not in the machine
# that runs it: CMakeLists.txt narrows what it is given here.
coverage=
[[ $CXXFLAGS != *-fsanitize=fuzzer-no-link* ]] || coverage=-fsanitize=fuzzer-no-link

# RCUFUZZ_HAVE_LLD: the linker is the builder's choice, too.
cmake -S "$SRC/rcufuzz" -B "$build" -G Ninja \
    -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_CXX_FLAGS="$CXXFLAGS" \
    -DCMAKE_CXX_FLAGS_RELWITHDEBINFO= -DCMAKE_COMPILE_WARNING_AS_ERROR=OFF \
    -DCMAKE_EXE_LINKER_FLAGS="${LDFLAGS-} -static-libstdc++ -static-libgcc" -DRCUFUZZ_HAVE_LLD=OFF \
    -DRCUFUZZ_TESTS=OFF -DRCUFUZZ_CLI=OFF -DRCUFUZZ_LIBFUZZER=ON \
    -DRCUFUZZ_ENGINE="$LIB_FUZZING_ENGINE" -DRCUFUZZ_AFL="$afl" -DRCUFUZZ_COVERAGE="$coverage"
cmake --build "$build" --target fuzz_targets engine_inputs

for program in "$build"/fuzz/fuzz_*; do
    fuzzer=${program##*/}
    target=${fuzzer#fuzz_}
    [[ $target != linux* ]] || continue  # it wants a kernel, which nobody has built there
    cp "$program" "$OUT/"
    "$build/engine_inputs" dictionary "$target" >"$OUT/$fuzzer.dict"

    # More than one mutation at a time, and libFuzzer's -minimize_crash hands the mutator of plans
    # a length that is out of date.
    printf '[libfuzzer]\nmax_len = 4096\nmutate_depth = 1\n' >"$OUT/$fuzzer.options"

    plans=("$SRC/rcufuzz/corpus/bugs/$target"/*.plan)
    if [[ -f ${plans[0]} ]]; then
        seeds=$(mktemp -d "$WORK/seeds.XXXXXX")
        "$build/engine_inputs" seeds "$seeds" "${plans[@]}"
        zip -qjX "$OUT/${fuzzer}_seed_corpus.zip" "$seeds"/*
    fi
done
