"""`Exploration`: a sheet and the settings of the controls. It needs no notebook."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from funnel.clients import Clients, Reading
from funnel.errors import FunnelError, Unanswered, UsageError
from funnel.explorer.files import sample_sheet, sheets_in_folder
from funnel.metrics import Funnel
from funnel.metrics.core.column_lookup import BLANK, check_name
from funnel.metrics.core.date_ranges import every
from funnel.metrics.tables.steps import Counts
from funnel.metrics.tables.survival import Clock
from funnel.metrics.tables.trends import WINDOW
from funnel.sheets.outputs import write_text_file
from funnel.text import cell_text, csv_cell
from funnel.workflows.load import open_clients
from funnel.workflows.samples import DAY, SAMPLES, sample_of

if TYPE_CHECKING:
    from collections.abc import Sequence

FILTERS = {"source": "source", "coach": "coach", "period": "lead_date"}
"""Setting -> the column of `Funnel.where` that it filters by."""


@dataclass(frozen=True, slots=True)
class People:
    """The clients behind a number: those counted at a step, with values of other columns.

    Parameters
    ----------
    step : the step's name; None for the first one.
    statuses : columns of the steps table that count clients; empty for all clients.
    by : column and value: (("coach", "Zoe"),).
    """

    step: str | None = None
    statuses: tuple[str, ...] = ()
    by: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the controls.

    Parameters
    ----------
    sheet, tab, journey, as_of, counts : as for `load` and `Funnel`.
    source, coach, period : only these clients; None for all. The period is one of lead dates: "2026-Q3".
    clock : the start of the months of retention, "lead" or "paid".
    window : months of leads in each rate of the trends.
    compare : the column whose values are compared.
    page : the open page.
    people : the clients that the page People lists.
    """

    sheet: str
    tab: str | None = None
    journey: str | None = None
    as_of: dt.date | None = None
    source: str | None = None
    coach: str | None = None
    period: str | None = None
    clock: Clock = "lead"
    counts: Counts = "marked"
    window: int = WINDOW
    compare: str | None = None
    page: str = "Overview"
    people: People = People()

    @property
    def day(self) -> dt.date:
        """The as-of date; by default today, or the date of a sample."""
        return self.as_of or (DAY if sample_of(self.sheet) else dt.date.today())


_KEPT: dict[str, Settings] = {}
"""Settings of each sheet explored in this session, kept when the cell is run again."""


