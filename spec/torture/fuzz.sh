#!/usr/bin/env bash
# Any bytes through the redactor, under AddressSanitizer and UBSan: libFuzzer's when there is a clang
# that has it, else inputs made up without feedback.  RUNS=n tries so many, CORPUS=folder keeps what
# was found to matter and goes on from there; SEED=n repeats a run without a corpus.  A tenth as many
# once more with windows of few bytes, as lines of megabytes have windows.
. spec/torture/common.bash
runs=${RUNS:-$(choose 60000 10000000)}
seed=${SEED:-$((RANDOM * 32768 + RANDOM + 1))}
read -r -a libs <<<"$(pkg-config --cflags --libs libpcre2-8 zlib 2>/dev/null || echo -lpcre2-8 -lz)"
build=(-std=c11 -g -O2 -Ic -Ic/include -fno-sanitize-recover=all
    spec/torture/fuzz_redact.c c/core/*.c c/log/*.c "${libs[@]}" -lm)
windows=(-DBERTH_STREAM_LINE=192u -DBERTH_STREAM_CONTEXT=48u -DBERTH_STREAM_AHEAD=64u)
try=(-seed="$seed" -entropic=0 -reduce_inputs=0 -timeout=200 -verbosity=0
    -artifact_prefix=build/torture/fuzz-)
fuzzer=(clang -fsanitize=fuzzer,address,undefined -fno-sanitize-coverage=trace-cmp)
alone=("${CC:-cc}" -fsanitize=address,undefined -DALONE)
# What is compared is not traced: it would take most of the time, and the words are known.
if "${fuzzer[@]}" "${build[@]}" -o "$dir/fuzz" 2>"$dir/why"; then
    "${fuzzer[@]}" "${windows[@]}" "${build[@]}" -o "$dir/windows" || exit 1
    corpus=${CORPUS:-$dir/corpus}
    mkdir -p "$corpus" "$dir/lines" build/torture
    export ASAN_OPTIONS=quarantine_size_mb=4:malloc_context_size=2
    "$dir/fuzz" -runs="$runs" -max_len=300 "${try[@]}" "$corpus" || exit 1
    "$dir/windows" -runs=$((runs / 10)) -max_len=600 "${try[@]}" "$dir/lines" || exit 1
    with=libFuzzer
elif "${alone[@]}" "${build[@]}" -o "$dir/fuzz" 2>"$dir/why"; then
    "${alone[@]}" "${windows[@]}" "${build[@]}" -o "$dir/windows" || exit 1
    "$dir/fuzz" "$runs" "$seed" || exit 1
    "$dir/windows" $((runs / 10)) "$seed" || exit 1
    with="no feedback"
else
    echo "neither clang with libFuzzer nor another compiler with sanitizers here"
    exit 77
fi
echo "redaction of $runs inputs with $with: no crash, no secret left, nothing too long, seed $seed"
