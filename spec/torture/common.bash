# common.bash - what the torture legs share; sourced, from the root of a built tree.
# A leg is run as `bash spec/torture/<name>.sh quick|long`; its last line tells what it tried.
set -u
LUA=${LUA:-lua5.4}
ADAPTER=spec/torture/adapter.lua
mode=${1:-quick}
case $mode in quick | long) ;; *) echo "usage: $0 quick|long" >&2; exit 2 ;; esac

# A RAM disk is ten times faster and loses nothing: what a disk loses is modelled.
place=${TORTURE_DIR:-/dev/shm}
[ -d "$place" ] || place=${TMPDIR:-/tmp}
dir=$(mktemp -d "$place/berth-torture.XXXXXX") || exit 1
cleanup() { rm -rf "$dir"; }
trap cleanup EXIT
trap 'exit 130' INT TERM

# choose QUICK LONG
choose() { if [ "$mode" = quick ]; then echo "$1"; else echo "$2"; fi; }

# judge DB HISTORY...: opens the store without faults, says what does not hold; its last line
# stays in $verdict.
judge() {
    local db=$1
    shift
    env -u BERTH_FAULT -u BERTH_CHECKPOINT "$LUA" "$ADAPTER" dump "$db" >"$dir/snapshot" 2>"$dir/why"
    if ! "$LUA" spec/torture/judge.lua "$dir/snapshot" "$@" >"$dir/verdict" 2>&1; then
        head -n 12 "$dir/verdict" "$dir/why"
        return 1
    fi
    verdict=$(tail -n 1 "$dir/verdict")
}
