# Types what a document tells to type. Usage: type_along.py DOCUMENT FOLDER
#
# A ```yaml block whose first line is "# NAME" becomes that file. In a ```console block a line that begins with
# "$ " is run by bash in FOLDER, and what follows is what must come out, on both outputs: "..." stands for any
# lines, figures are not compared, and a command may fail only if an "error: " is announced.
import pathlib
import re
import subprocess
import sys

document, folder = pathlib.Path(sys.argv[1]).read_text(), pathlib.Path(sys.argv[2])


def normal(line):
    line = re.sub(r"0x[0-9a-f]+|\d+(\.\d+)?", "#", line)
    return " ".join(line.split())


def matches(want, got):
    if not want:
        return not got
    if want[0] == "...":
        return any(matches(want[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and normal(want[0]) == normal(got[0]) and matches(want[1:], got[1:])


def type_one(command, want):
    run = subprocess.run(["bash", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, timeout=300)
    may_fail = any("error: " in line for line in want)
    if (run.returncode != 0) != may_fail or not matches(want, run.stdout.splitlines()):
        wanted = "\n".join(want)
        sys.exit(f"$ {command}\nstatus {run.returncode}\n{run.stdout}\n-- but the document has\n{wanted}")


count = 0
for kind, block in re.findall(r"^```(\w*)\n(.*?)^```$", document, flags=re.M | re.S):
    lines = block.splitlines()
    if kind == "yaml" and lines[0].startswith("# "):
        (folder / lines[0][2:]).write_text(block)
    elif kind == "console":
        starts = [i for i, line in enumerate(lines) if line.startswith("$ ")]
        assert starts and starts[0] == 0, block
        for start, end in zip(starts, starts[1:] + [len(lines)]):
            type_one(lines[start][2:], lines[start + 1:end])
            count += 1
print(f"{count} commands")
