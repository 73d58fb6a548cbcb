"""The names of table columns: this module alone makes and parses them.

A table of clients has columns of five kinds, and no name of one kind can equal a name of another:

- ours: ``row``, ``client``, ``painted`` and the roles (``coach``, ``lead_date``); only these have no colon;
- ``step:…`` and ``when:…``: a step's marks, and their dates; ``found:…``: when a refresh found the mark;
- ``column:…``: every other column of the sheet, by its header;
- ``number:…``, ``date:…``, ``text:…``: another column of the table again, read as a rule compares it;
- ``flag:…`` and ``events:…``: what is computed.

Text of a person is escaped: capitals are written ``^a``, and all but a–z, 0–9, space, ``_`` and ``-`` as
``%HEX;``. So names are equal only where the texts are, in engines that ignore case too (DuckDB, Spark), and
hold no character that an engine gives a meaning (dots, quotes, ``*``). People see `shown` instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias, get_args

from funnel.text import fold

Kind: TypeAlias = Literal["step", "when", "column", "number", "date", "text", "flag", "events"]
ReadAs: TypeAlias = Literal["number", "date", "text"]

_KINDS = frozenset(get_args(Kind))
_READ_AS = frozenset(get_args(ReadAs))
_OTHERS = re.compile(r"[^a-z0-9 _-]")
_ESCAPED = re.compile(r"\^([a-z])|%([0-9a-f]+);")


@dataclass(frozen=True, slots=True)
class Name:
    """The parsed name of a column.

    Parameters
    ----------
    kind : the content of the column; "role" for the columns whose name is fixed.
    text : the role, the step's name, the header or the flag; of a column read again, that column's name.
    """

    kind: Kind | Literal["role"]
    text: str


def step_mark(step: str) -> str:
    """Name the column of a step's marks (bool).

    >>> step_mark("First paid session"), step_mark("coach"), step_mark("Été")
    ('step:^first paid session', 'step:coach', 'step:%c9;t%e9;')
    """
    return f"step:{escape(step)}"


def step_date(step: str) -> str:
    """Name the column of the dates of a step's marks.

    >>> step_date("First paid session")
    'when:^first paid session'
    """
    return f"when:{escape(step)}"


def step_found(step: str) -> str:
    """Name the column that holds the days on which refreshes first found a step marked.

    >>> step_found("First paid session")
    'found:^first paid session'
    """
    return f"found:{escape(step)}"


def no_mark(step: str) -> str:
    """Name the column of an engine's table that holds the texts of a step that are no marks.

    >>> no_mark("Paid")
    'flag:no mark:^paid'
    """
    return f"flag:no mark:{escape(step)}"


def header(text: str) -> str:
    """Name the column of a sheet that is neither a role nor a step.

    >>> header("Call · number"), header("coach")
    ('column:^call %b7; number', 'column:coach')
    """
    return f"column:{escape(text)}"


def read_as(kind: ReadAs, column: str) -> str:
    """Name a column of the table that was read again, as what a rule compares.

    >>> read_as("number", header("Visits")), read_as("text", "client")
    ('number:column:^visits', 'text:client')
    """
    return f"{kind}:{column}"


def flag(name: str, step: int | None = None) -> str:
    """Name a computed column: of the step at a position, or of the client as a whole.

    >>> flag("reached", 3), flag("lead")
    ('flag:reached:3', 'flag:lead')
    """
    return f"flag:{name}" if step is None else f"flag:{name}:{step}"


def event_count(events: Sequence[str], within: object) -> str:
    """Name the column that counts some events within a length of time; None means however long ago.

    >>> event_count(["Opened a mail"], "30 days"), event_count(["b", "a"], None)
    ('events:opened a mail:30 days', 'events:a+b:ever')
    """
    names = "+".join(sorted({escape(fold(name) or name) for name in events}))
    return f"events:{names}:{escape(str(within or 'ever'))}"


def parse(column: str) -> Name:
    """Parse the name of a column.

    >>> parse("coach"), parse("step:^paid")
    (Name(kind='role', text='coach'), Name(kind='step', text='Paid'))
    >>> parse("number:column:^visits")
    Name(kind='number', text='column:^visits')
    """
    kind, colon, rest = column.partition(":")
    if not colon or kind not in _KINDS:
        return Name("role", column)
    plain = kind in ("step", "when", "column")
    return Name(kind, unescape(rest) if plain else rest)  # type: ignore[arg-type]


def shown(column: str) -> str:
    """Return what people call a column: the role, the step's name, or the sheet's header.

    >>> shown("coach"), shown(header("Call · number")), shown(read_as("number", header("Visits")))
    ('coach', 'Call · number', 'Visits')
    """
    name = parse(column)
    return shown(name.text) if name.kind in _READ_AS else name.text


def is_of_sheet(column: str) -> bool:
    """Return True for a column that was read from the sheet as it is: a role, a step's marks, or a header."""
    return parse(column).kind in ("role", "step", "column")


def distinct(names: Iterable[str]) -> list[str]:
    """Return names for the columns of a table that people see, each only once: a later one gets a number.

    >>> distinct(["row", "client", "Paid", "row"])
    ['row', 'client', 'Paid', 'row (2)']
    """
    every = list(names)
    found: list[str] = []
    for name in every:
        free, n = name, 2
        while free in found or (free != name and free in every):
            free, n = f"{name} ({n})", n + 1
        found.append(free)
    return found


@lru_cache(maxsize=4096)
def escape(text: str) -> str:
    """Escape a text so that it stays one of its own where case and punctuation are ignored.

    >>> escape("Met"), escape("met"), escape("a:b"), escape("^m")
    ('^met', 'met', 'a%3a;b', '%5e;m')
    """
    return _OTHERS.sub(_escape, text)


def unescape(text: str) -> str:
    """Return the text that was escaped.

    >>> unescape(escape("Call · number"))
    'Call · number'
    """
    return _ESCAPED.sub(lambda found: found[1].upper() if found[1] else chr(int(found[2], 16)), text)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return f"^{character.lower()}" if "A" <= character <= "Z" else f"%{ord(character):x};"
