#!/usr/bin/env bash
# Every allocation of every verb of the public face fails in turn, in memory and in a file, with a
# log and without.
. spec/torture/common.bash
read -r -a flags <<<"$(pkg-config --cflags lua5.4 2>/dev/null || echo -I/usr/include/lua5.4)"
if ! "${CC:-cc}" -O2 -shared -fPIC "${flags[@]}" -o "$dir/fault_malloc.so" \
    spec/torture/fault_malloc.c -ldl 2>"$dir/why"; then
    echo "the failing allocator cannot be built here"
    exit 77
fi
for target in $(choose :memory: ":memory: $dir/store.db"); do
    for log in "" log; do
        LUA_CPATH_5_4="$dir/?.so;${LUA_CPATH_5_4:-${LUA_CPATH:-;}}" \
            LD_PRELOAD="$dir/fault_malloc.so" "$LUA" spec/torture/face.lua "$target" $log || exit 1
    done
done
