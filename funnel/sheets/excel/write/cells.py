"""Values as a sheet's XML holds them. This is the only place that writes text into a workbook."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import NamedTuple
from xml.sax.saxutils import escape

from funnel.errors import WriteError
from funnel.grid import CellError, Value
from funnel.plan import Formula, Link

LONGEST_TEXT = 32_767  # what a cell holds, in UTF-16 units
LONGEST_FORMULA = 8_192

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Content(NamedTuple):
    """What stands inside a cell: its type (the `t` attribute) and its inner XML."""

    kind: str
    inner: bytes


EMPTY = Content("", b"")


def clean(text: str) -> str:
    """Take out what XML cannot hold, and end a text that is too long for a cell with ``…``.

    >>> clean("a\\x00b\\ud800"), len(clean("x" * 40_000))
    ('ab\ufffd', 32767)
    """
    text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _SURROGATE.sub("\ufffd", text)
    if not too_long(text):
        return text
    units = text.encode("utf-16-le")[: 2 * (LONGEST_TEXT - 1)]
    return units.decode("utf-16-le", "ignore") + "…"


def too_long(text: str) -> bool:
    """Say whether a text is longer than a cell can hold."""
    return len(text) + sum(c > "\uffff" for c in text) > LONGEST_TEXT


def serial(when: dt.date | dt.datetime | dt.time, date1904: bool = False) -> float | int:
    """A date as the number a workbook keeps for it.

    >>> serial(dt.date(2026, 6, 1)), serial(dt.date(2026, 6, 1), date1904=True), serial(dt.time(12))
    (46174, 44712, 0.5)
    >>> serial(dt.date(1900, 2, 28)), serial(dt.date(1900, 3, 1))
    (59, 61)
    """
    if isinstance(when, dt.time):
        return (when.hour * 3600 + when.minute * 60 + when.second + when.microsecond / 1e6) / 86_400
    day = when.date() if isinstance(when, dt.datetime) else when
    if date1904:
        days = (day - dt.date(1904, 1, 1)).days
    else:
        days = (day - dt.date(1899, 12, 30)).days
        days -= days < 61  # the 29th of February 1900, which never was, has a number of its own
    return days + serial(when.time()) if isinstance(when, dt.datetime) else days


def escaped(text: str) -> bytes:
    """Escape a text for XML, and keep Excel from reading ``_x0041_`` in it as an escape."""
    return escape(_ESCAPE_LIKE.sub("_x005F_", clean(text))).encode()


def inline(text: str) -> Content:
    """Text that can never be anything else, whatever it begins with."""
    return Content("inlineStr", b'<is><t xml:space="preserve">' + escaped(text) + b"</t></is>")


def _scalar(value: Value, date1904: bool) -> tuple[str, str]:
    """The type and text of a value that is not a text."""
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, CellError):
        return "e", escape(value.code)
    if isinstance(value, dt.date | dt.time):
        return "", repr(serial(value, date1904))
    if isinstance(value, int | float) and math.isfinite(value):
        return "", repr(value)
    return "", ""


def encode(
    value: Value | Formula | Link, date1904: bool = False, text: Callable[[str], Content] = inline
) -> Content:
    """A value, a formula with its cached value, or the text of a link, as the inside of a cell.

    Parameters
    ----------
    text : how a text is kept: in the cell, or in the workbook's list of texts.

    Raises
    ------
    WriteError : where a formula is longer than a cell holds.

    >>> encode("=1+1")
    Content(kind='inlineStr', inner=b'<is><t xml:space="preserve">=1+1</t></is>')
    >>> encode(Formula("=SUM(F2:F13)", 7)).inner, encode(True).inner, encode(None).inner
    (b'<f>SUM(F2:F13)</f><v>7</v>', b'<v>1</v>', b'')
    """
    if isinstance(value, Link):
        return text(value.text)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Formula):
        return _formula(value, date1904)
    kind, written = _scalar(value, date1904)
    return Content(kind, b"<v>%s</v>" % written.encode()) if written else EMPTY


def _formula(formula: Formula, date1904: bool) -> Content:
    """A formula and the value it has now."""
    text = formula.text.removeprefix("=")
    if len(text) > LONGEST_FORMULA:
        raise WriteError(
            f"A formula of {len(text):,} characters does not fit into a cell, which holds "
            f"{LONGEST_FORMULA:,}: {text[:60]}… Declare fewer words for the step's marks in the journey file."
        )
    body = b"<f>" + escape(text).encode() + b"</f>"
    if isinstance(formula.cached, str):
        return Content("str", body + b"<v>" + escaped(formula.cached) + b"</v>")
    kind, cached = _scalar(formula.cached, date1904)
    return Content(kind, body + (b"<v>%s</v>" % cached.encode() if cached else b""))


def with_prefix(inner: bytes, prefix: bytes) -> bytes:
    """Give the elements of a cell's inside the prefix that the sheet uses.

    >>> with_prefix(b"<f>A1&lt;2</f><v>1</v>", b"x:")
    b'<x:f>A1&lt;2</x:f><x:v>1</x:v>'
    """
    return re.sub(rb"<(/?)", rb"<\g<1>" + prefix, inner) if prefix else inner
