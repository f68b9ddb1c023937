# What the documents name must exist: files, headings, tests. Usage: check_docs.py TREE
import pathlib
import re
import sys

QUESTIONS = 7
PARTS = ("**Do this.**", "**Known.**", "**Inferred.**", "**What would settle it.**", "**Shown here by**")
FOLDERS = "abi|bench|cmake|data|docs|examples|loader|scripts|src|tests"

tree = pathlib.Path(sys.argv[1])
problems = []


def problem(path, text):
    problems.append(f"{path.relative_to(tree)}: {text}")


def without_code(text):
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S)


# As forges make them: lower case, punctuation gone, blanks become hyphens.
def anchors(path):
    headings = re.findall(r"^#+ +(.*)$", without_code(path.read_text()), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def check_links(path):
    text = without_code(path.read_text())
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name) if name else path
        if not file.exists():
            problem(path, f"no file {target}")
        elif anchor and anchor not in anchors(file):
            problem(path, f"no heading {target}")
    for name in re.findall(rf"`((?:{FOLDERS})/[\w./-]+)`", text):
        if not (tree / name).exists():
            problem(path, f"no file {name}")


# The tests that the build runs from this file: functions that are registered, titles of a suite.
def tests_of(name):
    text = (tree / name).read_text()
    if re.fullmatch(r"tests/cli/[^/]+\.bats", name):
        return set(re.findall(r'^@test "(.*)" \{$', text, flags=re.M))
    if re.fullmatch(r"tests/(unit|sim)/test_[^/]+\.c", name):
        functions = re.findall(r"^static void (\w+)\(void \*\*state\)", text, flags=re.M)
        return {f for f in functions if re.search(rf"\b\w*(?:TEST|unit_test)\w*\({f}\b", text)}
    return set()


# One item of a list: files as links, each followed by the names of tests in it.
def check_item(path, item):
    count = 0
    parts = re.split(r"\]\(\.\./(tests/[^)]+)\)", item)
    for name, words in zip(parts[1::2], parts[2::2]):
        if not (tree / name).is_file():
            continue  # check_links() says so
        known = tests_of(name)
        named = re.findall(r'"([^"]+)"' if name.endswith(".bats") else r"`(\w+)`", words)
        named = [n for n in named if not (tree / f"tests/fixtures/{n}.c").exists()]
        for test in named:
            if test not in known:
                problem(path, f"no test {test} in {name}")
        if not named:
            problem(path, f"names no test of {name}")
        count += len(named)
    return count


# What `rehearse` is said to report is a row of findings.md.
def check_findings(path, text):
    known = re.findall(r"^\| `([a-z-]+)` \|", (tree / "docs/findings.md").read_text(), flags=re.M)
    for name in re.findall(r"`([a-z]+(?:-[a-z]+)+|hang|fault|asleep|watchdog)`", text):
        if name not in known:
            problem(path, f"no finding {name}")


def check_answers(path):
    sections = re.split(r"^## ", path.read_text(), flags=re.M)[1:]
    answers = [s for s in sections if re.match(r"\d+\. ", s)]
    if len(answers) != QUESTIONS:
        problem(path, f"{len(answers)} answers, not {QUESTIONS}")
    for answer in answers:
        title = answer.splitlines()[0]
        for part in PARTS:
            if part not in answer:
                problem(path, f"'{title}' has no {part}")
        check_findings(path, answer[answer.find(PARTS[-1]):])
        items = re.findall(r"^\* (.*(?:\n  .*)*)", answer, flags=re.M)
        if sum(check_item(path, " ".join(item.split())) for item in items) < 2:
            problem(path, f"'{title}' names fewer than two tests")


# Rows of the tables by which files are read: the key and, last, what it is. Read from the source, so that a
# table which the program that writes the page does not reach is noticed.
def schema_rows(text):
    for match in re.finditer(r"^\s+\w+_KEY\(", text, flags=re.M):
        arguments, depth, words = [], 1, None
        for token in re.findall(r'"(?:[^"\\]|\\.)*"|[(),]|[^"(),]+', text[match.end():]):
            depth += {"(": 1, ")": -1}.get(token, 0)
            if depth == 0:
                break
            if token.startswith('"'):
                words = (words or "") + token[1:-1]
            elif token == "," and words is not None:
                arguments.append(words)
                words = None
        yield arguments[0], words if words is not None else arguments[-1]


def check_keys(path):
    rows = re.findall(r"^\| `(\w+)` \|.*?\| ([^|]*) \|$", path.read_text(), flags=re.M)
    count = 0
    for source in sorted(tree.glob("src/board/*.c")):
        for key, words in schema_rows(source.read_text()):
            count += 1
            if (key, words) not in rows:
                problem(path, f"no row for key {key} of {source.name}")
    if count < 100:
        problem(path, f"only {count} keys were found in src/board")


