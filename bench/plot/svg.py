# Bars and lines as SVG. Each mark says of which row and column of figures.csv it is, and the frame how long a second is,
# so that a test can read the values back.
from math import log10
from xml.sax.saxutils import escape, quoteattr

from figures import case_of

COLOURS = {
    "ours": "#1f6f8b", "floor": "#9aa5ad", "plain": "#d98c3f",
    "erase": "#a8503f", "program": "#1f6f8b", "verify": "#6a994e",
    "jlink": "#1f6f8b", "stlink-v3": "#d98c3f", "slow-swd": "#7b5ea7",
}
LINE = 18
BAR = 12
HALO = {"stroke": "#ffffff", "stroke_width": 4, "paint_order": "stroke"} # of a label that lines may cross
FONT = 'font-family="sans-serif" font-size="12"'


def number(value):
    return f"{value:.2f}"


def element(tag, content="", **attributes):
    names = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    inside = "".join(f" {name}={quoteattr(str(value))}" for name, value in names.items())
    return f"<{tag}{inside}>{content}</{tag}>" if content else f"<{tag}{inside}/>"


def text(x, y, words, **attributes):
    return element("text", escape(words), x=number(x), y=number(y), **attributes)


def mark_of(row, column):
    return {"data_case": case_of(row), "data_column": column, "data_value": f"{float(row[column]):.3f}"}


def label_of(row, column, x, y, **attributes):
    return text(x, y, f"{float(row[column]):.3f}", data_case=case_of(row), data_column=column, **attributes)


def document(width, height, title, axis, marks):
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" {FONT} fill="#222222">\n')
    frame = [element("rect", width=width, height=height, fill="#ffffff"), text(10, 20, title, font_weight="bold")]
    inside = "\n".join(frame + marks)
    scale = "".join(f' data-{name}="{value}"' for name, value in axis.items())
    return f"{head}<title>{escape(title)}</title>\n<g{scale}>\n{inside}\n</g>\n</svg>\n"


def legend(names, x, y):
    marks = []
    for name in names:
        marks += [element("rect", x=number(x), y=number(y - 10), width=12, height=12, fill=COLOURS[name]),
                  text(x + 16, y, name)]
        x += 30 + 8 * len(name)
    return marks


# groups: (label, [(row, column)]) with a bar each; or, stacked, one bar made of all.
def bars(title, groups, series, stacked=False, left=190, width=760):
    totals = [max(sum(float(r[c]) for r, c in g) if stacked else max(float(r[c]) for r, c in g)
                  for g in [group]) for _, group in groups]
    unit = (width - left - 80) / max(totals)
    marks, y = legend(series, left, 42), 58
    for label, group in groups:
        x, top = left, y
        for row, column in group:
            name = column if stacked else row["loader"]
            length = float(row[column]) * unit
            marks.append(element("rect", x=number(x), y=number(y), width=number(length), height=BAR, class_=name,
                                 fill=COLOURS[name], **mark_of(row, column)))
            if stacked:
                x += length
            else:
                marks.append(label_of(row, column, x + length + 5, y + 10))
                y += BAR + 1
        if stacked:
            marks.append(label_of(group[0][0], "total", x + 5, y + 10))
            y += BAR + 1
        marks.append(text(10, (top + y) / 2 + 4, label))
        y += LINE - BAR
    axis = {"scale": "linear", "unit": f"{unit:.6f}"}
    return document(width, int(y + 6), title, axis, marks)


# Values of one x from above to below, none over another.
def apart(values):
    placed = []
    for x, y, row in sorted(values, key=lambda value: value[:2]):
        above = [other for at, other, _ in placed if at == x]
        placed.append((x, max([y - 2, *(other + LINE - 1 for other in above)]), row))
    return placed


# lines: (name, dashed, [(x, label, row)]), both axes in decades.
def lines(title, lines_, series, column, width=760, height=330):
    left, right, top, bottom = 60, width - 90, 60, height - 40
    xs = [log10(x) for _, _, points in lines_ for x, _, _ in points]
    ys = [log10(float(r[column])) for _, _, points in lines_ for _, _, r in points]
    low, high = min(ys), max(ys)
    unit = (bottom - top) / (high - low)
    origin = bottom + low * unit # where one second lies
    across = (right - left) / (max(xs) - min(xs))
    marks = legend(series, left, 42) + [text(left + 330, 42, "dashed: the floor; both axes in decades")]
    labels, values = {}, []
    for name, dashed, points in lines_:
        places = [(left + (log10(x) - min(xs)) * across, origin - log10(float(r[column])) * unit, r)
                  for x, _, r in points]
        path = " ".join(f"{number(x)},{number(y)}" for x, y, _ in places)
        dash = {"stroke_dasharray": "5 4"} if dashed else {}
        marks.append(element("polyline", points=path, fill="none", stroke=COLOURS[name], stroke_width=2, **dash))
        for x, y, row in places:
            marks.append(element("circle", cx=number(x), cy=f"{y:.3f}", r=3, fill=COLOURS[name], class_=name,
                                 **mark_of(row, column)))
            if not dashed:
                values.append((x, y, row))
        labels.update({label: left + (log10(x) - min(xs)) * across for x, label, _ in points})
    marks += [label_of(row, column, x + 7, y, **HALO) for x, y, row in apart(values)]
    marks += [text(x - 10, height - 14, label) for label, x in labels.items()]
    axis = {"scale": "log", "unit": f"{unit:.6f}", "origin": f"{origin:.6f}"}
    return document(width, height, title, axis, marks)
