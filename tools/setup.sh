#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Finds what this machine lacks to build and test hwdb.
#   setup.sh check-build   names the packages that building needs and exits 2 when some are missing
#   setup.sh install-build installs those (as root, or through sudo without a password)
#   setup.sh install       installs what testing and measuring need as well
#   setup.sh flags         prints the compiler and linker flags as make variables
set -eu

libraries='lua5.4:liblua5.4-dev libcurl:libcurl4-openssl-dev libcrypto:libssl-dev libcjson:libcjson-dev
  sqlite3:libsqlite3-dev libmicrohttpd:libmicrohttpd-dev'
build_commands='gcc:gcc make:make pkg-config:pkg-config lua5.4:lua5.4'
test_commands='luarocks:luarocks luacheck:lua-check luajit:luajit nginx:nginx-light curl:curl openssl:openssl clang:clang
  valgrind:valgrind'
test_files='/usr/share/lua/5.4/busted/runner.lua:lua-busted /usr/lib/*/lua/5.4/cjson.so:lua-cjson
  /usr/lib/*/lua/5.4/luv.so:lua-luv /usr/include/stdio.h:libc6-dev
  /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a:libclang-rt-14-dev'

missing=''
need() { case " $missing " in *" $1 "*) ;; *) missing="${missing:+$missing }$1" ;; esac; }

find_build() {
  # nginx lives in /usr/sbin, which a plain user's PATH may lack.
  PATH=$PATH:/usr/sbin:/sbin
  for pair in $build_commands; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || need "${pair#*:}"
  done
  if command -v pkg-config >/dev/null 2>&1; then
    set --
    for pair in $libraries; do set -- "$@" "${pair%%:*}"; done
    pkg-config --exists "$@" && return 0
    for pair in $libraries; do pkg-config --exists "${pair%%:*}" || need "${pair#*:}"; done
  else
    for pair in $libraries; do need "${pair#*:}"; done
  fi
}

find_test() {
  for pair in $test_commands; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || need "${pair#*:}"
  done
  for pair in $test_files; do
    # shellcheck disable=SC2086 # the name is a pattern
    ls ${pair%%:*} >/dev/null 2>&1 || need "${pair#*:}"
  done
}

refuse() {
  echo "hwdb needs packages that this machine lacks. Install them with:" >&2
  echo "  apt-get install -y $missing" >&2
  exit 2
}

install_missing() {
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null 2>&1 || refuse
  as_root=''
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || refuse
    as_root='sudo -n'
  fi
  echo "Installing: $missing"
  log=$(mktemp)
  # RUNLEVEL=1: nginx is wanted as a program of the specs, not as a service.
  # shellcheck disable=SC2086 # both hold several words
  if ! { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
    apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    echo "The packages could not be installed; see above." >&2
    exit 2
  fi
  rm -f "$log"
}

case "${1:-}" in
  check-build) find_build; [ -z "$missing" ] || refuse ;;
  install-build) find_build; install_missing ;;
  install) find_build; find_test; install_missing ;;
  flags)
    echo "INCLUDES := $(pkg-config --cflags lua5.4 libcurl libcrypto libcjson sqlite3 libmicrohttpd)"
    echo "LIBS_CORE := $(pkg-config --libs libcurl libcrypto libcjson)"
    echo "LIBS_SQLITE := $(pkg-config --libs sqlite3)"
    echo "LIBS_HTTPD := $(pkg-config --libs libmicrohttpd)"
    echo "LUA_ARCHIVE := $(pkg-config --variable=libdir lua5.4)/liblua5.4.a"
    ;;
  *) echo "usage: setup.sh check-build|install-build|install|flags" >&2; exit 2 ;;
esac
