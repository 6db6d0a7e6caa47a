#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# asan_lua.sh CC FOLDER: writes FOLDER/lua5.4, the stock interpreter with the address sanitizer loaded first, so that it can
# load a core.so built with it. A small library takes LD_PRELOAD away again: programs started by it run as they are.
set -eu
cc=$1 folder=$2
mkdir -p "$folder"
runtime=$($cc -print-file-name=libasan.so)
case $runtime in
  /*) ;;
  *) echo "asan_lua.sh: $cc has no libasan.so; use CC=gcc" >&2; exit 2 ;;
esac
cat >"$folder/alone.c" <<'END'
#include <stdlib.h>
__attribute__((constructor)) static void alone(void) {
  unsetenv("LD_PRELOAD");
}
END
$cc -shared -fPIC -o "$folder/alone.so" "$folder/alone.c"
cat >"$folder/lua5.4" <<END
#!/bin/sh
LD_PRELOAD='$runtime $folder/alone.so' exec '$(PATH=${PATH#"$folder":} command -v lua5.4)' "\$@"
END
chmod +x "$folder/lua5.4"
