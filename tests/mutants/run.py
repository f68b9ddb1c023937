# SPDX-License-Identifier: MIT
"""Builds the loader with one mutant at a time and tells which test notices it; see tests/mutants/list.

run.py TREE BUILD [--filter NAME]... [--jobs N]
run.py TREE --check     only whether each text of the list stands in the sources, once
run.py TREE --write NAME FILE   writes the source that this mutant changes, changed, to FILE

TREE is a copy of the sources that may be changed, BUILD its configured build directory. While one mutant
is tested the next is built. Status 1: a mutant survives without a reason, or one with a reason is caught;
2: the list does not fit the sources, or the sources as they are fail.
"""
import argparse
import concurrent.futures
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time

# Program and argument. The quick ones that most mutants die of come first.
TESTS = [("test_wires",), ("test_promise",), ("test_in_call",), ("test_flm_entries",), ("test_watchdog",), ("test_abi",), ("test_stream",),
         ("test_loader_digest",), ("test_rtt",), ("test_sfdp_board",), ("test_caches",), ("test_other_boards",), ("test_dropouts",),
         ("test_power_loss", "an_erase_notices_that_the_chip_started_anew"),
         ("test_matrix", "a_fault_returns_from_each_state"), ("test_matrix", "a_halted_call_is_started_over"),
         ("test_loader_states",), ("test_matrix", "deadlines_keep_to_the_clock"),
         ("test_matrix", "a_fault_returns_on_armv7m"), ("test_addresses",), ("test_part_matrix",), ("test_octal",), ("test_matrix",),
         ("test_pairs",), ("test_sweep", "no_promise_is_broken"),
         ("test_sweep", "a_chip_that_lost_only_its_supply_is_noticed"), ("test_kinds",)]
PROGRAMS = list(dict.fromkeys(test[0] for test in TESTS))
IMAGE = "libloader_image.so"
SECONDS = 300  # of the processor: a busy machine must not catch mutants
WALL_SECONDS = 20 * SECONDS
KEYS = ("mutant", "file", "text", "with", "why", "survives")


class ListError(Exception):
    pass


def read_list(path):
    """Blocks of `key: value` lines; lines of the same key are joined. `with` may be missing."""
    mutants, block = [], {}
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate([*lines, "\n"], 1):
            line = line.rstrip("\n")
            if line.startswith("#"):
                continue
            if not line:
                if block:
                    mutants.append(block)
                block = {}
                continue
            key, colon, value = line.partition(":")
            if key not in KEYS or not colon:
                raise ListError(f"{path}:{number}: no such key: {line}")
            block.setdefault(key, []).append(value[1:])
    mutants = [{key: "\n".join(value) for key, value in block.items()} for block in mutants]
    for mutant in mutants:
        missing = [key for key in ("mutant", "file", "text", "why") if not mutant.get(key)]
        if missing:
            raise ListError(f"{path}: {mutant.get('mutant', '?')}: no {', '.join(missing)}")
    names = [mutant["mutant"] for mutant in mutants]
    if len(set(names)) != len(names):
        raise ListError(f"{path}: a name occurs twice")
    return mutants


def find(tree, mutant):
    """The path of the file, and what is in it, that the mutant changes."""
    path = os.path.join(tree, mutant["file"])
    with open(path, encoding="utf-8") as file:
        before = file.read()
    count = before.count(mutant["text"])
    if count != 1:
        raise ListError(f"{mutant['mutant']}: the text occurs {count} times in {mutant['file']}")
    return path, before


def write(tree, mutant, path):
    """What the mutant makes of its file, to `path`."""
    _, before = find(tree, mutant)
    with open(path, "w", encoding="utf-8") as file:
        file.write(before.replace(mutant["text"], mutant.get("with", "")))


def change(tree, mutant):
    """Applies the mutant; returns what puts the file back."""
    path, before = find(tree, mutant)
    write(tree, mutant, path)

    def undo():
        with open(path, "w", encoding="utf-8") as file:
            file.write(before)

    return undo


