"""What a person's typing becomes: a number, a date, a truth value, a formula or a text."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from .formulas.kinds import serial
from .formulas.rewrite import stored
from .locales import comma_decimal, month_first, words

Entered = tuple[dict[str, Any] | None, dict[str, str] | None]
"""An ExtendedValue (None: an empty cell) and the number format that typing brings with it."""


def raw(value: Any) -> Entered:
    """A value as it is (``RAW``): text stays text whatever it begins with.

    >>> raw("=1+1"), raw(""), raw(True)
    (({'stringValue': '=1+1'}, None), (None, None), ({'boolValue': True}, None))
    """
    if value is None or value == "":
        return None, None
    if isinstance(value, bool):
        return {"boolValue": value}, None
    if isinstance(value, (int, float)):
        return {"numberValue": float(value)}, None
    return {"stringValue": str(value)}, None


def typed(value: Any, locale: str) -> Entered:
    """A value as if a person had typed it (``USER_ENTERED``).

    >>> typed("2,000.5", "en_US")
    ({'numberValue': 2000.5}, {'type': 'NUMBER', 'pattern': '#,##0.00'})
    >>> typed("1/2/2026", "it_IT")
    ({'numberValue': 46054.0}, {'type': 'DATE', 'pattern': 'd/m/yyyy'})
    >>> typed("'007", "en_US"), typed("VERO", "it_IT"), typed("vero", "en_US")
    (({'stringValue': '007'}, None), ({'boolValue': True}, None), ({'stringValue': 'vero'}, None))
    """
    if not isinstance(value, str) or value == "":
        return raw(value)
    if value.startswith("'"):
        return {"stringValue": value[1:]}, None
    if value.startswith("=") and len(value) > 1:
        return {"formulaValue": stored(value, locale)}, None
    text = value.strip()
    if text.upper() in words(locale):
        return {"boolValue": words(locale)[text.upper()]}, None
    return _number(text, locale) or _moment(text, locale) or ({"stringValue": value}, None)


def _number(text: str, locale: str) -> Entered | None:
    """A number with separators, a percent sign or a currency sign."""
    comma = comma_decimal(locale)
    group, point = (r"\.", ",") if comma else (",", r"\.")
    shape = rf"([-+]?)([$€£]?)((?:\d{{1,3}}(?:{group}\d{{3}})+|\d*)(?:{point}\d*)?)(?:[eE]([-+]?\d+))?\s*(%?)"
    match = re.fullmatch(shape, text)
    if not match or not re.search(r"\d", match[3]):
        return None
    digits = match[3].replace("." if comma else ",", "").replace(",", ".")
    amount = float(digits + (f"e{match[4]}" if match[4] else "")) * (-1 if match[1] == "-" else 1)
    grouped = ("." if comma else ",") in match[3]
    decimals = "." in digits
    return {"numberValue": amount / 100 if match[5] else amount}, _pattern(
        match[2], match[5], grouped, decimals, match[4]
    )


def _pattern(
    currency: str, percent: str, grouped: bool, decimals: bool, exponent: str | None
) -> dict[str, str] | None:
    places = ".00" if decimals else ""
    if percent:
        return {"type": "PERCENT", "pattern": f"0{places}%"}
    if currency:
        return {"type": "CURRENCY", "pattern": f'"{currency}"#,##0{places}'}
    if exponent:
        return {"type": "SCIENTIFIC", "pattern": "0.00E+00"}
    return {"type": "NUMBER", "pattern": f"#,##0{places}"} if grouped else None


def _moment(text: str, locale: str) -> Entered | None:
    """A date, a time, or both."""
    match = re.fullmatch(
        r"(?:(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4}))?(?:(?:^|\s+|T)(\d{1,2}):(\d{2})(?::(\d{2}))?)?", text
    )
    if not match or not text:
        return None
    days, pattern, kind = 0.0, "", "TIME"
    if match[1]:
        found = _day(match, locale)
        if found is None:
            return None
        days, pattern, kind = serial(found[0]), found[1], "DATE"
    if match[5]:
        hours, minutes, seconds = int(match[5]), int(match[6]), int(match[7] or 0)
        if hours > 23 or minutes > 59 or seconds > 59:
            return None
        days += (hours * 3600 + minutes * 60 + seconds) / 86400
        clock = "hh:mm:ss" if match[7] else "hh:mm"
        kind, pattern = ("DATE_TIME", f"{pattern} {clock}") if match[1] else ("TIME", clock)
    return {"numberValue": days}, {"type": kind, "pattern": pattern}


def _day(match: re.Match[str], locale: str) -> tuple[dt.date, str] | None:
    """The day of a typed date and the pattern it was typed in."""
    mark = match[2]
    one, two, three = match[1], match[3], match[4]
    if len(one) == 4:
        year, month, day, pattern = one, two, three, f"yyyy{mark}mm{mark}dd"
    elif len(three) not in {2, 4} or len(one) > 2:
        return None
    elif month_first(locale):
        year, month, day, pattern = three, one, two, f"m{mark}d{mark}yyyy"
    else:
        year, month, day, pattern = three, two, one, f"d{mark}m{mark}yyyy"
    whole = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return dt.date(whole, int(month), int(day)), pattern
    except ValueError:
        return None