class Exploration:
    """A sheet and its settings; all results come from `Funnel`.

    >>> from funnel.explorer.files import sample_sheet
    >>> e = Exploration(sample_sheet(), as_of="2026-11-21")
    >>> e.set(coach="Jonas Lind").funnel
    Funnel: 11 steps, 28 clients, as of 2026-11-21
    """

    def __init__(self, sheet: str | None = None, **settings: Any) -> None:
        if sheet in SAMPLES and not Path(sheet).exists():
            settings = {"journey": sheet} | settings if sheet != "gym" else settings
            sheet = sample_sheet(sheet)
        chosen = sheet or next(iter(sheets_in_folder()), None) or sample_sheet()
        self.settings = _KEPT.get(chosen, Settings(chosen))
        self._clients: dict[tuple[str, str | None, str | None], Clients | FunnelError] = {}
        self._funnels: dict[tuple[Any, ...], Funnel] = {}
        self.set(**settings)

    def set(self, **settings: Any) -> Exploration:
        """Change settings: ``e.set(coach="Zoe", page="Compare")``; another sheet resets them.

        Raises
        ------
        UsageError : there is no such setting.
        """
        for name in settings:
            check_name("setting", name, (field.name for field in fields(Settings)))
        if isinstance(day := settings.get("as_of"), str):
            from funnel.workflows.load import as_date

            settings["as_of"] = as_date(day)
        wanted = settings.get("sheet", self.settings.sheet)
        if wanted != self.settings.sheet:
            sampled = sample_of(wanted)
            settings = {"journey": sampled} | settings if sampled not in (None, "gym") else settings
            self.settings = _KEPT.get(wanted, Settings(wanted, as_of=self.settings.as_of))
        elif {"tab", "journey"} & set(settings):
            settings = {"source": None, "coach": None, "period": None, "people": People()} | settings
        self.settings = replace(self.settings, **settings)
        _KEPT[self.settings.sheet] = self.settings
        return self

    def read_again(self) -> None:
        """Clear the cache, so that the sheet is read again."""
        self._clients.clear()
        self._funnels.clear()

    @property
    def clients(self) -> Clients:
        """The clients of the sheet; raises the error if it cannot be read."""
        found = self._opened()
        if isinstance(found, FunnelError):
            raise found
        return found

    def _opened(self) -> Clients | FunnelError:
        s = self.settings
        key = (s.sheet, s.tab, s.journey)
        if key not in self._clients:
            try:
                self._clients[key] = open_clients(s.sheet, s.journey, s.tab, as_of=s.day).clients
            except FunnelError as error:
                self._clients[key] = error
        return self._clients[key]

    @property
    def reading(self) -> Reading | None:
        """The reading of the sheet, even if its questions must be answered first."""
        found = self._opened()
        if isinstance(found, Unanswered):
            return found.reading if isinstance(found.reading, Reading) else None
        return None if isinstance(found, FunnelError) else found.reading

    @property
    def everybody(self) -> Funnel:
        """The funnel of all clients, before the filters."""
        s = self.settings
        return self._kept((s.sheet, s.tab, s.journey, s.day, s.counts), {})

    @property
    def funnel(self) -> Funnel:
        """The funnel of the filtered clients."""
        s = self.settings
        by = {column: getattr(s, name) for name, column in FILTERS.items() if getattr(s, name) is not None}
        return self._kept((s.sheet, s.tab, s.journey, s.day, s.counts), by)

    def _kept(self, key: tuple[Any, ...], by: dict[str, str]) -> Funnel:
        whole = (key, ())
        if whole not in self._funnels:
            if len(self._funnels) > 40:
                self._funnels.clear()
            self._funnels[whole] = Funnel(self.clients, self.settings.day, self.settings.counts)
        filtered = (key, tuple(by.items()))
        if filtered not in self._funnels:
            self._funnels[filtered] = self._funnels[whole].where(**by)
        return self._funnels[filtered]

    def people(self) -> pd.DataFrame:
        """Return the clients of the page People, in sheet order, without the columns that are blank."""
        chosen, funnel = self.settings.people, self.funnel
        names = [step.name for step in funnel.journey.steps]
        step = chosen.step if chosen.step in names else names[0]
        by = {column: None if value == BLANK else value for column, value in chosen.by}
        found = [funnel.people(step, status, by) for status in chosen.statuses or (None,)]
        listed = pd.concat(found).drop_duplicates("row").sort_values("row", ignore_index=True)
        if not chosen.statuses:  # these tell of the step, which nobody chose
            listed = listed.drop(columns=["status", "due", "days_waiting", "days_silent"])
        return listed.dropna(axis="columns", how="all") if len(listed) else listed

    def values(self, column: str) -> list[str]:
        """Return the values of a column by which clients can be filtered, sorted; [] if there is none."""
        table = self.clients.table
        if column not in table:
            return []
        cells = table[column]
        found = sorted({str(cell) for cell in cells.dropna() if str(cell).strip()})
        return [*found, BLANK] if len(found) < len({*cells.fillna("")}) else found

    def periods(self) -> list[str]:
        """Return the quarters, then the months of the lead dates, the newest first."""
        table = self.clients.table
        dated = table["lead_date"].dropna().tolist() if "lead_date" in table else []
        dates = [date.date() for date in dated if date.date() <= self.settings.day]
        if not dates:
            return []
        first, last = min(dates), max(dates)
        return [str(days) for kind in ("quarter", "month") for days in every(first, last, kind)[::-1]]

    def columns(self) -> list[str]:
        """Return the columns whose values can be compared."""
        roles = [name for name in ("coach", "source", "heard", "company") if name in self.clients.table]
        return [*roles, *(["quarter"] if "lead_date" in self.clients.table else [])]

    @property
    def compared(self) -> str | None:
        """The compared column, if the sheet has it."""
        columns = self.columns()
        return self.settings.compare if self.settings.compare in columns else next(iter(columns), None)

    def answer(self, answers: Sequence[tuple[str, str]]) -> Path:
        """Write the journey file of the sheet with the answers to its questions, and read the sheet again.

        Raises
        ------
        UsageError : the sheet has a finished journey file already; it is not changed.
        """
        from funnel.workflows.journey_files import journey_path, unfinished
        from funnel.workflows.new_sheet import draft_journey_file

        path = journey_path(self.settings.sheet)
        begun = unfinished(path)
        if path.exists() and begun is None:
            raise UsageError(f"{path} already exists and was not changed. Edit it, or delete it first.")
        text, _ = draft_journey_file(self.settings.sheet, self.settings.tab, None, None, answers, begun)
        write_text_file(path, text)
        self.read_again()
        return path

    def write_review(self, ending: str, names: bool = False) -> list[Path]:
        """Write the review of these clients into the working folder: .html, .pdf, .pptx or .xlsx."""
        from funnel.workflows.report import write_review

        stem = f"review-{self.settings.day}"
        path = free_path(Path(stem + ending))
        return write_review(self.funnel, path, names=names)


def free_path(path: Path) -> Path:
    """Return an unused path: add a number to the name if it is taken."""
    n, found = 2, path
    while found.exists():
        found, n = path.with_name(f"{path.stem}-{n}{path.suffix}"), n + 1
    return found


def csv_text(table: pd.DataFrame, separator: str = ",") -> str:
    """Return a table as CSV, with dates as days; no text in it can become a formula.

    >>> csv_text(pd.DataFrame({"client": ["=1+1"]}))
    "client\\n'=1+1\\n"
    """
    table = table.rename(columns=lambda name: csv_cell(str(name)))
    return table.map(lambda value: csv_cell(cell_text(value))).to_csv(
        index=False, sep=separator, lineterminator="\n"
    )
