# Reads flash algorithms as the tools do that take them, and makes of each the bytes that such a tool puts into RAM:
# a plan for drive_blob. Knows nothing of extload; what it knows of the tools is public:
#
# * pyOCD: pyocd/target/pack/flash_algo.py of pyocd/pyOCD. Required symbols; PrgCode at 0, PrgData behind it; all other
#   sections are dropped. From the end of RAM downwards: code with a header of one word, two page buffers at multiples
#   of 16, and what is left is stack, with a canary at its end.
# * probe-rs: target-gen/src/algorithm_binary.rs and probe-rs/src/flashing/flash_algorithm.rs of probe-rs/probe-rs. From
#   the load address upwards: a header of one word in front of it, code, one or two page buffers, stack.
# * J-Link: the Open Flashloader template of SEGGER: sections in the file's order, at the addresses of the file.
import base64
import struct
from dataclasses import dataclass, field

from elftools.elf.elffile import ELFFile

REQUIRED = ("Init", "UnInit", "EraseSector", "ProgramPage")
OPTIONAL = ("EraseChip", "BlankCheck", "Verify", "ReadFlash")
NO_SECTOR = (0xFFFFFFFF, 0xFFFFFFFF)
PYOCD_HEADER = struct.pack("<I", 0xE7FDBE00)  # BKPT 0; B .-2
PYOCD_CANARY = 0xDEADF00D
PYOCD_STACK_TWO_BUFFERS = 512
PYOCD_STACK_LEAST = 64
PYOCD_MS = {"init_ms": 5000, "erase_ms": 10000, "program_ms": 10000}  # options.py, flash.timeout.*
PROBE_RS_HEADER = struct.pack("<I", 0xBE00BE00)
PROBE_RS_STACK = 512
PROBE_RS_INIT_MS = 2000
JLINK_STACK = 512


class Unfit(Exception):
    pass


def need(condition, text):
    if not condition:
        raise Unfit(text)


@dataclass
class Device:
    name: str
    base: int
    size: int
    page: int
    erased: int
    program_ms: int
    erase_ms: int
    sectors: list


@dataclass
class Plan:
    blob: bytes
    load: int
    words: dict = field(default_factory=dict)
    buffers: list = field(default_factory=list)
    sectors: list = field(default_factory=list)
    stack: tuple = (0, 0)
    flash: tuple = (0, 0)

    def write(self, path, blob_path):
        blob_path.write_bytes(self.blob)
        lines = [f"blob {blob_path}", f"load {self.load:x}"]
        lines += [f"{key} {value:x}" for key, value in self.words.items()]
        lines += [f"buffer {address:x}" for address in self.buffers]
        lines += [f"sectors {size:x} {start:x}" for size, start in self.sectors]
        lines += [f"stack {self.stack[0]:x} {self.stack[1]:x}", f"flash {self.flash[0]:x} {self.flash[1]:x}"]
        path.write_text("\n".join(lines) + "\n")


def up(value, step):
    return (value + step - 1) // step * step


# The names that SEGGER's newer format has for the same.
SFL = {"Init": "SEGGER_FL_Prepare", "UnInit": "SEGGER_FL_Restore", "EraseSector": "SEGGER_FL_Erase",
       "ProgramPage": "SEGGER_FL_Program", "EraseChip": "SEGGER_FL_EraseChip", "BlankCheck": "SEGGER_FL_CheckBlank",
       "Verify": "SEGGER_FL_Verify", "ReadFlash": "SEGGER_FL_Read"}


