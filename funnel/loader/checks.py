"""Problems found while loading, each with its cell and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from funnel.cells.columns import DateColumn, Days, MarkColumn
from funnel.cells.mark_words import NO_REASON, normalize_word
from funnel.clients import Problem
from funnel.grid import Value, cell_name, column_letter
from funnel.journey.rules import comparisons
from funnel.loader.rows import Rows
from funnel.loader.sheet_rows import SheetRows
from funnel.reading.tables.evidence import says_not_reached
from funnel.reading.words.vocabulary import words
from funnel.text import fold, listed

_OF_ROLE = {
    "lead_date": "lead date",
    "left_date": "date of leaving",
    "close_date": "close date",
    "last_sale": "date of the last sale",
}


def cell_problems(reading: SheetRows, clients: Sequence[int]) -> Iterator[Problem]:
    """Yield problems with cells of clients that cannot be read."""
    kept = set(clients)
    for role, dates in reading.dates.items():
        yield from _bad_dates(reading, _OF_ROLE[role], dates, kept)
    for step, marks in reading.marks.items():
        yield from _bad_marks(reading, step, marks, kept)


def uncalculated(reading: SheetRows, clients: Sequence[int]) -> Iterator[Problem]:
    """Yield a problem for each column with formulas that were never calculated."""
    kept = {reading.first + offset for offset in clients}
    rows: dict[int, list[int]] = {}
    for row, column in sorted(reading.grid.uncalculated):
        if row in kept:
            rows.setdefault(column, []).append(row)
    wanted = [(dates.column, _OF_ROLE[role], "blank") for role, dates in reading.dates.items()]
    wanted += [(marks.column, step, "not reached") for step, marks in reading.marks.items()]
    for column, name, read_as in wanted:
        if column in rows:
            n, letter = len(rows[column]), column_letter(column)
            sentence = (
                f"1 cell of column {letter} ({name}) has a formula that was never calculated, so it counts"
                if n == 1
                else f"{n:,} cells of column {letter} ({name}) have formulas that were never calculated, so "
                "they count"
            )
            yield Problem(
                "not calculated", f"{sentence} as {read_as}.", rows[column][0], column,
                way_out="Open the workbook in Excel or LibreOffice, save it once, and try again.",
            )  # fmt: skip


def half_read_dates(reading: SheetRows, clients: Sequence[int]) -> Iterator[Problem]:
    """Yield a problem for each column in which a spreadsheet swapped day and month where it could.

    Then all real dates fall on days 1 to 12, and all dates left as text on later days.
    """
    kept = np.zeros(len(reading), dtype=bool)
    kept[list(clients)] = True
    for role, dates in reading.dates.items():
        if dates.texts is None:
            continue
        readable = kept & ~np.isnat(dates.days)
        real, text = readable & ~dates.texts, readable & dates.texts
        late = _day_of_month(dates.days) > 12
        if real.sum() >= 6 and text.sum() >= 2 and not late[real].any() and late[text].all():
            column = column_letter(dates.column)
            yield Problem(
                "conflicting dates",
                f"All {int(real.sum())} real dates of column {column} ({_OF_ROLE[role]}) fall on days 1 to "
                f"12, and all {int(text.sum())} text dates on later days: the spreadsheet has probably "
                "swapped day and month.",
                reading.first + int(np.argmax(text)), dates.column,
                way_out="Import the dates again, with their original order of day and month.",
            )  # fmt: skip


def _day_of_month(days: Days) -> NDArray[np.int64]:
    first: Days = days.astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray((days - first).astype(np.int64) + 1)


def client_problems(reading: SheetRows, clients: Sequence[int]) -> Iterator[Problem]:
    """Yield problems of clients: no name, no lead date, dates in the wrong order, a reason without a date."""
    at = np.asarray(clients, dtype=np.int64)
    name_column, lead = reading.columns.first("client"), reading.dates.get("lead_date")
    if name_column is not None:
        for offset in (i for i in clients if not reading.names[i]):
            yield _problem(reading, "no name", offset, name_column, "{who} has no name.",
                           "Type the name of the client, or empty the row.")  # fmt: skip
        for offset in (i for i in clients[:5] if _names_an_example(reading.names[i])):
            yield _problem(reading, "example row", offset, name_column,
                           "{who} looks like an example row; it is counted.",
                           "If it is not a client, delete the row.")  # fmt: skip
    if lead is not None:
        reported = {*lead.unreadable, *lead.wrong_year, *lead.errors}
        for offset in (int(i) for i in at[np.isnat(lead.days[at])]):
            if offset not in reported:
                yield _problem(reading, "no lead date", offset, lead.column,
                               "{who} has no lead date, and is left out of results that need one.",
                               "Type the date of the lead.")  # fmt: skip
    yield from _leaving(reading, clients)


def _names_an_example(name: str) -> bool:
    """Return True if a name is that of an example row: "Example", "e.g. Jane Doe", "Test 2".

    >>> [_names_an_example(name) for name in ("Example: Ana", "e.g. Ana", "Testa Rossi", "Ana Sample")]
    [True, True, False, False]
    """
    folded, known = f"{fold(name)} ", words("example", "words")
    return any(folded.startswith(f"{word} ") for word in known)


def _leaving(reading: SheetRows, clients: Sequence[int]) -> Iterator[Problem]:
    left, lead, reasons = reading.dates.get("left_date"), reading.lead, reading.texts("left_reason")
    at = np.asarray(clients, dtype=np.int64)
    closed = reading.dates.get("close_date")
    if closed is not None and lead is not None:
        for offset in (int(i) for i in at[closed.days[at] < lead[at]]):
            yield _problem(
                reading, "left before lead", offset, closed.column,
                f"{{who}} was closed on {closed.days[offset]}, before becoming a lead on {lead[offset]}.",
                "Correct one of the two dates.",
            )  # fmt: skip
    if left is None:
        return
    if lead is not None:
        for offset in (int(i) for i in at[left.days[at] < lead[at]]):
            yield _problem(
                reading, "left before lead", offset, left.column,
                f"{{who}} left on {left.days[offset]}, before becoming a lead on {lead[offset]}.",
                "Correct one of the two dates.",
            )  # fmt: skip
    if reasons is None:
        return
    reported = {*left.unreadable, *left.wrong_year, *left.errors}
    column = reading.columns.first("left_reason") or left.column
    for offset in (int(i) for i in at[np.isnat(left.days[at])]):
        if offset not in reported and reasons[offset]:
            where = cell_name(reading.first + offset, column)
            yield _problem(
                reading, "reason without date", offset, left.column,
                f"{{who}} has a reason for leaving, {reasons[offset]!r} ({where}), but no date.",
                "Type the day on which the client left.",
            )  # fmt: skip


def _bad_dates(reading: SheetRows, what: str, dates: DateColumn, kept: set[int]) -> Iterator[Problem]:
    cells = reading.cells(dates.column)
    left = reading.left_without_date if dates is reading.dates.get("left_date") else {}
    for offset in _in(dates.unreadable, kept):
        if offset in left:
            yield _problem(
                reading, "unreadable date", offset, dates.column,
                f"{{who}}: {_shown(cells[offset])} is not a readable {what}; the client counts as having "
                "left, on an unknown day.",
                "Type the day on which the client left, for example 2026-03-31.",
            )  # fmt: skip
            continue
        if dates is reading.dates.get("left_date") and normalize_word(str(cells[offset])) in NO_REASON:
            continue  # still here
        yield _problem(reading, "unreadable date", offset, dates.column,
                       f"{{who}}: {_shown(cells[offset])} is not a readable {what}; it counts as blank.",
                       "Type it as a date, for example 2026-03-31.")  # fmt: skip
    for offset in _in(dates.wrong_year, kept):
        yield _problem(reading, "wrong year", offset, dates.column,
                       f"{{who}}: the {what} {_shown(cells[offset])} cannot be right; it counts as blank.",
                       "Correct the year.")  # fmt: skip
    yield from _errors(reading, dates.column, dates.errors, kept)
    if dates.texts is not None:
        readable = ~np.isnat(dates.days)
        texts = [int(i) for i in np.flatnonzero(dates.texts) if int(i) in kept]
        if len(texts) < int(readable[list(kept)].sum()):
            for offset in texts:
                yield _problem(
                    reading, "text date", offset, dates.column,
                    f"{{who}}: the {what} {_shown(cells[offset])} is text among real dates; "
                    f"it is read as {dates.days[offset]}.",
                    "Type it again as a date, so that formulas and filters in the sheet can use it.",
                )  # fmt: skip


def _bad_marks(reading: SheetRows, step: str, marks: MarkColumn, kept: set[int]) -> Iterator[Problem]:
    cells, known = reading.cells(marks.column), _compared(reading, marks.column)
    for offset in _in(marks.bad, kept):
        if str(cells[offset]).strip().lower() in known or says_not_reached(str(cells[offset])):
            continue
        shown = _shown(cells[offset])
        yield _problem(
            reading, "no mark", offset, marks.column,
            f"{{who}}: {shown} is not a mark for {step!r}; it counts as not reached.",
            f"Type 1 if it was reached, else empty the cell; or add {shown} to `marks` in the journey file.",
        )  # fmt: skip
    for offset in _in(marks.wrong_year, kept):
        yield _problem(reading, "wrong year", offset, marks.column,
                       f"{{who}}: the date {_shown(cells[offset])} for {step!r} cannot be right.",
                       "Correct the year.")  # fmt: skip
    yield from _errors(reading, marks.column, marks.errors, kept)


def _compared(reading: SheetRows, column: int) -> set[str]:
    """Return the words of a step's column that a rule looks for, such as "Fail": they are no mistakes."""
    header = fold(reading.header.names.get(column, ""))
    parts = [part for rule in reading.journey.rules for part in comparisons(rule)]
    words = [part.operand for part in parts if part.kind == "text" and fold(part.column) == header]
    return {str(w).strip().lower() for some in words for w in (some if isinstance(some, tuple) else (some,))}


