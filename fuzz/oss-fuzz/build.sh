#!/bin/bash -eu
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds the fuzz targets as OSS-Fuzz wants them: compiler, flags and engine come from its
# environment; what they need at run time is linked in, or lies beside them in $OUT.

cmake -S "$SRC/rcufuzz" -B "$WORK/build" -G Ninja \
    -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_CXX_FLAGS="$CXXFLAGS" \
    -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="" \
    -DCMAKE_COMPILE_WARNING_AS_ERROR=OFF \
    -DRCUFUZZ_TESTS=OFF -DRCUFUZZ_LIBFUZZER=ON -DRCUFUZZ_FMT_HEADER_ONLY=ON \
    -DRCUFUZZ_ENGINE="$LIB_FUZZING_ENGINE"

sed -n 's/^SUBSYSTEM(\([a-z_0-9]*\)).*/\1/p' "$SRC/rcufuzz/core/subsystems/subsystems.def" |
    while read -r name; do
        cmake --build "$WORK/build" --target "fuzz_$name"
        cp "$WORK/build/fuzz/fuzz_$name" "$OUT/"
        # The mutator of libFuzzer works on plans; -mutate_depth=1 keeps minimising in step with it.
        printf '[libfuzzer]\nmax_len = 1024\nmutate_depth = 1\n' > "$OUT/fuzz_$name.options"
        if compgen -G "$SRC/rcufuzz/corpus/$name/*" > /dev/null; then
            zip -qj "$OUT/fuzz_${name}_seed_corpus.zip" "$SRC/rcufuzz/corpus/$name/"*
        fi
    done
