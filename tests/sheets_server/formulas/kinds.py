"""The values of the language: errors, arrays, and how values compare and turn into each other."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from ..locales import comma_decimal, truth


@dataclass(frozen=True)
class Err:
    """An error value, such as #N/A."""

    code: str


REF, VALUE, NAME, DIV0, NA, NUM = (
    Err(code) for code in ("#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#N/A", "#NUM!")
)
Scalar: TypeAlias = bool | float | str | Err | None
Array: TypeAlias = list[list[Scalar]]

EPOCH = dt.date(1899, 12, 30)


def serial(day: dt.date) -> float:
    """A date as the sheet counts days.

    >>> serial(dt.date(2020, 1, 1))
    43831.0
    """
    return float((day - EPOCH).days)


def from_serial(value: float) -> dt.datetime:
    return dt.datetime(1899, 12, 30) + dt.timedelta(seconds=round(value * 86400))


def plain_number(value: float) -> str:
    """A number as automatic format shows it.

    >>> plain_number(0.0009765625), plain_number(2.0), plain_number(1 / 3), plain_number(1e20)
    ('0.0009765625', '2', '0.3333333333', '1E+20')
    """
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if abs(value) >= 1e15 or abs(value) < 1e-5:
        text = f"{value:.5E}"
        mantissa, _, exponent = text.partition("E")
        sign, digits = exponent[0], exponent[1:].lstrip("0") or "0"
        return f"{mantissa.rstrip('0').rstrip('.')}E{sign}{digits.rjust(2, '0')}"
    return f"{value:.10f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:.10g}"


def to_text(value: Scalar, locale: str) -> str | Err:
    """A value joined to a text; TRUE is localised."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return truth(value, locale)
    if isinstance(value, float):
        text = plain_number(value)
        return text.replace(".", ",") if comma_decimal(locale) else text
    return value


def to_number(value: Scalar, locale: str = "en_US") -> float | Err:
    """A value in arithmetic: text that reads as a number or a date counts, other text is #VALUE!.

    >>> to_number("1/2/2026", "it_IT"), to_number("50%"), to_number("one"), to_number(True), to_number("")
    (46054.0, 0.5, Err(code='#VALUE!'), 1.0, Err(code='#VALUE!'))
    """
    if value is None:
        return 0.0
    if isinstance(value, (bool, float)):
        return float(value)
    return _number_in(value, locale) if isinstance(value, str) else value


@lru_cache(maxsize=10000)
def _number_in(text: str, locale: str) -> float | Err:
    from ..entering import typed

    entered, _ = typed(text, locale)
    found: float | Err = (entered or {}).get("numberValue", VALUE)
    return found


def to_bool(value: Scalar) -> bool | Err:
    """A value as a condition."""
    if value is None:
        return False
    if isinstance(value, (bool, float)):
        return bool(value)
    if isinstance(value, str):
        return {"TRUE": True, "FALSE": False}.get(value.upper(), VALUE)
    return value


RANK = {float: 0, str: 1, bool: 2}


def compare(one: Scalar, two: Scalar) -> int:
    """-1, 0 or 1: numbers before text before truth values; text without case; a blank is 0, "" or FALSE."""
    if one is None:
        one = _blank_like(two)
    if two is None:
        two = _blank_like(one)
    first, second = RANK[type(one)], RANK[type(two)]
    if first != second:
        return -1 if first < second else 1
    if isinstance(one, str) and isinstance(two, str):
        one, two = one.lower(), two.lower()
    return (one > two) - (one < two)  # type: ignore[operator]


def _blank_like(other: Scalar) -> bool | float | str:
    if isinstance(other, bool):
        return False
    return "" if isinstance(other, str) else 0.0
