# extload build --format: the files, their names, and that a refused call leaves nothing.
load common

# nothing_built : no file in $T but what the test put there, and none half written
nothing_built() {
    [ -z "$(find "$T" -type f ! -name board.yaml)" ]
}

@test "build: without --format it is the .stldr, byte for byte" {
    mkdir "$T/a" "$T/b"
    "$EXTLOAD" build --board "$BOARD" -o "$T/a"
    "$EXTLOAD" build --board "$BOARD" --format stldr -o "$T/b"
    [ "$(ls "$T/a")" = stm32n655-s25fl064l.stldr ]
    diff -r "$T/a" "$T/b"
}

@test "build: an unknown format names the nearest, and nothing is written" {
    run "$EXTLOAD" build --board "$BOARD" --format stlrd -o "$T"
    refused 2 "unknown name: --format 'stlrd'" "try: stldr; extload list formats"
    run "$EXTLOAD" build --board "$BOARD" -f stldr,uvprojx -o "$T"
    refused 2 "--format 'uvprojx'" "try: extload list formats"
    for list in "" "stldr," ",stldr" "stldr,,stldr" "stldr stldr" "STLDR"; do
        run "$EXTLOAD" build --board "$BOARD" --format "$list" -o "$T"
        refused 2 "unknown name: --format '"
    done
    run "$EXTLOAD" build --board "$BOARD" --format "$(printf 'stldr%.0s' {1..999})" -o "$T"
    refused 2 "unknown name: --format 'stldrstldr"
    nothing_built
}

@test "build: every format that is listed builds for every board, the same twice" {
    [ "$("$EXTLOAD" list boards | wc -l)" -ge 4 ]
    for board in $("$EXTLOAD" list boards | awk '{ print $1 }'); do
        mkdir -p "$T/all/$board" "$T/each/$board"
        "$EXTLOAD" build --board "$board" --format all -o "$T/all/$board"
        for format in $("$EXTLOAD" list formats | awk '{ print $1 }'); do
            "$EXTLOAD" build --board "$board" --format "$format" -o "$T/each/$board"
        done
    done
    diff -r "$T/all" "$T/each"
}

@test "build: all files or none" {
    mkdir -p "$T/out" "$T/out/stm32n655-s25fl064l.stldr"
    run "$EXTLOAD" build --board "$BOARD" --format all -o "$T/out"
    refused 2 "stm32n655-s25fl064l.stldr: error: cannot write file: Is a directory"
    nothing_built
    run "$EXTLOAD" build --board "$BOARD" --format all -o "$T/missing"
    refused 2 "cannot write file: No such file or directory"
    nothing_built
}

@test "build: what is made for other tools is well-formed, whatever the board is called" {
    for name in stm32n655-s25fl064l a--b 123 1.5 on _; do
        board "s/^name: .*/name: \"$name\"/"
        rm -rf "$T/out"
        mkdir "$T/out"
        "$EXTLOAD" build --board "$T/board.yaml" --format all -o "$T/out"
        python3 - "$T/out/$name" <<'END'
import ast, sys, xml.etree.ElementTree as tree
import yaml

class Loader(yaml.SafeLoader):
    pass

Loader.add_multi_constructor("!", lambda loader, suffix, node: loader.construct_mapping(node, True)
                             if isinstance(node, yaml.MappingNode) else loader.construct_scalar(node))
stem = sys.argv[1]
name = stem.rsplit("/", 1)[1]
chip = yaml.load(open(stem + ".probe-rs.yaml"), Loader)
assert chip["name"] == name and chip["flash_algorithms"][0]["name"] == name
assert chip["variants"][0]["name"] == "STM32N655X0_" + name
assert chip["variants"][0]["flash_algorithms"] == [name]
bank = tree.parse(stem + ".jlink.xml").find("Device/FlashBankInfo")
assert bank.get("Loader") == name + ".ofl.elf"
assert tree.parse(stem + ".pdsc.xml").getroot().get("name") == f"Flash/{name}.FLM"
ast.parse(open(stem + ".pyocd.py").read())
END
    done
}

# What the script does with pyOCD's own objects, told by stand-ins for those of pyOCD 0.45.
@test "build: pyOCD's script replaces what lies at the flash, and loads the algorithm beside it" {
    "$EXTLOAD" build --board "$BOARD" --format pyocd -o "$T"
    cd / && python3 - "$T/stm32n655-s25fl064l.pyocd.py" <<'END'
import os, sys, types

class Region:
    def __init__(self, **values):
        self.__dict__.update(values)

class Map:
    def __init__(self):
        self.regions = [Region(start=0, length=0x70000000), Region(start=0x60000000, length=0x20000000)]
    def get_intersecting_regions(self, start, length):
        return [r for r in self.regions if r.start < start + length and start < r.start + r.length]
    def remove_region(self, region):
        self.regions.remove(region)
    def add_region(self, region):
        self.regions.append(region)

class PackFlashAlgo:
    def __init__(self, path):
        assert os.path.isabs(path) and open(path, "rb").read(4) == b"\x7fELF"
    def get_pyocd_flash_algo(self, size, ram):
        return {"page": size, "ram": ram}

for name in ("pyocd", "pyocd.target", "pyocd.target.pack", "pyocd.target.pack.flash_algo"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["pyocd.target.pack.flash_algo"].PackFlashAlgo = PackFlashAlgo
target = types.SimpleNamespace(memory_map=Map())
names = {"FlashRegion": Region, "RamRegion": Region, "target": target}
exec(compile(open(sys.argv[1]).read(), sys.argv[1], "exec"), names)
names["will_connect"](None)
below, flash = target.memory_map.regions
assert below.start == 0 and (flash.start, flash.length) == (0x70000000, 0x800000)
assert flash.blocksize == 0x10000 and flash.algo["page"] == flash.page_size == 0x4000
assert flash.algo["ram"].start == 0x34180400 and flash.algo["ram"].length == 0x3fc00
END
}
