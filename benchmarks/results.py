"""Every ratio of speed in one run, beside other libraries, written into benchmarks/RESULTS.md.

Prints processor seconds (user and system) of fresh processes, which take turns, so that a busy machine slows
all of them. Libraries that are not installed are left out. Numbers are the turns (three) and the most rows:

    with="--with python-calamine --with fastexcel --with wolfxl"
    uv run --all-groups $with python -m benchmarks results
    uv run --all-groups $with python -m benchmarks results 1 1000000
"""

from __future__ import annotations

import importlib.metadata
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks import refresh
from funnel.text import count

OUT = Path(__file__).parent / "RESULTS.md"
SAMPLE = str(refresh.SAMPLE)
SIZES = (1_000, 10_000, 100_000)
RUNS = 3
FUNNEL = (sys.executable, "-m", "funnel")
LIBRARIES = (
    "funnelbook",
    "pandas",
    "numpy",
    "narwhals",
    "openpyxl",
    "python-calamine",
    "fastexcel",
    "wolfxl",
)
MEASURE = """
import json, resource, sys, time
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
path = sys.argv[1]
{before}
memory, start = peak(), time.process_time()
{work}
print(json.dumps([time.process_time() - start, peak() - memory]))
"""
READ = {
    "inflate and bare expat": (
        "import zipfile\nfrom xml.parsers import expat",
        "part = zipfile.ZipFile(path).open('xl/worksheets/sheet1.xml'); parser = expat.ParserCreate()\n"
        "parser.StartElementHandler = parser.CharacterDataHandler = lambda *_: None\n"
        "while chunk := part.read(65536): parser.Parse(chunk)",
    ),
    "funnel: values and fills": (
        "from funnel.sheets.excel.package.parts import Package\n"
        "from funnel.sheets.excel.read.reader import Reader",
        "package = Package.open(path); grid = Reader(package).read(package.worksheets[0])",
    ),
    "funnel.load": (
        "import funnel, funnel.workflows.load",
        "clients = funnel.load(path, as_of='2026-11-21')",
    ),
    "calamine": (
        "import python_calamine",
        "rows = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()",
    ),
    "fastexcel": ("import fastexcel", "sheet = fastexcel.read_excel(path).load_sheet(0)"),
    "pandas and openpyxl": ("import pandas, openpyxl", "table = pandas.read_excel(path)"),
}
MODULES = {"calamine": "python_calamine", "fastexcel": "fastexcel", "wolfxl": "wolfxl"}
WRITE = {
    "openpyxl: load and save": refresh.OPENPYXL,
    "wolfxl: modify and save": (
        "import sys, wolfxl; book = wolfxl.load_workbook(sys.argv[1], modify=True); "
        "book.active['A1'] = 'Name'; book.save(sys.argv[1])"
    ),
}
RESULTS = """
from benchmarks.metrics import RESULTS, make
from funnel.metrics import Funnel
def everything(clients):
    funnel = Funnel(clients, "2026-11-21")
    for result in RESULTS.values(): result(funnel)
    funnel.to_json()
everything(make(200))
clients = make(int(path))
"""
COACHES = """
import numpy as np
coaches = [f"Coach {{i:03}}" for i in range({n})]
clients.table["coach"] = np.random.default_rng(1).choice(coaches, len(clients.table))
funnel = Funnel(clients, "2026-11-21"); funnel.flagged
"""
RUNNING = {
    "funnel.refresh, the first": (
        f"import gc, shutil, funnel\nshutil.copyfile({SAMPLE!r}, path + '.xlsx'); gc.disable()\n"
        f"funnel.refresh(path + '.xlsx', as_of={refresh.AS_OF!r})",
        f"funnel.refresh(path, as_of={refresh.AS_OF!r})",
    ),
    "openpyxl: load and save": (
        f"import gc, openpyxl\ngc.disable(); openpyxl.load_workbook({SAMPLE!r}).save(path + '.xlsx')",
        "openpyxl.load_workbook(path).save(path)",
    ),
}
"""The same work in a process that has done it before with the sample, so that nothing is imported any more;
without garbage collection, as on the command line."""
Runs = dict[str, list[tuple[float, float]]]


