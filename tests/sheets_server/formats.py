"""How a value looks: number formats, simple cases."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from .formulas.kinds import Err, Scalar, from_serial, plain_number
from .locales import comma_decimal, truth

DATE_TOKEN = re.compile(r"\"[^\"]*\"|\\.|am/pm|a/p|y+|m+|d+|h+|s+(?:\.0+)?|.", re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=100000, typed=True)
def formatted(value: Scalar, pattern: str, locale: str) -> str:
    """The text that a cell shows.

    >>> formatted(0.5, "0.0%", "en_US"), formatted(1234.5, "#,##0.00", "it_IT")
    ('50.0%', '1.234,50')
    """
    if value is None:
        return ""
    if isinstance(value, Err):
        return value.code
    if isinstance(value, bool):
        return truth(value, locale)
    if isinstance(value, str):
        return value
    if not pattern or pattern in {"General", "@"}:
        text = plain_number(value)
        return text.replace(".", ",") if comma_decimal(locale) else text
    return _date(value, pattern, locale) if is_date(pattern) else _number(value, pattern, locale)


def bare(pattern: str) -> str:
    """A pattern without its quoted and bracketed parts."""
    return re.sub(r"\"[^\"]*\"|\\.|\[[^\]]*\]|_.", "", pattern)


def is_date(pattern: str) -> bool:
    """Say whether a pattern shows a date or a time.

    >>> is_date("d/m/yyyy"), is_date('0.0"days"'), is_date("#,##0")
    (True, False, False)
    """
    plain = bare(pattern)
    return bool(re.search(r"[ymdhs]", plain, re.IGNORECASE)) and not re.search(r"[#?]|0(?!0*$)", plain)


def _date(value: float, pattern: str, locale: str) -> str:
    moment = from_serial(value)
    pattern = re.sub(r"\[[^\]]*\]", "", pattern.split(";")[0])
    found = DATE_TOKEN.findall(pattern)
    noon = any(token.lower() in {"am/pm", "a/p"} for token in found)
    parts: list[str] = []
    for index, token in enumerate(found):
        if token[0] in '"\\':
            parts.append(token.strip('"') if token[0] == '"' else token[1:])
            continue
        letter = token.lower()
        if letter[0] == "m" and _is_minute(found, index):
            letter = "n" * len(letter)
        parts.append(_date_part(letter, moment, noon) if letter[0] in "ymdhsna" else token)
    return "".join(parts)


def _is_minute(found: list[str], index: int) -> bool:
    """An m after hours or before seconds is minutes."""
    letters = [(at, token[0].lower()) for at, token in enumerate(found) if token[0].lower() in "ymdhs"]
    at = [place for place, _ in letters].index(index)
    before = letters[at - 1][1] if at else ""
    after = letters[at + 1][1] if at + 1 < len(letters) else ""
    return before == "h" or after == "s"


def _date_part(token: str, moment: dt.datetime, noon: bool) -> str:
    """One token of a date pattern."""
    width, kind = len(token), token[0]
    if kind == "a":
        return "AM" if moment.hour < 12 else "PM"
    if kind == "y":
        return str(moment.year) if width > 2 else f"{moment.year % 100:02d}"
    if kind == "m" and width >= 3:
        return (calendar.month_abbr if width == 3 else calendar.month_name)[moment.month]
    if kind == "d" and width >= 3:
        return (calendar.day_abbr if width == 3 else calendar.day_name)[moment.weekday()]
    hour = (moment.hour % 12 or 12) if noon else moment.hour
    number = {"m": moment.month, "d": moment.day, "h": hour, "n": moment.minute, "s": moment.second}[kind]
    return f"{number:0{min(width, 2)}d}"


def _number(value: float, pattern: str, locale: str) -> str:
    sections = pattern.split(";")
    sign = ""
    if value < 0 and len(sections) > 1:
        section = sections[1]
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    else:
        section, sign = sections[0], "-" if value < 0 else ""
    section = re.sub(r"\[[^\]]*\]|_.", "", section)
    match = re.search(r"[#0?][#0?,]*(?:\.[#0?]*)?(?:E\+0+)?", section)
    if not match:
        return sign + _literal(section)
    head, body, tail = section[: match.start()], match[0], section[match.end() :]
    amount = abs(value) * 100 ** (head + tail).count("%")
    digits = _digits(amount, body, locale)
    if not re.search(r"[1-9]", digits):
        sign = ""
    return sign + _literal(head) + digits + _literal(tail)


def _literal(text: str) -> str:
    return re.sub(r"\"([^\"]*)\"|\\(.)", lambda match: match[1] or match[2] or "", text)


def _digits(amount: float, body: str, locale: str) -> str:
    """The digits of a number in the shape of ``#,##0.00``."""
    whole, _, fraction = body.partition(".")
    places, least = len(fraction), fraction.count("0")
    rounded = Decimal(repr(amount)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{rounded:f}"
    left, _, right = text.partition(".")
    while len(right) > least and right.endswith("0"):
        right = right[:-1]
    left = left.lstrip("0").rjust(whole.count("0"), "0")
    if "," in whole:
        left = re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", left)
    text = f"{left}.{right}" if right else left
    return text.translate({44: ".", 46: ","}) if comma_decimal(locale) else text
