# Every format of every board, taken apart as the tools do that take it, and run on the simulated board from there.
# Usage: run.py EXTLOAD DRIVE_BLOB [--record]
#
# The instructions that each run executes are compared with tests/formats/instructions; --record writes them anew.
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tempfile
import types
import xml.etree.ElementTree as ElementTree

import yaml

import reader

TREE = pathlib.Path(__file__).resolve().parents[2]
RECORDED = TREE / "tests/formats/instructions"
TOLERANCE = 0.10
KEIL_NAME = 31  # characters: README of cturvey/stm32extldr
RAM = (0x34180400, 0x341C0000)  # AXISRAM2 of an STM32N6, without what a first boot stage may need

# Attributes that SEGGER's knowledge base and the J-Link user guide (UM08001, chapter 12) show.
JLINK_ELEMENTS = {
    "DataBase": set(),
    "Database": set(),
    "Device": set(),
    "ChipInfo": {"Vendor", "Name", "Core", "WorkRAMAddr", "WorkRAMSize", "JLinkScriptFile", "InheritFrom"},
    "FlashBankInfo": {"Name", "BaseAddr", "MaxSize", "Loader", "LoaderType", "AlwaysPresent"},
    "LoaderInfo": {"Name", "MaxSize", "Loader", "LoaderType"},
}
# Open-CMSIS-Pack-Spec, element algorithm.
PDSC_ALGORITHM = {"name", "start", "size", "RAMstart", "RAMsize", "default", "style", "Pname"}

problems = []
counts = {}


def problem(text):
    problems.append(text)


def build(extload, board, folder, formats="all"):
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([extload, "build", "--json", "--board", board, "--format", formats, "-o", folder],
                          capture_output=True, text=True)
    if done.returncode != 0:
        problem(f"{board}: build: {done.stderr}")
        return {}
    files = [pathlib.Path(f["file"]) for f in json.loads(done.stdout)["result"]["files"]]
    return {file.name: file for file in files}


def drive(program, board, name, plan, folder, seed):
    path = folder / f"{name}.plan"
    plan.write(path, folder / f"{name}.blob")
    done = subprocess.run([program, board, path, str(seed)], capture_output=True, text=True)
    if done.returncode != 0:
        problem(f"{board.stem} {name}: {done.stderr.strip()}")
        return
    words = done.stdout.split()
    counts[f"{board.stem} {name}"] = int(words[3])
    stack = plan.stack[1] - plan.stack[0]
    if int(words[5]) > stack:
        problem(f"{board.stem} {name}: {words[5]} bytes of {stack} of stack")


# ---- the formats; each yields the runs that it asks for: name, plan ----

# What the user script of pyOCD asks pyOCD for, with stand-ins for pyOCD's classes.
def regions_of_pyocd_script(path):
    regions = []

    class Algorithm:
        def __init__(self, file):
            self.file = pathlib.Path(file)

        def get_pyocd_flash_algo(self, page, ram):
            return {"file": self.file, "page": page, "ram": ram}

    class Map:
        def get_intersecting_regions(self, start, length):
            return []

        def add_region(self, region):
            regions.append(region)

    names = {"pyocd": {}, "pyocd.target": {}, "pyocd.target.pack": {},
             "pyocd.target.pack.flash_algo": {"PackFlashAlgo": Algorithm}}
    for name, members in names.items():
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(members)
    script = {"RamRegion": lambda **values: values, "FlashRegion": lambda **values: values,
              "target": types.SimpleNamespace(memory_map=Map())}
    exec(compile(path.read_text(), path, "exec"), script)
    script["will_connect"](None)
    return regions


def check_pyocd_script(files, stem, device):
    region, = regions_of_pyocd_script(files[stem + ".pyocd.py"])
    algo = region["algo"]
    reader.need(algo["file"] == files[stem + ".pyocd.FLM"].resolve(), f"the script loads {algo['file']}")
    said = (region["start"], region["length"], region["blocksize"], region["page_size"], algo["page"],
            region["erased_byte_value"])
    is_so = (device.base, device.size, device.sectors[0][0], device.page, device.page, device.erased)
    reader.need(said == is_so, f"the script says {said}, its algorithm {is_so}")
    ram = algo["ram"]
    reader.need(RAM[0] <= ram["start"] and ram["start"] + ram["length"] <= RAM[1], f"the script's RAM is {ram}")


