#!/usr/bin/env bash
# Every call of the disk fails in turn under a short run of one writer, in every way a disk can
# fail; after each the store is opened without faults and judged by what the writer was told.
. spec/torture/common.bash
operations=$(choose 8 20)

"$LUA" "$ADAPTER" init "$dir/template.db" || exit 1
runs=0 unknown=0

# attempt PLAN: one run under it; its history is judged.
attempt() {
    rm -f "$dir"/store.db* "$dir/history"
    cp "$dir/template.db" "$dir/store.db"
    : >"$dir/history"
    BERTH_BUSY=50 BERTH_FAULT="$1" timeout 60 "$LUA" "$ADAPTER" worker "$dir/store.db" w 7 \
        "$dir/history" "$operations" 2>"$dir/errors"
    local status=$?
    case $status in
    0 | 4 | 137) ;;
    *)
        echo "$1: the writer ended with status $status"
        tail -n 3 "$dir/errors"
        exit 1
        ;;
    esac
    if ! judge "$dir/store.db" "$dir/history"; then
        echo "under $1"
        exit 1
    fi
    runs=$((runs + 1))
    case $verdict in *" 0 unknown"*) ;; *) unknown=$((unknown + 1)) ;; esac
}

# points CALLS: how many of these calls one run makes.
points() {
    rm -f "$dir"/store.db*
    cp "$dir/template.db" "$dir/store.db"
    "$LUA" - "$1" "$dir/store.db" "$dir/history" "$operations" <<'END'
local calls, db, history, operations = table.unpack(arg)
local test = require "berth_test"
arg = { [0] = arg[0], "worker", db, "w", "7", history, operations }
test.vfs { kind = "error", calls = calls }
dofile "spec/torture/adapter.lua"
print((test.vfs()))
END
}

writing=write,sync,truncate
all=$writing,read,size,lock,open,delete,map,maplock
for kind in error full short; do
    calls=$all
    [ $kind = error ] || calls=$writing,map
    total=$(points $calls)
    for sticky in 0 1; do
        for ((at = 1; at <= total; at++)); do
            attempt "kind=$kind calls=$calls at=$at sticky=$sticky"
        done
    done
done
failing="$runs runs with failing calls ($unknown with an unknown answer)"

runs=0
total=$(points $writing)
for ((at = 1; at <= total; at++)); do
    for ((seed = 1; seed <= $(choose 5 20); seed++)); do
        attempt "kind=cut calls=$writing at=$at seed=$((at * 31 + seed))"
    done
done
echo "$failing, $runs power cuts: all held"
