# SPDX-License-Identifier: Apache-2.0
# Builds the library, the Lua module and the host into $(BUILD); CONTRIBUTING.md explains the targets.

VERSION := 0.1.0
SOVERSION := 0
BUILD ?= build
PREFIX ?= /usr/local
LUA ?= lua5.4
LUADIR ?= $(PREFIX)/share/lua/5.4
LUACDIR ?= $(PREFIX)/lib/lua/5.4
BINDIR ?= $(PREFIX)/bin
ARGS ?=

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

# What each part is made of. New files are picked up by their names.
host_src := $(wildcard src/main.c src/httpd.c src/host_*.c src/cmd_*.c)
glue_src := $(wildcard src/lua_*.c)
core_src := $(filter-out $(host_src) $(glue_src),$(wildcard src/*.c src/api/*.c))
stage_src := $(wildcard spec/support/*_module.c)
peer_src := $(wildcard bench/*.c)
lua_src := $(sort $(shell find lua scripts -name '*.lua' 2>/dev/null))

core_obj := $(core_src:%.c=$(BUILD)/obj/%.o)
# The journal is the runbook engine's: what binds the library alone needs no SQLite.
lib_obj := $(filter-out $(BUILD)/obj/src/store_%.o,$(core_obj))
glue_obj := $(glue_src:%.c=$(BUILD)/obj/%.o)
host_obj := $(host_src:%.c=$(BUILD)/obj/%.o)
stage_so := $(stage_src:spec/support/%_module.c=$(BUILD)/spec/%.so)
peer_bin := $(peer_src:bench/%.c=$(BUILD)/bench/%)

.SECONDARY: $(stage_src:%.c=$(BUILD)/obj/%.o) $(peer_src:%.c=$(BUILD)/obj/%.o)

libhwdb := $(BUILD)/libhwdb.a $(BUILD)/libhwdb.so.$(SOVERSION) $(BUILD)/libhwdb.so $(BUILD)/hwdb.pc
module := $(if $(glue_src),$(BUILD)/lua/hwdb/core.so)
host := $(if $(wildcard src/main.c),$(BUILD)/hwdb)

OPTIMISE ?= -O2 -g
CFLAGS ?= $(OPTIMISE)
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion -Wno-missing-field-initializers \
  $(if $(WERROR),-Werror)
HARDENING := -fstack-protector-strong $(if $(SANITIZE),,-D_FORTIFY_SOURCE=2)
sanitize := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
hw_cflags = -std=c11 -DHW_VERSION='"$(VERSION)"' -fPIC -fvisibility=hidden -Isrc -MMD -MP \
  $(WARNINGS) $(HARDENING) $(sanitize) $(CFLAGS)
hw_ldflags = -Wl,-z,relro,-z,now -Wl,--as-needed $(sanitize) $(LDFLAGS)

core_libs = $(LIBS_CORE) $(LIBS_SQLITE) -lpthread -lm
# The host carries its own Lua and shows its symbols, since C modules expect the program to bring them.
host_libs = $(LIBS_HTTPD) $(core_libs) -Wl,--whole-archive $(LUA_ARCHIVE) -Wl,--no-whole-archive -ldl

.PHONY: all deps demo torture test asan valgrind lint warnings exports layers count bench install env clean set-up module

all: $(libhwdb) $(module) $(host) $(stage_so)
module: $(module)

# The flags of the libraries come from pkg-config, once; a goal that may install what is missing does so first.
group := $(or $(if $(filter deps test asan valgrind fuzz lint bench docs,$(MAKECMDGOALS)),install),\
  $(if $(filter demo,$(MAKECMDGOALS)),install-build),check-build)
ifneq ($(filter-out clean env layers count,$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/config.mk
endif
$(BUILD)/config.mk: tools/setup.sh
	@mkdir -p $(@D)
	@sh tools/setup.sh $(group)
	@sh tools/setup.sh flags >$@

set-up:
	@sh tools/setup.sh install
deps: set-up

# A change of compiler or flags rebuilds everything.
flags_now = $(CC) $(hw_cflags) $(hw_ldflags) $(LIBS_CORE)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(flags_now))' | cmp -s - $@ || echo '$(subst ','\'',$(flags_now))' >$@
.PHONY: FORCE

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(hw_cflags) $(INCLUDES) -c -o $@ $<

$(BUILD)/libhwdb.a: $(lib_obj)
	@echo "  AR    $@"
	@rm -f $@ && ar rcsD $@ $^

$(BUILD)/libhwdb.so.$(SOVERSION): $(lib_obj)
	@echo "  LINK  $@"
	@printf 'HWDB_%s { global: hwdb_*; local: *; };\n' $(SOVERSION) >$(BUILD)/libhwdb.map
	@$(CC) -shared -o $@ $^ -Wl,-z,nodelete -Wl,-soname,libhwdb.so.$(SOVERSION) -Wl,--version-script=$(BUILD)/libhwdb.map $(if $(SANITIZE),,-Wl,-z,defs) $(hw_ldflags) $(core_libs)

$(BUILD)/libhwdb.so: $(BUILD)/libhwdb.so.$(SOVERSION)
	@ln -sf $(<F) $@

$(BUILD)/hwdb.pc: hwdb.pc.in FORCE
	@mkdir -p $(@D)
	@sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' $< >$@

# nodelete: what libcurl's libraries set up once cannot be taken back, so closing a Lua state leaves the module loaded.
$(BUILD)/lua/hwdb/core.so: $(core_obj) $(glue_obj)
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@printf '{ global: luaopen_hwdb_core; local: *; };\n' >$(BUILD)/core.map
	@$(CC) -shared -o $@ $^ -Wl,-z,nodelete -Wl,--version-script=$(BUILD)/core.map $(hw_ldflags) $(core_libs)

$(BUILD)/embedded.c: tools/embed.lua $(lua_src) $(BUILD)/lua_src
	@$(LUA) tools/embed.lua $(lua_src) >$@

# A removed Lua file must leave the host as well.
$(BUILD)/lua_src: FORCE
	@mkdir -p $(@D)
	@echo '$(lua_src)' | cmp -s - $@ || echo '$(lua_src)' >$@

$(BUILD)/embedded.o: $(BUILD)/embedded.c $(BUILD)/flags
	@$(CC) $(hw_cflags) -c -o $@ $<

$(BUILD)/hwdb: $(core_obj) $(glue_obj) $(host_obj) $(BUILD)/embedded.o
	@echo "  LINK  $@"
	@printf '{ lua_*; luaL_*; luaopen_*; };\n' >$(BUILD)/host.list
	@$(CC) -pie -o $@ $^ -Wl,--dynamic-list=$(BUILD)/host.list $(hw_ldflags) $(host_libs)

# spec/support/NAME_module.c becomes the Lua module NAME, for specs only: it reaches the stages inside the core.
$(BUILD)/spec/%.so: $(BUILD)/obj/spec/support/%_module.o $(core_obj)
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@printf '{ global: luaopen_*; local: *; };\n' >$(BUILD)/spec/$*.map
	@$(CC) -shared -o $@ $^ -Wl,-z,nodelete -Wl,--version-script=$(BUILD)/spec/$*.map $(hw_ldflags) $(core_libs)

$(BUILD)/bench/%: $(BUILD)/obj/bench/%.o $(BUILD)/libhwdb.a
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(CC) -pie -o $@ $^ $(hw_ldflags) $(core_libs)

paths = LUA_PATH='$(CURDIR)/lua/?.lua;$(CURDIR)/lua/?/init.lua;;' \
  LUA_CPATH='$(abspath $(BUILD))/lua/?.so;$(abspath $(BUILD))/spec/?.so;;'

env:
	@echo "export LUA_PATH='$(CURDIR)/lua/?.lua;$(CURDIR)/lua/?/init.lua;;'"
	@echo "export LUA_CPATH='$(CURDIR)/$(BUILD)/lua/?.so;;'"

demo: all
	@$(BUILD)/hwdb demo $(ARGS)

# HWDB_BUILD tells the specs which build they try; one that starts the host or compiles against the library looks there.
suite = HWDB_BUILD='$(abspath $(BUILD))' CC='$(strip $(CC) $(sanitize))' $(paths) $(LUA) spec/support/run.lua

test: all | set-up
	@$(suite) $(ARGS)

# Programs that the specs start as "lua5.4" get the sanitizer too, other programs do not: build/asan/bin/lua5.4.
asan: | set-up
	@$(MAKE) BUILD=build/asan SANITIZE=address,undefined CFLAGS='-O1 -g' asan-suite
.PHONY: asan-suite
asan-suite: all
	@sh tools/asan_lua.sh '$(CC)' $(abspath $(BUILD)/bin)
	@PATH='$(abspath $(BUILD)/bin)':"$$PATH" HWDB_SANITIZE=1 \
	  ASAN_OPTIONS=exitcode=99:detect_leaks=1:detect_stack_use_after_return=1 UBSAN_OPTIONS=exitcode=99:print_stacktrace=1 \
	  $(suite) $(ARGS)

# The whole sweep of kills, cuts and late effects; a bounded part of it is in the specs.
torture: all | set-up
	@HWDB_BUILD='$(abspath $(BUILD))' $(paths) $(LUA) spec/support/torture_all.lua $(BUILD)/hwdb

# Each pure stage that reads foreign bytes, fed with random ones beside its seeds: FUZZ_SECONDS each, one after the other.
FUZZ_SECONDS ?= 30
fuzz_names := $(patsubst spec/fuzz/%.c,%,$(wildcard spec/fuzz/*.c))
fuzz_core := $(addprefix src/,$(addsuffix .c,buf err word json uri pattern profile credentials login diagnose reply model)) $(wildcard src/api/*.c)
.PHONY: fuzz
fuzz: $(fuzz_names:%=$(BUILD)/fuzz/%)
	@for name in $(fuzz_names); do \
	  rm -rf $(BUILD)/fuzz/corpus && cp -r spec/fuzz/seeds/$$name $(BUILD)/fuzz/corpus || exit 1; \
	  echo "  FUZZ  $$name, $(FUZZ_SECONDS) s"; \
	  $(BUILD)/fuzz/$$name -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=5 -artifact_prefix=$(BUILD)/fuzz/$$name- \
	    $(BUILD)/fuzz/corpus >$(BUILD)/fuzz/$$name.log 2>&1 || { tail -40 $(BUILD)/fuzz/$$name.log; exit 1; }; \
	  tail -1 $(BUILD)/fuzz/$$name.log; \
	done

$(BUILD)/fuzz/%: spec/fuzz/%.c $(fuzz_core) $(wildcard src/*.h src/api/*.h) | set-up
	@mkdir -p $(@D)
	@echo "  CLANG $@"
	@clang -std=c11 -g -O1 -DHW_VERSION='"$(VERSION)"' -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
	  -Isrc $(INCLUDES) -o $@ $< $(fuzz_core) -lcjson

valgrind: all | set-up
	@HWDB_VALGRIND=1 $(suite) --valgrind $(ARGS)

# Pages made from the rows; committed, and held against the rows by the specs.
docs: module | set-up
	@mkdir -p docs/reference
	@$(paths) $(LUA) tools/reference.lua docs/reference
	@$(paths) $(LUA) tools/coverage.lua docs/coverage.md
	@$(paths) $(LUA) tools/runbooks.lua docs/runbooks.md

# Completion and checks for editors, made from the rows; installed beside the Lua files.
annotations: module
	@mkdir -p $(BUILD)/annotations
	@$(paths) $(LUA) tools/annotations.lua $(BUILD)/annotations
.PHONY: docs annotations

layers:
	@$(LUA) tools/layers.lua

count:
	@$(LUA) tools/count.lua

lint: layers count warnings | set-up
	@luacheck --quiet --no-color lua scripts spec tools
	@sh tools/exports.sh $(BUILD)/lint-gcc src/exports.txt
warnings: | set-up
	@$(MAKE) BUILD=build/lint-gcc CC=gcc WERROR=1 all
	@$(MAKE) BUILD=build/lint-clang CC=clang WERROR=1 all
exports: all
	@sh tools/exports.sh $(BUILD) src/exports.txt update

bench: all $(peer_bin) | set-up
	@HWDB_BUILD='$(abspath $(BUILD))' $(paths) $(LUA) bench/bench.lua $(ARGS)

destdir := $(DESTDIR)
install: all annotations
	install -d $(destdir)$(BINDIR) $(destdir)$(PREFIX)/lib/pkgconfig $(destdir)$(PREFIX)/include $(destdir)$(LUACDIR)/hwdb $(destdir)$(PREFIX)/share/hwdb
	$(if $(host),install -m 755 $(BUILD)/hwdb $(destdir)$(BINDIR)/hwdb)
	install -m 644 $(BUILD)/libhwdb.a $(destdir)$(PREFIX)/lib/libhwdb.a
	install -m 755 $(BUILD)/libhwdb.so.$(SOVERSION) $(destdir)$(PREFIX)/lib/libhwdb.so.$(SOVERSION)
	ln -sf libhwdb.so.$(SOVERSION) $(destdir)$(PREFIX)/lib/libhwdb.so
	install -m 644 $(BUILD)/hwdb.pc $(destdir)$(PREFIX)/lib/pkgconfig/hwdb.pc
	install -m 644 src/hwdb.h $(destdir)$(PREFIX)/include/hwdb.h
	$(if $(module),install -m 755 $(module) $(destdir)$(LUACDIR)/hwdb/core.so)
	cd lua && find . -name '*.lua' -exec install -D -m 644 '{}' '$(destdir)$(abspath $(LUADIR))/{}' ';'
	install -d '$(destdir)$(abspath $(LUADIR))/hwdb/meta'
	install -m 644 $(BUILD)/annotations/*.lua '$(destdir)$(abspath $(LUADIR))/hwdb/meta'
	find scripts -name '*.lua' -exec install -D -m 644 '{}' '$(destdir)$(abspath $(PREFIX))/share/hwdb/{}' ';'

# For LuaRocks: what the rock holds, into the folders it names.
.PHONY: install-rock
install-rock: all annotations
	install -D -m 755 $(module) '$(LUACDIR)/hwdb/core.so'
	$(if $(host),install -D -m 755 $(BUILD)/hwdb '$(BINDIR)/hwdb')
	cd lua && find . -name '*.lua' -exec install -D -m 644 '{}' '$(abspath $(LUADIR))/{}' ';'
	install -d '$(abspath $(LUADIR))/hwdb/meta'
	install -m 644 $(BUILD)/annotations/*.lua '$(abspath $(LUADIR))/hwdb/meta'

clean:
	rm -rf build

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