def runs_of_flm(files, stem):
    for suffix in (".FLM", ".pyocd.FLM"):
        algorithm = reader.Algorithm(files[stem + suffix])
        tight = reader.smallest_ram_of_pyocd(algorithm, RAM[1], 2)
        odd_end = RAM[1] - 0x1234
        tightest = reader.smallest_ram_of_pyocd(algorithm, odd_end, 1)
        if suffix == ".pyocd.FLM":
            check_pyocd_script(files, stem, algorithm.device)
            yield "pyocd", reader.plan_of_pyocd(algorithm, tight, RAM[1])
            yield "pyocd, least stack", reader.plan_of_pyocd(algorithm, tightest, odd_end)
        else:
            entry = reader.entry_of_target_gen(algorithm, RAM[0] + 0x20)
            yield "target-gen", reader.plan_of_probe_rs(entry, *RAM)
        algorithm.close()


def region_of(target, load):
    for region in target["variants"][0]["memory_map"]:
        ram = region.get("Ram") if isinstance(region, dict) else getattr(region, "value", None)
        if ram and ram["range"]["start"] <= load < ram["range"]["end"]:
            return ram["range"]["start"], ram["range"]["end"]
    raise reader.Unfit(f"no RAM at 0x{load:08x}")


# Tags such as !Ram become {"Ram": ...}.
class Loader(yaml.SafeLoader):
    pass


def tagged(loader, suffix, node):
    if isinstance(node, yaml.MappingNode):
        return {suffix: loader.construct_mapping(node, deep=True)}
    if isinstance(node, yaml.SequenceNode):
        return {suffix: loader.construct_sequence(node, deep=True)}
    return {suffix: loader.construct_scalar(node)}


Loader.add_multi_constructor("!", tagged)


def runs_of_probe_rs(files, stem):
    target = yaml.load(files[stem + ".probe-rs.yaml"].read_text(), Loader)
    entries = target["flash_algorithms"]
    names = {name for variant in target["variants"] for name in variant["flash_algorithms"]}
    reader.need(names == {entry["name"] for entry in entries}, f"variants name {names}")
    for entry in entries:
        reader.need(entry.get("pc_init") is not None and entry.get("pc_uninit") is not None, "no pc_init or pc_uninit")
        ram = region_of(target, entry["load_address"])
        yield "probe-rs", reader.plan_of_probe_rs(entry, *ram)
        moved = dict(entry, load_address=ram[0] + 0x104)
        moved.pop("data_load_address", None)
        yield "probe-rs moved", reader.plan_of_probe_rs(moved, *ram)


def runs_of_jlink(files, stem):
    path = files[stem + ".jlink.xml"]
    root = ElementTree.parse(path).getroot()
    for element in root.iter():
        reader.need(element.tag in JLINK_ELEMENTS, f"{path.name}: element {element.tag} is not documented")
        unknown = set(element.attrib) - JLINK_ELEMENTS[element.tag]
        reader.need(not unknown, f"{path.name}: attributes {unknown} are not documented")
    chip = root.find("Device/ChipInfo")
    ram = int(chip.get("WorkRAMAddr"), 16)
    end = ram + int(chip.get("WorkRAMSize"), 16)
    script = chip.get("JLinkScriptFile")
    reader.need(script is None or script in files, f"{path.name}: no file {script}")
    loaders = [e for e in root.iter() if e.get("Loader")]
    reader.need(loaders, f"{path.name}: no loader")
    for element in loaders:
        name = element.get("Loader")
        reader.need(element.get("LoaderType") == "FLASH_ALGO_TYPE_OPEN", f"{path.name}: {element.get('LoaderType')}")
        reader.need(name in files, f"{path.name}: no file {name}")
    for name in sorted(n for n in files if n.startswith(stem) and n.endswith((".ofl.elf", ".sfl.elf"))):
        algorithm = reader.Algorithm(files[name])
        yield f"jlink {name[len(stem) + 1:]}", reader.plan_of_jlink(algorithm, ram, end)
        algorithm.close()