# What the simulator can do stands in fidelity.md: host options, links, and the states of inherited chips; and every
# tag of trust that a page uses.
def check_fidelity(path, documents):
    text = path.read_text()
    known = {
        "host option": ("src/host/host_option.c", r'\.name = "([a-z-]+)"'),
        "link": ("src/sim/link.c", r'\.name = "([a-z0-9-]+)"'),
        "inherited state": ("src/sim/nor/*_inherit.c", r'\] = "([a-z0-9-]+)"'),
    }
    for what, (sources, row) in known.items():
        names = {name for source in tree.glob(sources) for name in re.findall(row, source.read_text())}
        if not names:
            problem(path, f"no {what} was found in {sources}")
        for name in sorted(names):
            # The time-outs are one row.
            if not name.endswith("-timeout") and not re.search(rf"(?<![\w-]){name}(?![\w-])", text):
                problem(path, f"no {what} {name}")
    tags = set(re.findall(r"`\[([\w-]+)\]`", text.split("## CPU")[0]))
    for document in documents:
        for tag in re.findall(r"\[([A-Za-z-]{2,9})\](?![(`])", without_code(document.read_text())):
            if tag not in tags:
                problem(document, f"no tag [{tag}] in {path.name}")


# Sorted, and with each abbreviation of the pages that newcomers read.
EVERYDAY = {"DESIGN", "README", "LICENSE", "CHANGELOG", "GNU", "GPL", "MIT", "GCC", "CPU", "PC", "RAM",
            "MB", "KiB", "MiB", "FF", "SEGGER"}


def check_glossary(path):
    text = path.read_text()
    for section in text.split("\n## ")[1:]:
        terms = [re.sub(r"[^a-z0-9]", "", term.lower()) for term in re.findall(r"^\* \*\*(.+?)\*\*", section, flags=re.M)]
        for before, after in zip(terms, terms[1:]):
            if after < before:
                problem(path, f"{after} stands behind {before}")
    terms = " ".join(re.findall(r"\*\*(.+?)\*\*", text))
    for name in ("README.md", "docs/use.md", "docs/board-files.md"):
        prose = re.sub(r"`[^`]*`|\]\([^)]*\)|ST-LINK|<!--.*|\[[\w-]+\]", "", without_code((tree / name).read_text()))
        for word in sorted(set(re.findall(r"\b[A-Z][A-Za-z]*[A-Z]\b", prose)) - EVERYDAY):
            if not re.search(rf"\b{word}\b", terms):
                problem(path, f"no {word}, which {name} speaks of")


# The functions that a record names, by number.
def check_functions(path):
    bases = ("NONE", "FLM", "OWN")
    header = (tree / "abi/function.h").read_text()
    defined = re.findall(r"^#define FUNCTION_(\w+) +(\d+)", header, flags=re.M)
    numbers = {int(number): re.sub(r"^(FLM|OFL|OWN)_|_", "", name).lower() for name, number in defined if name not in bases}
    row = re.search(r"^\| 0x10 \| function \|(.*)\|$", path.read_text(), flags=re.M).group(1)
    named = {int(number): name.lower() for number, name in re.findall(r"\b(\d+) (?:extload_)?(\w+)", row)}
    for number in sorted(numbers.keys() | named.keys()):
        if numbers.get(number) != named.get(number):
            problem(path, f"function {number} is not that of abi/function.h")


# The symbols of a .stldr.
def check_symbols(path):
    source = (tree / "src/pack/stldr.c").read_text()
    row = re.search(r"^\| (`Init`.*?) \| function \|", path.read_text(), flags=re.M).group(1)
    if re.findall(r'^    \{"(\w+)", "\w+"\},$', source, flags=re.M) != re.findall(r"`(\w+)`", row):
        problem(path, "the functions of a .stldr are not those of src/pack/stldr.c")


# The version that the build has is one of which the reader is told.
def check_changelog(path):
    version = re.search(r"project\(extload VERSION ([\d.]+)", (tree / "CMakeLists.txt").read_text()).group(1)
    sections = re.findall(r"^## (.*)$", path.read_text(), flags=re.M)
    if sections[0] != "[Unreleased]" or not re.fullmatch(rf"\[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d", sections[1]):
        problem(path, f"its sections are not [Unreleased], then [{version}] with a date")


# No page is out of reach of a reader who starts with README.
def check_reach(documents):
    reached, todo = set(), [tree / "README.md"]
    while todo:
        page = todo.pop()
        if page not in reached:
            reached.add(page)
            targets = re.findall(r"\]\(([^)\s#:]+\.md)(?:#[^)\s]*)?\)", without_code(page.read_text()))
            todo += [p for p in map(lambda t: (page.parent / t).resolve(), targets) if p.is_file()]
    for document in documents:
        if document.resolve() not in {page.resolve() for page in reached}:
            problem(document, "no page leads here from README.md")


documents = sorted([*tree.glob("*.md"), *tree.glob("docs/*.md"), *tree.glob("data/*.md")])
for document in documents:
    check_links(document)
check_reach(documents)
check_answers(tree / "docs/answers.md")
check_keys(tree / "docs/board-files.md")
check_fidelity(tree / "docs/fidelity.md", documents)
check_glossary(tree / "docs/glossary.md")
check_changelog(tree / "CHANGELOG.md")
check_functions(tree / "docs/tracing.md")
check_symbols(tree / "docs/formats.md")
print("\n".join(problems))
sys.exit(1 if problems else 0)
