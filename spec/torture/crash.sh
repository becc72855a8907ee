#!/usr/bin/env bash
# Writers are killed with SIGKILL at random times, one or all; what is left must hold everything
# that was acknowledged and nothing that was not.
. spec/torture/common.bash
writers=$(choose 4 8) kills=$(choose 500 10000) every=$(choose 250 1000)

db=$dir/store.db
"$LUA" "$ADAPTER" init "$db" || exit 1
RANDOM=${SEED:-$$}
declare -a pids
started=0

start() { # number of the writer
    started=$((started + 1))
    "$LUA" "$ADAPTER" worker "$db" "w$1-$started" $((RANDOM * 32768 + RANDOM)) \
        "$dir/history-$started" 2>>"$dir/errors" &
    pids[$1]=$!
}
# Only what this script started is killed, by its number.
stop() {
    kill -KILL "${pids[$1]}" 2>/dev/null
    wait "${pids[$1]}" 2>/dev/null
    local status=$?
    if [ $status -ne 137 ] && [ $status -ne 0 ]; then
        echo "a writer ended by itself with status $status:"
        tail -n 3 "$dir/errors"
        exit 1
    fi
    done=$((done + 1))
}
cleanup() {
    local i
    exec 2>/dev/null # where the shell tells who was killed
    for ((i = 0; i < writers; i++)); do kill -KILL "${pids[i]}" 2>/dev/null; done
    wait
    rm -rf "$dir"
}

done=0 next=$every
for ((i = 0; i < writers; i++)); do start "$i"; done
while ((done < kills)); do
    sleep "0.0$(printf '%02d' $((RANDOM % 60)))"
    if ((RANDOM % 4 == 0)); then
        for ((i = 0; i < writers; i++)); do stop "$i"; done
        for ((i = 0; i < writers; i++)); do start "$i"; done
    else
        i=$((RANDOM % writers))
        stop "$i"
        start "$i"
    fi 2>/dev/null
    if ((done >= next || done >= kills)); then
        next=$((done + every))
        for ((i = 0; i < writers; i++)); do stop "$i"; done 2>/dev/null
        judge "$db" "$dir"/history-* || exit 1
        echo "$done kills: $verdict"
        for ((i = 0; i < writers; i++)); do start "$i"; done
    fi
done
echo "$done kills of $writers writers: $verdict"
