"""Recognise date formats, and convert serial numbers to dates in both of Excel's date systems."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal, TypeAlias

from funnel.grid import Value

FormatKind: TypeAlias = Literal["number", "date", "time", "datetime"]

BUILTIN_FORMATS = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm", 37: "#,##0_);(#,##0)",
    38: "#,##0_);[Red](#,##0)", 39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)", 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys([*range(27, 32), 34, 35, 36, *range(50, 55), 57, 58], "yyyy/m/d"),  # East Asian dates
    **dict.fromkeys([32, 33, 55, 56], "h:mm"),
}  # fmt: skip
"""Built-in formats by number, which a workbook does not declare (ECMA-376 part 1, 18.8.30)."""

_LONGEST_CODE = 1024  # Excel: 255 characters
LAST_SERIAL = 2_958_465  # 9999-12-31
_LITERAL = re.compile(r'"[^"]*"?|\\.|[_*].|General', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_BRACKET = re.compile(r"\[[^\]]*\]")
_HALF_DAY = re.compile(r"AM/PM|A/P", re.IGNORECASE)


def format_kind(code: str) -> FormatKind:
    """Return whether a number format is of a date, a time, both, or a number.

    Quoted text, escapes, colours and conditions are ignored; an elapsed time (``[h]:mm``) is a number.

    >>> format_kind("dd/mm/yyyy"), format_kind("h:mm AM/PM"), format_kind("yyyy-mm-dd hh:mm")
    ('date', 'time', 'datetime')
    >>> format_kind('0.0" days"'), format_kind("[Red]#,##0"), format_kind("[h]:mm"), format_kind("0.00E+00")
    ('number', 'number', 'number', 'number')
    """
    plain = _LITERAL.sub("", code[:_LONGEST_CODE]).partition(";")[0]
    if _ELAPSED.search(plain):
        return "number"
    letters = set(_HALF_DAY.sub("h", _BRACKET.sub("", plain)).lower())
    clock = bool(letters & set("hs"))
    day = bool(letters & set("yd")) or ("m" in letters and not clock)
    if day:
        return "datetime" if clock else "date"
    return "time" if clock else "number"


def from_serial(serial: float, kind: FormatKind, date1904: bool = False) -> Value:
    """Convert a serial number to a date, datetime (a date if it is midnight) or time.

    Invalid serials (0 in a column of dates, negative, beyond the year 9999) stay numbers. Days 1 to 59 of the
    1900 system are before its non-existent 29 February 1900.

    >>> from_serial(46174, "date"), from_serial(44712, "date", date1904=True)
    (datetime.date(2026, 6, 1), datetime.date(2026, 6, 1))
    >>> from_serial(46174.5, "datetime"), from_serial(0.75, "time"), from_serial(0, "date")
    (datetime.datetime(2026, 6, 1, 12, 0), datetime.time(18, 0), 0)
    >>> from_serial(59, "date"), from_serial(61, "date")
    (datetime.date(1900, 2, 28), datetime.date(1900, 3, 1))
    """
    if 0 <= serial < 1 and kind in ("time", "datetime"):
        moment = dt.datetime(1900, 1, 1) + _fraction(serial)
        return serial if kind == "datetime" and serial == 0 else moment.time()
    if kind == "number" or not 1 <= serial < LAST_SERIAL - 1462 * date1904 + 1:
        return serial
    days = int(serial)
    origin = dt.datetime(1904, 1, 1) if date1904 else dt.datetime(1899, 12, 30 + (days < 60))
    try:
        moment = origin + dt.timedelta(days=days) + _fraction(serial - days)
    except OverflowError:
        return serial
    return moment.date() if moment.time() == dt.time() else moment


def _fraction(fraction: float) -> dt.timedelta:
    """Convert a fraction of a day to milliseconds, the precision of a double after the days."""
    return dt.timedelta(milliseconds=round(fraction * 86_400_000))
