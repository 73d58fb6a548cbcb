"""Encode values as the XML of cells. All text in a workbook is written here."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import NamedTuple

from funnel.errors import WriteError
from funnel.grid import CellError, Value
from funnel.plan import Formula, Link
from funnel.sheets.xml_parts import escape

LONGEST_TEXT = 32_767  # of a cell, in UTF-16 units
LONGEST_FORMULA = 8_192

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Content(NamedTuple):
    """The content of a cell: its type (the `t` attribute) and its inner XML."""

    kind: str
    inner: bytes


EMPTY = Content("", b"")


def clean(text: str) -> str:
    """Remove the characters that are invalid in XML, and truncate a text too long for a cell with ``…``.

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
    """Return True if a text is too long for a cell."""
    return 2 * len(text) > LONGEST_TEXT and len(text) + sum(c > "\uffff" for c in text) > LONGEST_TEXT


def serial(when: dt.date | dt.datetime | dt.time, date1904: bool = False) -> float | int:
    """Convert a date or time to the serial number of a workbook.

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
        days -= days < 61  # Excel counts a 29 February 1900, which did not exist
    return days + serial(when.time()) if isinstance(when, dt.datetime) else days


def escaped(text: str) -> bytes:
    """Escape a text for XML, and ``_x0041_`` in it, which Excel would decode."""
    return escape(_ESCAPE_LIKE.sub("_x005F_", clean(text))).encode()


def inline(text: str) -> Content:
    """Return a text as the content of its cell; it stays text even if it starts with ``=``."""
    return Content("inlineStr", b'<is><t xml:space="preserve">' + escaped(text) + b"</t></is>")


def _scalar(value: Value, date1904: bool) -> tuple[str, str]:
    """Return the type and text of a value other than text."""
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
    """Encode a value, a formula with its cached value, or the text of a link.

    Parameters
    ----------
    text : encodes a text: in the cell, or in the shared strings.

    Raises
    ------
    WriteError : a formula is too long for a cell.

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
    """Encode a formula with its cached value."""
    text = formula.text.removeprefix("=")
    if len(text) > LONGEST_FORMULA:
        raise WriteError(
            f"A formula of {len(text):,} characters is too long for a cell (at most {LONGEST_FORMULA:,}): "
            f"{text[:60]}… Declare fewer words for the step's marks in the journey file."
        )
    body = b"<f>" + escape(text).encode() + b"</f>"
    if isinstance(formula.cached, str):
        return Content("str", body + b"<v>" + escaped(formula.cached) + b"</v>")
    kind, cached = _scalar(formula.cached, date1904)
    return Content(kind, body + (b"<v>%s</v>" % cached.encode() if cached else b""))


def with_prefix(inner: bytes, prefix: bytes) -> bytes:
    """Add the prefix of the sheet to the elements inside a cell.

    >>> with_prefix(b"<f>A1&lt;2</f><v>1</v>", b"x:")
    b'<x:f>A1&lt;2</x:f><x:v>1</x:v>'
    """
    return re.sub(rb"<(/?)", rb"<\g<1>" + prefix, inner) if prefix else inner
