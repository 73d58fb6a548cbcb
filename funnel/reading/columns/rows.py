"""Recognise rows that are not clients: periods, counts, things, answers, bills."""

from __future__ import annotations

from dataclasses import dataclass

from funnel.reading.columns.identity import Identity, thing
from funnel.reading.columns.milestones import is_attribute, names_step
from funnel.reading.tables.evidence import Evidence
from funnel.reading.tables.table import Table, is_person_named
from funnel.reading.words.concepts import has_word, is_all, is_period
from funnel.reading.words.thresholds import FEW

_THINGS = {
    "things.vehicles": "its rows are vehicles",
    "things.articles": "its rows are articles or other things",
    "things.bills": "its rows are bills, orders or bookings in a ledger",
    "things.tasks": "its rows are tasks, tests or projects",
    "things.places": "its rows are places or branches",
    "things.periods": "its rows are days or periods",
}


@dataclass(frozen=True)
class Rows:
    """What the rows seem to be, and the strength: 1 is evidence against clients, 2 rules them out."""

    what: str
    weight: int


def other_than_clients(table: Table, identity: Identity | None) -> Rows | None:
    """Return what the rows seem to be if they are not clients, or None."""
    if table.height == 0:
        return Rows("it has headers and no rows below them", 2)
    people = identity is not None and identity.people
    deals = _deals(table)
    ledger = None if deals else _ledger(table)
    checks = (
        _counts(table),
        _stage_counts(table),
        _roster(table),
        _form(table),
        _attributes(table, identity),
        ledger,
    )
    found = [rows for rows in checks if rows]
    group = thing(table)
    if group:
        found.append(Rows(_THINGS[group], 1 if people else 2))
    if is_person_named(table) and not deals:
        found.append(Rows("its columns are headed by the names of people", 2))
    return max(found, key=lambda rows: rows.weight, default=None)


def _deals(table: Table) -> bool:
    """Return True for the deals of a system: one column with the name of a deal, and one with its stage."""
    named = any(
        has_word("deals", c.header) and has_word("name", c.header) and c.kind in ("names", "text")
        for c in table.columns
    )
    return named and any(is_all("stage_header", c.header) for c in table.columns)


def _counts(table: Table) -> Rows | None:
    """Recognise counts: numbers in most columns, under months or days."""
    numeric = [c for c in table.columns if c.kind == "numbers" and c.fill > 0.3]
    months = [
        c for c in table.columns if is_period(c.header) or is_period(table.header.groups.get(c.number, ""))
    ]
    if len(months) >= 3 and len(numeric) * 2 >= len(months):
        return Rows("its columns are months or days and its cells are counts", 2)
    totals = [c for c in numeric if is_all("totals", c.header) or has_word("totals", c.header)]
    if totals and len(numeric) * 3 >= 2 * (len(table.columns) - 1) and len(numeric) >= 2:
        return Rows("its cells are counts that are added up", 2)
    return None


def _stage_counts(table: Table) -> Rows | None:
    """Recognise a table of stages, one in each row, with their counts."""
    numbers = any(c.kind == "numbers" or c.has_word("measure", "totals") for c in table.columns)
    for column in table.columns[:2]:
        named = column.kind in ("names", "choices") and column.has_word("stage_header")
        if numbers and named and column.fill == 1 and column.distinct == 1 and 3 <= table.height <= FEW:
            return Rows("each row is a stage, and its cells are counts", 2)
    return None


def _roster(table: Table) -> Rows | None:
    """Recognise a timetable, a roster or a calendar: a day of the week or a month in each row."""
    for column in table.columns[:4]:
        texts = list(column.counts)
        if column.kind in ("choices", "names") and len(texts) >= 3:
            periods = sum(is_all("weekdays", text) or is_all("months", text) for text in texts)
            if periods * 3 >= 2 * len(texts):
                return Rows("each row is a day, a week or a month", 2)
    return None


def _form(table: Table) -> Rows | None:
    """Recognise a form: headers are questions, with answers in nearly all cells."""
    form_questions = [
        c for c in table.columns if c.header.rstrip().endswith(("?", "？")) or len(c.header) > 60
    ]
    known = [c for c in form_questions if not is_attribute(c.header) and names_step(c.header)]
    if (
        len(form_questions) >= 3
        and len(form_questions) * 3 >= len(table.columns)
        and len(known) * 2 < len(form_questions)
    ):
        return Rows("its columns are the questions of a form, and its cells the answers", 2)
    return None


def _attributes(table: Table, identity: Identity | None) -> Rows | None:
    """Recognise a data set of attributes: numbers and flags in every row, without names and dates."""
    dated = any(c.kind == "dates" for c in table.columns)
    flags = [c for c in table.columns if c.kind in ("marks", "numbers") and _full(c)]
    if not dated and identity is None and len(flags) * 3 >= 2 * len(table.columns):
        return Rows("its columns are attributes (numbers and flags in every row), and no names", 2)
    return None


def _full(column: Evidence) -> bool:
    """Return True if every cell is filled, a 0 included."""
    return int(column.filled.sum()) + column.noes >= 0.95 * len(column)


def _ledger(table: Table) -> Rows | None:
    """Recognise a ledger: two columns of amounts filled alternately, debit and credit."""
    bills = [c for c in table.columns if has_word("things.bills", c.header)]
    money = [c for c in bills if c.kind == "numbers"]
    if len(money) >= 2:
        return Rows("it is a ledger: amounts of bills, orders or vouchers", 2)
    if len(bills) >= 3:
        return Rows("its rows are bills or orders", 2)
    return None
