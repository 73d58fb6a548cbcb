"""`Problem`, the kinds of problems that loading finds, and the order of their effect."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from funnel import html
from funnel.grid import cell_name

OF_A_KIND = 5  # problems of a kind that a notebook shows


KINDS: dict[str, str] = {
    "journey": "a rule of the journey never holds or is never used, or two stages look alike",
    "missing column": "a step or a role of the journey has no column in the sheet",
    "no lead date column": "no column has the lead date; results that need it are left out",
    "double header": "two columns have the same header; the first is used",
    "unknown stage": "a stage cell has a value that is not in the journey; it counts as blank",
    "no mark": "a step's cell is not a mark; it counts as not reached",
    "error value": "a cell has an error such as #REF!; it counts as blank",
    "not calculated": "formulas of a column have no value yet; they count as blank or not reached",
    "mixed marks": "marks of one column have several spellings; all of them count",
    "unreadable date": "a date's cell is not a date; it counts as blank",
    "wrong year": "a date is before 1990 or after 2100; it counts as blank",
    "text date": "a date is text among real dates; it counts, but formulas and filters ignore it",
    "ambiguous dates": "the dates of a column can be day first or month first",
    "conflicting dates": "some dates of a column must be day first, others month first",
    "no name": "a client has no name",
    "no lead date": "a client has no lead date; results that need it leave the client out",
    "left before lead": "a client's left date is before its lead date",
    "example row": "a row looks like an example of how to fill in the sheet",
    "reason without date": "a client has a reason for leaving, but no left date",
    "double client": "two rows have the same name and lead date",
    "possible double": "two rows may be the same client: their names are the same or similar",
    "two spellings": "a coach or a source has two spellings and counts as two",
    "totals row": "a person's totals row is among the clients; it is not counted",
    "repeated header": "the headers are repeated among the clients; that row is not counted",
    "colour": "a row's colour contradicts its cells",
    "not a number": "a value is not a number; it counts as blank",
    "no event log": "the event log of the journey is missing; stages are set without events",
    "events not used": "most events match no client, or no event is in the journey; no verdict is given",
    "event without client": "events without a client are skipped",
    "event without a name": "rows of the event log without an event are skipped",
    "unknown client": "events of a client that is not in the sheet are skipped",
    "ambiguous client": "events whose client matches several clients are skipped",
    "unreadable time": "events with an unreadable time are skipped",
    "mixed time zones": "some times of the event log have a zone, others have none",
    "event not in the log": "an event of the journey is not in the log, but a similar one is",
}
"""Kind of problem -> meaning. The metrics add kinds that depend on the as-of date."""

SERIOUS_FIRST: Final = (
    # results are missing, or wrong for many clients
    *(
        "journey",
        "missing column",
        "no lead date column",
        "no event log",
        "events not used",
        "event not in the log",
        "not calculated",
    ),
    *("conflicting dates", "double header", "ambiguous dates", "mixed time zones"),
    # a cell, a row or an event is not counted, or is counted twice
    *("error value", "no mark", "unknown stage", "unreadable date", "wrong year", "not a number"),
    *("no lead date", "double client", "unknown client", "ambiguous client", "event without client"),
    *("event without a name", "unreadable time", "reason without date"),
    # a cell contradicts another, so one of them is wrong
    *("left before lead", "date before lead", "mark after leaving", "left after due", "date in the future"),
    *(
        "marked before due",
        "not paid",
        "older sale date",
        "smaller sum of sales",
        "colour",
        "example row",
        "possible double",
        "two spellings",
    ),
    # it is counted correctly, or a client has to be contacted
    *(
        "skipped step",
        "win probability",
        "target missed",
        "stage to avoid",
        "first contact missing",
        "overdue",
    ),
    *("no name", "text date", "mixed marks", "totals row", "repeated header"),
)
"""Kinds of problem by their effect on the results, the largest first; other kinds come after these."""


def count_all(problems: Iterable[Problem]) -> int:
    """Count problems; one with `times` counts that often.

    >>> count_all([Problem("overdue", "Ana"), Problem("overdue", "4 more like these.", times=4)])
    5
    """
    return sum(problem.times for problem in problems)


def by_kind(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """Group problems by their kind, the most serious kind first; in a kind, in the order of the sheet."""
    kinds: dict[str, list[Problem]] = {}
    for problem in problems:
        kinds.setdefault(problem.kind, []).append(problem)
    rank = {kind: at for at, kind in enumerate(SERIOUS_FIRST)}
    return {kind: kinds[kind] for kind in sorted(kinds, key=lambda kind: rank.get(kind, len(rank)))}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the sheet that a person should check.

    Parameters
    ----------
    kind : one of `KINDS`, or of the kinds that the metrics add.
    message : what is wrong, and what it means for the numbers.
    way_out : what to do.
    times : the number of occurrences, for a problem that represents many of its kind.

    >>> Problem("no mark", "'booked' is not a mark; it counts as not reached.", row=8, column=6).cell
    'F8'
    """

    kind: str
    message: str
    row: int | None = None
    column: int | None = None
    client: str | None = None
    way_out: str = ""
    times: int = 1

    @property
    def cell(self) -> str | None:
        """The cell's name ("F8"); None if the problem is not in one cell."""
        if self.row is None or self.column is None:
            return None
        return cell_name(self.row, self.column)


class Problems(tuple[Problem, ...]):
    """Problems, which a notebook shows as a table: the most serious kind first."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return problems_html(self)


def problems_html(problems: Iterable[Problem], most: int = OF_A_KIND) -> str:
    """Return the problems by kind, the most serious first.

    Parameters
    ----------
    most : problems of a kind that are listed; more are only counted.
    """
    rows, groups = [], []
    for kind, found in by_kind(problems).items():
        title = f"{kind[:1].upper()}{kind[1:]} ({count_all(found):,})"
        for problem in found[:most]:
            place = problem.cell or (f"row {problem.row}" if problem.row else "")
            rows.append([place, problem.message, problem.way_out])
            groups.append(title)
        if len(found) > most:
            rows.append(["", f"and {count_all(found[most:]):,} more", ""])
            groups.append(title)
    if not rows:
        return html.paragraphs("No problems.")
    return html.table(("Cell", "Problem", "What to do"), rows, texts=(1, 2), groups=groups)
