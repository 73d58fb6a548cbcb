"""Refreshing a client sheet of 100,000 rows and 18 columns in place: ours beside openpyxl's load and save.

Prints seconds, peak megabytes above the interpreter and ratios, all measured in one run on one machine:

    python -m benchmarks writing
"""

import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.reading import make, measure

PLAN = """
import shutil
from funnel.plan import *
from funnel.grid import Area
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.write.apply import apply_plan
rows = {rows}
top = rows + 6
def total(column):
    letter = chr(64 + column)
    return Cell(top, column, Formula(f"=SUM({{letter}}2:{{letter}}{{top - 1}})", 1), "total_count")
label = Cell(top, 1, "Totals", "total_label")
block = PutBlock("Clients", "totals", Area(top, 1, top, 18), (label, *map(total, range(6, 19))))
rows_above = (Area(2, 1, top - 2, 18),)
rules = PutRules("Clients", (Rule("green", rows_above, '=AND($H2=1,N("funnel:green")=0)'),))
fills = PutFills("Clients", (("red", tuple(Area(r, 1, r, 18) for r in range(2, rows, 3))),))
rates = tuple(Cell(r, c, "Step" if c == 2 else 0.5, "rate") for r in range(4, 14) for c in (2, 3))
series = Series("Lost", Area(4, 2, 13, 2), Area(4, 3, 13, 3), "3B6EA8")
chart = Chart("drop-off", "column", "Drop-off", (series,), Area(2, 7, 18, 14))
tab = PutTab("Funnel", "summary", rates, (chart,), create=True)
def refresh(path, *changes):
    shutil.copyfile(path, path + ".xlsx")
    package = Package.open(path + ".xlsx")
    apply_plan(path + ".xlsx", package, Plan(path, changes, package.version))
"""
WAYS = {
    "totals, rule, tab and chart": (PLAN, "refresh(path, block, rules, tab)"),
    "totals and rule": (PLAN, "refresh(path, block, rules)"),
    "painting every third row": (PLAN, "refresh(path, fills)"),
    "openpyxl: load and save": (
        "import openpyxl",
        "book = openpyxl.load_workbook(path); book.active.cell({rows}, 1, 'Totals'); book.save(path + '.x')",
    ),
}


def main(rows: int = 100_000) -> None:
    folder = Path(tempfile.mkdtemp())
    path = folder / "clients.xlsx"
    make(path, rows)
    first = 0.0
    print(f"read, patch, write and check {rows:,} rows of 18 columns (goal at 100,000: 1.0 s, 100 MB)")
    for name, (before, work) in WAYS.items():
        times = 1 if "openpyxl" in name else 3
        seconds, megabytes = measure(path, before.format(rows=rows), work.format(rows=rows), times)
        first = first or seconds
        print(f"{name:28} {seconds:6.2f} s {megabytes:6.0f} MB {seconds / first:6.1f} x")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