def runs_of_pdsc(files, stem):
    path = files[stem + ".pdsc.xml"]
    root = ElementTree.parse(path).getroot()
    algorithms = list(root.iter("algorithm"))
    reader.need(len(algorithms) == 1, f"{path.name}: {len(algorithms)} algorithms")
    attributes = algorithms[0].attrib
    unknown = set(attributes) - PDSC_ALGORITHM
    reader.need(not unknown, f"{path.name}: attributes {unknown}")
    name = pathlib.PurePosixPath(attributes["name"]).name
    reader.need(name in files, f"{path.name}: no file {name}")
    algorithm = reader.Algorithm(files[name])
    device = algorithm.device
    reader.need((int(attributes["start"], 0), int(attributes["size"], 0)) == (device.base, device.size),
                f"{path.name}: another flash than in {name}")
    start = int(attributes["RAMstart"], 0)
    end = start + int(attributes["RAMsize"], 0)
    yield "pdsc", reader.plan_of_pyocd(algorithm, start, end)
    algorithm.close()


def check_text(files, stem):
    for name, path in files.items():
        if name.endswith(".xml"):
            done = subprocess.run(["xmllint", "--noout", "--nonet", path], capture_output=True, text=True)
            if done.returncode != 0:
                problem(f"{name}: {done.stderr}")


# What our own checker has to say of them: consequences in one tool, no fault.
SAID = {
    ".stldr": set(),
    ".FLM": {"flm-erase-chip", "flm-verify"},
    ".pyocd.FLM": {"flm-erase-chip"},
    ".ofl.elf": {"flm-erase-chip", "flm-verify", "flm-code-address"},
    ".sfl.elf": set(),
}


def check_own(extload, files, stem):
    for suffix, said in SAID.items():
        if suffix.endswith(".FLM") and len(stem + suffix) > KEIL_NAME:
            said = said | {"flm-file-name"}
        done = subprocess.run([extload, "check", "--json", files[stem + suffix]], capture_output=True, text=True)
        findings = json.loads(done.stdout)["result"]["findings"]
        ids = {f["id"] for f in findings}
        if ids != said or any(f["severity"] == "error" for f in findings):
            problem(f"{stem}{suffix}: findings {ids}")


def runs_of(files, stem):
    for runs in (runs_of_flm, runs_of_probe_rs, runs_of_jlink, runs_of_pdsc):
        try:
            yield from runs(files, stem)
        except (reader.Unfit, KeyError, ValueError, ElementTree.ParseError, yaml.YAMLError) as error:
            problem(f"{stem}: {runs.__name__}: {error!r}")


# The same call gives the same bytes, alone or among others.
def check_same(extload, board, files, folder):
    formats = subprocess.run([extload, "list", "formats"], capture_output=True, text=True).stdout
    for line in formats.splitlines():
        name = line.split()[0]
        for again, path in build(extload, board, folder / name, name).items():
            if again not in files or path.read_bytes() != files[again].read_bytes():
                problem(f"{board.stem}: {again} of --format {name} is another than that of all")


def compare_counts(record):
    if record:
        RECORDED.write_text("".join(f"{counts[name]:>10}  {name}\n" for name in sorted(counts)))
        return
    recorded = {}
    for line in RECORDED.read_text().splitlines():
        number, name = line.split(maxsplit=1)
        recorded[name] = int(number)
    for name in sorted(recorded.keys() ^ counts.keys()):
        problem(f"{name}: {'not run' if name in recorded else 'no count in tests/formats/instructions'}")
    for name in sorted(recorded.keys() & counts.keys()):
        if abs(counts[name] - recorded[name]) > TOLERANCE * recorded[name]:
            problem(f"{name}: {counts[name]} instructions, {recorded[name]} are recorded")


def main(extload, program, record):
    boards = sorted((TREE / "data/boards").glob("*.yaml"))
    with tempfile.TemporaryDirectory() as temporary, concurrent.futures.ThreadPoolExecutor(2) as pool:
        tasks = []
        for board in boards:
            folder = pathlib.Path(temporary) / board.stem
            files = build(extload, board, folder / "all")
            check_text(files, board.stem)
            check_own(extload, files, board.stem)
            check_same(extload, board, files, folder)
            for seed, (name, plan) in enumerate(runs_of(files, board.stem)):
                tasks.append(pool.submit(drive, program, board, name, plan, folder, seed))
        for task in tasks:
            task.result()
    compare_counts(record)
    for text in problems:
        print(text)
    print(f"{len(boards)} boards, {len(counts)} runs")
    return 1 if problems or len(boards) < 4 else 0


sys.exit(main(sys.argv[1], sys.argv[2], "--record" in sys.argv))
