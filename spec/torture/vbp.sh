#!/usr/bin/env bash
# Vector bin packing through the public face (see vbp.lua).
#   vbp.sh quick    random instances against a packer of a few lines
#   vbp.sh long     every instance below $BERTH_VBP: folders or archives of .vbp files, and tables
#                   *-results.tsv[.gz] of published answers; skipped when the variable is not set
set -eu
here=$(cd "$(dirname "$0")" && pwd)
lua=${LUA:-lua5.4}
case ${1:-quick} in
quick) exec "$lua" "$here/vbp.lua" quick ;;
esac
[ -n "${BERTH_VBP:-}" ] || { echo "BERTH_VBP names no folder of instances"; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for archive in "$BERTH_VBP"/*.tar.gz; do
    [ -e "$archive" ] && tar -xzf "$archive" -C "$scratch"
done
find "$scratch" "$BERTH_VBP" -name '*.vbp' -type f | LC_ALL=C sort >"$scratch/instances"
find "$BERTH_VBP" -maxdepth 1 \( -name '*-results.tsv' -o -name '*-results.tsv.gz' \) | LC_ALL=C sort >"$scratch/tables"
"$lua" "$here/vbp.lua" long "$scratch/instances" "$scratch/tables"
