#!/bin/sh
# The figures: virtual time, instruction and access counts, bytes. Deterministic; only the wall ratio,
# on stderr, is not.
set -eu
exec "$1/bench_program"
