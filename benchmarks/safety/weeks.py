"""A weekly job through sixty weeks: a person edits in between, some runs fail, the clock goes back.

`python -m benchmarks.safety.weeks [WEEKS]` runs the job on a workbook and on the Google emulator.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import openpyxl
from click.testing import CliRunner, Result

from benchmarks.safety.google_faults import URL, Google, google
from funnel.cli import main as funnel
from funnel.cli import options
from funnel.cli.commands import refresh as command
from funnel.sheets import open_sheet
from funnel.sheets.run_lock import lock_sheet
from funnel.workflows import load, unchanged
from funnel.workflows import refresh as refreshing

START: Final = dt.date(2026, 1, 5)
HEADERS: Final = (
    "Client name", "Date of lead", "Source of lead", "Client contacted", "First paid session",
    "When left journey", "Notes",
)  # fmt: skip
CONTACTED: Final = 4


class Workbook:
    """The sheet as an Excel workbook, and the person who edits it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "clients.xlsx"
        self.source = str(self.path)
        book = openpyxl.Workbook()
        book.worksheets[0].title = "Clients"
        book.worksheets[0].append(HEADERS)
        book.save(self.path)

    def type(self, cells: dict[tuple[int, int], Any]) -> None:
        """Type into cells of the clients: (row, column) -> value."""
        book = openpyxl.load_workbook(self.path)
        for (row, column), value in cells.items():
            book["Clients"].cell(row, column).value = value
        book.save(self.path)

    def version(self) -> object:
        return self.path.read_bytes() if self.path.exists() else None

    def lines_of_backups(self) -> int:
        return len(list(self.path.parent.glob("*.funnel-backup-*")))

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Excel has the workbook open."""
        sign = self.path.with_name(f"~${self.path.name}")
        sign.touch()
        yield
        sign.unlink()

    @contextmanager
    def moved(self) -> Iterator[None]:
        """The workbook is in another folder."""
        away = self.path.with_name("moved.xlsx")
        self.path.rename(away)
        yield
        away.rename(self.path)


class GoogleSheet:
    """The sheet on the emulator."""

    def __init__(self, service: Google) -> None:
        self.server = service.server
        self.book = self.server.new_sheet("Gym", [list(HEADERS)], tab="Clients")
        self.person = self.server.person(self.book)
        self.source = URL.format(self.book.id)

    def type(self, cells: dict[tuple[int, int], Any]) -> None:
        for (row, column), value in cells.items():
            text = value.isoformat() if isinstance(value, dt.date) else value
            self.person.type("Clients", f"{chr(64 + column)}{row}", text)

    def version(self) -> object:
        return self.person.version()

    def lines_of_backups(self) -> int:
        return 0

    @contextmanager
    def failing(self) -> Iterator[None]:
        """The service is down."""
        from sheets_server import faults

        self.server.faults.extend([faults.status(503)] * 40)
        yield
        self.server.faults.clear()

    @contextmanager
    def moved(self) -> Iterator[None]:
        """The spreadsheet is deleted, and restored later."""
        books = self.server.service.books
        book = books.pop(self.book.id)
        yield
        books[self.book.id] = book


class Story:
    """The weeks, one after the other; `broken` says what was not as promised."""

    def __init__(self, sheet: Any, folder: Path, seed: int = 1) -> None:
        self.sheet, self.log = sheet, folder / "log.txt"
        self.summary = folder / "summary.txt"
        self.dice = random.Random(seed)
        self.day, self.runs, self.rows = START, 0, 1
        self.weeks: list[str] = []
        self.broken: list[str] = []

    def week(self, number: int) -> None:
        """A person edits, then the job runs; in some weeks something goes wrong."""
        self.day = START + dt.timedelta(weeks=number)
        self._edit()
        special = {
            7: self._fails,
            13: self._moved,
            19: self._header,
            25: self._clock_goes_back,
            31: self._twice_at_once,
        }
        if number % 37 == 34:
            return  # the computer is off
        special.get(number % 37, self._succeeds)()

    def _edit(self) -> None:
        cells: dict[tuple[int, int], Any] = {}
        for _ in range(self.dice.randint(1, 2)):
            self.rows += 1
            values = (f"Client {self.rows}", self.day - dt.timedelta(days=self.dice.randint(0, 6)),
                      self.dice.choice(("Ads", "Web")), None, None, None, f"note {self.rows}")  # fmt: skip
            cells |= {(self.rows, at): value for at, value in enumerate(values, 1) if value is not None}
        for row in range(2, self.rows):
            if self.dice.random() < 0.15:
                cells[row, self.dice.choice((4, 4, 5))] = 1
            elif self.dice.random() < 0.02:
                cells[row, 6] = self.day
        self.sheet.type(cells)
        if self.rows > 6 and self.rows % 9 == 0:
            self.sheet.type({(self.rows - 2, 7): "=1+1"})

    def run(self) -> Result:
        """Run the job as a scheduler does."""
        with clock(self.day):
            result = CliRunner().invoke(
                funnel, ["refresh", self.sheet.source, "--quiet", "--log", str(self.log), "--summary",
                         str(self.summary)],
            )  # fmt: skip
        self.runs += 1
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            self._say(f"unforeseen {result.exception!r}")
        return result

    def _say(self, what: str) -> None:
        self.broken.append(f"{self.day}: {what}")

    def _succeeds(self) -> None:
        before = self.clients()
        result = self.run()
        name = "{}-W{:02}".format(*self.day.isocalendar()[:2])
        if name not in self.weeks:
            self.weeks.append(name)
        if result.exit_code:
            self._say(f"exit {result.exit_code}: {result.output}")
        if self.clients() != before:
            self._say("a cell of a person has changed")
        self._check("ok")
        version = self.sheet.version()
        if self.run().exit_code or self.sheet.version() != version:
            self._say("a second run on the same day changes the sheet")
        if self.sheet.lines_of_backups() > 5:
            self._say(f"{self.sheet.lines_of_backups()} backups")
        if name not in self.summary.read_text("utf-8"):
            self._say("the summary is of another week")

    def _refused(self, code: int, outcome: str) -> None:
        version = self.sheet.version()
        result = self.run()
        if result.exit_code != code or not result.output.startswith("Error: "):
            self._say(f"exit {result.exit_code} and not {code}: {result.output}")
        if self.sheet.version() != version:
            self._say("a refused run changes the sheet")
        last = self.log.read_text("utf-8").splitlines()[-1]
        if outcome not in last:
            self._say(f"the log has {last}")

    def _fails(self) -> None:
        with self.sheet.failing():
            self._refused(4 if isinstance(self.sheet, Workbook) else 3, "failed (exit")
        self._succeeds()

    def _moved(self) -> None:
        with self.sheet.moved():
            self._refused(3, "failed (exit 3)")
        self._succeeds()

    def _header(self) -> None:
        """A header changes so that the step is gone: the job goes on or asks, and nothing is lost."""
        before = self.clients()
        self.sheet.type({(1, CONTACTED): "Zzz"})
        result = self.run()
        if result.exit_code not in (0, 3):
            self._say(f"exit {result.exit_code} after another header: {result.output}")
        self.sheet.type({(1, CONTACTED): HEADERS[CONTACTED - 1]})
        if self.clients() != before:
            self._say("a cell of a person has changed with the header")
        self._succeeds()

    def _clock_goes_back(self) -> None:
        """The clock is wrong by two weeks for one run: no week of the history is lost."""
        self._succeeds()
        self.day -= dt.timedelta(weeks=2)
        if self.run().exit_code not in (0, 3, 4):
            self._say("the run with a wrong clock fails")
        self._check("")
        self.day += dt.timedelta(weeks=2)
        self._succeeds()

    def _twice_at_once(self) -> None:
        with lock_sheet(self.sheet.source):
            self._refused(4, "failed (exit 4)")
        self._succeeds()

    def clients(self) -> dict[str, list[Any]]:
        """Return what a person typed, by the name of the client."""
        grid = open_sheet(self.sheet.source).read("Clients")
        rows = (grid.row(at) for at in range(2, grid.height + 1))
        return {
            str(row[0]): [str(cell) for cell in row[:7]] for row in rows if str(row[0]).startswith("Client ")
        }

    def _check(self, outcome: str) -> None:
        history = open_sheet(self.sheet.source).read("Funnel history")
        found = [str(cell) for column in history.values for cell in column
                 if re.fullmatch(r"\d{4}-W\d\d", str(cell))]  # fmt: skip
        if found != self.weeks and found != self.weeks[::-1]:
            self._say(f"weeks in the history: {found}, expected {self.weeks}")
        lines = self.log.read_text("utf-8").splitlines()
        if len(lines) != self.runs or outcome not in lines[-1]:
            self._say(f"{len(lines)} lines in the log after {self.runs} runs, the last is {lines[-1]}")


@contextmanager
def clock(day: dt.date) -> Iterator[None]:
    """Let the commands take a day for today."""

    class AnyDate(type(dt.date)):  # type: ignore[misc]
        def __instancecheck__(cls, other: object) -> bool:
            return isinstance(other, dt.date)

    class Today(dt.date, metaclass=AnyDate):
        @classmethod
        def today(cls) -> dt.date:
            return day

    class Now(dt.datetime):
        @classmethod
        def now(cls, tz: object = None) -> dt.datetime:
            return dt.datetime.combine(day, dt.time(9))

    modules = (load, refreshing, command, options, unchanged)
    wrong = SimpleNamespace(date=Today, datetime=Now, time=dt.time, timedelta=dt.timedelta)
    for module in modules:
        module.dt = wrong  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for module in modules:
            module.dt = dt  # type: ignore[attr-defined]


def workbook(weeks: int, folder: Path) -> list[str]:
    """Return the broken promises of a story with a workbook."""
    story = Story(Workbook(folder), folder)
    for number in range(weeks):
        story.week(number)
    return story.broken


def spreadsheet(weeks: int, folder: Path) -> list[str]:
    """Return the broken promises of a story with a Google Sheet."""
    with google() as service:
        story = Story(GoogleSheet(service), folder)
        for number in range(weeks):
            story.week(number)
    return story.broken


STORIES: Final[dict[str, Callable[[int, Path], list[str]]]] = {"workbook": workbook, "google": spreadsheet}


def main(weeks: int = 60) -> int:
    """Print the broken promises of both stories; return their number."""
    broken = 0
    for name, story in STORIES.items():
        with tempfile.TemporaryDirectory() as folder:
            os.environ["FUNNEL_STATE"] = str(Path(folder) / "state")
            found = story(weeks, Path(folder))
        broken += len(found)
        print("\n".join([f"{name}: {weeks} weeks, {len(found)} broken promises", *found]), flush=True)
    return broken


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:2]))))
