#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs one spec file for run.lua and prints "STATUS BASE FILE" when it has ended; BASE.log and BASE.result tell the rest.
# The user's own credentials, endpoints, proxies and home are kept out of it.
base=$HWDB_RESULTS/$(echo "$1" | tr '/ ' '__')
for name in $(env | sed -n 's/^\(HUAWEICLOUD_[A-Za-z0-9_]*\|HW_[A-Za-z0-9_]*\|OS_[A-Z_]*\|HWDB_ENDPOINT_[A-Z]*\|[A-Za-z]*_[Pp][Rr][Oo][Xx][Yy]\)=.*/\1/p'); do
  unset "$name"
done
mkdir -p "$base.home"
HOME=$base.home HWDB_RESULT=$base.result LC_ALL=C.UTF-8 TZ=UTC
export HOME HWDB_RESULT LC_ALL TZ
# What the Makefile sets; here for one who starts run.lua by hand.
: "${HWDB_BUILD:=$PWD/build}"
: "${LUA_PATH:=$PWD/lua/?.lua;$PWD/lua/?/init.lua;;}"
: "${LUA_CPATH:=$HWDB_BUILD/lua/?.so;$HWDB_BUILD/spec/?.so;;}"
export HWDB_BUILD LUA_PATH LUA_CPATH
# Lua 5.4 prefers the latter two to LUA_PATH and LUA_CPATH.
unset LUA_INIT LUA_INIT_5_4 LUA_PATH_5_4 LUA_CPATH_5_4
unset XDG_CONFIG_HOME XDG_STATE_HOME XDG_DATA_HOME NO_COLOR CLICOLOR_FORCE SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE

limit=300
set -- "$1" lua5.4 spec/support/run.lua --one "$1"
file=$1
shift
if [ -n "$HWDB_VALGRIND" ]; then
  limit=1200
  set -- valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect \
    --suppressions=spec/support/valgrind.supp "$@"
elif [ -n "$HWDB_SANITIZE" ]; then
  limit=600
fi
timeout -k 5 "$limit" "$@" >"$base.log" 2>&1 </dev/null
echo "$? $base $file"
