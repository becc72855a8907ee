#!/usr/bin/env bash
# The specs that hold the engine against brute force and a model of its rules, with many random
# cases and one seed.  SEED=n repeats a run; a case that fails tells how to see it alone.
. spec/torture/common.bash
cases=$(choose 2000 100000)
seed=${SEED:-$((RANDOM * 32768 + RANDOM))}
echo "seed $seed"
tests=0
for name in search_property explain model redact; do
    log=$dir/$name
    if ! BERTH_CASES=$cases BERTH_SEED=$seed "$LUA" spec/support/busted.lua --ignore-lua \
        --output=spec/support/tally.lua "spec/${name}_spec.lua" >"$log" 2>&1 </dev/null; then
        tail -n 40 "$log"
        echo "$name does not hold for $cases cases with seed $seed"
        exit 1
    fi
    passed=$(sed -n 's/^\([0-9]*\) passed, 0 failed.*/\1/p' "$log" | tail -n 1)
    echo "$name: ${passed:?no test ran} tests"
    tests=$((tests + passed))
done
echo "$cases cases each for candidates, explanations, the model and each class of log lines: $tests tests hold, seed $seed"
