"""Find the lead date, and the dates that are not events of a client (plans, timestamps, facts)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from funnel.clients.reading import Confidence
from funnel.reading.columns.leaving import fills_only
from funnel.reading.columns.milestones import names_step
from funnel.reading.tables.evidence import Bools, Evidence
from funnel.reading.tables.relations import everywhere, in_future, in_order, latest
from funnel.reading.tables.table import Table
from funnel.reading.tables.twins import related
from funnel.reading.words.concepts import has_word, is_all, plain
from funnel.reading.words.thresholds import (
    AFTER_ALL,
    BEFORE_LEAD,
    DECADES,
    ENOUGH,
    FEW_ROWS,
    FUTURE,
    IN_ORDER,
)

DATE_WORDS = frozenset(("date", "data", "fecha", "datum", "дата", "tanggal", "tarihi", "on", "at"))
"""Words of a header that only mean a date."""
_COMMON = frozenset(("start", "joined", "applied", "added", "created"))  # of other things as well
_EVERY_ROW = 0.98  # share of rows with a date above which the date does not show who reached its step
_SURELY = 2.0  # words that name the lead date and nothing else
_MOSTLY = 0.5  # minimum share of rows with a lead date if its header names it
_USUALLY = 0.8  # the same if its header does not


@dataclass(frozen=True)
class Dates:
    """The dates of a table, sorted by what they are.

    Parameters
    ----------
    lead : the lead date, or None; with its confidence and the reason.
    events : dates of what clients did, in sheet order.
    excluded : every other column of dates, with the reason.
    """

    lead: Evidence | None
    confidence: Confidence
    because: str
    events: tuple[Evidence, ...]
    excluded: dict[int, str]


def sort_dates(table: Table, today: int, lost: Bools | None = None) -> Dates:
    """Sort the columns of dates into the lead date, events, and others.

    Parameters
    ----------
    lost : the rows of clients in a lost stage; a date filled only there is the leaving date.
    """
    every = [column for column in table.columns if column.kind == "dates"]
    excluded: dict[int, str] = {}
    for column in every:
        if lost is not None and fills_only(column, lost):
            continue
        if why := _by_words(column, today) or _by_future(column, today) or _by_spread(column):
            excluded[column.number] = why
    for column in every:
        others = [c for c in every if c is not column and c.number not in excluded]
        if _whatever_its_flag(column, table) and not _is_lead_date(column, others):
            excluded[column.number] = "a date in every row, also where its flag says no"
    free = [column for column in every if column.number not in excluded]
    for column in [c for c in free if _years_before(c, free)]:
        excluded[column.number] = "years before every other date: a fact about the person"
    free = [column for column in free if column.number not in excluded]
    lead, confidence, because = _lead(table, free)
    for column in free:
        if column is lead:
            continue
        if why := _moves_on(column, free) or _long_before(column, lead):
            excluded[column.number] = why
    events = tuple(c for c in free if c is not lead and c.number not in excluded)
    return Dates(lead, confidence, because, events, excluded)


def _whatever_its_flag(column: Evidence, table: Table) -> bool:
    """Return True if a date is filled in every row, though the flag of the same step is not."""
    return column.fill >= _EVERY_ROW and any(
        flag.kind == "marks" and flag.noes and not everywhere(flag)
        and names_step(flag.header) and related(flag.header, column.header)
        for flag in table.columns
    )  # fmt: skip


def _is_lead_date(column: Evidence, others: list[Evidence]) -> bool:
    """Return True if a date is the lead date by words, and no other date in every row comes before it.

    "First contact" is one beside the flag "Contacted".
    """
    full = [c for c in others if c.fill >= _EVERY_ROW]
    earlier = [c for c in full if (in_order(c.days, column.days) or 0.0) >= IN_ORDER]
    return _lead_words(column.header) >= _SURELY and not earlier


def _by_words(column: Evidence, today: int) -> str | None:
    header = column.header
    if _lead_words(header) >= _SURELY or is_all("lead_date", header) or has_word("left_date", header):
        return None
    if has_word("attribute", header):
        return "a fact about the person or the record, by its header"
    if has_word("plan", header) and not (has_word("stages.booked", header) and in_future(column, today) == 0):
        return "a plan or a deadline, by its header"
    if has_word("moving", header):
        return "a timestamp of the last change, by its header"
    return None


def _by_future(column: Evidence, today: int) -> str | None:
    """Return the reason if many dates are in the future: such a column contains plans."""
    ahead = in_future(column, today)
    return f"{ahead:.0%} of its dates are in the future: plans" if ahead > FUTURE else None


def may_change(column: Evidence, today: int) -> bool:
    """Return True if a column of dates may be read in another way once its later dates have come."""
    plans = has_word("plan", column.header) or has_word("close", column.header)
    return column.kind == "dates" and in_future(column, today) > (0.0 if plans else FUTURE)


def _by_spread(column: Evidence) -> str | None:
    """Return the reason if dates are spread over decades, like birthdays."""
    days = column.days[~np.isnan(column.days)]
    if len(days) < FEW_ROWS:
        return None
    low, high = np.percentile(days, [10, 90])
    return "spread over decades: a fact about the person" if high - low > DECADES else None


def _lead(table: Table, free: list[Evidence]) -> tuple[Evidence | None, Confidence, str]:
    """Return the date that is filled on nearly every row and comes before all others of its row."""
    ranked: list[tuple[float, Evidence, bool, bool]] = []
    for column in free:
        if has_word("left_date", column.header):
            continue
        words = _lead_words(column.header)
        if not words and has_word("close", column.header):
            continue
        if not words and has_word("paid", column.header) and not _begins(column, table):
            continue
        others = [c for c in free if c is not column and not has_word("close", c.header)]
        named = [c for c in others if names_step(c.header) or has_word("left_date", c.header)]
        first = _is_first(column, named if words >= 2 else others)
        cells = column.fill >= _USUALLY and first
        if not cells and (not words or column.fill < _MOSTLY or not first):
            continue
        ranked.append((words + 1.5 * cells + column.fill - column.number / 1000, column, words > 0, cells))
    if not ranked:
        return _came(free)
    _, column, words_hold, cells_hold = max(ranked, key=lambda entry: entry[0])
    confidence: Confidence = "certain" if words_hold and cells_hold else "likely"
    filled = "every row" if column.fill > 0.995 else f"{column.fill:.0%} of the rows"
    beside = ", before the other dates" if len(free) > 1 else ""
    return column, confidence, f"filled in {filled}{beside}"


def _begins(column: Evidence, table: Table) -> bool:
    """Return True if a date on every row stands before two columns of marks: a course begins by enrolling."""
    marks = [c for c in table.columns if c.kind == "marks" and c.number > column.number]
    return everywhere(column) and len(marks) >= 2


def _came(free: list[Evidence]) -> tuple[Evidence | None, Confidence, str]:
    """Return the date of who began or enrolled, if every row has it and no other date comes before it."""
    for column in free:
        others = [c for c in free if c is not column]
        first = len(column) >= ENOUGH and others and _is_first(column, others)
        began = has_word("signing", column.header) and not has_word("close", column.header)
        if first and began and everywhere(column):
            return column, "likely", "filled in every row, before the other dates"
    return None, "guess", ""


def _lead_words(header: str) -> float:
    """Return how strongly a header names the lead date; 0 for a closing date."""
    bare = " ".join(word for word in plain(header).split() if word not in DATE_WORDS)
    if bare and is_all("lead_date", bare) and bare not in _COMMON:
        return _SURELY
    if has_word("stage_header", header) or has_word("close", header):
        return 0.0
    if is_all("lead_date", header):
        return 1.0 if header.strip().lower() in ("date", "start", "start date") else _SURELY
    if has_word("stages.lead", header) or has_word("people", header):
        return 1.0
    if has_word("paid", header) or has_word("lost", header) or has_word("close", header):
        return 0.0
    return 0.5 if has_word("lead_date", header) else 0.0


def _is_first(column: Evidence, others: list[Evidence]) -> bool:
    """Return True if a date is not after the other events of its row."""
    shares = [in_order(column.days, other.days) for other in others]
    return all(part is None or part >= IN_ORDER for part in shares)


def _moves_on(column: Evidence, others: list[Evidence]) -> str | None:
    """Return the reason if a date is filled in every row and never before another: a timestamp of changes."""
    rest = [c for c in others if c is not column]
    if len(rest) < 2 or not everywhere(column):
        return None
    part = in_order(latest(rest), column.days)
    sparse = any(not everywhere(c) for c in rest)
    if part is not None and part >= AFTER_ALL and sparse:
        return "filled in every row and never before another date: when the row was changed"
    return None


def _years_before(column: Evidence, free: list[Evidence]) -> bool:
    """Return True if a date is years before every other one of its row."""
    gaps = [other.days - column.days for other in free if other is not column]
    medians = [float(np.nanmedian(gap)) for gap in gaps if (~np.isnan(gap)).any()]
    return bool(medians) and min(medians) > BEFORE_LEAD


def _long_before(column: Evidence, lead: Evidence | None) -> str | None:
    """Return the reason if a date is years before the lead date: a fact about the person."""
    if lead is None:
        return None
    gap = np.nanmedian(lead.days - column.days) if (~np.isnan(lead.days - column.days)).any() else 0
    return "years before the lead date: a fact about the person" if gap > BEFORE_LEAD else None
