"""Recognise the stage column: few values, each often, with known words of stages, lost ones included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from funnel.clients.reading import Confidence, OrderFrom
from funnel.reading.tables.evidence import TEXT, Bools, Evidence
from funnel.reading.tables.table import Table
from funnel.reading.words.concepts import groups, has_word, is_all, plain
from funnel.reading.words.stage_words import (
    cold_ones,
    foreign,
    is_catch_all,
    is_known,
    is_lost,
    is_parked,
    known_order,
    number_of,
    order_of,
    rank_of,
)
from funnel.reading.words.thresholds import AFTER_ALL, FEW, KNOWN_STAGES

_FILLED = 0.6  # minimum share of filled rows if the header does not name a stage
_WON = len(groups("stages")) - 2  # the place of a sale
_BEGUN = 2.0  # the position of the first stage that is not a beginning
_FILLED_HEADED = 0.25  # the same if the header names a stage: new clients may have a blank
_CODES = 12  # maximum number of different stage numbers
_OFTEN_CODES = 3  # minimum rows per stage number on average; a count or an age has many, rare numbers
_UNHEADED = 3  # minimum number of known stages if neither the header nor a lost value shows a stage
_WAY = 4  # minimum number of positions in a column that shows progress
_SOLD = 3  # minimum number of won clients for evidence from cells
_OPEN = frozenset((
    "open", "aperto", "aperta", "abierto", "abierta", "aberto", "aberta", "ouvert", "ouverte", "offen",
    "otwarty", "otwarte", "открыта", "открыт", "acik", "terbuka",
))  # fmt: skip
_SENTENCE = 4  # average words per value above which a planned next step is a note, not a stage


@dataclass(frozen=True)
class StageColumn:
    """A column of stages, with its stages in order.

    Parameters
    ----------
    way : the ordered stages.
    lost : the stages of clients who have left.
    parked : stages that are neither, by their words.
    aside : values that are not stages ("Other"); their clients count as being in the first stage.
    known : the share of the stages whose words are known.
    headed : whether the header names a stage.
    doubt : the doubt about the order.
    outcome : whether it only shows the result, and another column shows progress.
    result : the column beside it whose values are the last stage of the way and the lost stages, or None.
    """

    column: Evidence
    way: tuple[str, ...]
    lost: tuple[str, ...]
    parked: tuple[str, ...]
    known: float
    headed: bool
    order_from: OrderFrom
    doubt: str
    aside: tuple[str, ...] = ()
    outcome: bool = False
    result: Evidence | None = None

    @property
    def confidence(self) -> Confidence:
        """The confidence that this is the stage column."""
        if self.headed and self.known >= KNOWN_STAGES:
            return "certain"
        return "likely" if self.known >= KNOWN_STAGES or (self.headed and self.known >= 0.5) else "guess"

    @property
    def order_confidence(self) -> Confidence:
        """The confidence in the order of the stages."""
        if self.doubt or self.parked or self.unplaced or self.order_from == "unknown":
            return "guess"
        return "certain" if self.order_from in ("numbers", "preset", "declared") else "likely"

    @property
    def unplaced(self) -> tuple[str, ...]:
        """Values that are not stages and that a person has to place; none for a known system."""
        return () if self.order_from == "preset" else tuple(v for v in self.aside if rank_of(v) is None)

    @property
    def weight(self) -> float:
        """The weight as the stage column."""
        headed = 0.6 * self.headed - 0.4 * (self.headed and _of_one_step(self.column.header))
        lost = 0.2 * bool(self.lost) - 0.8 * self.outcome
        return self.known + headed + 0.15 * min(len(self.places), 4) + lost

    @property
    def places(self) -> set[int]:
        """The different positions of the stages, by their words."""
        return {int(rank + 0.5) for value in self.way if (rank := rank_of(value)) is not None}

    def lost_rows(self) -> Bools:
        """Return the rows of clients in a lost stage."""
        lost, shown = {plain(value) for value in self.lost}, self.result or self.column
        return np.array([bool(text) and plain(text) in lost for text in shown.texts], dtype=bool)


def _of_one_step(header: str) -> bool:
    """Return True if a header is the status of one step ("Offer status"), and not of the client."""
    about_somebody = has_word("people", header) or has_word("deals", header)
    return has_word("step", header) and not is_all("stage_header", header) and not about_somebody


def find_stage_columns(table: Table) -> list[StageColumn]:
    """Find the columns that could hold stages, the best first.

    >>> from funnel.grid import Grid
    >>> from funnel.reading.tables.table import find_table
    >>> grid = Grid("Leads", [["Name", *"abcdefgh"], ["Stage", *["New", "Won", "Lost", "Met"] * 2]])
    >>> found = find_stage_columns(find_table(grid, {}))[0]
    >>> found.way, found.lost, found.order_from
    (('New', 'Met', 'Won'), ('Lost',), 'vocabulary')
    """
    found = _with_results([stages for column in table.columns if (stages := stage_column(column))])
    if any(_is_long(stages) and not stages.lost for stages in found):
        found = [replace(s, outcome=bool(s.lost) and len(s.places) < _WAY - 1) for s in found]
    return sorted(found, key=lambda stages: -stages.weight)


def _is_long(stages: StageColumn) -> bool:
    """Return True if a column shows progress: by the words of its stages, or by their numbers."""
    return len(stages.places) >= _WAY or (stages.order_from == "numbers" and len(stages.way) >= _WAY)


def _with_results(found: Sequence[StageColumn]) -> list[StageColumn]:
    """Join a list of stages with its status, which only shows who is open, won or lost.

    As Pipedrive exports it: a deal stays in its stage when it is lost, and nothing else shows the sale. Where
    no known system has this list, the cells must agree: who was won is in the last stage.
    """
    results = [stages for stages in found if stages.headed and _is_result(stages)]
    listed = [
        stages for stages in found
        if stages.headed and stages.confidence != "guess" and len(stages.way) >= _WAY - 1 and not stages.lost
        and stages.order_confidence != "guess"
        and not any(is_all("stages.won", value) for value in stages.way)
    ]  # fmt: skip
    if len(results) != 1 or len(listed) != 1:
        return list(found)
    result, main = results[0], listed[0]
    known = main.order_from in ("preset", "numbers", "dropdown") and len(result.lost) == 1
    if not known and not _ends_in_the_last(main, result):
        return list(found)
    won = next(value for value in result.way if is_all("stages.won", value))
    joined = replace(main, way=(*main.way, won), lost=result.lost, result=result.column)
    return [joined if stages is main else stages for stages in found]


def _ends_in_the_last(main: StageColumn, result: StageColumn) -> bool:
    """Return True if clients who were won are in the last stage, and lost ones in several."""
    won = {plain(value) for value in result.way if is_all("stages.won", value)}
    lost, last = {plain(value) for value in result.lost}, plain(main.way[-1])
    pairs = [(plain(a), plain(b)) for a, b in zip(main.column.texts, result.column.texts, strict=True)]
    sold = [stage for stage, end in pairs if end in won]
    gone = {stage for stage, end in pairs if end in lost}
    return len(sold) >= _SOLD and sold.count(last) >= AFTER_ALL * len(sold) and len(gone) > 1


def _is_result(stages: StageColumn) -> bool:
    """Return True if a column only says who is open, won or lost, in any language."""
    won = [value for value in stages.way if is_all("stages.won", value)]
    others = [value for value in (*stages.way, *stages.parked, *stages.aside) if value not in won]
    return len(won) == 1 and bool(stages.lost) and all(plain(value) in _OPEN for value in others)


def stage_column(column: Evidence) -> StageColumn | None:
    """Read a column as one of stages; None if it is not."""
    if column.kind == "numbers":
        return _of_codes(column)
    if column.kind not in ("choices", "names") and not (column.kind == "marks" and len(column.counts) > 1):
        return None
    of_others = has_word("owner", column.header) or has_word("source", column.header)
    if of_others and not is_all("stage_header", column.header):
        return None
    values = _values(column)
    if not 2 <= len(values) <= FEW or foreign(values):
        return None
    words = sum(len(value.split()) for value in values)
    if has_word("plan", column.header) and words >= _SENTENCE * len(values):
        return None
    headed = has_word("stage_header", column.header)
    if column.fill < (_FILLED_HEADED if headed else _FILLED):
        return None
    possible = [value for value in values if not is_lost(value)]
    listed = possible if headed and _are_numbered(values) else known_order(possible) or []
    known = [value for value in values if value in listed or is_known(value)]
    ranked = [value for value in values if value in listed or rank_of(value, True) is not None]
    beginning, unclear = cold_ones(values, column.options)
    cold = {*beginning, *unclear}
    lost = [value for value in values if is_lost(value) and value not in cold]
    share = len(known) / len(values)
    if not ranked or (len(ranked) + len(lost) + len(cold) < 2) or not (headed or _speak(ranked, lost)):
        return None
    if not (headed and share >= 0.3) and not (share >= KNOWN_STAGES and len(ranked) >= 2):
        return None
    seldom = column.kind == "names" and len(values) * 2 > int(column.filled.sum()) and not column.options
    if seldom and not (headed and share >= KNOWN_STAGES):
        return None
    aside = _aside(values)
    values = [value for value in values if value not in aside]
    parked = [value for value in values if is_parked(value) or value in unclear]
    numbered = order_of([v for v in values if v not in lost], column.options)
    if numbered[1] in ("numbers", "dropdown", "preset"):
        way, order_from, doubt = numbered
        after = _after_lost(column, values, lost)
        lost += [value for value in parked if value in after]
        back = _back_again(column, way, after) if doubt else []
        parked += [value for value in back if value in column.counts]
        aside += tuple(value for value in back if value not in parked)
        way, _, doubt = order_of([value for value in way if value not in (*back, *lost)], column.options)
    else:
        way, order_from, doubt = order_of([v for v in values if v not in lost and v not in parked])
        way = order_of([*way, *parked])[0] if parked else way
    return StageColumn(
        column, tuple(way), tuple(lost), tuple(parked), share, headed, order_from, doubt, aside
    )


def _are_numbered(values: Sequence[str]) -> bool:
    """Return True if at least three stages, and most, begin with a number of their own ("1 - Stage 1")."""
    numbers = [number for value in values if (number := number_of(value)) is not None]
    least = max(_UNHEADED, KNOWN_STAGES * len(values))
    return len(set(numbers)) == len(numbers) >= least


def _of_codes(column: Evidence) -> StageColumn | None:
    """Read a column of small whole numbers whose header is a stage as one of stages without names.

    >>> from funnel.reading.tables.evidence import look_at
    >>> found = _of_codes(look_at(3, "Stage", [0, 2, 1, 1, 3, 0, 2, 2, 1, 0, 3, 3]))
    >>> found.way, found.confidence
    (('0', '1', '2', '3'), 'guess')
    """
    there = ~np.isnan(column.numbers)
    codes = sorted(set(column.numbers[there].tolist()))
    if not is_all("stage_header", column.header) or not 3 <= len(codes) <= _CODES:
        return None
    whole = all(code == int(code) for code in codes) and codes[0] >= 0
    if not whole or codes[-1] - codes[0] > len(codes) or there.sum() < _OFTEN_CODES * len(codes):
        return None
    names = tuple(str(int(n)) if n == n else "" for n in column.numbers.tolist())
    named = replace(column, texts=names, codes=np.where(there, TEXT, column.codes).astype(np.int8))
    way = tuple(str(int(code)) for code in codes)
    return StageColumn(named, way, (), (), 0.0, True, "numbers", "")


def _speak(ranked: Sequence[str], lost: Sequence[str]) -> bool:
    """Return True if values are stages whatever the header is: at two places, with a lost one or a third."""
    return len({rank_of(value) for value in ranked}) > 1 and (bool(lost) or len(ranked) >= _UNHEADED)


def _aside(values: Sequence[str]) -> tuple[str, ...]:
    """Return the values that are not stages; a beginning counts only if there is another one."""
    found = [value for value in values if is_catch_all(value)]
    begins = any((rank_of(value) or _BEGUN) < _BEGUN for value in values if value not in found)
    return tuple(value for value in found if rank_of(value) is None or begins)


def _after_lost(column: Evidence, values: Sequence[str], lost: Sequence[str]) -> set[str]:
    """Return the stages after a lost one, by their numbers or in the dropdown."""
    numbers = {value: number_of(value) for value in values}
    out = [number for value in lost if (number := numbers[value]) is not None]
    if out:
        return {value for value, number in numbers.items() if number is not None and number > min(out)}
    places = {plain(option): at for at, option in enumerate(column.options)}
    gone = [places[plain(value)] for value in lost if plain(value) in places]
    return {value for value in values if gone and places.get(plain(value), -1) > min(gone)}


def _back_again(column: Evidence, way: Sequence[str], after: set[str]) -> list[str]:
    """Return the stages listed after a sale and the lost ones that come earlier by their words ("Nurture").

    None if the stages before them are in no order either: then the dropdown shows none.
    """
    before = [value for value in way if value not in after]
    if len(before) < 2 or order_of(before, column.options)[2] or (rank_of(before[-1]) or 0.0) < _WON:
        return []
    return [value for value in way if value in after and (rank_of(value) or _WON) < _WON]


def _values(column: Evidence) -> list[str]:
    """Return the distinct stages as first spelled: those of the dropdown, then those of the cells."""
    spelled: dict[str, str] = {}
    for text in [*column.options, *column.counts]:
        spelled.setdefault(plain(text) or text, text)
    return list(spelled.values())


def lost_of(stages: Sequence[StageColumn]) -> StageColumn | None:
    """Return the best column that shows lost clients, or None."""
    return next((column for column in stages if column.lost and column.result is None), None)
