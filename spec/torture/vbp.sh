#!/usr/bin/env bash
# Vector bin packing through the public face (see vbp.lua).
#   vbp.sh quick    random instances against a packer of a few lines
#   vbp.sh long     each $BERTH_VBP/NAME-results.tsv[.gz] of published answers on the instances of
#                   $BERTH_VBP/NAME-*.tar.gz (.vbp files); skipped when the variable is not set
set -eu
here=$(cd "$(dirname "$0")" && pwd)
lua=${LUA:-lua5.4}
case ${1:-quick} in
quick) exec "$lua" "$here/vbp.lua" quick ;;
esac
[ -n "${BERTH_VBP:-}" ] || { echo "BERTH_VBP names no folder of instances"; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
pairs=()
for table in "$BERTH_VBP"/*-results.tsv*; do
    [ -e "$table" ] || continue
    name=$(basename "$table")
    name=${name%-results.tsv*}
    mkdir -p "$scratch/$name"
    for archive in "$BERTH_VBP/$name"-*.tar.gz; do
        [ -e "$archive" ] && tar -xzf "$archive" -C "$scratch/$name"
    done
    find "$scratch/$name" -name '*.vbp' -type f | LC_ALL=C sort >"$scratch/$name.list"
    pairs+=("$table" "$scratch/$name.list")
done
"$lua" "$here/vbp.lua" long "${pairs[@]}"