def part(before: str, work: str, path: str) -> tuple[float, float]:
    """Processor seconds and megabytes of a piece of work in a fresh process, without its imports."""
    code, state = MEASURE.format(before=before, work=work), str(Path(path).parent / "state")
    command, environment = [sys.executable, "-c", code, path], {**os.environ, "FUNNEL_STATE": state}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
    return seconds, megabytes


def installed(way: str) -> bool:
    """Return True if the library of a way is installed."""
    return find_spec(MODULES.get(way.split(":")[0], "funnel")) is not None


def start_up(folder: Path, runs: int) -> Runs:
    """Whole processes that users wait for: the help, the sample sheet, a sheet of 1,000 rows."""
    original, path = folder / "new.xlsx", folder / "clients.xlsx"
    refresh.make_apart("refresh", original, 1_000)
    again = (*FUNNEL, "refresh", str(path), "--as-of", refresh.AS_OF)
    ways = {
        "import pandas": (sys.executable, "-c", "import pandas"),
        "funnel --help": (*FUNNEL, "--help"),
        "funnel show, 200 rows": (*FUNNEL, "show", SAMPLE, "--as-of", refresh.AS_OF),
        "funnel refresh, 1,000 rows, the first": again,
        "funnel refresh, 1,000 rows, nothing to do": again,
        "openpyxl: load and save, 1,000 rows": (sys.executable, "-c", refresh.OPENPYXL, str(path)),
        "funnel charts, 27 files of the sample": (
            *FUNNEL, "charts", SAMPLE, "-o", str(folder / "pictures"), "--as-of", refresh.AS_OF,
            "--picture", "png", "--picture", "svg", "--picture", "pdf",
        ),
    }  # fmt: skip
    found: Runs = {}
    for turn in range(runs + 1):
        shutil.copyfile(original, path)
        for name, command in ways.items():
            taken = refresh.run(*command, state=folder / "state")
            if turn:  # the first one may write bytecode, which users have
                found.setdefault(name, []).append(taken)
    return found


def read(path: Path, rows: int, runs: int) -> Runs:
    """Read a client sheet of that many rows and 18 columns."""
    refresh.make_apart("reading", path, rows)
    found: Runs = {}
    for turn in range(runs):
        for name, (before, work) in READ.items():
            slow = "openpyxl" in name and (turn or rows > SIZES[-1])
            if installed(name) and not slow:
                found.setdefault(name, []).append(part(before, work, str(path)))
    return found


def measure(rows: int, runs: int) -> Runs:
    """Every result of that many clients, after loading; and the comparison of 25 and of 200 coaches."""
    found: Runs = {}
    for _ in range(runs):
        found.setdefault("every result, and JSON", []).append(part(RESULTS, "everything(clients)", str(rows)))
        due = part(RESULTS, "Funnel(clients, '2026-11-21').due()", str(rows))
        found.setdefault("due", []).append(due)
        for n in (25, 200):
            before = RESULTS + COACHES.format(n=n)
            found.setdefault(f"by, {n} coaches", []).append(part(before, "funnel.by('coach')", str(rows)))
    return found


def write(folder: Path, rows: int, runs: int) -> Runs:
    """A first refresh as a whole process, beside libraries that load and save the same workbook."""
    original, path = folder / "many.xlsx", folder / "clients.xlsx"
    refresh.make_apart("refresh", original, rows)
    found: Runs = {}
    for turn in range(runs):
        shutil.copyfile(original, path)
        command = (*FUNNEL, "refresh", str(path), "--as-of", refresh.AS_OF)
        found.setdefault("funnel refresh, the first", []).append(
            refresh.run(*command, state=folder / "state")
        )
        for name, code in WRITE.items():
            slow = "openpyxl" in name and (rows > SIZES[-1] or (rows > SIZES[1] and turn))
            if installed(name) and not slow:
                shutil.copyfile(original, path)
                run = refresh.run(sys.executable, "-c", code, str(path), state=folder)
                found.setdefault(name, []).append(run)
    return found


