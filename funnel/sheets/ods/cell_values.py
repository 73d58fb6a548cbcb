"""Convert the cells of an OpenDocument spreadsheet to values (ODF 1.3 part 3, 19.385)."""

from __future__ import annotations

import datetime as dt
import math
import re

from funnel.grid import CellError, Value

_LONGEST_DURATION = 40
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d*)?S)?")


def cell_value(attributes: dict[str, str], text: str) -> Value:
    """Convert a cell to a value, by its declared type."""
    kind = attributes.get("value-type", "")
    if kind in ("float", "percentage", "currency"):
        return _number(attributes.get("value", ""), text)
    if kind == "date":
        return _date(attributes.get("date-value", ""), text)
    if kind == "time":
        return _time(attributes.get("time-value", ""), text)
    if kind == "boolean":
        return attributes.get("boolean-value") == "true"
    if kind == "error" or (kind == "string" and _ERROR.fullmatch(text) and "formula" in attributes):
        return CellError(text)
    return attributes.get("string-value", text) or None if kind == "string" else None


_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)|Err:\d+")


def _number(written: str, text: str) -> Value:
    try:
        number = float(written)
    except ValueError:
        return text or None
    if not math.isfinite(number):
        return text or None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _date(written: str, text: str) -> Value:
    try:
        moment = dt.datetime.fromisoformat(written).replace(tzinfo=None)
    except ValueError:
        return text or None
    return moment.date() if moment.time() == dt.time() else moment


def _time(written: str, text: str) -> Value:
    """Parse a time of day; a duration over 24 hours becomes a number of days."""
    match = _DURATION.fullmatch(written) if len(written) < _LONGEST_DURATION else None
    if match is None:
        return text or None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = hours * 3600 + minutes * 60 + seconds
    return total / 86_400 if total >= 86_400 else (dt.datetime.min + dt.timedelta(seconds=total)).time()
