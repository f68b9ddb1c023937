# make.py FOLDER DOCUMENT: the plots of FOLDER/figures.csv as SVG beside it, and the tables in DOCUMENT anew.
import pathlib
import sys

import svg
import tables
from figures import Figures

SIZES = {"64K": 1 << 16, "1M": 1 << 20, "full": 1 << 23}
QUAD = {"board": "stm32n655-s25fl064l", "times": "typical", "cpu": "64M"}
NATIVE = {**QUAD, "host": "native", "buffer": "own"}
STAGES = ("erase", "program", "verify")


def plot_states(figures):
    states = ("blank", "new", "used", "random", "sparse", "one byte changed", "unchanged")
    loaders = ("ours", "floor", "plain")
    groups = [(state, [(figures.row(**NATIVE, link="jlink", size="1M", flash=state, loader=loader), "total")
                       for loader in loaders]) for state in states]
    return svg.bars("1 MiB into an S25FL064L, our own host over J-Link, seconds", groups, loaders)


def plot_hosts(figures):
    used = {**QUAD, "size": "1M", "flash": "used"}
    cases = [("native", "own", "jlink", "ours"), ("cubeprogrammer-jlink", "64K", "jlink", "ours"),
             ("cubeprogrammer-stlink", "64K", "stlink-v3", "ours"), ("jlink-ofl", "own", "jlink", "ours"),
             ("native", "own", "jlink", "plain"), ("cubeprogrammer-jlink", "64K", "jlink", "plain")]
    groups = []
    for host, buffer, link, loader in cases:
        row = figures.row(**used, host=host, buffer=buffer, link=link, loader=loader)
        groups.append((f"{host}, {loader}", [(row, stage) for stage in STAGES]))
    return svg.bars("1 MiB over other firmware in an S25FL064L, by host and loader, seconds", groups, STAGES,
                    stacked=True)


def plot_links(figures):
    links = ("jlink", "stlink-v3", "slow-swd")
    drawn = []
    for link in links:
        for loader in ("ours", "floor"):
            points = [(bytes_, size, figures.row(**NATIVE, link=link, size=size, flash="new", loader=loader))
                      for size, bytes_ in SIZES.items()]
            drawn.append((link, loader == "floor", points))
    return svg.lines("Into a new S25FL064L with --skip-blank, by link and size, seconds", drawn, links, "total")


def main():
    folder, document = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    figures = Figures(folder / "figures.csv")
    for name, plot in (("states", plot_states), ("hosts", plot_hosts), ("links", plot_links)):
        (folder / f"{name}.svg").write_text(plot(figures))
    document.write_text(tables.fill(document.read_text(), figures, folder))


main()
