"""Businesses with counts by hand, and sheets of gyms."""

import datetime as dt
from pathlib import Path

import openpyxl

from funnel.portfolios.numbers import BusinessNumbers, StepCounts

DAY = dt.date(2026, 7, 1)
STEPS = ("Client contacted", "Client meeting had", "First paid session")


def business(name: str, *counts: tuple[int, int], leads: int = 100) -> BusinessNumbers:
    """A business with (settled_n, settled_reached) of each step; the last step is the paid one."""
    steps = tuple(
        StepCounts(step, "step", step == STEPS[-1], reached, n, reached, n - reached, 0)
        for step, (n, reached) in zip(STEPS, counts, strict=False)
    )
    return BusinessNumbers(name, DAY, leads, steps)


def write_gym(path: Path, clients: int, had: int, paid: int, steps: tuple[str, ...] = STEPS) -> None:
    """A gym's sheet: all contacted, some had the meeting, some of these paid; all leads are old."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Client name", "Date of lead", *steps])
    for i in range(clients):
        marks = (1, 1 if i < had else None, 1 if i < paid else None)
        sheet.append([f"Client {i}", dt.date(2026, 1, 1) + dt.timedelta(days=i % 60), *marks])
    book.save(path)


def write_portfolio(folder: Path, gyms: int = 3) -> Path:
    """A portfolio of some gyms, of which the second has few meetings, a broken and a missing sheet."""
    lines = ['name = "Gyms"', 'journey = "gym"']
    for i in range(gyms):
        write_gym(folder / f"g{i}.xlsx", 40 + i, 10 if i == 1 else 30, 8)
        lines += ["[[business]]", f'name = "Gym {i}"', f'sheet = "g{i}.xlsx"']
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 nonsense")
    for name in ("broken", "missing"):
        lines += ["[[business]]", f'name = "{name}"', f'sheet = "{name}.xlsx"']
    path = folder / "gyms.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path
