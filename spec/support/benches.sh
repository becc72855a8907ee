#!/bin/sh
# Runs every benchmark, spec/bench/*.lua under $LUA and spec/bench/*.sh under sh, one after another;
# each prints its own figures.  Fails when one of them failed.
set -u
failed=0
for bench in spec/bench/*.lua spec/bench/*.sh; do
    [ -e "$bench" ] || continue
    echo "== $(basename "$bench")"
    case $bench in
    *.lua) ${LUA:-lua5.4} "$bench" || failed=1 ;;
    *.sh) bash "$bench" || failed=1 ;;
    esac
done
exit $failed
