#!/usr/bin/env bash
# Three writers that each checkpoint after every commit, with naps just before a checkpoint takes
# its lock and just after it read the log's header: the moments in which SQLite before 3.51.3 can
# lose commits when a writer starts the log afresh.
. spec/torture/common.bash
seconds=$(choose 40 1800) writers=3
RANDOM=${SEED:-$$}
declare -a pids=()
cleanup() {
    local pid
    exec 2>/dev/null # where the shell tells who was killed
    for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null; done
    wait
    rm -rf "$dir"
}

rounds=0 began=$SECONDS writes=0
while ((SECONDS - began < seconds)); do
    rm -f "$dir"/store.db* "$dir"/history-*
    "$LUA" "$ADAPTER" init "$dir/store.db" || exit 1
    pids=()
    for ((i = 0; i < writers; i++)); do
        BERTH_CHECKPOINT=1 \
            BERTH_FAULT="kind=nap calls=checkpoint,header at=2 longest=3000 seed=$RANDOM" \
            "$LUA" "$ADAPTER" worker "$dir/store.db" "w$i" "$RANDOM" "$dir/history-$i" 150 &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do
        wait "$pid" || { echo "a writer failed"; exit 1; }
    done
    pids=()
    judge "$dir/store.db" "$dir"/history-* || { echo "in round $((rounds + 1))"; exit 1; }
    rounds=$((rounds + 1))
    writes=$((writes + ${verdict%% *}))
done
echo "$rounds rounds of $writers writers, $writes writes, a checkpoint after each: all held"
