#!/bin/sh
# Runs every torture leg: each script spec/torture/<name>.sh with the word `quick` or `long`.  A leg
# passes when it exits 0, is skipped when it exits 77, and its last line of output tells what it
# tried.  Whole output: build/torture/<name>.log.  Ends with `N passed, N failed, N skipped`.
set -u
mode=${1:-quick}
logs=build/torture
mkdir -p "$logs"
passed=0 failed=0 skipped=0
for leg in spec/torture/*.sh; do
    [ -e "$leg" ] || continue
    name=$(basename "$leg" .sh)
    log=$logs/$name.log
    began=$(date +%s)
    bash "$leg" "$mode" >"$log" 2>&1 </dev/null
    status=$?
    took=$(($(date +%s) - began))
    case $status in
    0) passed=$((passed + 1)) verdict=ok ;;
    77) skipped=$((skipped + 1)) verdict=skipped ;;
    *) failed=$((failed + 1)) verdict=FAILED ;;
    esac
    printf '%-8s %-24s %4d s  %s\n' "$verdict" "$name" "$took" "$(tail -n 1 "$log")"
    [ "$verdict" = FAILED ] && tail -n 20 "$log"
done
if [ $((passed + failed + skipped)) = 0 ]; then
    echo "no leg ran"
    failed=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
