# Thin front end over CMake. On a fresh Debian 12, `make demo` and `make test` install what is missing.
BUILD ?= build
TEST_BUILD ?= build-test
GENERATOR ?= Ninja
.DEFAULT_GOAL := all
.PHONY: all packages demo test soak mutants format check-format bench clean

all: packages
	@cmake -S . -B $(BUILD) -G $(GENERATOR) -DCMAKE_BUILD_TYPE=Release >$(BUILD).log 2>&1 || { cat $(BUILD).log; exit 1; }
	@cmake --build $(BUILD) -- --quiet

packages:
	@scripts/packages.sh

demo: all
	@scripts/demo.sh $(BUILD)

# The host side of the tests runs under AddressSanitizer and UBSan.
test: all check-format
	@scripts/test.sh $(BUILD) $(TEST_BUILD) $(GENERATOR)

# All combinations of what is not known of the hosts, not only all pairs: several hours. PARTS=100 takes
# one in a hundred.
soak: packages
	@scripts/soak.sh $(BUILD)-soak $(GENERATOR) $(PARTS)

# Breaks the loader on purpose, in many ways; the tests must notice.
mutants: packages
	@scripts/mutants.sh $(BUILD)-mutants

bench: all
	@scripts/bench.sh $(BUILD)

format:
	@git ls-files '*.c' '*.h' | xargs clang-format -i

check-format: packages
	@git ls-files '*.c' '*.h' | xargs clang-format --dry-run --Werror

clean:
	rm -rf $(BUILD) $(TEST_BUILD) $(BUILD).log
