"""The record of a row of the log: who moved, from which state to which, as text that any cell keeps.

A row of the log is for people, who may correct it, sort it and write beside it. What the next refresh folds
stands in its last column, which is hidden: this record. A state is the name of a stage; or, for a journey of
marks, the steps that are marked, as numbers that a legend in the header of that column gives them for good.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from funnel.grid import Value
from funnel.text import fold

State: TypeAlias = str | frozenset[str]
"""Where a client stands: a stage, or the steps that are marked (and `LEFT`); or `GONE`, or `NEW`."""

LEFT: Final = "left·"
GONE: Final = "gone·"
NEW: Final = "new·"
"""The dot: no stage or step ends so. GONE: the row left the sheet; NEW: nothing was recorded before."""

RECORD: Final = "Record"
LONGEST_NAME: Final = 120

_CODES: Final = {"%": "%25", "|": "%7C", ";": "%3B", ">": "%3E", "=": "%3D", "\n": "%0A", "\r": "%0D"}
_PLAIN: Final = {code: char for char, code in _CODES.items()}
_CODED: Final = re.compile("|".join(_PLAIN))
_AWAY: Final = {GONE: "gone", NEW: "new"}


_folded = lru_cache(1 << 18)(fold)  # every client is looked for several times


@dataclass(frozen=True, slots=True)
class Who:
    """A client as the log knows it: by its id, else by its name and lead date.

    >>> Who("Ana  Rossi", dt.date(2026, 1, 20)).key == Who("ANA ROSSI", dt.date(2026, 1, 20)).key
    True
    """

    name: str
    lead: dt.date | None = None
    id: str | None = None

    @property
    def key(self) -> tuple[str, dt.date | None]:
        """What is compared where there is no id."""
        return _folded(self.name), self.lead

    @classmethod
    def of(cls, name: object, lead: dt.date | None, id_: object = None) -> Who:
        """A client by the cells of its row, which may be of any length."""
        return cls(str(name)[:LONGEST_NAME], lead, str(id_)[:LONGEST_NAME] if id_ else None)


@dataclass(frozen=True, slots=True)
class Legend:
    """The numbers of a journey's steps: permanent, however the columns are ordered or called later.

    Parameters
    ----------
    steps : numbers by name, in the order in which the steps stood in the sheet when last seen.
    retired : numbers of steps that the sheet no longer has.
    """

    steps: Mapping[str, int] = field(default_factory=dict)
    retired: Mapping[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        items = [f"{number}={quote(name)}" for name, number in self.steps.items()]
        items += [f"~{number}={quote(name)}" for name, number in self.retired.items()]
        return f"{RECORD}: {'; '.join(items)}" if items else RECORD

    @classmethod
    def parse(cls, text: Value) -> Legend | None:
        """Read the header of the records; None where a cell holds none.

        >>> legend = Legend.parse("Record: 2=Paid; 1=Client contacted; ~3=Old")
        >>> dict(legend.steps), dict(legend.retired), str(legend)
        ({'Paid': 2, 'Client contacted': 1}, {'Old': 3}, 'Record: 2=Paid; 1=Client contacted; ~3=Old')
        """
        if not isinstance(text, str) or text.partition(":")[0].strip() != RECORD:
            return None
        found = [re.fullmatch(r"(~?)(\d+)=(.*)", item.strip()) for item in text.partition(":")[2].split(";")]
        named = [(item[1], unquote(item[3]), int(item[2])) for item in found if item]
        return cls(
            {name: number for gone, name, number in named if not gone},
            {name: number for gone, name, number in named if gone},
        )

    @property
    def names(self) -> dict[int, str]:
        """The names of all numbers."""
        return {number: name for name, number in (*self.retired.items(), *self.steps.items())}

    def now(self, steps: Sequence[str], renamed: Mapping[str, str]) -> Legend:
        """The legend once the sheet has these steps; what is new gets the next number.

        Parameters
        ----------
        renamed : new names by the names that the legend has.
        """
        known = {renamed.get(name, name): number for name, number in self.steps.items()}
        known = {**self.retired, **known}
        free = max(known.values(), default=0)
        numbers = {}
        for step in steps:
            if step not in known:
                free += 1
            numbers[step] = known.pop(step, free)
        return Legend(numbers, known)


@dataclass(frozen=True, slots=True)
class Record:
    """Who moved, and from where to where; a client whose name was corrected has its former self beside it.

    `number` counts the rows of the log in the order in which they were written, however a person sorts them,
    and tells a row that somebody copied; 0 where a row has none.
    """

    before: State
    after: State
    clients: tuple[tuple[Who, Who | None], ...]
    number: int = 0

    def text(self, numbers: Mapping[str, int]) -> str:
        """As a cell keeps it.

        >>> ana = Who("Ana | Co", dt.date(2026, 1, 20))
        >>> clients = ((ana, None), (Who("Ben", None, "7"), ana))
        >>> record = Record(NEW, frozenset({"Met", "Paid", LEFT}), clients, 17)
        >>> record.text({"Met": 1, "Paid": 2})
        '17 new>marks 1-2 left;Ana %7C Co|2026-01-20;Ben||7|Ana %7C Co|2026-01-20'
        """
        states = f"{code(self.before, numbers)}>{code(self.after, numbers)}"
        return f"{self.number} {';'.join([states, *map(told, self.clients)])}"


class Reader:
    """Reads records, each kind of state once.

    Parameters
    ----------
    names : the steps by their numbers.
    """

    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = names
        self._states: dict[str, State | None] = {}

    def read(self, text: Value) -> Record | None:
        """Read a record; None where a cell holds none.

        >>> Reader({1: "Met"}).read("17 new>marks 1 left;Ana|2026-01-20").clients[0][0]
        Who(name='Ana', lead=datetime.date(2026, 1, 20), id=None)
        >>> Reader({}).read("a note"), Reader({}).read("new>stage Won;") is None
        (None, True)
        """
        if not isinstance(text, str):
            return None
        numbered, *clients = text.split(";")
        number, states = number_of(numbered)
        before, _, after = states.partition(">")
        one, two = self._state(before), self._state(after)
        known = tuple(found for client in clients if (found := _client(client)))
        return None if one is None or two is None or not known else Record(one, two, known, number)

    def _state(self, text: str) -> State | None:
        if text not in self._states:
            self._states[text] = self._decode(text)
        return self._states[text]

    def _decode(self, text: str) -> State | None:
        kind, _, rest = text.partition(" ")
        if kind == "stage" and rest:
            return unquote(rest)
        if kind != "marks":
            return next((state for state, word in _AWAY.items() if text == word), None)
        parts = rest.split()
        numbers = [n for part in parts for n in _range(part)]
        left = {LEFT} if "left" in parts else set()
        return frozenset({self._names[n] for n in numbers if n in self._names} | left)


def number_of(text: str) -> tuple[int, str]:
    """The number with which a record begins, 0 where it has none, and the rest.

    >>> number_of("17 new>gone"), number_of("new>gone")
    ((17, 'new>gone'), (0, 'new>gone'))
    """
    first, _, rest = text.partition(" ")
    return (int(first), rest) if first.isdecimal() and first.isascii() and len(first) < 12 else (0, text)


def code(state: State, numbers: Mapping[str, int]) -> str:
    """A state as text.

    >>> code("Hot > Lead", {}), code(frozenset({"a", "c", "b"}), {"a": 1, "b": 2, "c": 4}), code(GONE, {})
    ('stage Hot %3E Lead', 'marks 1-2 4', 'gone')
    """
    if isinstance(state, str):
        return _AWAY.get(state) or f"stage {quote(state)}"
    marked = sorted(numbers[step] for step in state if step in numbers)
    runs: list[list[int]] = []
    for number in marked:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return " ".join(["marks", *said, *(["left"] if LEFT in state else [])])


def told(client: tuple[Who, Who | None]) -> str:
    """A client, and who it was before, as text."""
    facts = [
        fact for who in client if who for fact in (quote(who.name), str(who.lead or ""), quote(who.id or ""))
    ]
    return "|".join(facts).rstrip("|") or "|"


def quote(text: str) -> str:
    """Text without the signs by which a record is taken apart.

    >>> quote("a;b"), unquote(quote("100% = a|b;c"))
    ('a%3Bb', '100% = a|b;c')
    """
    return "".join(_CODES.get(c, c) for c in text)


def unquote(text: str) -> str:
    """Text as it was before it was quoted."""
    return _CODED.sub(lambda found: _PLAIN[found[0]], text) if "%" in text else text


def _client(text: str) -> tuple[Who, Who | None] | None:
    if not text:
        return None
    parts = text.split("|")
    parts += [""] * (6 - len(parts))
    was = _who(parts[3:6]) if any(parts[3:6]) else None
    return _who(parts[:3]), was


def _who(parts: Sequence[str]) -> Who:
    name, lead, key = parts
    return Who(unquote(name), day_of(lead), unquote(key) or None)


def day_of(text: str) -> dt.date | None:
    """A day as ISO text; None where it is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _range(text: str) -> Iterable[int]:
    """The numbers of "3" or "3-5"."""
    first, _, last = text.partition("-")
    if not (first.isdigit() and (last or first).isdigit()):
        return ()
    return range(int(first), min(int(last or first), int(first) + 999) + 1)
