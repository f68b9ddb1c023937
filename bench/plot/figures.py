# The figures that `make bench` wrote, by what they are of.
import csv

KEYS = ("board", "host", "buffer", "link", "size", "flash", "times", "cpu", "loader")


class Figures:
    def __init__(self, path):
        with open(path, newline="") as file:
            self.rows = list(csv.DictReader(file))

    # The one row with these values.
    def row(self, **values):
        found = self.rows_with(**values)
        if len(found) != 1:
            raise SystemExit(f"{len(found)} rows of figures.csv have {values}")
        return found[0]

    def rows_with(self, **values):
        return [r for r in self.rows if all(r[k] == v for k, v in values.items())]


def case_of(row):
    return "|".join(row[key] for key in KEYS)
