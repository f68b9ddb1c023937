# Types what a document tells to type. Usage: type_along.py [--inline] DOCUMENT FOLDER
#
# With --inline nothing is typed; the commands in running text must exist, as they must without.
#
# Each fenced block of the document says what it is:
#   yaml      if its first line is "# NAME", it becomes that file
#   console   a line after "$ " is run by bash in FOLDER, and what follows must come out, on both outputs: "..."
#             stands for any lines, figures are not compared but those in front of " bytes", indented lines go on
#             with the line before, and a command may fail only if an "error: " is announced
#   sh        each line is run; it must succeed
#   gdb       all those of a section are typed in one GDB, beside a server of ours; the figures that begin a comment,
#             up to its colon, must come out
#   text      nothing to type
# A line that ends in "\" goes on in the next. What cannot be run is listed here, with the reason or with how it is
# written; any other place in which a command line stands is an error.
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import textwrap

# Lines that are not run, and why.
ELSEWHERE = {
    "make": "built this very folder",
    "make test": "runs this very test",
    "sudo make install": "changes the machine; tests/cli/release.bats installs into a folder",
    "make install PREFIX=$HOME/.local": "the same",
    "make dist": "tests/cli/release.bats builds the archive",
    "make deb": "takes long; `make check-deb` builds and uses the package",
    "make deb && sudo apt install ./build/extload_*.deb": "the same",
    "apt-get install -y --no-install-recommends ca-certificates git make": "changes the machine",
    "make -C extload": "built this very folder",
    "build/extload sweep --board stm32n655-s25fl064l --host cubeprogrammer-jlink --jobs 2":
        "takes minutes; tests/sim/test_sweep.c tries a sample",
    "build/extload sweep --board stm32n6570-dk --host cubeprogrammer-jlink --jobs 2": "the same",
    "build/extload sweep --board stm32n655-s25fl064l --host native --op digest --op own-erase --op stream --op program "
    "--jobs 2": "longer; a sample: test_sweep.c",
    "build/extload sweep --board stm32n6570-dk --host native --op digest --op own-erase --op stream --op program --jobs 2":
        "the same",
    "make bench": "takes minutes; tests/unit/test_bench_cells.c and tests/cli/performance.bats hold what it measures",
    "make bench BENCH=all": "takes hours",
    "make bench-docs": "as make bench",
    "make fuzz FUZZ_RUNS=10000000": "takes hours, and clang; `make test` replays the cases that it kept",
}
RUN_AS = {"make demo": "scripts/demo.sh build"}  # without building first

NUMBER = r"(0x[0-9A-Fa-f]+|\d+)"
FILE = r"[\w./-]+"

# Programs that are not at hand: per option what follows it. As their documents and users' logs have them;
# nobody of us has run them.
NOT_AT_HAND = {
    "STM32_Programmer_CLI": {
        "-c": [r"port=(jlink|SWD)", r"mode=UR"],
        "-vb": [r"[123]"],
        "-el": [r"/" + FILE + r"\.stldr"],
        "-r8": [NUMBER, NUMBER],
        "-w": [FILE + r"\.(hex|elf|bin)"],
        "-v": [],
    },
    "ST-LINK_gdbserver": {
        "-cp": [r"/" + FILE],
        "-p": [NUMBER],
        "-m": [r"1"],
        "--attach": [],
        "--swd": [],
    },
    "pyocd": {
        "load": [],
        "--target": [r"cortex_m"],
        "--script": [FILE + r"\.pyocd\.py"],
        "firmware.elf": [],
    },
    "probe-rs": {
        "download": [],
        "--chip-description-path": [FILE + r"\.probe-rs\.yaml"],
        "--chip": [r"STM32N65\w+_[\w-]+"],
        "firmware.elf": [],
    },
}
# Commands of J-Link Commander, behind its prompt.
J_LINK = rf"(savebin {FILE}, 0x[0-9A-F]+, 0x[0-9A-F]+|mem32 0x[0-9A-F]+, [0-9A-F]+|halt|loadfile {FILE}\.(hex|elf))"

PROGRAMS = r"(\$ |J-Link>|build/extload |build/floor |extload |make\b|sudo |apt |gdb-multiarch |openocd |cp |" + "|".join(NOT_AT_HAND) + ")"