def _errors(reading: SheetRows, column: int, offsets: Iterable[int], kept: set[int]) -> Iterator[Problem]:
    cells = reading.cells(column)
    header = reading.header.names.get(column, column_letter(column))
    for offset in _in(offsets, kept):
        yield _problem(reading, "error value", offset, column,
                       f"{{who}}: the cell {header!r} has the error {cells[offset]}; it counts as blank.",
                       "Correct its formula, or type the value.")  # fmt: skip


def mixed_marks(reading: SheetRows, clients: Sequence[int]) -> Iterator[Problem]:
    """Yield one problem if a column has marks written in several ways."""
    odd: list[tuple[str, int, int]] = []
    kept = np.zeros(len(reading), dtype=bool)
    kept[list(clients)] = True
    for marks in reading.marks.values():
        if len(marks.spellings) < 2:
            continue
        cells = reading.cells(marks.column)
        spelled = {value: spelling for spelling, values in marks.spellings.items() for value in values}
        places: dict[str, list[int]] = {spelling: [] for spelling in marks.spellings}
        for at in np.flatnonzero(marks.marked & kept).tolist():
            places[spelled[cells[at]]].append(at)
        usual = max(places, key=lambda spelling: len(places[spelling]))
        odd += [(s, found[0], marks.column) for s, found in places.items() if s != usual and found]
    if odd:
        odd.sort(key=lambda place: (place[2], place[1]))
        examples = listed(f"{_spelt(s)} in {cell_name(reading.first + at, column)}" for s, at, column in odd)
        yield Problem(
            "mixed marks", f"Marks are written in several ways ({examples}); all of them count as reached.",
            reading.first + odd[0][1], odd[0][2],
            way_out="No action is needed; 1 everywhere is easiest to read.",
        )  # fmt: skip