def running(folder: Path, rows: int, runs: int) -> Runs:
    """A first refresh in a running process, beside openpyxl, which loads and saves the same workbook."""
    original, path = folder / "many.xlsx", folder / "clients.xlsx"
    refresh.make_apart("refresh", original, rows)
    found: Runs = {}
    for _ in range(runs):
        for name, (before, work) in RUNNING.items():
            shutil.copyfile(original, path)
            found.setdefault(name, []).append(part(before, work, str(path)))
    return found


def medians(runs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The median seconds and the median megabytes."""
    seconds, megabytes = zip(*runs, strict=True)
    return statistics.median(seconds), statistics.median(megabytes)


def table(title: str, by_size: Mapping[int, Runs], base: str, memory: str) -> list[str]:
    """A table of seconds and ratios: a row for each way, three columns for each number of rows."""
    sizes = list(by_size)
    heads = [f"{rows:,} rows, s | of {base} | MB" for rows in sizes]
    lines = [f"## {title}", "", f"Memory: {memory}.", "", f"| | {' | '.join(heads)} | growth |"]
    lines.append("|---|" + "---|" * (3 * len(sizes) + 1))
    for name in dict.fromkeys(name for runs in by_size.values() for name in runs):
        cells, seconds = [], {}
        for rows, runs in by_size.items():
            if name not in runs:
                cells += ["–"] * 3
                continue
            seconds[rows], megabytes = medians(runs[name])
            ratio = f"{seconds[rows] / medians(runs[base])[0]:.2f}" if base in runs else "–"
            cells += [f"{seconds[rows]:.2f}", ratio, f"{megabytes:.0f}"]
        lines.append(f"| {name} | {' | '.join(cells)} | {growth(seconds)} |")
    return [*lines, ""]


def growth(seconds: Mapping[int, float]) -> str:
    """The exponent of growth: 1 if twice the rows take twice as long; fitted to all sizes."""
    if len(seconds) < 2:
        return "–"
    points = [(math.log(rows), math.log(max(taken, 1e-3))) for rows, taken in seconds.items()]
    x, y = (statistics.mean(axis) for axis in zip(*points, strict=True))
    return f"{sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points):.2f}"


def versions() -> str:
    """The machine and the versions."""
    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{name} not installed")
    machine = f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores"
    return f"{machine}; Python {platform.python_version()}; {', '.join(found)}."


HEAD = """# Speed beside other libraries

Made by `python -m benchmarks results` (`benchmarks/results.py` has the command with all libraries). Read the
ratios: seconds differ between machines, and a busy machine slows all processes. Processor seconds, user and
system, medians of {runs}. "Growth" is the exponent of the rows, fitted to all sizes: 1 is linear.

{versions}
"""


def main() -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # users keep their bytecode
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    runs = next((number for number in numbers if number < SIZES[0]), RUNS)
    sizes = [*SIZES, *(number for number in numbers if number > SIZES[-1])]
    turns = {rows: runs if rows <= SIZES[-1] else 1 for rows in sizes}
    lines = [*HEAD.format(runs=count(runs, "turn"), versions=versions()).splitlines(), ""]
    peak, beside = "megabytes of the whole process", "megabytes above the process before the work"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts: list[tuple[str, Callable[[int], Runs], Sequence[int], str, str]] = [
            ("What people wait for", lambda _: start_up(folder, runs), SIZES[:1], "import pandas", peak),
            ("The same refresh in a running process", lambda rows: running(folder, rows, runs), SIZES[:2],
             "openpyxl: load and save", beside),
            ("Measuring", lambda rows: measure(rows, turns[rows]), sizes, "by, 25 coaches", beside),
            ("Reading 18 columns", lambda rows: read(folder / "read.xlsx", rows, turns[rows]), sizes,
             "inflate and bare expat", beside),
            ("Refreshing a workbook", lambda rows: write(folder, rows, turns[rows]), sizes,
             "openpyxl: load and save", peak),
        ]  # fmt: skip
        for title, runs_of, of, base, memory in parts:
            lines += table(title, {rows: runs_of(rows) for rows in of}, base, memory)
            OUT.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
