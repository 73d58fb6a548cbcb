"""A whole refresh as a command: the first, one with nothing to do, and openpyxl's load and save beside them.

Prints the median processor seconds of whole processes, start-up included, the peak of their memory, and the
ratio to the first refresh. The ways take turns, so that a busy machine slows all of them:

    python -m benchmarks refresh 1000
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl

SAMPLE = Path(__file__).resolve().parents[1] / "sample_data" / "gym.xlsx"
AS_OF = "2026-11-21"
RUNS = 3
FUNNEL = (sys.executable, "-m", "funnel")
OPENPYXL = "import openpyxl, sys; openpyxl.load_workbook(sys.argv[1]).save(sys.argv[1])"


MOST = 10_000  # rows made by openpyxl, which needs minutes and gigabytes for a million


def make(path: Path, rows: int) -> None:
    """The sample sheet with its clients repeated, each under a name of its own."""
    _make_few(path, min(rows, MOST))
    if rows <= MOST:
        return
    few = path.with_suffix(".few")
    path.replace(few)
    with (
        zipfile.ZipFile(few) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name != "xl/worksheets/sheet1.xml":
                new.writestr(name, data)
                continue
            with new.open(name, "w", force_zip64=True) as part:
                for piece in _repeated(data, rows):
                    part.write(piece)
    few.unlink()


def _repeated(sheet: bytes, rows: int) -> Iterator[bytes]:
    """Yield a sheet with its last thousand rows repeated, up to a number of clients."""
    before, end, after = sheet.rpartition(b"</sheetData>")
    start, *last = before.rsplit(b"<row ", 1000)
    yield start + b"<row " + b"<row ".join(last)
    first = int(last[0].split(b'"')[1])
    for at in range(rows - MOST):
        row, copy = last[at % 1000], at // 1000 + 1
        number = first + at % 1000
        renumbered = row.replace(b'%d"' % number, b'%d"' % (first + 1000 * copy + at % 1000))
        yield b"<row " + renumbered.replace(b"</t>", b" (%d)</t>" % copy, 1)
    yield end + after


def _make_few(path: Path, rows: int) -> None:
    """Make the sheet with openpyxl."""
    book = openpyxl.load_workbook(SAMPLE)
    sheet = book.worksheets[0]
    clients = [row for row in sheet.iter_rows(min_row=2, values_only=True) if row[0] and row[1]]
    for at in range(len(clients), rows):
        name, *rest = clients[at % len(clients)]
        sheet.append([f"{name} {at // len(clients) + 1}", *rest])
    book.save(path)


def make_apart(kind: str, path: Path, rows: int) -> None:
    """Make a workbook in another process: the peak of a process includes that of the one that started it."""
    code = f"import pathlib, benchmarks.{kind} as kind; kind.make(pathlib.Path({str(path)!r}), {rows})"
    subprocess.run([sys.executable, "-c", code], check=True)


def run(*command: str, state: Path) -> tuple[float, float]:
    """Processor seconds and peak megabytes of a process."""
    environment = {**os.environ, "FUNNEL_STATE": str(state)}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet, env=environment) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit code {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    rows = next((int(word) for word in sys.argv[1:] if word.isdecimal()), 1000)
    runs: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        original, path, state = Path(folder) / "new.xlsx", Path(folder) / "clients.xlsx", Path(folder)
        make_apart("refresh", original, rows)
        for _ in range(RUNS):
            shutil.copyfile(original, path)
            refresh = (*FUNNEL, "refresh", str(path), "--as-of", AS_OF)
            ways = {
                "first refresh": refresh,
                "refresh, nothing to do": refresh,
                "the same, read again (--dry-run)": (*refresh, "--dry-run"),
                "openpyxl: load and save": (sys.executable, "-c", OPENPYXL, str(path)),
                "import pandas": (sys.executable, "-c", "import pandas"),
            }
            for name, command in ways.items():
                runs.setdefault(name, []).append(run(*command, state=state))
    print(f"{rows:,} rows, whole processes            cpu       peak    of a first refresh")
    for name, found in runs.items():
        cpu, peak = (statistics.median(column) for column in zip(*found, strict=True))
        ratio = statistics.median(
            own / first for (own, _), (first, _) in zip(found, runs["first refresh"], strict=True)
        )
        print(f"{name:34} {cpu:6.2f} s {peak:6.0f} MB {ratio:12.2f}")


if __name__ == "__main__":
    main()