def row_problems(reading: SheetRows, rows: Rows) -> Iterator[Problem]:
    """Yield problems with rows that are not clients: a person's totals, repeated headers."""
    last = int(rows.clients[-1]) if len(rows.clients) else -1
    for offset in rows.totals:
        if offset < last:
            row = reading.first + offset
            yield Problem("totals row", f"Row {row} contains totals and is not counted as a client.", row, 1,
                          way_out="Leave a blank row between the clients and the totals.")  # fmt: skip
    for offset in rows.headers:
        row = reading.first + offset
        yield Problem("repeated header", f"Row {row} repeats the headers, and is not counted as a client.",
                      row, 1, way_out="Delete the row.")  # fmt: skip


def who(reading: SheetRows, offset: int) -> str:
    """Return the client's name, or "The client of row N"."""
    return reading.names[offset] or f"The client of row {reading.first + offset}"


def _problem(
    reading: SheetRows, kind: str, offset: int, column: int, message: str, way_out: str
) -> Problem:  # fmt: skip
    """Return a problem with a cell of a client; ``{who}`` in the message becomes the client's name."""
    text = message.replace("{who}", who(reading, offset), 1)
    return Problem(kind, text, reading.first + offset, column, reading.names[offset] or None, way_out)


def _in(offsets: Iterable[int], kept: set[int]) -> Iterator[int]:
    return (offset for offset in offsets if offset in kept)


def _shown(value: Value) -> str:
    return repr(value) if isinstance(value, str) else str(value)


def _spelt(spelling: str) -> str:
    return spelling if spelling == "a date" else repr(spelling)
