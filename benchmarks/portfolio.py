"""Time a portfolio of generated gyms: `python -m benchmarks.portfolio [SHEETS]` (200 by default).

Among them a broken, an empty, a hostile and a doubtful one. Prints the seconds of the first look, the second
one and one on another day, by the clock and of processor time (which other programs on the machine do not
change), and the peak memory.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
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
    with (
        zipfile.ZipFile(folder / "g0.xlsx") as good,
        zipfile.ZipFile(folder / "hostile.xlsx", "w", zipfile.ZIP_DEFLATED) as archive,
    ):  # its tab would take 2 GB
        for part in good.namelist():
            with archive.open(part, "w", force_zip64=True) as out:
                head, rest = good.read(part), b""
                if part.endswith("sheet1.xml"):
                    head, _, rest = head.partition(b"</sheetData>")
                out.write(head)
                for _ in range(2048 if rest else 0):
                    out.write(b" " * (1 << 20))
                out.write(rest and b"</sheetData>" + rest)
    rows = (
        f"n{i},2026-01-{i % 28 + 1:02d},{i % 2 or ''},{'2026-03-05' if i % 3 == 0 else ''}" for i in range(60)
    )
    (folder / "doubtful.csv").write_text(
        "Client,Date of lead,First paid session,Gone\n" + "\n".join(rows), "utf-8"
    )
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
        # Another process writes the sheets, so that the peak memory is that of the looks alone.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            path = pool.apply(write_portfolio, (Path(name), sheets))
            pool.close()
            pool.join()
        looks = {"first look": DAY, "second look": DAY, "on another day": DAY + dt.timedelta(days=1)}
        for look, day in looks.items():
            start, worked = time.perf_counter(), processor_time()
            found = funnel.portfolio(path, day)
            table = len(found.table)
            clock, worked = time.perf_counter() - start, processor_time() - worked
            print(f"{look}: {clock:.1f} s ({worked:.1f} s of processor time), {found!r}, {table} rows")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"peak: {peak:.0f} MB, and about as much in each of {os.cpu_count()} workers")


def processor_time() -> float:
    """Return the processor time of this process and of those it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    main()
