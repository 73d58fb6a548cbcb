"""What changed since the last review: counts recorded in the history, and two periods at equal age."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from funnel.errors import UsageError
from funnel.grid import Grid, Value
from funnel.reports.review import Section, Table
from funnel.reports.review_tables import counted_from, plain_table
from funnel.text import count, interval, percent
from funnel.writer.history import weeks

if TYPE_CHECKING:
    from funnel.metrics import Funnel

USUAL = dt.timedelta(weeks=4)
"""The age of the last review, by default."""


def changes(funnel: Funnel, since: dt.date | None, history: Grid | None, tabs: Sequence[str]) -> Section:
    """Make the section on changes."""
    sentences, tables = [], []
    recorded = _recorded(funnel, since or funnel.as_of - USUAL, history, tabs)
    if recorded is None:
        sentences.append(
            "No earlier week is recorded in this sheet, so no counts can be compared. `funnel refresh` "
            "records one each week."
        )
    else:
        day, then = recorded
        sentences.append(f"Compared with {day} ({count((funnel.as_of - day).days, 'day')} before).")
        tables.append(plain_table("Since then", ("Count", "Then", "Now", "Change"), _counts(funnel, then)))
    tables += _periods(funnel)
    notes = (f"{note.date}: {note.text}" for note in sorted(funnel.journey.notes, key=lambda n: n.date))
    return Section("changes", "Changes", tuple(sentences), tables=tuple(tables), bullets=tuple(notes))


def _recorded(
    funnel: Funnel, since: dt.date, history: Grid | None, tabs: Sequence[str]
) -> tuple[dt.date, Mapping[str, Value]] | None:
    """Return the day and counts of the last week recorded by then; else those of the first one recorded."""
    found = []
    for row in weeks.recorded(history, funnel, tabs).values():
        day = row[weeks.AS_OF]
        if isinstance(day, dt.datetime):
            day = day.date()
        if isinstance(day, dt.date) and day < funnel.as_of:
            found.append((day, row))
    before = [item for item in found if item[0] <= since]
    return before[-1] if before else found[0] if found else None


def _counts(
    funnel: Funnel, then: Mapping[str, Value]
) -> Iterator[tuple[str, int | None, int | None, int | None]]:
    """Yield each count with its value then, its value now, and the difference."""
    names = {weeks.CLIENTS: "Clients", **{str(step): str(step) for step in funnel.steps["step"]}}
    names[weeks.LEFT] = "Left"
    now = {header: value for header, (value, _) in weeks.entry(funnel).items()}
    for header, name in names.items():
        was, is_ = _number(then.get(header)), _number(now.get(header))
        yield name, was, is_, None if was is None or is_ is None else is_ - was


def _number(value: Value) -> int | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if number else None  # type: ignore[arg-type]


def _periods(funnel: Funnel) -> list[Table]:
    """Return the comparison of two periods of leads at equal age; nothing if there are no lead dates."""
    if "lead_date" not in funnel.clients.columns:
        return []
    try:
        found = funnel.periods()
    except UsageError:
        return []
    shown = found[(found["before_n"] > 0) | (found["after_n"] > 0)].to_dict("records")
    if not shown:
        return []
    before, after = str(shown[0]["before_leads"]), str(shown[0]["after_leads"])
    rows = [
        (str(row["step"]), _rate(row, "before"), _rate(row, "after"), str(row["verdict"]).split(" (from")[0])
        for row in shown
    ]
    note = (
        f"Leads of {before} as of {shown[0]['before_as_of']}, and of {after} as of "
        f"{shown[0]['after_as_of']}, so that both had equal time. Of clients who were due."
    )
    headings = ("Step", f"Leads of {before}", f"Leads of {after}", "Change")
    cells = counted_from(funnel, "steps", "lead_date")
    return [plain_table(f"Leads of {after}, against {before}", headings, rows, note, cells)]


def _rate(row: Mapping[Hashable, Any], side: str) -> str:
    """Return a rate with its bounds and its n."""
    n, reached = int(row[f"{side}_n"]), int(row[f"{side}_reached"])
    if not n:
        return "–"
    low, high = (float(row[f"{side}_{bound}"]) for bound in ("low", "high"))
    return f"{percent(reached / n)} ({reached:,} of {n:,}; {interval(low, high)})"