class Algorithm:
    def __init__(self, path):
        self.file = open(path, "rb")
        self.elf = ELFFile(self.file)
        table = self.elf.get_section_by_name(".symtab")
        need(table is not None, f"{path}: no symbols")
        self.symbols = {s.name: s["st_value"] for s in table.iter_symbols() if s["st_shndx"] != "SHN_UNDEF"}
        self.is_sfl = SFL["Init"] in self.symbols
        if self.is_sfl:
            self.symbols |= {name: self.symbols[own] for name, own in SFL.items() if own in self.symbols}
        for name in (*REQUIRED, "FlashDevice"):
            need(name in self.symbols, f"{path}: no symbol {name}")
        self.device = self.read_device()

    def close(self):
        self.file.close()

    def section(self, name, kind):
        found = [s for s in self.elf.iter_sections() if s.name == name and s["sh_type"] == kind]
        need(len(found) < 2, f"two sections {name}")
        return found[0] if found else None

    # FlashOS.h: 160 bytes, then {size, start} up to the end mark.
    def read_device(self):
        at = self.symbols["FlashDevice"]
        section = next(s for s in self.elf.iter_sections()
                       if s["sh_flags"] & 2 and s["sh_type"] == "SHT_PROGBITS"
                       and s["sh_addr"] <= at < s["sh_addr"] + s["sh_size"])
        data = section.data()[at - section["sh_addr"]:]
        version, name, _, base, size, page, _, erased, program, erase = struct.unpack_from("<H128sHIIIIB3xII", data)
        need(version == 0x0101, f"AlgoVer 0x{version:04x}")
        sectors, offset = [], 160
        while struct.unpack_from("<II", data, offset) != NO_SECTOR:
            sectors.append(struct.unpack_from("<II", data, offset))
            offset += 8
        return Device(name.split(b"\0")[0].decode("ascii"), base, size, page, erased, program, erase, sectors)

    def sections(self):
        return (self.section("PrgCode", "SHT_PROGBITS"), self.section("PrgData", "SHT_PROGBITS"),
                self.section("PrgData", "SHT_NOBITS"))

    # Code, data and zeros one behind the other, as pyOCD and target-gen make one blob of them.
    def blob(self):
        code, data, zero = self.sections()
        need(code is not None, "no PrgCode")
        need(code["sh_addr"] == 0, "RO section must start at 0x0")
        blob = code.data()
        for section in (data, zero):
            if section is not None:
                need(section["sh_addr"] == len(blob), "sections are not contiguous")
                blob += bytes(section["sh_size"]) if section is zero else section.data()
        start = next(s["sh_addr"] for s in (data, zero, None) if s is not None)
        return blob, start

    def plan(self, blob, load, code, functions):
        plan = Plan(blob, load)
        plan.words = {name: code + (self.symbols[name] & ~1) for name in functions if name in self.symbols}
        plan.sectors = self.device.sectors
        plan.flash = (self.device.base, self.device.size)
        plan.words["page"] = self.device.page
        return plan


# In the RAM from `start` to `end`. pyOCD never calls Verify. MSPLIM is left as an application may have set it.
def plan_of_pyocd(algorithm, start, end):
    blob, data = algorithm.blob()
    page = algorithm.device.page
    code = PYOCD_HEADER + blob
    load = (end - len(code)) & ~3
    buffers = [(load - page) & ~15]
    second = (buffers[0] - page) & ~15
    if second - start >= PYOCD_STACK_TWO_BUFFERS:
        buffers.append(second)
    top = buffers[-1]
    need(top - start >= PYOCD_STACK_LEAST, "no room for the stack")
    plan = algorithm.plan(code, load, load + len(PYOCD_HEADER), REQUIRED)
    plan.buffers = buffers
    plan.stack = (start, top)
    plan.words |= {"return": load, "static_base": load + len(PYOCD_HEADER) + data, "canary": PYOCD_CANARY,
                   "msplim": top + 0x1000, "primask": 0} | PYOCD_MS
    return plan


# The smallest RAM that ends there and in which pyOCD finds room.
def smallest_ram_of_pyocd(algorithm, end, buffers):
    blob, _ = algorithm.blob()
    page = algorithm.device.page
    at = (end - len(PYOCD_HEADER) - len(blob)) & ~3
    for _ in range(buffers):
        at = (at - page) & ~15
    return at - (PYOCD_STACK_TWO_BUFFERS if buffers == 2 else PYOCD_STACK_LEAST)


