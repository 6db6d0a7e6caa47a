rockspec_format = "3.0"
package = "hwdb"
version = "scm-1"
source = {
  url = "git+file://.",
}
description = {
  summary = "Operates Huawei Cloud's DDM, DWS and DBSS from Lua",
  detailed = [[
    Signed calls to the three database services, runbooks for what takes hours, and a simulator of the cloud to rehearse on.
    Needs the development files of Lua 5.4, libcurl, OpenSSL, cJSON, SQLite and libmicrohttpd, found by pkg-config.
  ]],
  license = "Apache-2.0",
}
dependencies = {
  "lua ~> 5.4",
}
build = {
  type = "make",
  build_target = "all",
  install_target = "install-rock",
  build_variables = {
    BUILD = "build/rock",
    CFLAGS = "$(CFLAGS) -g",
    LUA = "$(LUA)",
  },
  install_variables = {
    BUILD = "build/rock",
    CFLAGS = "$(CFLAGS) -g",
    LUA = "$(LUA)",
    BINDIR = "$(BINDIR)",
    LUADIR = "$(LUADIR)",
    LUACDIR = "$(LIBDIR)",
  },
}
