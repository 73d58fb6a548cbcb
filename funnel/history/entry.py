"""The record of a log row: the clients that moved, with their old and new state, encoded as cell text.

Each log row ends with its record in a hidden column, which the next refresh folds. People may correct, sort
and annotate the other cells. A state is a stage name; in a journey of marks it is the set of marked steps,
written as step numbers. The legend in the column's header assigns these numbers; a number never changes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, TypeAlias

from funnel.grid import Value
from funnel.text import UNSAFE, fold

State: TypeAlias = str | frozenset[str]
"""The state of a client: a stage name, or the set of marked steps (with `LEFT`), or `REMOVED`, or `NEW`."""


class Sentinel(str):
    """A text that equals only itself, so that no stage or step can have the same name.

    >>> REMOVED == "(gone)", "(gone)" == REMOVED, REMOVED == REMOVED
    (False, False, True)
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    __hash__ = object.__hash__


LEFT: Final[str] = Sentinel("(left)")
REMOVED: Final[str] = Sentinel("(gone)")
NEW: Final[str] = Sentinel("(new)")
"""LEFT: among the marks of a client who left. REMOVED: the row is not in the sheet. NEW: not recorded."""

RECORD: Final = "Record"
LONGEST_NAME: Final = 120

_CODES: Final = {"%": "%25", "|": "%7C", ";": "%3B", ">": "%3E", "=": "%3D", "\n": "%0A", "\r": "%0D"}
_CODES.update({c: f"%u{ord(c):04X}" for c in map(chr, range(0x2070)) if UNSAFE.match(c) and c not in "\n\r"})
_PLAIN: Final = {encode_state: char for char, encode_state in _CODES.items()}
_CODED: Final = re.compile("|".join(_PLAIN))
_STATE_WORDS: Final = {REMOVED: "gone", NEW: "new"}


_cached_fold = lru_cache(1 << 18)(fold)  # each name is looked up several times


@dataclass(frozen=True, slots=True)
class ClientKey:
    """The key of a client in the log: the id if there is one, otherwise name and lead date.

    >>> ClientKey("Ana  Rossi", dt.date(2026, 1, 20)).identity
    ('ana rossi', datetime.date(2026, 1, 20))
    >>> ClientKey("Ana Rossi", None, "7").identity
    '7'
    """

    name: str
    lead_date: dt.date | None = None
    id: str | None = None

    @property
    def name_and_date(self) -> tuple[str, dt.date | None]:
        """The folded name and the lead date."""
        return _cached_fold(self.name), self.lead_date

    @property
    def identity(self) -> str | tuple[str, dt.date | None]:
        """The id if there is one, otherwise the folded name and the lead date."""
        return self.id or self.name_and_date

    @classmethod
    def from_cells(cls, name: object, lead_date: dt.date | None, id_: object = None) -> ClientKey:
        """Return the key for the cells of a row; long names and ids are cut to `LONGEST_NAME`."""
        return cls(str(name)[:LONGEST_NAME], lead_date, str(id_)[:LONGEST_NAME] if id_ else None)