inline = sys.argv[1] == "--inline"
document, folder = pathlib.Path(sys.argv[-2]), pathlib.Path(sys.argv[-1])
environment = {**os.environ, "LOADER": "my-loader.stldr", "BOARD": "my-board.yaml"}  # as ci.md has the reader set them
done = {"run": 0, "not at hand": 0, "elsewhere": 0}


def fail(text):
    sys.exit(f"{document.name}: {text}")


def normal(line):
    line = re.sub(r"\x1b\[\d*m", "", line)
    line = re.sub(r"\.(cfg|gdb) \(\d+ bytes\)", r".\1 (# bytes)", line)  # scripts: words
    line = re.sub(r"(0x[0-9a-f]+|\d+(\.\d+)?)( bytes\b)?", lambda figure: figure[0] if figure[3] else "#", line)
    return " ".join(line.split())


def joined(lines):
    result = []
    for line in lines:
        if line.startswith("      ") and result:
            result[-1] += line
        else:
            result.append(line)
    return [normal(line) for line in result if line.strip()]


def matches(want, got):
    if not want:
        return not got
    if want[0] == "...":
        return any(matches(want[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and want[0] == got[0] and matches(want[1:], got[1:])


def check_written(command, section):
    words = shlex.split(command)
    options = NOT_AT_HAND[words[0]]
    at = 1
    while at < len(words):
        if words[at] not in options:
            fail(f"{words[0]} is not known to have {words[at]}: {command}")
        for form in options[words[at]]:
            at += 1
            if at == len(words) or not re.fullmatch(form, words[at]):
                fail(f"{words[0]} wants {form}: {command}")
        at += 1
    check_told(command, section)


def check_told(command, section):
    if not re.search(r"\b(not|never)\s+(been\s+)?run\b", section):
        fail(f"the section does not say that this was not run: {command}")
    done["not at hand"] += 1


# Starts a server on a port of its own, calls `meanwhile` with the port, and stops it.
def serve(command, meanwhile=lambda port: None):
    free = re.sub(r"--(gdb|jtag) \d+", r"--\1 0", command)
    server = subprocess.Popen(["bash", "-c", "exec " + free], cwd=folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines, port = [], None
    try:
        for line in server.stdout:
            lines.append(line)
            if line.startswith(("gdb ", "jtag ")):
                port = line.strip().rpartition(":")[2]
                meanwhile(port)
                server.send_signal(signal.SIGINT)
    finally:
        server.kill()
        server.wait()
    if port is None:
        fail(f"$ {command}\n{''.join(lines)}\n-- but no server")


# GDB beside a server of ours, in a folder of its own: what it saves must be a record.
def debug(command):
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)

    def save(port):
        gdb = subprocess.run(["bash", "-c", command.replace(":3333", ":" + port)], cwd=scratch, text=True,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        if gdb.returncode != 0:
            fail(f"$ {command}\nstatus {gdb.returncode}\n{gdb.stdout}")

    serve("build/extload serve --board my-board.yaml --gdb 0", save)
    if (scratch / "record.bin").stat().st_size != 340:
        fail(f"$ {command}\n-- but record.bin has not the 340 bytes of a record")


# What a section tells to type in GDB, which stops at the first error.
def debug_by_hand(lines):
    commands = "".join(re.sub(r"\s+#\s.*", "", line) + "\n" for line in lines)
    promised = re.findall(r"\s#\s((?:0x)?[0-9a-f]+(?: 0x[0-9a-f]+)*): ", "\n".join(lines))

    def type_them(port):
        (folder / "typed.gdb").write_text("set confirm off\n" + commands.replace(":3333", ":" + port))
        gdb = subprocess.run(["gdb-multiarch", "-nx", "-batch", "-x", "typed.gdb"], cwd=folder, text=True,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        output = " ".join(gdb.stdout.split())
        missing = [figures for figures in promised if not re.search(rf"[=:] {figures}\b", output)]
        if gdb.returncode != 0 or missing or not promised:
            fail(f"{commands}status {gdb.returncode}, not there: {missing}\n{gdb.stdout}")

    done["run"] += 1
    serve("build/extload serve --board my-board.yaml --gdb 0", type_them)


# OpenOCD beside the JTAG of a server of ours.
def drive(command):
    def run_it(port):
        here = command.replace("port 5555", f"port {port}")
        here = here.replace(" -c init", ' -c "gdb_port disabled; tcl_port disabled; telnet_port disabled" -c init', 1)
        result = subprocess.run(["bash", "-c", here], cwd=folder, text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        if result.returncode != 0:
            fail(f"$ {command}\nstatus {result.returncode}\n{result.stdout}")

    serve("build/extload serve --board my-board.yaml --jtag 0", run_it)


def run(command, want):
    done["run"] += 1
    if re.match(r"(build/)?extload serve ", command):
        return serve(command)
    if command.startswith("gdb-multiarch "):
        return debug(command)
    if command.startswith("openocd "):
        return drive(command)
    run = subprocess.run(["bash", "-c", RUN_AS.get(command, command)], cwd=folder, env=environment, text=True,
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    may_fail = want is not None and any("error: " in line for line in want)
    as_written = want is None or matches(joined(want), joined(run.stdout.splitlines()))
    if (run.returncode != 0) != may_fail or not as_written:
        wanted = "anything" if want is None else "\n".join(want)
        fail(f"$ {command}\nstatus {run.returncode}\n{run.stdout}\n-- but the document has\n{wanted}")


def type_one(command, want, section):
    command = re.sub(r"\s+#\s.*$", "", command)
    if command.startswith("J-Link>"):
        if not re.fullmatch(J_LINK, command[len("J-Link>"):]):
            fail(f"not known of J-Link Commander: {command}")
        check_told(command, section)
    elif command.startswith("openocd -f interface/"):
        check_told(command, section)
    elif command.split()[0] in NOT_AT_HAND:
        check_written(command, section)
    elif command in ELSEWHERE:
        done["elsewhere"] += 1
    else:
        run(command, want)


def whole_lines(text):
    return [re.sub(r"\\\n\s*", "", line) for line in re.findall(r"(?:.*\\\n)*.+\n?", text)]


def type_block(kind, block, section):
    lines = block.splitlines()
    if kind == "yaml":
        if re.fullmatch(r"# [\w.-]+\.yaml", lines[0]):
            (folder / lines[0][2:]).write_text(block)
    elif kind == "sh":
        for line in whole_lines(block):
            if not line.startswith("#"):
                type_one(line.rstrip("\n"), None, section)
    elif kind == "console":
        starts = [i for i, line in enumerate(lines) if re.match(r"\$ |J-Link>", line)]
        if not starts or starts[0] != 0:
            fail(f"a console block without a prompt:\n{block}")
        if lines[0][2:] in RUN_AS:
            starts = starts[:1]  # it prints prompts
        for start, end in zip(starts, starts[1:] + [len(lines)]):
            type_one(re.sub(r"^\$ ", "", lines[start]), lines[start + 1:end], section)
    elif kind == "text":
        if re.search(rf"^{PROGRAMS}", block, flags=re.M):
            fail(f"a command line in a block of text:\n{block}")
    else:
        fail(f"a block of no known kind, '{kind}':\n{block}")


# Commands in running text are not run; they must exist.
def check_inline(text):
    for span in re.findall(r"`([^`]+)`", text):
        words = span.split()
        if words[0] == "make" and len(words) > 1:
            if not re.search(rf"^{words[1]}:", (folder / "Makefile").read_text(), flags=re.M):
                fail(f"no target: {span}")
        elif words[0] in ("extload", "build/extload") and len(words) > 1 and not words[1].startswith("-"):
            text = subprocess.run(["build/extload", words[1], "--help"], cwd=folder, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True).stdout
            if not text.startswith(f"extload {words[1]} "):
                fail(f"no command: {span}")
            for option in re.findall(r"(?<!\S)--[a-z-]+", span):
                if not re.search(rf"{option}\b", text):
                    fail(f"no option {option}: {span}")


text = document.read_text()
fence = re.compile(r"^( *)```(\S*)\n(.*?)^ *```$", flags=re.M | re.S)
for section in [] if inline else re.split(r"^(?=## )", text, flags=re.M):
    by_hand = []
    for _, kind, block in fence.findall(section):
        if kind == "gdb":
            by_hand += textwrap.dedent(block).splitlines()
        else:
            type_block(kind, textwrap.dedent(block), section)
    if by_hand:
        debug_by_hand(by_hand)
prose = fence.sub("", text)
if not inline and re.search(rf"```|~~~|^    +{PROGRAMS}|^(\$ |J-Link>|build/extload |build/floor )", prose, flags=re.M):
    fail("a command line or a fence outside of a block")
check_inline(prose)
print(", ".join(f"{count} {what}" for what, count in done.items()))
