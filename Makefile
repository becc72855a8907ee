# Builds, checks and installs berth.  `make help` lists what can be asked for.
#
# Everything made lands under $(BUILD): objects in obj/, the one module in lib/berth/core.so and the
# runnable command in berth.  Settings (compiler, flags, places) are remembered there, so that a
# changed setting rebuilds what it touches and an unchanged one rebuilds nothing.

CC            ?= cc
PKG_CONFIG    ?= pkg-config
CFLAGS        ?= -O2 -g
WERROR        ?= -Werror
SANITIZE      ?=
BUILD         ?= build
PREFIX        ?= /usr/local
LUA_VERSION   ?= 5.4
SPEC          ?=
V             ?=

# The interpreter bears its version in its name on some systems and not on others.
ifeq ($(LUA),)
LUA := $(or $(shell for lua in lua$(LUA_VERSION) lua$(subst .,,$(LUA_VERSION)) lua; do \
    $$lua -e 'os.exit(_VERSION == "Lua $(LUA_VERSION)")' 2>/dev/null && command -v $$lua && break; \
    done),lua$(LUA_VERSION))
endif

LUA_SUFFIX := $(subst .,_,$(LUA_VERSION))
OBJ        := $(BUILD)/obj
MODULE     := $(BUILD)/lib/berth/core.so
POLICIES   := $(BUILD)/lib/berth/policies
COMMAND    := $(BUILD)/berth

