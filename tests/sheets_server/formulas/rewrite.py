"""Formulas rewritten as text: when cells move, when a tab is renamed, when a formula is copied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..locales import comma_decimal
from .parse import FormulaError, Ref, read_ref, tokens


def rewrite(formula: str, locale: str, change: Callable[[Ref], Ref | None]) -> str:
    """The formula with every reference changed; None makes it ``#REF!``. Unreadable ones stay as they are.

    >>> rewrite("=SUM( A1:A3 )&\\"A1\\"", "en_US", lambda ref: replace(ref, bottom=9))
    '=SUM( A1:A10 )&"A1"'
    """
    try:
        found = tokens(formula[1:], locale)
    except FormulaError:
        return formula
    if not any(kind == "ref" for kind, _ in found):
        return formula
    parts = []
    for kind, text in found:
        if kind == "ref":
            old = read_ref(text)
            new = change(old)
            parts.append(text if new == old else new.text() if new else "#REF!")
        else:
            parts.append(text)
    return "=" + "".join(parts)


def copied(formula: str, locale: str, rows: int, columns: int) -> str:
    """The formula as it reads after being copied some cells away: relative references follow.

    >>> copied("=A1+$A$1", "en_US", 2, 1)
    '=B3+$A$1'
    """

    def shift(ref: Ref) -> Ref | None:
        def moved(value: int | None, fixed: bool, by: int) -> int | None:
            return value if value is None or fixed else value + by

        top = moved(ref.top, ref.fixed[0], rows)
        left = moved(ref.left, ref.fixed[1], columns)
        bottom = moved(ref.bottom, ref.fixed[2], rows)
        right = moved(ref.right, ref.fixed[3], columns)
        if any(value is not None and value < 0 for value in (top, left, bottom, right)):
            return None
        return replace(ref, top=top, left=left, bottom=bottom, right=right)

    return rewrite(formula, locale, shift)


def stored(formula: str, locale: str) -> str:
    """A formula as the service keeps it: where commas separate arguments, semicolons become commas.

    >>> stored('=IF(A1;"a;b";{1;2})', "en_US")
    '=IF(A1,"a;b",{1;2})'
    """
    if comma_decimal(locale):
        return formula
    try:
        found = tokens(formula[1:], locale)
    except FormulaError:
        return formula
    parts, braces = [], 0
    for kind, text in found:
        if kind == "op":
            braces += (text == "{") - (text == "}")
        parts.append("," if (kind, text) == ("op", ";") and not braces else text)
    return "=" + "".join(parts)
