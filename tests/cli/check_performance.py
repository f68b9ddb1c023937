# What docs/performance.md, its plots and README.md show is what docs/performance/figures.csv says, and its limits are
# held. Usage: check_performance.py TREE
# Reads tables and plots by itself; nothing of bench/plot, which wrote them, has a part in it.
import csv
import math
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

tree = pathlib.Path(sys.argv[1])
docs = tree / "docs"
folder = docs / "performance"
problems = []


def rows_of(name, delimiter=","):
    with open(folder / name, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


figures = rows_of("figures.csv")
KEYS = list(figures[0])[:9]
by_case = {tuple(row[key] for key in KEYS): row for row in figures}
UNITS = {"accesses a byte": "accesses", "instructions a byte": "instructions"}


# --- plots ---

# The length that the mark has, and the one that its value should have.
def geometry(mark, frame, value):
    unit = float(frame.get("data-unit"))
    if frame.get("data-scale") == "linear":
        return float(mark.get("width")), value * unit
    return float(mark.get("cy")), float(frame.get("data-origin")) - math.log10(value) * unit


def check_mark(path, mark, frame):
    row = by_case.get(tuple(mark.get("data-case").split("|")))
    column = mark.get("data-column")
    if row is None:
        problems.append(f"{path.name}: no such row: {mark.get('data-case')}")
        return
    wanted = f"{float(row[column]):.3f}"
    label = mark.tag.endswith("text")
    shown = mark.text if label else mark.get("data-value")
    if shown != wanted:
        problems.append(f"{path.name}: {shown} is shown for {column} of {mark.get('data-case')}, which is {wanted}")
    if label:
        return
    if mark.get("class") not in (row["loader"], row["link"], column):
        problems.append(f"{path.name}: drawn as {mark.get('class')}: {mark.get('data-case')}")
    is_long, should = geometry(mark, frame, float(row[column]))
    if abs(is_long - should) > 0.01:
        problems.append(f"{path.name}: a mark at {is_long}, not {should:.3f}: {mark.get('data-case')}")


def check_plot(path, text):
    frame = xml.parse(path).getroot().find("{http://www.w3.org/2000/svg}g")
    marks = [mark for mark in frame if mark.get("data-case") is not None]
    if len(marks) < 10:
        problems.append(f"{path.name}: {len(marks)} marks")
    for mark in marks:
        check_mark(path, mark, frame)
    if f"(performance/{path.name})" not in text:
        problems.append(f"{path.name}: performance.md does not show it")


# --- tables ---

def cells_of(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def expected(row, head):
    if head == "trust":
        return by_case[(*row, "ours")]["trust"]
    if "/" in head:
        above, below = (by_case.get((*row, name)) for name in head.split("/"))
        return "" if above is None or below is None else f"{float(above['total']) / float(below['total']):.3f}"
    loader, _, words = head.partition(" ")
    column = UNITS.get(words, words)
    found = by_case.get((*row, loader))
    if found is None or found[column] == "":
        return ""
    return found[column] if column == "calls" else f"{float(found[column]):.3f}"


def check_figures(spec, lines):
    where, by = spec.split("|")[0].split(), spec.split("|")[1].split()
    wanted = dict(word.split("=") for word in where)
    heads = cells_of(lines[0])
    cases = [key for key in by_case if key[8] == "ours" and
             all(key[KEYS.index(name)] == value for name, value in wanted.items())]
    if len(cases) != len(lines) - 2:
        problems.append(f"performance.md: {len(lines) - 2} rows for {spec}, figures.csv has {len(cases)}")
    if any(by_case[key]["trust"] for key in cases) != ("trust" in heads):
        problems.append(f"performance.md: the column trust is missing or too much: {spec}")
    for line in lines[2:]:
        cells = dict(zip(heads, cells_of(line)))
        found = [key[:8] for key in cases if all(key[KEYS.index(name)] == cells[name] for name in by)]
        if len(found) != 1:
            problems.append(f"performance.md: {len(found)} rows of figures.csv are meant by: {line}")
            continue
        for head in heads[len(by):]:
            if cells[head] != expected(found[0], head):
                problems.append(f"performance.md: {head} is {expected(found[0], head)}, not {cells[head]}, in: {line}")


def check_plain(name, delimiter, lines):
    heads = cells_of(lines[0])
    rows = rows_of(name, delimiter)
    for row, line in zip(rows, lines[2:]):
        values = list(row.values())[:len(heads)]
        if cells_of(line) != values:
            problems.append(f"performance.md: {name} has {values}, not: {line}")
    if len(rows) != len(lines) - 2:
        problems.append(f"performance.md: {len(lines) - 2} rows of {name}, which has {len(rows)}")


def check_tables(text):
    found = re.findall(r"^<!-- (figures|limits|host)(?: (.*?))? ?-->\n((?:\|.*\n)*)", text, flags=re.M)
    for kind, spec, table in found:
        lines = table.splitlines()
        if len(lines) < 3:
            problems.append(f"performance.md: no table below: {kind} {spec}")
        elif kind == "figures":
            check_figures(spec, lines)
        else:
            check_plain(f"{kind}.csv", "|" if kind == "limits" else ",", lines)
    if len(found) < 5:
        problems.append("performance.md: its tables are gone")


# --- limits ---

def check_limits():
    rows = rows_of("limits.csv", "|")
    for row in rows:
        if row["verdict"] != "held" or int(row["cells"]) == 0 or float(row["worst"]) > float(row["most"]):
            problems.append(f"limits.csv: {row['verdict']}: {row['what']}: {row['worst']} of {row['most']} {row['unit']}")
    if len(rows) < 7:
        problems.append(f"limits.csv: {len(rows)} limits")


# --- README.md ---

# Its table of the whole quad flash; what it calls proof is the stage verify.
README_CASE = ("stm32n655-s25fl064l", "native", "own", "jlink", "full")
README_HEADS = ["8 MiB, S25FL064L", "erase", "program", "proof", "total", "floor", "register accesses a byte",
                "instructions a byte"]
README_FLASHES = {"used": "used", "new, with `--skip-blank`": "new", "one byte changed": "one byte changed",
                  "unchanged": "unchanged"}


def check_readme(text):
    _, found, rest = text.partition(f"| {' | '.join(README_HEADS)} |\n")
    lines = rest.split("\n\n", 1)[0].splitlines()[1:]
    if not found or [cells_of(line)[0] for line in lines] != list(README_FLASHES):
        problems.append(f"README.md: its table of figures is not of {', '.join(README_FLASHES)}")
        return
    for line in lines:
        name, *cells = cells_of(line)
        case = (*README_CASE, README_FLASHES[name], "typical", "64M")
        ours, floor = by_case[(*case, "ours")], by_case[(*case, "floor")]
        seconds = [ours["erase"], ours["program"], ours["verify"], ours["total"], floor["total"]]
        wanted = [f"{float(value):.3f} s" for value in seconds]
        wanted += [f"{float(ours[column]):.2f}" for column in ("accesses", "instructions")]
        if cells != wanted:
            problems.append(f"README.md: {name} is {' | '.join(wanted)}, not: {line}")


text = (docs / "performance.md").read_text()
plots = sorted(folder.glob("*.svg"))
if len(plots) < 2:
    problems.append("docs/performance: its plots are gone")
for path in plots:
    check_plot(path, text)
check_tables(text)
check_limits()
check_readme((tree / "README.md").read_text())
for problem in problems:
    print(problem)
sys.exit(1 if problems else 0)