def build(directory, name, targets):
    """The library that holds this loader, in a directory of its own; the test programs are linked once."""
    done = subprocess.run(["ninja", "-C", directory, "--quiet", *targets], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise ListError(f"{name}: does not build, which catches nothing\n{done.stdout}")
    library = os.path.join(directory, "mutants", name)
    os.makedirs(library, exist_ok=True)
    shutil.copy2(os.path.join(directory, IMAGE), library)
    return library


def run_test(tree, library, command):
    """None if the test passes; what it said otherwise. Ends at the first failure."""
    process = subprocess.Popen(command, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, errors="replace", env={**os.environ, "EXTLOAD_FAIL_FAST": "1", "LD_LIBRARY_PATH": library})
    resource.prlimit(process.pid, resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    timed_out = []
    timer = threading.Timer(WALL_SECONDS, lambda: (timed_out.append(True), process.kill()))
    timer.start()
    verdict = None
    for line in process.stdout:
        if line.startswith("[  FAILED  ]"):
            verdict = line.split("]", 1)[1].strip()
            process.kill()
            break
    process.stdout.close()
    status = process.wait()
    timer.cancel()
    if timed_out or status == -signal.SIGXCPU:
        return f"more than {SECONDS} s"
    return verdict if verdict is not None or status == 0 else f"status {status}"


def judge(tree, directory, library):
    """The test that notices and what it said, or None."""
    try:
        for test in TESTS:
            said = run_test(tree, library, [os.path.join(directory, test[0]), *test[1:]])
            if said is not None:
                return f"{test[0]}: {said}"
        return None
    finally:
        shutil.rmtree(library)


def run(tree, directory, mutants, jobs):
    """A verdict per mutant, in order. The sources as they are come first: they must pass."""
    slots = threading.Semaphore(jobs)

    def judged(name, library):
        try:
            start = time.monotonic()
            verdict = judge(tree, directory, library)
            print(f"{name:40} {verdict or 'not caught'} ({time.monotonic() - start:.0f} s)", flush=True)
            return verdict
        finally:
            slots.release()

    pending = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for mutant in [None, *mutants]:
            slots.acquire()
            name = mutant["mutant"] if mutant else "as-it-is"
            undo = change(tree, mutant) if mutant else lambda: None
            try:
                library = build(directory, name, ["loader_image"] if mutant else ["loader_image", *PROGRAMS])
            finally:
                undo()
            pending.append(pool.submit(judged, name, library))
            if pending[0].done() and pending[0].result() is not None:
                break
        verdicts = [future.result() for future in pending]
    if verdicts[0] is not None:
        raise ListError(f"the unchanged loader fails: {verdicts[0]}")
    return verdicts[1:]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("tree")
    arguments.add_argument("build", nargs="?", default="")
    arguments.add_argument("--check", action="store_true", help="only whether the list fits the sources")
    arguments.add_argument("--write", nargs=2, metavar=("NAME", "FILE"), help="only the changed source of one mutant")
    arguments.add_argument("--filter", action="append", help="only mutants whose name contains this")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = arguments.parse_args()
    options.tree, options.build = os.path.abspath(options.tree), os.path.abspath(options.build)
    try:
        mutants = read_list(os.path.join(options.tree, "tests/mutants/list"))
        if options.write:
            name, path = options.write
            named = [mutant for mutant in mutants if mutant["mutant"] == name]
            if not named:
                raise ListError(f"no mutant is named {name}")
            write(options.tree, named[0], path)
            return 0
        mutants = [mutant for mutant in mutants
                   if any(part in mutant["mutant"] for part in options.filter or [""])]
        if not mutants:
            raise ListError(f"no mutant is named like {options.filter}")
        for mutant in mutants:  # before anything is built
            find(options.tree, mutant)
        if options.check:
            return 0
        verdicts = run(options.tree, options.build, mutants, options.jobs)
    except ListError as error:
        print(error, file=sys.stderr)
        return 2
    bad = 0
    print(f"\n{'mutant':40} caught by")
    for mutant, verdict in zip(mutants, verdicts):
        reason = mutant.get("survives")
        note = verdict or (f"survives: {reason}" if reason else "SURVIVES")
        if verdict and reason:
            note += "  (the list says that it survives)"
        bad += (verdict is None) == (reason is None)
        print(f"{mutant['mutant']:40} {note}")
    caught = sum(verdict is not None for verdict in verdicts)
    print(f"\n{len(mutants)} mutants, {caught} caught, {len(mutants) - caught} survive, {bad} against the list")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
