"""INDIRECT: an address made from text, in A1 notation or (second argument FALSE) in R1C1."""

from __future__ import annotations

import re

from . import kinds
from .evaluate import Evaluator, Host, Range, Result
from .kinds import REF, Err
from .parse import FormulaError, Ref, read_ref, tokens

CORNER = re.compile(r"R(\d+|\[-?\d+\])?C(\d+|\[-?\d+\])?$", re.IGNORECASE)


def indirect(of: Evaluator, host: Host, text: Result, a1: Result = True) -> Result:
    """The cells that a text names; #REF! where it names none."""
    name, plain = of.one(text, host), kinds.to_bool(of.one(a1, host))
    if not isinstance(name, str) or isinstance(plain, Err):
        return REF
    here = Host(host.tab, host.row, host.column)
    if not plain:
        ref = r1c1(name, host.row, host.column)
        return REF if ref is None else of.range(ref, here)
    try:
        found = tokens(name, "en_US")
    except FormulaError:
        return REF
    if len(found) == 1 and found[0][0] == "ref":
        return of.range(read_ref(name), here)
    box = of.cells.named_range(name)
    if box is None:
        return REF
    tab = of.cells.tab_with(box.sheet_id)
    return Range(tab, box.clip(*of.cells.size(tab)))


def r1c1(text: str, row: int, column: int) -> Ref | None:
    """An R1C1 address as seen from a zero-based cell; None where it is none.

    >>> r1c1("R1C2:R[-1]C[0]", 9, 3).text(), r1c1("'My tab'!R[1]C", 0, 0).text(), r1c1("RC[-1]", 0, 0)
    ('B1:D9', "'My tab'!A2", None)
    """
    tab, mark, cells = text.rpartition("!")
    first, colon, last = cells.partition(":")
    ends = [CORNER.match(end) for end in (first, last or first)]
    if not all(ends):
        return None
    rows = [_line(end[1], row) for end in ends if end]
    columns = [_line(end[2], column) for end in ends if end]
    if min(rows + columns) < 0:
        return None
    name = tab.strip("'").replace("''", "'") if mark else None
    return Ref(name, min(rows), min(columns), max(rows), max(columns), ranged=bool(colon))


def _line(text: str | None, here: int) -> int:
    if text is None:
        return here
    return here + int(text[1:-1]) if text.startswith("[") else int(text) - 1
