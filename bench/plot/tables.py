# The tables of docs/performance.md. A comment above each says what is in it:
#
#   <!-- figures board=stm32n655-s25fl064l host=native | flash times | ours.total floor.total ours/floor -->
#
# that is which rows of figures.csv, by what they differ, and the columns; or <!-- limits -->, <!-- host -->. A table in
# which a row rests on part times from memory has the column trust as well.
import csv
import re

from figures import KEYS

COMMENT = re.compile(r"^<!-- (figures|limits|host)( .*)?-->\n(?:\|.*\n)*", flags=re.M)
UNITS = {"accesses": "accesses a byte", "instructions": "instructions a byte"}


def line(cells):
    return "| " + " | ".join(cells) + " |\n"


def table(heads, rows):
    return line(heads) + "|" + "---|" * len(heads) + "\n" + "".join(line(row) for row in rows)


def head_of(column):
    loader, _, name = column.partition(".")
    return column if not name else f"{loader} {UNITS.get(name, name)}"


# "ours.total", or "ours/floor", a quotient of totals. Empty where there is none.
def value_of(figures, case, column):
    def get(loader, name):
        rows = figures.rows_with(**{**case, "loader": loader})
        return float(rows[0][name]) if len(rows) == 1 and rows[0][name] else None

    if "/" in column:
        above, below = (get(loader, "total") for loader in column.split("/"))
        return "" if above is None or not below else f"{above / below:.3f}"
    value = get(*column.split("."))
    return "" if value is None else f"{value:.0f}" if column.endswith(".calls") else f"{value:.3f}"


def figures_table(figures, spec):
    where, by, columns = ([word for word in part.split()] for part in spec.split("|"))
    wanted = dict(word.split("=") for word in where)
    found = figures.rows_with(**wanted, loader="ours")
    if not found:
        raise SystemExit(f"no rows for: {spec}")
    trust = ["trust"] if any(row["trust"] for row in found) else []
    rows = []
    for row in found:
        case = {key: row[key] for key in KEYS}
        values = [value_of(figures, case, column) for column in columns]
        rows.append([case[key] for key in by] + values + [row[name] for name in trust])
    return table(by + [head_of(column) for column in columns] + trust, rows)


def limits_table(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file, delimiter="|"))
    return table(["what", "worst", "at most", "of", "cells", "verdict"],
                 [[r["what"], r["worst"], r["most"], r["unit"], r["cells"], r["verdict"]] for r in rows])


def host_table(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return table(["what", "instructions per KiB"], [[r["what"], r["instructions per KiB"]] for r in rows])


def fill(text, figures, folder):
    def one(match):
        kind, spec = match.group(1), (match.group(2) or "").strip()
        comment = match.group(0).split("\n", 1)[0] + "\n"
        if kind == "figures":
            return comment + figures_table(figures, spec)
        return comment + (limits_table(folder / "limits.csv") if kind == "limits" else
                          host_table(folder / "host.csv"))

    return COMMENT.sub(one, text)
