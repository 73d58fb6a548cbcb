"""The evidence of one column: how many cells are filled, with what, and in which rows."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from funnel.cells.dates import Order, collect_evidence, has_comment, read_date
from funnel.cells.mark_words import ANY_TEXT, CIRCLES, CROSS, HERE, NOT_REACHED, REACHED, normalize_word
from funnel.cells.numbers import read_number
from funnel.grid import CellError, Value
from funnel.reading.words.concepts import entries, has_word, plain
from funnel.reading.words.retention_words import retention_of
from funnel.reading.words.thresholds import FEW, OF_ONE_KIND, OFTEN
from funnel.text import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

Bools: TypeAlias = "NDArray[np.bool_]"
Floats: TypeAlias = "NDArray[np.float64]"
Kind: TypeAlias = Literal["empty", "marks", "dates", "numbers", "choices", "names", "text"]
"""The content of a column: marks and dates can be steps, choices stages, names clients."""

_BLANK, _OFF, _NO, _MARK, _DATE, _NUMBER, _TEXT = range(7)
NO, MARK, NUMBER, TEXT = _NO, _MARK, _NUMBER, _TEXT
"""The codes of a cell with a word for no, with a mark, with a number, and with text."""
_DAYS = range(36526, 55153)  # serial numbers of 2000 to 2050: dates if the header names a date
_SLIPS = 0.02  # maximum share of other numbers in a column of ones, as typos
_TRIES = 150  # different texts tried as dates before giving up
_MANY = 12  # ones; among at least this many, a single other number is a typo
_NUMBERED = re.compile(r"\d{1,2}\s?[.):-]\s*[^\W\d_]")  # "3. Demo": a stage with its number
_PARAGRAPH = 60  # letters; a longer text is not a name
_STATES = frozenset(("attended", "sent", "received", "booked", "signed"))  # marks that are also stages
_STEPS = ("step", "paid", "paid_perhaps")
_NO_MARKS = (
    "notes", "source", "owner", "reason", "left_reason", "stage_header", "result_header", "id", "people",
    "deals", "email", "phone", "value", "attribute",
)  # fmt: skip
_DAY = re.compile(r"(?<!\d)\d{1,2}(?:[./:]|\s?[-–]\s?)\d{1,2}(?!\d)")  # "9.7 (21:00)"
_INITIALS = re.compile(r"[^\W\d_]{2,3}|[^\W\d_]\.\s?[^\W\d_]\.?")  # "MK", "M. K."
_HEADS = ("lead_date", "left_date", "plan", "moving")


@dataclass(frozen=True)
class Evidence:
    """The cells of a column, over the sampled rows.

    Parameters
    ----------
    number, header : the column's number and header.
    codes : the kind of each cell, one of the constants of this module.
    days : the day of each date, as an ordinal; NaN elsewhere.
    numbers : the number of each cell; NaN elsewhere.
    texts : each text in its rows, "" elsewhere.
    options : the options of the cells' dropdown.
    notes : "texts" if any text in the column may be a mark (initials, a note with a day); "dates" if its
        dates are marks, and many texts beside them are not; "marks" if any text is, as answered; else "".
    circles : whether circles are its marks, and an x means no.
    """

    number: int
    header: str
    codes: NDArray[np.int8]
    days: Floats
    numbers: Floats
    texts: tuple[str, ...]
    options: tuple[str, ...] = ()
    notes: Literal["", "texts", "dates", "marks"] = ""
    circles: bool = False

    def __len__(self) -> int:
        return len(self.codes)

    def has_word(self, *concepts: str) -> bool:
        """Return True if the header contains a word of any of the concepts."""
        return any(has_word(concept, self.header) for concept in concepts)

    @cached_property
    def filled(self) -> Bools:
        """True for cells that contain something other than a no."""
        return np.asarray(self.codes > _NO)

    @cached_property
    def reached(self) -> Bools:
        """True for cells with a mark or a date."""
        return np.asarray((self.codes == _MARK) | (self.codes == _DATE))

    @cached_property
    def dated(self) -> Bools:
        """True for cells with a date."""
        return np.asarray(self.codes == _DATE)

    @cached_property
    def fill(self) -> float:
        """The share of cells that contain something other than a no."""
        return float(self.filled.mean()) if len(self.codes) else 0.0

    @cached_property
    def noes(self) -> int:
        """The number of cells with a word for no, or a 0."""
        return int(((self.codes == _NO) | (self.codes == _OFF)).sum())

    @cached_property
    def counts(self) -> Counter[str]:
        """The number of occurrences of each text."""
        return Counter(text for text in self.texts if text)

    @cached_property
    def distinct(self) -> float:
        """Distinct values per filled cell; 1 if all differ."""
        n = int(self.filled.sum())
        if not n:
            return 0.0
        values: set[object] = set(self.numbers[self.filled & ~np.isnan(self.numbers)].tolist())
        values |= set(self.days[self.dated].tolist())
        values |= {
            text for text, code in zip(self.texts, self.codes, strict=True) if text and code in (_TEXT, _MARK)
        }
        return len(values) / n

    @cached_property
    def kind(self) -> Kind:
        """The kind of content."""
        n = int(self.filled.sum())
        if n == 0:
            return "empty"
        if self.notes:
            return "dates" if self.notes == "dates" else "marks"
        of = {code: int((self.codes == code).sum()) for code in (_MARK, _DATE, _NUMBER, _TEXT)}
        if of[_DATE] >= OF_ONE_KIND * n or (of[_DATE] * 2 > n and of[_DATE] + of[_MARK] >= OF_ONE_KIND * n):
            return "dates"
        if of[_MARK] + of[_DATE] >= OF_ONE_KIND * n and of[_NUMBER] <= max(_SLIPS * n, n >= _MANY):
            return "choices" if self._words_of_marks > 2 else "marks"
        if of[_NUMBER] + of[_MARK] >= OF_ONE_KIND * n and of[_NUMBER]:
            return "numbers"
        different = len(self.counts)
        if different <= FEW and (different <= OFTEN * n or (different <= 8 and different < n)):
            return "choices"
        if self.options and different <= len(self.options):
            return "choices"
        long = sum(len(text) > _PARAGRAPH for text in self.texts)
        return "text" if long * 4 > n else "names"

    @cached_property
    def _words_of_marks(self) -> int:
        """The number of different words among the marks: a column with many of them contains choices.

        A 1, an x and a yes count as one word, the same mark typed by several people; so does "done", but for
        a column headed as a status or a result, where it may be one state of several.
        """
        marks = {text.lower() for text, code in zip(self.texts, self.codes, strict=True) if code == _MARK}
        states = self.has_word("stage_header", "result_header")
        same = REACHED if states else REACHED | (_marks("reached") - _STATES)
        return len({"" if word in same else word for word in marks})

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """The words that are marks in this column only; only `ANY_TEXT` if any text may be."""
        if self.notes in ("texts", "marks"):
            return (ANY_TEXT,)
        marks = (t for t, code in zip(self.texts, self.codes, strict=True) if code == _MARK and t)
        own = (t for t in marks if self.circles or normalize_word(t) not in REACHED)
        return tuple(dict.fromkeys(own))


def look_at(
    number: int, header: str, values: Sequence[Value], options: Sequence[str] = (), order: Order | None = None
) -> Evidence:
    """Collect the evidence of a column.

    Parameters
    ----------
    order : whether day or month is first in texts; decided by the column if None.

    >>> look_at(3, "Called", [1, None, 1, 0]).kind, look_at(4, "Visits", [1, 4, 1, 2]).kind
    ('marks', 'numbers')
    """
    order = order or date_order(values) or "dmy"
    codes = np.zeros(len(values), dtype=np.int8)
    days = np.full(len(values), np.nan)
    numbers = np.full(len(values), np.nan)
    texts = [""] * len(values)
    as_days = _serials(header, values)
    step = any(has_word(concept, header) for concept in _STEPS)
    known: dict[tuple[type, Value], tuple[int, float, float, str]] = {}
    dated = 0
    for at, value in enumerate(values):
        if value is None:
            continue
        key = (type(value), value)
        if key not in known:
            hopeless = len(known) > _TRIES and not dated  # a column of texts: no need to try each as a date
            own = (
                step and isinstance(value, str) and fold(value) == fold(header)
            )  # "Paid" in the column "Paid"
            known[key] = (
                (_MARK, float("nan"), float("nan"), " ".join(str(value).split())) if own
                else _cell(value, order, as_days, not hopeless)
            )  # fmt: skip
            dated += known[key][0] == _DATE
        codes[at], days[at], numbers[at], texts[at] = known[key]
    found = Evidence(number, header, codes, days, numbers, tuple(texts), tuple(options))
    return _without_crosses(found) or _as_notes(_as_states(_without_states(_without_comments(found))))


def _without_crosses(column: Evidence) -> Evidence | None:
    """Read a column of circles and crosses as texts, until the other columns show which are the marks."""
    typed = {text.lower() for text in column.counts}
    if CROSS not in typed or typed.isdisjoint(CIRCLES):
        return None
    texts = np.array([text.lower() in CIRCLES | {CROSS} for text in column.texts])
    return replace(column, codes=np.where(texts, np.int8(_TEXT), column.codes))


def _as_states(column: Evidence) -> Evidence:
    """Read "Active" and "Left" in a column such as "3 months" as reached and not reached."""
    if column.kind not in ("choices", "names") or retention_of(column.header) is None:
        return column
    here = {text for text in column.counts if normalize_word(text) in HERE}
    gone = {text for text in column.counts if has_word("lost", text)} - here
    if not here or len(here) + len(gone) < len(column.counts):
        return column
    codes = column.codes.copy()
    codes[[text in here for text in column.texts]] = _MARK
    codes[[text in gone for text in column.texts]] = _NO
    return replace(column, codes=codes)


def _without_states(column: Evidence) -> Evidence:
    """Read "booked" and the like as texts where most marks are others: a 1 in "Meeting had" means more."""
    if _STATES.isdisjoint(map(normalize_word, column.counts)):
        return column
    states = np.array([normalize_word(text) in _STATES for text in column.texts])
    if 2 * states.sum() >= (column.codes == _MARK).sum():
        return column
    return replace(column, codes=np.where(states, np.int8(_TEXT), column.codes))


def _without_comments(column: Evidence) -> Evidence:
    """Read dates with a comment as texts where they are unusual: "12.03.2026 Fair" in a column of sources."""
    n = sum(n for text, n in column.counts.items() if has_comment(text))
    known = column.has_word("lead_date", "left_date", "plan", "moving", *_STEPS)
    other = column.has_word(*_NO_MARKS)
    if not n or (known and not other) or (2 * n <= int(column.dated.sum()) and not other):
        return column
    texts = np.array([bool(text) and has_comment(text) for text in column.texts])
    codes = np.where(texts, np.int8(_TEXT), column.codes)
    return replace(column, codes=codes, days=np.where(texts, np.nan, column.days))


def _as_notes(column: Evidence) -> Evidence:
    """Read the texts of a column headed as a step as marks, if most are initials or contain a day or a time.

    If most cells are dates, only these are marks. A reading that uses the column asks about it.
    """
    if column.kind not in ("choices", "names") or not column.has_word(*_STEPS) or column.has_word(*_NO_MARKS):
        return column
    n, is_text = int(column.filled.sum()), column.codes == _TEXT
    if 2 * int(column.dated.sum()) >= n:
        return replace(column, notes="dates")
    texts = [text for text, other in zip(column.texts, is_text, strict=True) if other]
    notes = sum(_DAY.search(text) is not None for text in texts)
    initials = sum(_INITIALS.fullmatch(text) is not None for text in texts)
    return replace(any_text_in(column), notes="texts") if 2 * max(notes, initials) >= n else column


def any_text_in(column: Evidence) -> Evidence:
    """Read any text of a column as a mark."""
    codes = np.where(column.codes == _TEXT, np.int8(_MARK), column.codes)
    return replace(column, codes=codes, notes="marks")


def _cell(value: Value, order: Order, as_days: bool, dates: bool) -> tuple[int, float, float, str]:
    """Return the code, day, number and text of a cell."""
    nan = float("nan")
    if isinstance(value, bool):
        return (_MARK if value else _OFF), nan, nan, ""
    if isinstance(value, dt.date | dt.datetime):
        return _DATE, float(value.toordinal()), nan, ""
    if isinstance(value, int | float):
        if as_days and (day := read_date(value)):
            return _DATE, float(day.toordinal()), nan, ""
        code = _MARK if value == 1 else _OFF if value == 0 else _NUMBER
        return code, nan, float(value), ""
    if isinstance(value, str):
        return _text(value, order, as_days, dates)
    return (_BLANK if isinstance(value, CellError) else _TEXT), nan, nan, str(value)


def _text(value: str, order: Order, as_days: bool, dates: bool) -> tuple[int, float, float, str]:
    text = " ".join(value.split())
    typed = normalize_word(text)
    nan = float("nan")
    if not typed or typed in _NOTHING:
        return _BLANK, nan, nan, ""
    if typed in ("1", "1.0", "0", "0.0"):
        return (_MARK if typed[0] == "1" else _OFF), nan, float(typed), ""
    if typed in ("true", "false"):
        return (_MARK if typed == "true" else _OFF), nan, nan, ""
    if typed in REACHED or typed in _marks("reached"):
        return _MARK, nan, nan, text
    if typed in NOT_REACHED or typed in _marks("not_reached"):
        return _NO, nan, nan, text
    if any(c.isdecimal() for c in text):
        plain_number = typed.replace(".", "").replace(",", "").isdecimal()
        possible = dates and (not plain_number or as_days or "." in typed)
        if possible and (day := read_date(text, order)):
            compact = not typed.isdecimal() or as_days or len(typed) == 8
            if day.year < 2200 and compact:
                return _DATE, float(day.toordinal()), nan, ""
        few_letters = sum(c.isalpha() for c in text) <= 4 and not _NUMBERED.match(text)
        number = read_number(text) if few_letters else None
        if number is not None and not text[0].isalpha() and text[0] != "+":
            return _NUMBER, nan, number, text
    return _TEXT, nan, nan, text


_NOTHING = frozenset(
    ("-", "–", "—", "n/a", "na", "none", "null", "nan", "nil", "#n/a", "?", "tbd", ".", "--")
)


def says_nothing(text: str) -> bool:
    """Return True if a cell's text means blank.

    >>> says_nothing("N/A"), says_nothing("Other")
    (True, False)
    """
    return normalize_word(text) in _NOTHING


def says_not_reached(text: str) -> bool:
    """Return True if a cell's text means not reached, in any language.

    >>> says_not_reached("Not yet"), says_not_reached("nej"), says_not_reached("booked")
    (True, True, False)
    """
    return normalize_word(text) in not_reached_words()


def not_reached_words() -> frozenset[str]:
    """Return the normalized words that mean not reached, in any language."""
    return _marks("not_reached")


@cache
def _marks(concept: str) -> frozenset[str]:
    """Return the words of a concept in the form typed in a cell."""
    return frozenset(normalize_word(entry) for entry in entries(concept)) | frozenset(
        map(plain, entries(concept))
    )


def date_order(values: Sequence[Value]) -> Order | None:
    """Return whether day or month is first in the texts of a column; None if no text shows it."""
    texts = [value for value in dict.fromkeys(values) if isinstance(value, str)]
    return collect_evidence(texts[:: max(1, len(texts) // _TRIES)]).order


def _serials(header: str, values: Sequence[Value]) -> bool:
    """Return True if plain numbers are dates: the header names a date, and all are in this century."""
    if not any(has_word(concept, header) for concept in _HEADS) and not has_word("things.periods", header):
        return False
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    return bool(numbers) and all(v in _DAYS or int(v) in _DAYS for v in numbers)
