#!/usr/bin/env python3
"""Damages a loader file: mutilate.py HOW IN OUT. Offsets are those of ELF32."""
import random
import struct
import sys

how, source, target = sys.argv[1:]
data = bytearray(open(source, "rb").read())
u32 = lambda at: struct.unpack_from("<I", data, at)[0]
put = lambda at, value: struct.pack_into("<I", data, at, value & 0xFFFFFFFF)
programs, sections = u32(28), u32(32)
info, code = programs, programs + 32  # program headers: offset +4, vaddr +8, filesz +16, memsz +20


def symbol(name):
    """File offset of the symbol-table entry."""
    at = data.index(b"\0" + name + b"\0") + 1
    for i in range(struct.unpack_from("<H", data, 48)[0]):
        header = sections + 40 * i
        if u32(header + 4) == 2:
            table, size, link = u32(header + 16), u32(header + 20), u32(header + 24)
            base = u32(sections + 40 * link + 16)
            for entry in range(table, table + size, 16):
                if base + u32(entry) == at:
                    return entry
    raise KeyError(name)


def jump_to_self():
    """At Init's first instruction."""
    init = (u32(symbol(b"Init") + 4) & ~1) - u32(code + 8)
    struct.pack_into("<H", data, u32(code + 4) + init, 0xE7FE)


def noise():
    at = u32(code + 4)
    data[at:at + u32(code + 16)] = random.Random(7).randbytes(u32(code + 16))


ways = {
    "empty": lambda: data.clear(),
    "cut-header": lambda: data.__delitem__(slice(40, None)),
    "cut-middle": lambda: data.__delitem__(slice(len(data) // 2, None)),
    "noise-file": lambda: data.__setitem__(slice(None), random.Random(3).randbytes(9000)),
    "noise-behind-magic": lambda: data.__setitem__(slice(4, None), random.Random(4).randbytes(9000)),
    "huge-program-count": lambda: struct.pack_into("<H", data, 44, 0xFFF0),
    "huge-section-count": lambda: struct.pack_into("<H", data, 48, 0xFEFF),
    "huge-segment": lambda: (put(code + 16, 0xFFFFFF00), put(code + 20, 0xFFFFFF00)),
    "huge-memory": lambda: put(code + 20, 0x40000000),
    "overlap": lambda: (put(info + 8, u32(code + 8) + 64)),
    "entry-outside": lambda: put(symbol(b"Write") + 4, 0x08000001),
    "init-outside": lambda: put(symbol(b"Init") + 4, 0x08000001),
    "no-info": lambda: data.__setitem__(data.index(b"\0StorageInfo\0") + 1, ord("x")),
    "short-info": lambda: (put(info + 16, 136), put(info + 20, 136)),
    "info-in-code": lambda: put(symbol(b"StorageInfo") + 4, u32(code + 8) + 64),
    "no-sectors": lambda: put(u32(info + 4) + 120, 0),
    "wrapping-device": lambda: put(u32(info + 4) + 104, 0xFFFF0000),
    "endless-name": lambda: data.__setitem__(slice(u32(info + 4), u32(info + 4) + 100), b"x" * 100),
    "escape-in-name": lambda: data.__setitem__(slice(u32(info + 4), u32(info + 4) + 4), b"\x1b[2J"),
    "hangs": jump_to_self,
    "noise-code": noise,
}
if how == "list":
    print("\n".join(ways))
    sys.exit()
ways[how]()
open(target, "wb").write(data)