# A flash_algorithms entry of a target file, in a RAM of its memory map. A reset before has left MSPLIM 0 and interrupts
# masked.
def plan_of_probe_rs(entry, ram_start, ram_end):
    for key in ("instructions", "pc_program_page", "pc_erase_sector", "data_section_offset"):
        need(key in entry, f"no {key}")
    properties = entry["flash_properties"]
    blob = base64.b64decode(entry["instructions"], validate=True)
    blob += bytes(-len(blob) % 4)
    load = entry.get("load_address", ram_start + len(PROBE_RS_HEADER)) - len(PROBE_RS_HEADER)
    need(load >= ram_start, "the header lies in front of the RAM")
    code = load + len(PROBE_RS_HEADER)
    page = properties["page_size"]
    size = entry.get("stack_size", PROBE_RS_STACK)
    code_end = up(code + len(PROBE_RS_HEADER) + len(blob), 8)
    data = entry.get("data_load_address", code_end)
    room = ram_end - data
    between = code_end + size <= data
    room -= 0 if between else size
    need(room >= page, "no room for a page")
    count = 2 if room >= 2 * page else 1
    bottom = code_end if between else up(data + count * page, 8)
    need(bottom + size <= ram_end, "no room for the stack")
    plan = Plan(PROBE_RS_HEADER + blob, load)
    names = {"Init": "pc_init", "UnInit": "pc_uninit", "EraseSector": "pc_erase_sector",
             "ProgramPage": "pc_program_page", "Verify": "pc_verify"}
    plan.words = {name: code + (entry[key] & ~1) for name, key in names.items() if entry.get(key) is not None}
    start, end = properties["address_range"]["start"], properties["address_range"]["end"]
    plan.words |= {"return": load, "static_base": code + entry["data_section_offset"], "page": page, "msplim": 0,
                   "primask": 1, "init_ms": PROBE_RS_INIT_MS, "erase_ms": properties["erase_sector_timeout"],
                   "program_ms": properties["program_page_timeout"]}
    plan.buffers = [data + i * page for i in range(count)]
    plan.sectors = [(s["size"], s["address"]) for s in properties["sectors"]]
    plan.stack = (bottom, bottom + size)
    plan.flash = (start, end - start)
    return plan


# target-gen: what it would write for the file.
def entry_of_target_gen(algorithm, load):
    blob, data = algorithm.blob()
    device = algorithm.device
    names = {"pc_init": "Init", "pc_uninit": "UnInit", "pc_program_page": "ProgramPage",
             "pc_erase_sector": "EraseSector", "pc_erase_all": "EraseChip", "pc_verify": "Verify",
             "pc_blank_check": "BlankCheck", "pc_read": "ReadFlash"}
    entry = {key: algorithm.symbols[name] for key, name in names.items() if name in algorithm.symbols}
    entry |= {"instructions": base64.b64encode(blob), "load_address": load, "data_section_offset": data}
    entry["flash_properties"] = {
        "address_range": {"start": device.base, "end": device.base + device.size},
        "page_size": device.page, "erased_byte_value": device.erased,
        "program_page_timeout": device.program_ms, "erase_sector_timeout": device.erase_ms,
        "sectors": [{"size": size, "address": start} for size, start in device.sectors]}
    return entry


# SEGGER_FL_Erase is given a sector's index and how many sectors.
#
# A loader for J-Link at the work RAM of its device file: whatever the sections in front of DevDscr hold, at the
# addresses of the file; behind them the stack that SEGGER documents, and a page buffer. Where J-Link puts these two is
# nowhere said.
def plan_of_jlink(algorithm, ram_start, ram_end):
    loaded = [s for s in algorithm.elf.iter_sections() if s["sh_flags"] & 2 and s["sh_size"] > 0]
    need(loaded[0].name == "PrgCode", f"the first section is {loaded[0].name}")
    need(loaded[-1].name == "DevDscr", f"the last section is {loaded[-1].name}")
    load = loaded[0]["sh_addr"]
    blob = b""
    for section in loaded[:-1]:
        blob += bytes(section["sh_addr"] - load - len(blob))
        blob += bytes(section["sh_size"]) if section["sh_type"] == "SHT_NOBITS" else section.data()
    need(ram_start <= load, "the loader lies in front of the work RAM")
    end = up(load + len(blob), 8)
    code = blob + bytes(end - load - len(blob)) + PYOCD_HEADER
    plan = algorithm.plan(code, load, 0, (*REQUIRED, "Verify"))
    plan.stack = (end + 8, end + 8 + JLINK_STACK)
    plan.buffers = [plan.stack[1]]
    need(plan.buffers[0] + algorithm.device.page <= ram_end, "the page buffer does not fit the work RAM")
    plan.words |= {"return": end, "msplim": plan.stack[1] + 0x1000, "primask": 0, "erase_counts": int(algorithm.is_sfl),
                   "init_ms": 5000, "erase_ms": algorithm.device.erase_ms, "program_ms": algorithm.device.program_ms}
    return plan