@dataclass(frozen=True, slots=True)
class Legend:
    """The permanent numbers of a journey's steps; moving or renaming a column does not change them.

    Parameters
    ----------
    steps : step name -> number, in the column order of the last refresh.
    retired : step name -> number, for steps that the sheet no longer has.
    rows : the number of rows written so far; 0 if not recorded.
    deleted : how many of these had been deleted at the last refresh.
    """

    steps: Mapping[str, int] = field(default_factory=dict)
    retired: Mapping[str, int] = field(default_factory=dict)
    rows: int = 0
    deleted: int = 0

    def __str__(self) -> str:
        items = [f"{number}={escape(name)}" for name, number in self.steps.items()]
        items += [f"~{number}={escape(name)}" for name, number in self.retired.items()]
        items += [f"rows {self.rows}"] if self.rows else []
        items += [f"deleted {self.deleted}"] if self.deleted else []
        return f"{RECORD}: {'; '.join(items)}" if items else RECORD

    @classmethod
    def parse(cls, text: Value) -> Legend | None:
        """Parse the header of the record column; return None if a cell is not such a header.

        >>> legend = Legend.parse("Record: 2=Paid; 1=Client contacted; ~3=Old")
        >>> dict(legend.steps), dict(legend.retired), str(legend)
        ({'Paid': 2, 'Client contacted': 1}, {'Old': 3}, 'Record: 2=Paid; 1=Client contacted; ~3=Old')
        """
        if not isinstance(text, str) or text.partition(":")[0].strip() != RECORD:
            return None
        found = [re.fullmatch(r"(~?)(\d+)=(.*)", item.strip()) for item in text.partition(":")[2].split(";")]
        named = [(item[1], unescape(item[3]), int(item[2])) for item in found if item]
        counts = dict(re.findall(r"(?:^|;) *(rows|deleted) (\d{1,9})(?=;|$)", text.partition(":")[2]))
        return cls(
            {name: number for retired, name, number in named if not retired},
            {name: number for retired, name, number in named if retired},
            int(counts.get("rows", 0)),
            int(counts.get("deleted", 0)),
        )

    def with_rows(self, last: int, lines: Iterable[Sequence[Value]]) -> Legend:
        """Return the legend after rows are added; the last cell of each contains its number, if it has one.

        Parameters
        ----------
        last : the number of the last row before.
        """
        numbers = [split_number(str(line[-1] or ""))[0] for line in lines]
        return replace(self, rows=max([self.rows, last, *numbers]))

    @property
    def names(self) -> dict[int, str]:
        """Number -> step name, retired steps included."""
        return {number: name for name, number in (*self.retired.items(), *self.steps.items())}

    def updated(self, steps: Sequence[str], renamed: Mapping[str, str]) -> Legend:
        """Return the legend for these steps; each new step gets the next free number.

        Parameters
        ----------
        renamed : name in this legend -> new name.
        """
        known = {renamed.get(name, name): number for name, number in self.steps.items()}
        known = {**self.retired, **known}
        free = max(known.values(), default=0)
        numbers = {}
        for step in steps:
            if step not in known:
                free += 1
            numbers[step] = known.pop(step, free)
        return Legend(numbers, known, self.rows, self.deleted)


@dataclass(frozen=True, slots=True)
class Record:
    """One log row: clients that changed from the same state to the same state.

    Parameters
    ----------
    clients : each key, with the old key if name, lead date or id was corrected (else None).
    number : position of the row in writing order, kept when a person sorts the tab; a copied row repeats it.
        0 if the row has no number.
    """

    before: State
    after: State
    clients: tuple[tuple[ClientKey, ClientKey | None], ...]
    number: int = 0

    def encode(self, numbers: Mapping[str, int]) -> str:
        """Encode the record as cell text, with the step numbers of the legend.

        >>> ana = ClientKey("Ana | Co", dt.date(2026, 1, 20))
        >>> clients = ((ana, None), (ClientKey("Ben", None, "7"), ana))
        >>> record = Record(NEW, frozenset({"Met", "Paid", LEFT}), clients, 17)
        >>> record.encode({"Met": 1, "Paid": 2})
        '17 new>marks 1-2 left;Ana %7C Co|2026-01-20;Ben||7|Ana %7C Co|2026-01-20'
        """
        states = f"{encode_state(self.before, numbers)}>{encode_state(self.after, numbers)}"
        return f"{self.number} {';'.join([states, *map(encode_client, self.clients)])}"


