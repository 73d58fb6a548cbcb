"""Match the columns of a sheet by header, never by letter (docs/definitions.md#columns).

First exactly, then folded (case, accents, punctuation, spaces), then by alias, then by the months of a
retention step ("3 months" in any of six languages), then by a near miss, if it is the only one. The last two
are reported as assumptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from funnel.grid import column_letter
from funnel.journey import Journey
from funnel.journey.stages import STAGE_HEADERS
from funnel.reading.tables.header import Header
from funnel.reading.words.retention_words import retention_of
from funnel.schema import shown, step_mark
from funnel.text import fold

_CLOSE = 0.85
_SLIPS = 3  # letters by which a near miss may be longer or shorter


@dataclass(slots=True)
class Columns:
    """The columns of a sheet, by their names in the table of clients: roles, and steps' marks.

    A role that is joined of several columns has all of them.

    Parameters
    ----------
    at : column numbers of each role and step that was found, by name (`funnel.schema`).
    missing : roles and steps that were not found, by name.
    free : the other headers, by column.
    assumed : sentences on near misses that were accepted.
    twice : columns ignored because another has the same header: the column, and the one used.
    """

    at: dict[str, tuple[int, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    free: dict[int, str] = field(default_factory=dict)
    assumed: list[str] = field(default_factory=list)
    twice: dict[int, int] = field(default_factory=dict)

    def first(self, name: str) -> int | None:
        """Return the column of a role or step, or None."""
        return self.at[name][0] if name in self.at else None

    def steps(self, journey: Journey) -> dict[str, int]:
        """Return the column of each step that has one, in the order of the journey."""
        names = ((step.name, step_mark(step.name)) for step in journey.steps)
        return {name: self.at[column][0] for name, column in names if column in self.at}


def match(header: Header, journey: Journey) -> Columns:
    """Match the roles and steps of a journey to the headers of a sheet.

    >>> from funnel.journey import preset
    >>> header = Header(1, {1: "nome cliente", 2: "Data del lead", 3: "Fist paid session"})
    >>> found = match(header, preset("gym"))
    >>> found.at
    {'client': (1,), 'lead_date': (2,), 'step:^first paid session': (3,)}
    >>> found.assumed
    ["column C, 'Fist paid session', is taken for 'First paid session'"]
    """
    found = Columns()
    wanted: dict[str, tuple[str, ...]] = {}
    for role, column in journey.columns.items():
        if column.join:
            _join(found, role, column.join, header)
        elif column.headers:
            wanted[role] = column.headers
    if journey.stages:
        wanted.setdefault("stage", STAGE_HEADERS)
    steps = () if journey.staged else journey.steps  # stages have no columns of their own
    wanted |= {step_mark(step.name): step.headers for step in steps}
    free = dict(header.names)
    for number in (number for numbers in found.at.values() for number in numbers):
        free.pop(number, None)
    _take(found, wanted, free, header)
    _by_retention(found, journey, free)
    _near(found, wanted, free, journey)
    _doubles(found, header, free)
    every = (*journey.columns, *(step_mark(step.name) for step in steps))
    found.missing, found.free = tuple(name for name in every if name not in found.at), free
    return found


def _join(found: Columns, role: str, names: Iterable[str], header: Header) -> None:
    """Add a role joined from several columns, if all of them exist."""
    by_name = {fold(name): column for column, name in reversed(list(header.names.items()))}
    columns = [by_name[fold(name)] for name in names if fold(name) in by_name]
    if len(columns) == len(tuple(names)):
        found.at[role] = tuple(columns)


def _take(
    found: Columns, wanted: Mapping[str, tuple[str, ...]], free: dict[int, str], header: Header
) -> None:
    """Assign each name a free column: with the same header, the same folded header, or an alias."""
    exact = [(text, column) for column, text in header.names.items()]
    folded = [
        (fold(text), column) for texts in (header.names, header.short) for column, text in texts.items()
    ]
    for most, fit, index in ((1, str, exact), (1, fold, folded), (None, fold, folded)):
        columns: dict[str, list[int]] = {}
        for text, column in index:
            columns.setdefault(text, []).append(column)
        for name, names in wanted.items():
            hits = [
                column for other in names[:most] for column in columns.get(fit(other), ()) if column in free
            ]
            if hits and name not in found.at:
                found.at[name] = (hits[0],)
                del free[hits[0]]


def _by_retention(found: Columns, journey: Journey, free: dict[int, str]) -> None:
    """Assign a retention step the only free column headed with its months or weeks."""
    for step in journey.retention:
        if step_mark(step.name) in found.at:
            continue
        same = [column for column, text in free.items() if retention_of(text) == step.retention_duration]
        if len(same) == 1:
            _accept(found, free, same[0], step_mark(step.name))


def _near(
    found: Columns, wanted: Mapping[str, tuple[str, ...]], free: dict[int, str], journey: Journey
) -> None:
    """Accept near misses: one header close to one name, and to no other."""
    left = {name: names for name, names in wanted.items() if name not in found.at}
    clocks = {step_mark(step.name): step.retention_duration for step in journey.steps}
    close: dict[str, list[int]] = {
        name: [column for column, text in free.items()
               if retention_of(text) == clocks.get(name) and any(_close(text, other) for other in names)]
        for name, names in left.items()
    }  # fmt: skip
    for name, columns in close.items():
        if len(columns) == 1 and sum(columns[0] in others for others in close.values()) == 1:
            _accept(found, free, columns[0], name)


def _accept(found: Columns, free: dict[int, str], column: int, name: str) -> None:
    found.at[name] = (column,)
    found.assumed.append(
        f"column {column_letter(column)}, {free.pop(column)!r}, is taken for {shown(name)!r}"
    )


def _close(header: str, name: str) -> bool:
    """Return True if two headers differ only by typos: the same words, each nearly the same."""
    a, b = fold(header), fold(name)
    if abs(len(a) - len(b)) > _SLIPS:
        return False
    if SequenceMatcher(None, a.replace(" ", ""), b.replace(" ", "")).ratio() < _CLOSE:
        return False
    if len(a.split()) != len(b.split()):
        return a.replace(" ", "") == b.replace(" ", "")
    pairs = zip(a.split(), b.split(), strict=True)
    return all(x == y or (len(x) > 3 and SequenceMatcher(None, x, y).ratio() >= 0.75) for x, y in pairs)


def _doubles(found: Columns, header: Header, free: Mapping[int, str]) -> None:
    """Add the unused columns whose header is that of a used one."""
    used = {fold(header.names[column]): column for columns in found.at.values() for column in columns}
    found.twice = {column: used[fold(text)] for column, text in free.items() if fold(text) in used}


def nearest_header(names: Iterable[str], headers: Iterable[str]) -> str | None:
    """Return the header most similar to any of some names, if it is similar enough.

    >>> nearest_header(["Met"], ["Source", "Met at last"])
    'Met at last'
    """
    pairs = ((_likeness(header, name), header) for header in headers for name in names)
    best = max(pairs, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= 0.6 else None


def _likeness(header: str, name: str) -> float:
    """Return the similarity from 0 to 1; a header with every word of the name (or vice versa) is similar."""
    a, b = fold(header), fold(name)
    words = set(a.split()), set(b.split())
    contained = all(words) and (words[0] <= words[1] or words[1] <= words[0])
    return max(SequenceMatcher(None, a, b).ratio(), 0.7 if contained else 0.0)
