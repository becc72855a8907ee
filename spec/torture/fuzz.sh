#!/usr/bin/env bash
# Any bytes through the redactor, under AddressSanitizer and UBSan: libFuzzer's when there is a clang
# that has it, else inputs made up without feedback.  RUNS=n tries so many, CORPUS=folder keeps what
# was found to matter and goes on from there; SEED=n repeats a run without a corpus.
. spec/torture/common.bash
runs=${RUNS:-$(choose 60000 10000000)}
seed=${SEED:-$((RANDOM * 32768 + RANDOM + 1))}
read -r -a libs <<<"$(pkg-config --cflags --libs libpcre2-8 zlib 2>/dev/null || echo -lpcre2-8 -lz)"
build=(-std=c11 -g -O2 -Ic -Ic/include -fno-sanitize-recover=all -o "$dir/fuzz"
    spec/torture/fuzz_redact.c c/core/*.c c/log/*.c "${libs[@]}" -lm)
# What is compared is not traced: it would take most of the time, and the words are known.
if clang -fsanitize=fuzzer,address,undefined -fno-sanitize-coverage=trace-cmp "${build[@]}" \
    2>"$dir/why"; then
    corpus=${CORPUS:-$dir/corpus}
    mkdir -p "$corpus" build/torture
    ASAN_OPTIONS=quarantine_size_mb=4:malloc_context_size=2 "$dir/fuzz" -runs="$runs" -seed="$seed" \
        -max_len=300 -entropic=0 -reduce_inputs=0 -timeout=200 -verbosity=0 \
        -artifact_prefix=build/torture/fuzz- "$corpus" || exit 1
    with=libFuzzer
elif "${CC:-cc}" -fsanitize=address,undefined -DALONE "${build[@]}" 2>"$dir/why"; then
    "$dir/fuzz" "$runs" "$seed" || exit 1
    with="no feedback"
else
    echo "neither clang with libFuzzer nor another compiler with sanitizers here"
    exit 77
fi
echo "redaction of $runs inputs with $with: no crash, no secret left, nothing too long, seed $seed"
