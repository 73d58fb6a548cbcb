"""A workbook in a story of weeks: typing, refreshing, counting, each week on a day of its own."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

import funnel
from funnel.journey import Journey
from funnel.metrics import Funnel
from funnel.workflows import act, load, refresh
from funnel.workflows import move as moving

START = dt.date(2026, 10, 5)


class Week:
    """The workbook, the journey of the week, and the day that the commands take for today.

    Parameters
    ----------
    headers : of the tab with the clients; the first column has their names.
    stage : the header of the stage column, if there is one.
    """

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, headers: Sequence[str], journey: Journey | None,
        stage: str = "",
    ) -> None:  # fmt: skip
        self.path, self.day = folder / "clients.xlsx", START
        self.headers, self.journey, self.stage = list(headers), journey, stage
        for module in (load, refresh, act, moving):
            monkeypatch.setattr(module, "dt", self._clock())
        book = openpyxl.Workbook()
        book.worksheets[0].title = "Clients"
        book.worksheets[0].append(self.headers)
        book.save(self.path)

    def _clock(self) -> SimpleNamespace:
        week = self

        class AnyDate(type(dt.date)):  # type: ignore[misc]
            def __instancecheck__(cls, other: object) -> bool:
                return isinstance(other, dt.date)

        class Today(dt.date, metaclass=AnyDate):
            @classmethod
            def today(cls) -> dt.date:
                return week.day

        class Now(dt.datetime):
            @classmethod
            def now(cls, tz: object = None) -> dt.datetime:
                return dt.datetime.combine(week.day, dt.time(9))

        return SimpleNamespace(date=Today, datetime=Now, time=dt.time, timedelta=dt.timedelta)

    def add(self, *rows: tuple[Any, ...]) -> None:
        """Type new clients below the others."""
        book = openpyxl.load_workbook(self.path)
        sheet = book["Clients"]
        first = next(row for row in range(2, 99) if sheet.cell(row, 1).value is None)
        for row, cells in enumerate(rows, start=first):
            for column, value in enumerate(cells, start=1):
                sheet.cell(row, column).value = value
        book.save(self.path)

    def type(self, client: str, stage: Any, column: str = "") -> None:
        """Type the stage of a client, or another cell."""
        book = openpyxl.load_workbook(self.path)
        sheet = book["Clients"]
        row = next(row for row in range(2, 99) if sheet.cell(row, 1).value == client)
        sheet.cell(row, self.headers.index(column or self.stage) + 1).value = stage
        book.save(self.path)

    def happens(self, *events: tuple[Any, ...]) -> None:
        """Add rows to the tab Events; the first one has its headers."""
        book = openpyxl.load_workbook(self.path)
        sheet = book["Events"] if "Events" in book.sheetnames else book.create_sheet("Events")
        for row, event in enumerate(events, start=sheet.max_row + bool(sheet["A1"].value)):
            for column, value in enumerate(event, start=1):
                sheet.cell(row, column).value = value
        book.save(self.path)

    def refresh(self) -> Any:
        """Refresh, and once more to see that nothing is left to do."""
        plan = funnel.refresh(self.path, journey=self.journey)
        assert not funnel.refresh(self.path, journey=self.journey, dry_run=True), "the second refresh"
        return plan

    def funnel(self) -> Funnel:
        return Funnel(funnel.load(self.path, self.journey), self.day)

    def counts(self) -> dict[str, int]:
        found = self.funnel().stages
        return {stage: n for stage, n in zip(found["stage"], found["clients"], strict=True) if n}

    def new_actions(self) -> list[str]:
        return sorted(act.give_out(self.path, journey=self.journey).chosen["client"])

    def log(self) -> list[tuple[str, str, str, str]]:
        found = funnel.load(self.path, self.journey).log
        return list(found[["client", "from", "to", "why"]].itertuples(index=False, name=None))

    def delete_last_move(self, client: str) -> None:
        """Delete the last row of the log about a client who came from another stage."""
        book = openpyxl.load_workbook(self.path)
        sheet = book["Funnel log"]
        moves = [row for row in range(4, sheet.max_row + 1)
                 if sheet.cell(row, 4).value == client and sheet.cell(row, 6).value]  # fmt: skip
        sheet.delete_rows(moves[-1])
        book.save(self.path)

    def next(self) -> None:
        self.day += dt.timedelta(days=7)


class BookWeek(Week):
    """The same workbook, for stories that ask which moves a refresh has found."""

    def refresh(self) -> Any:
        """Refresh, and once more to see that nothing is left to do; return the moves that the log gained."""
        before = len(self.log())
        super().refresh()
        return self.log()[before:]

    def log(self) -> list[tuple[str, str, str, str]]:
        found = funnel.load(self.path, self.journey).log
        columns = ["client", "from", "to", "why"]
        return [] if found is None else list(found[columns].itertuples(index=False, name=None))

    def tick(self, client: str) -> None:
        """Put a mark into Done, on the tab of clients who were handed over."""
        book = openpyxl.load_workbook(self.path)
        sheet = book["Funnel hand-off"]
        row = next(row for row in range(4, sheet.max_row + 1) if sheet.cell(row, 3).value == client)
        sheet.cell(row, 8).value = "x"
        book.save(self.path)

    def recorded(self) -> tuple[list[Any], list[list[Any]]]:
        """Return the headers of the weekly history, and its rows."""
        sheet = openpyxl.load_workbook(self.path)["Funnel history"]
        header, *rows = ([cell.value for cell in row[1:]] for row in sheet.iter_rows(min_row=3))
        return header, rows


class FileWeek(Week):
    """The same with a CSV file, its events and its log beside it: nothing is written into the sheet."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, headers: Sequence[str], journey: Journey,
        stage: str = "",
    ) -> None:  # fmt: skip
        super().__init__(folder, monkeypatch, headers, journey, stage)
        self.path = folder / "people.csv"
        self.rows: list[list[Any]] = [self.headers]
        self.events: list[tuple[Any, ...]] = []
        self._write(self.path, self.rows)

    def add(self, *rows: tuple[Any, ...]) -> None:
        self.rows += [[*row, *[None] * (len(self.headers) - len(row))] for row in rows]
        self._write(self.path, self.rows)

    def type(self, client: str, stage: Any, column: str = "") -> None:
        row = next(row for row in self.rows if row[0] == client)
        row[self.headers.index(column or self.stage)] = stage
        self._write(self.path, self.rows)

    def happens(self, *events: tuple[Any, ...]) -> None:
        self.events += events
        self._write(self.path.with_name("people-events.csv"), self.events)

    def refresh(self) -> Any:
        """Bring the log up to date; return the moves that it gained."""
        before = len(self.log())
        moving.update(self.path, journey=self.journey)
        return self.log()[before:]

    def log(self) -> list[tuple[str, str, str, str]]:
        found = funnel.load(self.path, self.journey).log
        columns = ["client", "from", "to", "why"]
        return [] if found is None else list(found[columns].itertuples(index=False, name=None))

    def delete_last_move(self, client: str) -> None:
        path = next(self.path.parent.glob("*log*.csv"))
        lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
        moves = [at for at, line in enumerate(lines) if client in line and line[4]]
        del lines[moves[-1]]
        self._write(path, lines)

    def _write(self, path: Path, rows: Sequence[Sequence[Any]]) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
