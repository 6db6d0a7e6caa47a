#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# exports.sh BUILD LIST: the symbols that the library and the Lua module show are exactly those of LIST.
# "exports.sh BUILD LIST update" writes the list anew.
set -eu
build=$1 list=$2
found=$(for file in "$build"/libhwdb.so.0 "$build"/lua/hwdb/core.so; do
  nm -D --defined-only "$file" | awk -v file="${file##*/}" '$2 ~ /[A-Z]/ && $2 != "A" { sub(/@.*/, "", $3); print file, $3 }'
done | LC_ALL=C sort)
if [ "${3:-}" = update ]; then
  echo "$found" >"$list"
  exit 0
fi
if ! echo "$found" | diff -u "$list" -; then
  echo "exports.sh: the exported symbols differ from $list; where that is meant: make exports" >&2
  exit 1
fi
