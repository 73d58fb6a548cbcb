"""Parse numbers as people type them: 1,200.50, 1.200,50, € 90. The column decides the decimal separator."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from funnel.cells.columns import ParseCache
from funnel.grid import Value

_NUMBER = re.compile(r"[^\d\-–−(]*([-–−(]?)\s*(\d[\d.,'’\s]*)\)?\s*[^\d]*")
_SPACES = re.compile(r"[\s'’]")


def read_numbers(values: Sequence[Value]) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], list[int]]:
    """Parse a column; return its numbers (NaN if blank or unreadable) and the offsets of unreadable cells.

    >>> read_numbers([100, "1.200,50 €", None, "lots"])
    (array([ 100. , 1200.5,    nan,    nan]), [3])
    """
    comma = _decimal_comma(value for value in set(values) if isinstance(value, str))
    bad: set[Value] = set()

    def number(value: Value) -> float:
        if value is None or isinstance(value, bool):
            return np.nan
        if isinstance(value, int | float):
            return float(value)
        read = read_number(value, comma) if isinstance(value, str) else None
        if read is None and not (isinstance(value, str) and value.strip() in ("", "-", "–")):
            bad.add(value)
        return np.nan if read is None else read

    numbers = np.array(list(map(ParseCache(number).__getitem__, values)), dtype=np.float64)
    return numbers, [at for at, value in enumerate(values) if value in bad] if bad else []


def read_number(text: str, decimal_comma: bool = False) -> float | None:
    """Parse one text as a number; return None if it is not one.

    >>> read_number("1,200.50"), read_number("1.200,50"), read_number("1.200", True), read_number("12a3")
    (1200.5, 1200.5, 1200.0, None)
    """
    found = _NUMBER.fullmatch(text.strip())
    if not found:
        return None
    digits = _SPACES.sub("", found[2]).rstrip(".,")
    comma, point = digits.rfind(","), digits.rfind(".")
    if (comma >= 0 and point >= 0) or (max(comma, point) >= 0 and len(digits) - max(comma, point) != 4):
        decimal_comma = comma > point
    digits = digits.replace("." if decimal_comma else ",", "").replace(",", ".")
    if digits.count(".") > 1:
        return None
    return -float(digits) if found[1] else float(digits)


def _decimal_comma(texts: Iterable[str]) -> bool:
    """Return True if a text has one or two digits after a comma, which cannot be thousands."""
    return any(re.search(r",\d{1,2}\D*$", text) for text in texts)