SOURCES := $(sort $(wildcard $(addsuffix /*.c,c/core c/store c/log c/policy c/lua)))
HEADERS := $(sort $(wildcard c/*/*.h))
OBJECTS := $(SOURCES:c/%.c=$(OBJ)/%.o)

# A Lua module for the specs alone: what fails on purpose, linked with floors of its own.
FIXTURES        := $(BUILD)/lib/berth_test.so
FIXTURE_OBJECTS := $(patsubst spec/support/%.c,$(BUILD)/fixtures/%.o,$(wildcard spec/support/*.c))
FIXTURE_FLOORS  := $(filter $(OBJ)/core/% $(OBJ)/store/%,$(OBJECTS))

# Where the tree keeps what `require` looks for; `;;` keeps whatever was there before.
TREE         := $(CURDIR)
OUT          := $(abspath $(BUILD))
TREE_PATH    := $(TREE)/lua/?.lua;$(TREE)/lua/?/init.lua;$(OUT)/lib/?.lua
TREE_CPATH   := $(OUT)/lib/?.so
quote         = '$(subst ','\'',$(1))'
keep          = "$${$(1)_$(LUA_SUFFIX):-$${$(1):-;}}"
FIND_LUA      = LUA_PATH_$(LUA_SUFFIX)=$(call quote,$(TREE_PATH);)$(call keep,LUA_PATH)
FIND_C        = LUA_CPATH_$(LUA_SUFFIX)=$(call quote,$(TREE_CPATH);)$(call keep,LUA_CPATH)
FIND_COMMAND  = PATH=$(call quote,$(OUT)):"$$PATH"
IN_TREE       = $(FIND_LUA) $(FIND_C) $(FIND_COMMAND)

# --- flags ----------------------------------------------------------------------------------------

BASE := -std=c11 -fPIC -Ic -Ic/include
WARN := -Wall -Wextra -Wpedantic -Wformat=2 -Wconversion -Wsign-conversion -Wshadow -Wvla \
        -Wstrict-prototypes -Wmissing-prototypes -Wimplicit-fallthrough -Wnull-dereference \
        -Wundef -Wcast-qual
# Each of these is asked of the compiler once; what it does not know is left out.
HARDEN_WANTED := -fvisibility=hidden -fexceptions -fstack-protector-strong -fstack-clash-protection \
        -fcf-protection=full -fno-delete-null-pointer-checks -fno-strict-overflow \
        -fno-strict-aliasing -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr \
        -Wtrampolines -Wbidi-chars=any -Wlogical-op -Wduplicated-cond -Warith-conversion -Walloca
LINK_WANTED := -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed \
        -Wl,--no-copy-dt-needed-entries
# The redactor looks at every byte that is logged: it is compiled for speed, as one program, where the
# compiler knows all of these.  Its objects are code as well, so that they can be warned of and looked
# at.  Whoever sets CFLAGS decides otherwise.
FAST_WANTED := -O3 -flto=auto -ffat-lto-objects
OPTIMIZE = $(if $(filter file,$(origin CFLAGS)),$(FAST))
# Fortified functions need an optimiser and get in a sanitizer's way.
FORTIFY := $(if $(SANITIZE)$(filter -O0,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
CHECKED := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer)

ifeq ($(shell uname -s),Darwin)
SHARED := -bundle -undefined dynamic_lookup
else
SHARED := -shared
endif

COMPILE = $(CC) $(BASE) $(WARN) $(WERROR) $(HARDEN) $(FORTIFY) $(CPPFLAGS) $(CFLAGS) $(CHECKED) \
          $(LIB_CFLAGS) $(LUA_HERE) $(HERE)
# What is optimised at the end is hardened there.
LINK    = $(CC) $(SHARED) $(CFLAGS) $(OPTIMIZE) $(filter -f%,$(HARDEN)) $(CHECKED) $(LINK_HARDEN) \
          $(LDFLAGS)

$(OBJ)/log/%.o: HERE = $(OPTIMIZE)

# Two floors may know Lua; the others would not even find its headers.
$(OBJ)/policy/%.o $(OBJ)/lua/%.o $(BUILD)/fixtures/%.o: LUA_HERE = $(LUA_CFLAGS)
# What all are compiled with is remembered, whichever of them asks for it.
$(OBJ)/flags: HERE =
$(OBJ)/flags: LUA_HERE =

# `make V=1` shows the commands.
ifeq ($(V),)
quietly = @echo '  $(1)';
endif

# --- the build ------------------------------------------------------------------------------------

.PHONY: all fixtures help env deps demo test specs asan valgrind lint format doc bench torture torture-long fuzz \
        install rockspec-sources clean FORCE
.DELETE_ON_ERROR:

all: $(MODULE) $(COMMAND) $(POLICIES)
fixtures: $(FIXTURES)

# Goals that compile nothing themselves need no compiler to be started.
COMPILING := $(filter all fixtures install valgrind bench torture torture-long $(BUILD)/%,$(or $(MAKECMDGOALS),all))
ifneq ($(COMPILING),)
include $(OBJ)/probed.mk
endif

# What was probed depends on the compiler and the places asked for, and only on them.
$(OBJ)/probed.mk: $(OBJ)/compiler
	@command -v $(firstword $(CC)) >/dev/null || \
	    { echo "no C compiler '$(firstword $(CC))': 'make deps' installs what is missing" >&2; exit 1; }
	@CC=$(call quote,$(CC)) PKG_CONFIG=$(call quote,$(PKG_CONFIG)) LUA_VERSION=$(LUA_VERSION) \
	    LUA_INCDIR=$(call quote,$(LUA_INCDIR)) sh .ci/probe \
	    "$(HARDEN_WANTED)" "$(LINK_WANTED)" "$(FAST_WANTED)" >$@.new
	@mv $@.new $@

# A remembered setting is rewritten, and so newer, only when it differs.
remember = @mkdir -p $(@D); printf '%s\n' $(1) | cmp -s - $@ || printf '%s\n' $(1) >$@
$(OBJ)/compiler: FORCE
	$(call remember,$(call quote,$(CC) $(LUA_VERSION) $(LUA_INCDIR) $(PKG_CONFIG) $(HARDEN_WANTED) $(FAST_WANTED)))
$(OBJ)/flags: FORCE
	$(call remember,$(call quote,$(COMPILE) $(LUA_CFLAGS) $(OPTIMIZE)))
$(OBJ)/link: FORCE
	$(call remember,$(call quote,$(LINK) $(OBJECTS) $(LIBS)))
$(OBJ)/place: FORCE
	$(call remember,$(call quote,$(TREE) $(OUT) $(LUA)))

$(OBJ)/%.o: c/%.c $(OBJ)/flags
	@mkdir -p $(@D)
	$(call quietly,CC   $<)$(COMPILE) -MMD -MP -c -o $@ $<

$(MODULE): $(OBJECTS) $(OBJ)/link
	@mkdir -p $(@D)
	$(call quietly,LINK $@)$(LINK) -o $@ $(OBJECTS) $(LIBS)

$(BUILD)/fixtures/%.o: spec/support/%.c $(OBJ)/flags
	@mkdir -p $(@D)
	$(call quietly,CC   $<)$(COMPILE) -MMD -MP -c -o $@ $<

$(FIXTURES): $(FIXTURE_OBJECTS) $(FIXTURE_FLOORS) $(OBJ)/link
	@mkdir -p $(@D)
	$(call quietly,LINK $@)$(LINK) -o $@ $(FIXTURE_OBJECTS) $(FIXTURE_FLOORS) $(LIBS)

# Shipped policies are modules (berth.policies.<name>) here exactly as in an installed berth.
$(POLICIES): $(OBJ)/place
	@mkdir -p $(@D)
	@ln -sfn $(call quote,$(TREE)/policies) $@ && touch -h $@

$(COMMAND): $(OBJ)/place
	@mkdir -p $(@D)
	@printf '%s\n' '#!/bin/sh' '# Runs berth from its source tree, in any directory.' \
	    $(call quote,$(FIND_LUA) \) $(call quote,$(FIND_C) \) \
	    $(call quote,exec $(LUA) $(call quote,$(TREE)/lua/berth/cli/main.lua) "$$@") >$@
	@chmod +x $@

-include $(OBJECTS:.o=.d) $(FIXTURE_OBJECTS:.o=.d)

help:
	@sed -n 's/^# make //p' Makefile

# --- what can be asked for ------------------------------------------------------------------------
# make                  build the module and build/berth
# make env              shell lines that let lua5.4 and busted find berth: eval "$(make -s env)"
# make deps             install what is missing (Debian and its relatives), or say what is
# make demo             replay a fleet of GPU nodes with quotas on a SQLite file, draw a picture
# make test             install what is missing, build, run all specs; SPEC=file runs some
# make fixtures         build what specs need besides: failing disks and memory
# make specs            run the specs of a tree that is built, with its fixtures
# make asan, valgrind   run the specs under AddressSanitizer and UBSan, or under valgrind
# make lint             luacheck, both compilers with warnings as errors, cppcheck when installed
# make format           lay out the C sources as .clang-format says
# make doc              API pages in build/doc
# make bench            every benchmark in spec/bench
# make torture          quick torture legs; torture-long: the long ones
# make fuzz             the redactor under libFuzzer; RUNS=n, CORPUS=folder
# make install          into PREFIX (default /usr/local), under DESTDIR
# make rockspec-sources bring the rockspec's module list up to date
# make clean            remove build/

env:
	@printf 'export %s\n' $(call quote,$(FIND_LUA)) $(call quote,$(FIND_C)) $(call quote,$(FIND_COMMAND))

# A build begun by another goal uses every processor, unless this make was told how many.
WHOLE_BUILD = $(MAKE) --no-print-directory all \
    $(if $(findstring j,$(firstword -$(MAKEFLAGS))),,-j$(shell getconf _NPROCESSORS_ONLN))

deps:
	@sh .ci/deps run test

demo:
	@sh .ci/deps run
	@$(WHOLE_BUILD)
	@mkdir -p $(BUILD)/demo && rm -f $(BUILD)/demo/fleet.db*
	@$(COMMAND) replay --demo --store $(BUILD)/demo/fleet.db --report $(BUILD)/demo/report.svg

test:
	@sh .ci/deps run test
	@$(WHOLE_BUILD) fixtures
	@$(MAKE) --no-print-directory specs

# A run in which fewer tests ran than there are spec files has gone wrong, however green.
SPEC_FILES := $(wildcard spec/*_spec.lua spec/*/*_spec.lua)
# The runner is busted's own, started under the right Lua whatever `busted` on the PATH runs on.
BUSTED = $(LUA) spec/support/busted.lua --ignore-lua --cpath=$(call quote,$(TREE_CPATH)) \
         --output=spec/support/tally.lua $(TAGS) $(SPEC)
# A checker has nothing to find in specs that build and install.
UNPACKED = TAGS=--exclude-tags=build
# Specs that call make get the settings of this run, but not its job slots.
specs:
	@unset MAKELEVEL; $(IN_TREE) CC=$(call quote,$(CC)) MAKEFLAGS=$(call quote,$(if $(MAKEOVERRIDES),-- $(MAKEOVERRIDES))) \
	    TALLY_MINIMUM=$(if $(SPEC),1,$(words $(SPEC_FILES))) $(CHECKER) $(BUSTED)

ASAN_CC = gcc
asan:
	@$(WHOLE_BUILD) BUILD=build/asan CC=$(ASAN_CC) SANITIZE=address,undefined CFLAGS='-O1 -g' \
	    fixtures
	@LD_PRELOAD="$$($(ASAN_CC) -print-file-name=libasan.so) $$($(ASAN_CC) -print-file-name=libubsan.so)" \
	    ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
	    $(MAKE) --no-print-directory BUILD=build/asan $(UNPACKED) specs

VALGRIND = valgrind -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=9
valgrind: all fixtures
	@$(MAKE) --no-print-directory CHECKER='$(VALGRIND)' $(UNPACKED) specs

# Programs of benchmarks are linked with the floors they measure.
REDACT_BENCH := $(wildcard spec/bench/redact*.c)
$(BUILD)/bench/redact: $(REDACT_BENCH) spec/bench/redact.h $(filter $(OBJ)/core/% $(OBJ)/log/%,$(OBJECTS))
	@mkdir -p $(@D)
	$(call quietly,LINK $@)$(COMPILE) $(filter -flto%,$(OPTIMIZE)) -o $@ $(filter %.c %.o,$^) $(LIBS)

bench: all $(BUILD)/bench/redact
	@$(IN_TREE) BENCHES=$(call quote,$(OUT)/bench) sh spec/support/benches.sh

torture: all fixtures
	@$(IN_TREE) CC=$(call quote,$(CC)) sh spec/support/legs.sh quick
torture-long: all fixtures
	@$(IN_TREE) CC=$(call quote,$(CC)) sh spec/support/legs.sh long

fuzz:
	@CC=$(call quote,$(CC)) bash spec/torture/fuzz.sh long

# Both compilers build everything: some warnings come only from the optimiser.
lint:
	luacheck -q lua spec policies
	@set -e; for cc in gcc clang; do \
	    if command -v $$cc >/dev/null; then echo "warnings of $$cc"; \
	        $(MAKE) --no-print-directory -s BUILD=build/lint-$$cc CC=$$cc WERROR=-Werror \
	            build/lint-$$cc/lib/berth/core.so fixtures; \
	    else echo "no $$cc here: its warnings are not checked"; fi; done
	@if command -v cppcheck >/dev/null; then echo cppcheck; \
	    cppcheck -q --std=c11 --error-exitcode=1 --inline-suppr --enable=warning,portability \
	        --suppress=missingIncludeSystem -Ic -Ic/include c; fi

format:
	clang-format -i $(SOURCES) $(HEADERS)

doc:
	ldoc -q -c .config.ld -d $(BUILD)/doc .

# --- installing -----------------------------------------------------------------------------------

INSTALL  ?= install
LUA_DIR   = $(PREFIX)/share/lua/$(LUA_VERSION)
LUA_LIB   = $(PREFIX)/lib/lua/$(LUA_VERSION)
BINDIR    = $(PREFIX)/bin
LUA_FILES = $(wildcard lua/berth/*.lua lua/berth/*/*.lua)

install: all
	$(INSTALL) -d "$(DESTDIR)$(LUA_DIR)/berth/policies" "$(DESTDIR)$(LUA_LIB)/berth" "$(DESTDIR)$(BINDIR)"
	@set -e; for file in $(LUA_FILES); do \
	    $(INSTALL) -d "$(DESTDIR)$(LUA_DIR)/$$(dirname $${file#lua/})"; \
	    $(INSTALL) -m 644 $$file "$(DESTDIR)$(LUA_DIR)/$${file#lua/}"; done
	$(INSTALL) -m 644 $(wildcard policies/*.lua) "$(DESTDIR)$(LUA_DIR)/berth/policies"
	$(INSTALL) -m 755 $(MODULE) "$(DESTDIR)$(LUA_LIB)/berth/core.so"
	@printf '%s\n' '#!/bin/sh' \
	    'LUA_PATH_$(LUA_SUFFIX)="$(LUA_DIR)/?.lua;$(LUA_DIR)/?/init.lua;$${LUA_PATH_$(LUA_SUFFIX):-$${LUA_PATH:-;}}" \' \
	    'LUA_CPATH_$(LUA_SUFFIX)="$(LUA_LIB)/?.so;$${LUA_CPATH_$(LUA_SUFFIX):-$${LUA_CPATH:-;}}" \' \
	    'exec $(LUA) "$(LUA_DIR)/berth/cli/main.lua" "$$@"' >"$(DESTDIR)$(BINDIR)/berth"
	@chmod 755 "$(DESTDIR)$(BINDIR)/berth"

rockspec-sources:
	$(LUA) .ci/rockspec.lua berth-*.rockspec

clean:
	rm -rf build
