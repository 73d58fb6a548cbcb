"""What COUNTIF and its kin mean by a condition: ``">5"``, ``"<>"``, ``"yes"``, ``"a*"``."""

from __future__ import annotations

import re
from collections.abc import Callable

from .kinds import Err, Scalar, compare


def matcher(wanted: Scalar, locale: str) -> Callable[[Scalar], bool]:
    """Say which values fit a condition.

    >>> [matcher(">2", "en_US")(v) for v in (1.0, 3.0, "3")], matcher("Y*", "en_US")("yes")
    ([False, True, False], True)
    """
    operator, target = "=", wanted
    if isinstance(wanted, str):
        match = re.match(r"(<=|>=|<>|<|>|=)?(.*)$", wanted, re.DOTALL)
        assert match
        operator, target = match[1] or "=", _typed(match[2])
    if isinstance(target, str) and operator in {"=", "<>"}:
        return _text_matcher(target, operator == "=")
    return _order_matcher(operator, target)


def _typed(text: str) -> Scalar:
    try:
        return float(text)
    except ValueError:
        return {"TRUE": True, "FALSE": False}.get(text.upper(), text)


def _text_matcher(target: str, equal: bool) -> Callable[[Scalar], bool]:
    """Text with ``*`` and ``?``; an empty condition means blank."""
    if not target:
        return lambda value: (value is None or (not equal and value == "")) == equal
    pattern = re.escape(target).replace(r"\*", ".*").replace(r"\?", ".")
    shape = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    return lambda value: bool(isinstance(value, str) and shape.fullmatch(value)) == equal


TESTS: dict[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
}


def _order_matcher(operator: str, target: Scalar) -> Callable[[Scalar], bool]:
    """Numbers and truth values, compared with their own kind only."""

    def fits(value: Scalar) -> bool:
        if value is None or isinstance(value, Err) or type(value) is not type(target):
            return operator == "<>"
        return TESTS[operator](compare(value, target))

    return fits