class RecordReader:
    """Decode records; each distinct state is decoded once.

    Parameters
    ----------
    names : number -> step name.
    """

    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = names
        self._states: dict[str, State | None] = {}

    def read(self, text: Value) -> Record | None:
        """Decode a record; return None if the cell does not contain one.

        >>> RecordReader({1: "Met"}).read("17 new>marks 1 left;Ana|2026-01-20").clients[0][0]
        ClientKey(name='Ana', lead_date=datetime.date(2026, 1, 20), id=None)
        >>> RecordReader({}).read("a note"), RecordReader({}).read("new>stage Won;") is None
        (None, True)
        """
        if not isinstance(text, str):
            return None
        numbered, *clients = text.split(";")
        number, states = split_number(numbered)
        before, _, after = states.partition(">")
        old_state, new_state = self._state(before), self._state(after)
        keys = tuple(found for client in clients if (found := _decode_client(client)))
        if old_state is None or new_state is None or not keys:
            return None
        return Record(old_state, new_state, keys, number)

    def _state(self, text: str) -> State | None:
        if text not in self._states:
            self._states[text] = self._decode(text)
        return self._states[text]

    def _decode(self, text: str) -> State | None:
        kind, _, rest = text.partition(" ")
        if kind == "stage" and rest:
            return unescape(rest)
        if kind != "marks":
            return next((state for state, word in _STATE_WORDS.items() if text == word), None)
        parts = rest.split()
        numbers = [n for part in parts for n in _parse_range(part)]
        left = {LEFT} if "left" in parts else set()
        return frozenset({self._names[n] for n in numbers if n in self._names} | left)


def split_number(text: str) -> tuple[int, str]:
    """Split a record into its number (0 if it has none) and the rest.

    >>> split_number("17 new>gone"), split_number("new>gone")
    ((17, 'new>gone'), (0, 'new>gone'))
    """
    first, _, rest = text.partition(" ")
    return (int(first), rest) if first.isdecimal() and first.isascii() and len(first) < 12 else (0, text)


def encode_state(state: State, numbers: Mapping[str, int]) -> str:
    """Encode a state as text.

    >>> encode_state(frozenset({"a", "c", "b"}), {"a": 1, "b": 2, "c": 4})
    'marks 1-2 4'
    >>> encode_state("Hot > Lead", {}), encode_state(REMOVED, {})
    ('stage Hot %3E Lead', 'gone')
    """
    if isinstance(state, str):
        return _STATE_WORDS.get(state) or f"stage {escape(state)}"
    marked = sorted(numbers[step] for step in state if step in numbers)
    runs: list[list[int]] = []
    for number in marked:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    ranges = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return " ".join(["marks", *ranges, *(["left"] if LEFT in state else [])])


def encode_client(client: tuple[ClientKey, ClientKey | None]) -> str:
    """Encode a client key, and its old key if there is one, as text."""
    fields = [
        field
        for key in client
        if key
        for field in (escape(key.name), str(key.lead_date or ""), escape(key.id or ""))
    ]
    return "|".join(fields).rstrip("|") or "|"


def escape(text: str) -> str:
    """Replace the separators of a record by codes.

    >>> escape("a;b"), unescape(escape("100% = a|b;c"))
    ('a%3Bb', '100% = a|b;c')
    """
    return "".join(_CODES.get(c, c) for c in text)


def unescape(text: str) -> str:
    """Undo `escape`."""
    return _CODED.sub(lambda found: _PLAIN[found[0]], text) if "%" in text else text


def _decode_client(text: str) -> tuple[ClientKey, ClientKey | None] | None:
    if not text:
        return None
    parts = text.split("|")
    parts += [""] * (6 - len(parts))
    return _decode_key(parts[:3]), _decode_key(parts[3:6]) if any(parts[3:6]) else None


def _decode_key(parts: Sequence[str]) -> ClientKey:
    name, lead_date, id_ = parts
    return ClientKey(unescape(name), parse_day(lead_date), unescape(id_) or None)


def parse_day(text: str) -> dt.date | None:
    """Parse an ISO date; return None if the text is not one."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _parse_range(text: str) -> Iterable[int]:
    """Return the numbers in "3" or "3-5"."""
    first, _, last = text.partition("-")
    if not all(part.isdecimal() and len(part) < 12 for part in (first, last or first)):
        return ()
    return range(int(first), min(int(last or first), int(first) + 999) + 1)
