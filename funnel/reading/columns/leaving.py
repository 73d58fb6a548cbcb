"""Find the date and the reason of leaving, by words in any language and by their cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from funnel.cells.mark_words import NO_REASON, normalize_word
from funnel.clients.reading import Confidence
from funnel.reading.tables.evidence import NO, Bools, Evidence
from funnel.reading.tables.relations import apart, in_order, latest, overlap, share
from funnel.reading.tables.table import Table
from funnel.reading.words.concepts import first_concept, has_word, is_all, plain
from funnel.reading.words.thresholds import AFTER_ALL, BESIDE, ENOUGH, MOST_LEFT, NEARLY_ALL, SPARSE

_ELSEWHERE = 0.5  # maximum share of the other rows that are filled too


@dataclass(frozen=True)
class Leaving:
    """The columns that show who left."""

    date: Evidence | None = None
    date_confidence: Confidence = "certain"
    date_because: str = ""
    reason: Evidence | None = None
    reason_confidence: Confidence = "certain"
    reason_because: str = ""
    ends: Evidence | None = None  # a date headed as leaving that is filled as the end of a plan is


def find_leaving(
    table: Table, dates: Sequence[Evidence], steps: Sequence[Evidence], lost_rows: Bools | None
) -> Leaving:
    """Find the date and the reason of leaving.

    Parameters
    ----------
    dates : the columns of dates that may be events.
    steps : the columns that may be steps.
    lost_rows : the rows of clients in a lost stage; None without a stage column.
    """
    date, confidence, because, ends = _date(table, dates, steps, lost_rows)
    reason, reason_confidence, reason_because = _reason(table, date, steps, lost_rows)
    beside = date is not None and reason is not None and reason_because.startswith("filled in the same")
    if date is not None and beside and confidence != "guess":
        confidence = "certain" if confidence == "certain" or names_leaving(date.header) else "likely"
    return Leaving(date, confidence, because, reason, reason_confidence, reason_because, ends)


def names_leaving(header: str) -> bool:
    """Return True if a header is about leaving.

    >>> [names_leaving(name) for name in ("Exit date", "Gone", "Date entered 'Closed lost'", "Close date")]
    [True, True, True, False]
    """
    return has_word("left_date", header) or (
        has_word("lost", header) and not has_word("stage_header", header)
    )


def _date(
    table: Table, dates: Sequence[Evidence], steps: Sequence[Evidence], lost_rows: Bools | None
) -> tuple[Evidence | None, Confidence, str, Evidence | None]:
    """Return the leaving date: by words, cells or both; or a possible one."""
    found: list[tuple[float, Evidence, Confidence, str]] = []
    ends = None
    for column in dates:
        words = names_leaving(column.header)
        if (
            words
            and column.fill >= NEARLY_ALL
            and not (lost_rows is not None and fills_only(column, lost_rows))
        ):
            ends = column
            continue
        cells, because = _lies_as_leaving(table, column, dates, steps, lost_rows)
        if cells and lost_rows is not None and fills_only(column, lost_rows):
            found.append(
                (4, column, "certain" if words or has_word("close", column.header) else "likely", because)
            )
            continue
        if words and cells:
            found.append((3, column, "certain", because))
        elif words:
            found.append((2, column, "likely", "its header is about leaving"))
        elif cells and not _says_step(column.header):
            among = _is_among(column, steps) and not _reason_beside(table, column)
            found.append((1, column, "guess" if among else "likely", because))
        elif not _says_step(column.header) and _may_be_leaving(table, column, dates, steps):
            held = f"a date in {int(column.filled.sum())} of {len(column)} rows"
            found.append((0, column, "guess", f"{held}, not nested in the steps"))
    if not found:
        found = [
            (0, column, "likely", f"{_held(column)}; its header is about leaving")
            for column in table.columns if column not in dates and _is_undated(column)
        ]  # fmt: skip
    if not found:
        return None, "certain", "", ends
    _, column, confidence, because = max(found, key=lambda entry: (entry[0], entry[1].number))
    return column, confidence, because, ends


def _is_undated(column: Evidence) -> bool:
    """Return True if a column shows who left by marks, or by texts and some dates."""
    header = column.header
    if not 0 < column.fill <= MOST_LEFT or not has_word("left_date", header):
        return False
    if column.kind == "marks":
        return not (_of_one_visit(header) or _says_step(header))
    text = column.kind in ("choices", "names", "text")
    days = 3 * int(column.dated.sum()) >= int(column.filled.sum()) or has_word("things.periods", header)
    return text and days and not (has_word("left_reason", header) or has_word("reason", header))


def _held(column: Evidence) -> str:
    return f"filled in {int(column.filled.sum())} of {len(column)} rows"


def _of_one_visit(header: str) -> bool:
    """Return True for "No-show" and "Cancelled the trial": the client may come another time."""
    visits = ("stages.meeting", "stages.trial")
    return "show" in plain(header).split() or first_concept(visits, header) is not None


def _lies_as_leaving(
    table: Table, column: Evidence, dates: Sequence[Evidence], steps: Sequence[Evidence], lost: Bools | None
) -> tuple[bool, str]:
    """Return True and the reason if a date is sparse, not nested in the steps, and the last in its row."""
    held = f"a date in {int(column.filled.sum())} of {len(column)} rows"
    if lost is not None and fills_only(column, lost):
        return True, f"{held}, the rows of the lost stages"
    if column.fill > MOST_LEFT or not column.filled.any():
        return False, ""
    if not _is_last(column, dates):
        return False, ""
    rest = [c for c in dates if c is not column]
    others = [s for s in steps if s is not column]
    if len(others) < 2 or int(column.filled.sum()) < 3:
        return False, ""
    loose = [s for s in others if int(s.reached.sum()) >= 2 and apart(column.filled, s.reached)]
    beside = _reason_beside(table, column)
    last = column.number > max(s.number for s in others)
    marks = sum(s.kind == "marks" for s in others) * 3 >= 2 * len(others)
    rows = int((~np.isnan(latest(rest)) & column.filled).sum()) if rest else 0
    stops = len(column) >= 2 * ENOUGH and (rows >= ENOUGH or _went_no_further(column, others))
    if loose and (beside or stops or (last and (marks or len(column) >= ENOUGH))):
        return True, f"{held}, at any step, and nothing after it in its row"
    return False, ""


def _may_be_leaving(
    table: Table, column: Evidence, dates: Sequence[Evidence], steps: Sequence[Evidence]
) -> bool:
    """Return True if a date with an unknown header beside named steps may be the leaving date."""
    if len(column) >= 2 * ENOUGH or column.fill > MOST_LEFT or not _is_last(column, dates):
        return False
    others = [step for step in steps if step is not column]
    named = [step for step in others if _says_step(step.header)]
    if len(named) < 2 or int(column.filled.sum()) < (2 if _reason_beside(table, column) else 3):
        return False
    return any(int(step.reached.sum()) >= 2 and apart(column.filled, step.reached) for step in named)


def _is_among(column: Evidence, steps: Sequence[Evidence]) -> bool:
    """Return True if a column has two steps on either side: a place where a step is more usual."""
    numbers = [step.number for step in steps if step is not column]
    before = sum(number < column.number for number in numbers)
    return before >= 2 and len(numbers) - before >= 2


def _is_last(column: Evidence, dates: Sequence[Evidence]) -> bool:
    """Return True if no other date of its row comes after a date."""
    rest = [other for other in dates if other is not column]
    after = in_order(latest(rest), column.days) if rest else None
    return after is None or after >= AFTER_ALL


def _went_no_further(column: Evidence, steps: Sequence[Evidence]) -> bool:
    """Return True if rows with the date reached the last steps much less often than rows without it."""
    last = min(steps, key=lambda step: int(step.reached.sum()))
    middle = sorted(steps, key=lambda step: int(step.reached.sum()))[len(steps) // 2]
    with_date, without = column.filled, ~column.filled
    fewer = share(last.reached, with_date) <= 0.5 * share(last.reached, without)
    return fewer and share(middle.reached, with_date) < share(middle.reached, without)


def _reason_beside(table: Table, column: Evidence) -> bool:
    return any(
        c.kind in ("choices", "names", "text") and overlap(c.filled, column.filled) >= BESIDE
        for c in table.columns
        if c is not column
    )


def fills_only(column: Evidence, rows: Bools) -> bool:
    """Return True if a column is filled in some rows, and mostly blank in the others.

    Where nearly all clients are lost, a date in every row has their rows too, and shows nothing.
    """
    if not rows.any() or overlap(column.filled, rows) < BESIDE:
        return False
    return bool(rows.all()) or share(column.filled, ~rows) < _ELSEWHERE


def _only_of(column: Evidence, rows: Bools) -> bool:
    """Return True if a text is only in rows of leavers, and in half of them or more: a reason for some."""
    n = int((column.filled & rows).sum())
    return (
        n >= 4
        and float(rows.mean()) <= SPARSE
        and share(rows, column.filled) == 1
        and 2 * n >= int(rows.sum())
    )


def _says_step(header: str) -> bool:
    return first_concept(("step", "paid", "paid_perhaps"), header) is not None


def _reason(
    table: Table, date: Evidence | None, steps: Sequence[Evidence], lost_rows: Bools | None
) -> tuple[Evidence | None, Confidence, str]:
    """Return the reason for leaving: by words, or because it is filled in the rows of leavers."""
    best: tuple[float, Evidence, Confidence, str] | None = None
    for column in table.columns:
        whole, some = has_word("left_reason", column.header), has_word("reason", column.header)
        column = _of_leavers(column) if whole or some else column
        if column.kind not in ("choices", "names", "text") or not column.filled.any():
            continue
        with_left = (date is not None and fills_only(column, date.filled)) or (
            lost_rows is not None and fills_only(column, lost_rows)
        )
        of_leavers = date is not None and _only_of(column, date.filled)
        rank = _rank_reason(table, column, whole, some, with_left, of_leavers, steps)
        if rank is None or (best is not None and rank[0] <= best[0]):
            continue
        best = (rank[0], column, rank[1], rank[2])
    return (best[1], best[2], best[3]) if best else (None, "certain", "")


def _of_leavers(column: Evidence) -> Evidence:
    """Read the words for clients who are still here as blank: "active" is no reason for leaving."""
    here = np.array([bool(text) and normalize_word(text) in NO_REASON for text in column.texts], dtype=bool)
    return replace(column, codes=np.where(here, np.int8(NO), column.codes)) if here.any() else column


def _rank_reason(
    table: Table,
    column: Evidence,
    whole: bool,
    some: bool,
    with_left: bool,
    of_leavers: bool,
    steps: Sequence[Evidence],
) -> tuple[float, Confidence, str] | None:
    held = f"a text in {int(column.filled.sum())} of {len(column)} rows"
    if (whole or some) and with_left:
        return 4, "certain", "filled in the same rows as leaving"
    if whole and column.fill <= 0.95:
        return 3, "certain" if column.fill <= SPARSE else "likely", held
    if with_left and column.fill <= MOST_LEFT and not is_all("notes", column.header):
        return 2, "likely", "filled in the same rows as leaving"
    if of_leavers and not has_word("notes", column.header):
        return 2, "likely", f"{held}, of clients who left"
    if some and column.fill <= MOST_LEFT and _ends_there(column, steps):
        return 1, "likely", f"{held}, of clients who went no further"
    return None


def _ends_there(column: Evidence, steps: Sequence[Evidence]) -> bool:
    """Return True if rows with a text did not reach the last step more often than others."""
    if not steps:
        return False
    last = min(steps, key=lambda step: int(step.reached.sum()))
    return share(last.reached, column.filled) <= float(np.mean(last.reached)) + 0.1
