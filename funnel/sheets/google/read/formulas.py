"""Convert formulas between English notation and that of a spreadsheet's locale.

Plans use English names and commas. If a comma is the locale's decimal mark, arguments are separated by
semicolons. funnel's formulas have no decimals, so nothing else changes.
"""

from __future__ import annotations

import re

_COMMA_DECIMAL = frozenset({
    "be", "bg", "bs", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi", "fr", "gl", "hr", "hu", "hy",
    "id", "is", "it", "ka", "kk", "lt", "lv", "mk", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru", "sk",
    "sl", "sq", "sr", "sv", "tr", "uk", "vi",
})  # fmt: skip
_POINT_DECIMAL = frozenset({"de_CH", "de_LI", "it_CH", "es_MX", "es_US", "es_PR", "es_DO", "es_GT", "es_HN"})
_TEXT = re.compile(r'("(?:[^"]|"")*"|\'(?:[^\']|\'\')*\')')


def separator(locale: str) -> str:
    """Return the separator of a function's arguments.

    >>> separator("en_GB"), separator("it_IT"), separator("de_CH")
    (',', ';', ',')
    """
    return ";" if locale.split("_")[0] in _COMMA_DECIMAL and locale not in _POINT_DECIMAL else ","


def to_locale(formula: str, locale: str) -> str:
    """Convert one of funnel's formulas to the notation of a locale.

    >>> to_locale('=IF(A1=0,"a, b",1-A1)', "it_IT")
    '=IF(A1=0;"a, b";1-A1)'
    """
    return formula if separator(locale) == "," else _outside_texts(formula, ",", ";")


def from_locale(formula: str, locale: str) -> str:
    """Convert a formula of a spreadsheet to English notation.

    >>> from_locale('=IF(A1=0;"a; b";0,5)', "it_IT"), from_locale("=SUM(A1;A2)", "en_US")
    ('=IF(A1=0,"a; b",0.5)', '=SUM(A1;A2)')
    """
    if separator(locale) == ",":
        return formula
    return _outside_texts(_outside_texts(formula, ",", "."), ";", ",")


def _outside_texts(formula: str, old: str, new: str) -> str:
    parts = _TEXT.split(formula)
    return "".join(part if i % 2 else part.replace(old, new) for i, part in enumerate(parts))
