#!/usr/bin/env python3
"""Which instructions of the loader the tests execute.

loader.py map ELF MAP              makes the empty map that src/sim/cpu/coverage.c describes
loader.py check ELF MAP LISTING    writes the listing, and fails on an instruction that was not reached and has no
                                   reason in tests/coverage/unreached, and on a reason for what is reached
loader.py report ELF MAP LISTING   the same, and prints the functions

ELF is build/loader/loader.elf.
"""
import os
import re
import subprocess
import sys

MAGIC = b"XLDCOV1\0"
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REASONS = "tests/coverage/unreached"


class Instruction:
    def __init__(self, address, text, function, file, line):
        self.address, self.text, self.function, self.file, self.line = address, text, function, file, line
        self.executed = False


def tool(name, *arguments):
    return subprocess.run(["arm-none-eabi-" + name, *arguments], check=True, capture_output=True, text=True).stdout


def functions(elf):
    """Address ranges: what lies between two of them pads or is data."""
    ranges = []
    for line in tool("readelf", "-sW", elf).splitlines():
        found = re.match(r" +\d+: (\w{8}) +(\d+) FUNC ", line)
        if found:
            start = int(found[1], 16) & ~1
            ranges.append(range(start, start + int(found[2])))
    return ranges


def drop_padding(found, address):
    """At `address` data begins; a nop before it aligns it."""
    if found and found[-1].text == "nop" and found[-1].address == address - 2:
        found.pop()


def instructions(elf):
    """All instructions of the image, in order."""
    ranges = functions(elf)
    found, function, file, line = [], "", "", 0
    for text in tool("objdump", "-d", "-l", "--no-show-raw-insn", "-j", ".image", elf).splitlines():
        if symbol := re.match(r"[0-9a-f]{8} <(.+)>:$", text):
            function = symbol[1].split(".")[0]
        elif place := re.match(r"(/.+):(\d+)(?: \(discriminator \d+\))?$", text):
            file, line = os.path.relpath(place[1], ROOT), int(place[2])
        elif code := re.match(r" +([0-9a-f]+):\t(\S.*)$", text):
            address = int(code[1], 16)
            if code[2].startswith("."):
                drop_padding(found, address)
            elif any(address in function_range for function_range in ranges):
                found.append(Instruction(address, code[2].replace("\t", " "), function, file, line))
        elif text == "\t...":
            drop_padding(found, found[-1].address + 2)
    return found


def image(elf):
    path = elf + ".bin"
    tool("objcopy", "-O", "binary", "-j", ".image", elf, path)
    with open(path, "rb") as file:
        return file.read()


def is_wide(code, address):
    return code[address + 1] >= 0xE8


def make_map(elf, path):
    code = image(elf)
    listed = instructions(elf)
    last = listed[-1].address
    size = last + (4 if is_wide(code, last) else 2)
    marks = bytearray(b"." * (size // 2))
    for instruction in listed:
        marks[instruction.address // 2] = ord("i")
        if is_wide(code, instruction.address):
            marks[instruction.address // 2 + 1] = ord("-")
    with open(path, "wb") as file:
        file.write(MAGIC + code[:size] + bytes(marks))


def read_map(elf, path):
    """The instructions, told which of them were executed."""
    with open(path, "rb") as file:
        content = file.read()
    size = (len(content) - len(MAGIC)) // 3 * 2
    if content[:len(MAGIC)] != MAGIC or content[len(MAGIC):len(MAGIC) + size] != image(elf)[:size]:
        sys.exit(f"{path}: not a map of {elf}\n  try: loader.py map {elf} {path}, and the tests again")
    marks = content[len(MAGIC) + size:]
    listed = instructions(elf)
    for instruction in listed:
        instruction.executed = marks[instruction.address // 2] == ord("X")
    return listed


class Sources:
    def __init__(self):
        self.lines = {}

    def text(self, file, line):
        if file not in self.lines:
            with open(os.path.join(ROOT, file), encoding="utf-8") as source:
                self.lines[file] = [text.strip() for text in source]
        return self.lines[file][line - 1]


def read_reasons():
    """(file, function, source text) to the line of the list that names it."""
    reasons, entry, why = {}, {}, None
    with open(os.path.join(ROOT, REASONS), encoding="utf-8") as file:
        for number, line in enumerate([*file, ""], 1):
            key, _, value = line.strip().partition(":")
            value = value.strip()
            if not line.strip():
                if entry and why is None:
                    sys.exit(f"{REASONS}:{number - 1}: error: an entry without why:")
                entry, why = {}, None
            elif key in ("file", "in"):
                entry[key] = value
            elif key == "text" and "file" in entry and "in" in entry:
                reasons[(entry["file"], entry["in"], value)] = number
            elif key == "why" and value:
                why = value
            elif not line.startswith("#"):
                sys.exit(f"{REASONS}:{number}: error: neither file:, in:, text: (after both) nor why:")
    return reasons


def print_functions(listed):
    functions = {}
    for instruction in listed:
        counts = functions.setdefault(instruction.function, [0, 0])
        counts[0] += instruction.executed
        counts[1] += 1
    print(f"{'function of the loader':<32} executed  of")
    for name, (executed, total) in functions.items():
        print(f"{name:<32} {executed:8} {total:4}{'' if executed == total else '  <'}")


def write_listing(listed, sources, path):
    with open(path, "w", encoding="utf-8") as file:
        place = None
        for i in listed:
            if place != (i.function, i.file, i.line):
                place = (i.function, i.file, i.line)
                file.write(f"{i.function}  {i.file}:{i.line}: {sources.text(i.file, i.line)}\n")
            file.write(f"  {' ' if i.executed else '#'} {i.address:5x}  {i.text}\n")


def check(elf, path, listing, functions):
    listed = read_map(elf, path)
    sources = Sources()
    write_listing(listed, sources, listing)
    if functions:
        print_functions(listed)
    reasons = read_reasons()
    used, bad = set(), 0
    for i in listed:
        if i.executed:
            continue
        key = (i.file, i.function, sources.text(i.file, i.line))
        if key in reasons:
            used.add(key)
            continue
        print(f"{i.file}:{i.line}: not reached, no reason given: {i.text} in {i.function}: {key[2]}")
        bad += 1
    missing = bad
    for key, number in reasons.items():
        if key not in used:
            print(f"{REASONS}:{number}: a reason for what is reached, or is not there: {key[2]} in {key[1]}")
            bad += 1
    executed = sum(instruction.executed for instruction in listed)
    print(f"loader: {executed} of {len(listed)} instructions executed, {len(listed) - executed} not reached, "
          f"{len(listed) - executed - missing} of them with a reason")
    if bad:
        sys.exit(f"loader: {bad} instructions or reasons to look at\n"
                 f"  try: a test that reaches them, or an entry in {REASONS}; {listing} shows all instructions")


def main(arguments):
    command = arguments[0] if arguments else ""
    if command == "map" and len(arguments) == 3:
        make_map(*arguments[1:])
    elif command in ("check", "report") and len(arguments) == 4:
        check(*arguments[1:], command == "report")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
