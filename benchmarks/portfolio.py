"""Time a portfolio of generated gyms: `python -m benchmarks.portfolio [SHEETS]` (200 by default).

Among them a broken, an empty, a hostile and a doubtful one. Prints the seconds of the first and second look,
and the peak memory.
"""

from __future__ import annotations

import datetime as dt
import os
import resource
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import openpyxl

import funnel
from funnel.journey import preset

DAY = dt.date(2026, 11, 1)
RATES = (0.97, 0.85, 0.55, 0.95, 0.95, 0.8, 0.95, 0.95, 0.95, 0.9, 0.85)


def write_gym(path: Path, rows: int, rng: np.random.Generator) -> None:
    """A gym's sheet with some hundred to some thousand leads."""
    steps = preset("gym").steps
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Clients")
    names = [step.name for step in steps]
    sheet.append(["Client name", "Date of lead", *names, "Reason for discontinue", "When left journey"])
    for i in range(rows):
        lead = dt.date(2025, 1, 1) + dt.timedelta(days=int(rng.integers(0, 600)))
        marks: list[int | None] = []
        stays = True
        for step, rate in zip(steps, RATES, strict=True):
            due = lead + dt.timedelta(days=31 * (step.months or 0))
            stays = stays and bool(rng.random() < rate) and due <= DAY
            marks.append(1 if stays else None)
        left = (
            None if stays or rng.random() > 0.6 else lead + dt.timedelta(days=20 + 30 * sum(map(bool, marks)))
        )
        left = left if left and left <= DAY else None
        sheet.append([f"Client {i}", lead, *marks, "Price" if left else None, left])
    book.save(path)


def write_portfolio(folder: Path, sheets: int) -> Path:
    """A portfolio file with so many sheets, and four that are left out."""
    rng = np.random.default_rng(5)
    lines = ['name = "Gyms"']
    for i in range(sheets):
        write_gym(folder / f"g{i}.xlsx", int(rng.integers(200, 3000)), rng)
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 cut off")
    openpyxl.Workbook().save(folder / "empty.xlsx")
    with zipfile.ZipFile(folder / "hostile.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"a" * (1 << 28))
    rows = (f"n{i},2026-01-{i % 28 + 1:02d},{i % 2 or ''},{1 if i % 3 == 0 else ''}" for i in range(40))
    (folder / "doubtful.csv").write_text("A,B,C,D\n" + "\n".join(rows), "utf-8")
    names = [f"g{i}.xlsx" for i in range(sheets)]
    for name in (*names, "broken.xlsx", "empty.xlsx", "hostile.xlsx", "doubtful.csv"):
        lines += ["[[business]]", f'name = "{name}"', f'sheet = "{name}"']
    path = folder / "gyms.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


def main() -> None:
    """Print the figures."""
    sheets = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as name:
        os.environ["FUNNEL_CACHE"] = str(Path(name) / "cache")
        path = write_portfolio(Path(name), sheets)
        for look in ("first", "second"):
            start = time.perf_counter()
            found = funnel.portfolio(path, DAY)
            table = len(found.table)
            print(f"{look} look: {time.perf_counter() - start:.1f} s, {found!r}, {table} rows")
        own, children = (
            resource.getrusage(who).ru_maxrss / 1024
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        print(f"peak: {own:.0f} MB here, {children:.0f} MB in the largest of {os.cpu_count()} processes")


if __name__ == "__main__":
    main()
