# Thin front end over CMake. On a fresh Debian 12, `make demo` and `make test` install what is missing.
# `make help` lists the targets: the comment behind each.
BUILD ?= build
TEST_BUILD ?= build-test
GENERATOR ?= Ninja
PREFIX ?= /usr/local
C_FILES = find abi bench cmake examples loader src tests -name '*.[ch]'
.NOTPARALLEL:
.DEFAULT_GOAL := all
.PHONY: all help packages demo test install dist deb check-deb soak mutants coverage fuzz keys format check-format bench bench-docs clean

all: ## the program, BUILD/extload
	@scripts/packages.sh build
	@cmake -S . -B $(BUILD) -G $(GENERATOR) -DCMAKE_BUILD_TYPE=Release >$(BUILD).log 2>&1 || { cat $(BUILD).log; exit 1; }
	@cmake --build $(BUILD) -- --quiet

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]*:.*## / { printf "%-13s %s\n", $$1, $$2 }' Makefile

install: all ## into PREFIX (/usr/local): program, data, man pages, completions, documents; below DESTDIR if given
	@umask 022; DESTDIR=$(DESTDIR) cmake --install $(BUILD) --prefix $(abspath $(PREFIX)) >$(BUILD).log || { cat $(BUILD).log; exit 1; }
	@echo "installed $(DESTDIR)$(abspath $(PREFIX))/bin/extload"

dist: ## BUILD/extload-VERSION.tar.gz, which builds without a cross-compiler
	@scripts/packages.sh build
	@scripts/dist.sh $(BUILD)

deb: ## BUILD/extload_VERSION_ARCH.deb for Debian 12
	@scripts/packages.sh build deb
	@scripts/deb.sh $(BUILD)

check-deb: ## as root: the package made in one clean Debian 12 and used in another; ROOT=FOLDER copies that one
	@scripts/check_deb.sh $(ROOT)

packages:
	@scripts/packages.sh

demo: packages all ## a board file becomes a loader, which programs the simulated board
	@scripts/demo.sh $(BUILD)

# The host side of the tests runs under AddressSanitizer and UBSan.
test: packages all check-format ## everything under sanitizers, then the command line as users type it
	@scripts/test.sh $(BUILD) $(TEST_BUILD) $(GENERATOR)

# All combinations of what is not known of the hosts, not only all pairs: several hours. PARTS=100 takes
# one in a hundred.
soak: packages ## all combinations of what is not known of the hosts, for hours
	@scripts/soak.sh $(BUILD)-soak $(GENERATOR) $(PARTS)

# Breaks the loader on purpose, in many ways; the tests must notice.
mutants: packages ## breaks the loader on purpose; the tests must notice
	@scripts/mutants.sh $(BUILD)-mutants

coverage: packages ## lines of src/ and instructions of the loader that the tests execute
	@scripts/packages.sh coverage
	@scripts/coverage.sh $(BUILD)-coverage $(GENERATOR)

fuzz: packages ## random bytes to what reads files and packets; FUZZ_RUNS or FUZZ_SECONDS of each harness, or of those in FUZZ
	@scripts/packages.sh fuzz
	@scripts/fuzz.sh $(BUILD)-fuzz $(GENERATOR) $(FUZZ)

bench: packages all ## times beside the least possible, accesses, instructions; BENCH=all for hours
	@scripts/bench.sh $(BUILD)

bench-docs: packages all ## the same, and figures, plots and tables of docs/performance.md anew
	@scripts/bench_docs.sh $(BUILD)

keys: all ## the tables of keys in docs/board-files.md, anew
	@$(BUILD)/key_reference docs/board-files.md

format: ## clang-format over every C source
	@$(C_FILES) | xargs clang-format -i

check-format: packages ## are they formatted?
	@$(C_FILES) | xargs clang-format --dry-run --Werror

clean: ## removes what was built
	rm -rf $(BUILD) $(TEST_BUILD) $(BUILD).log
