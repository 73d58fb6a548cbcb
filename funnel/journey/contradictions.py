"""Find contradictions in a journey: rules that never hold or are never used, similar names.

A rule is expanded into alternatives, each a set of comparisons that must all hold. An alternative that
contradicts itself never holds; one that implies an alternative of a stage tried earlier is never used.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import combinations, pairwise, product
from typing import TypeAlias

from funnel.journey.durations import Duration
from funnel.journey.rules import Comparison, EventCount, Group, Rule
from funnel.journey.stages import Stage, lost, ordered_stages
from funnel.text import fold, listed, percent

Part: TypeAlias = Comparison | EventCount
Alternative: TypeAlias = frozenset[Part]

MOST = 64  # alternatives of a rule; a larger rule is not checked
ALIKE = 0.94
"""Similarity above which people confuse two names: `Active Client` and `Active Clients`."""


def contradictions(stages: Sequence[Stage], segments: Mapping[str, Rule]) -> Iterator[str]:
    """Yield a sentence for each rule that never holds or is never used, and for stages that look wrong.

    >>> rules = [{"all": [{"column": "Score", "at_least": 60}, {"column": "Score", "at_most": 10}]}]
    >>> list(contradictions([Stage(name="Lead", default=True), Stage(name="Hot", rules=rules)], {}))
    ["A rule of the stage 'Hot' never holds: `at_least = 60` and `at_most = 10` on the column 'Score'."]
    """
    active = [*lost(stages), *reversed(ordered_stages(stages))]  # in the order in which rules are tried
    earlier: list[tuple[Stage, Alternative]] = []
    for stage in active:
        mine: list[tuple[Stage, Alternative]] = []
        for rule in stage.rules:
            possible = []
            for alternative in _alternatives(rule, segments):
                if clash := _clash(alternative):
                    yield f"A rule of the stage {stage.name!r} never holds: {clash}."
                else:
                    possible.append(alternative)
            mine += [(stage, alternative) for alternative in possible]
            others = [next((s for s, other in earlier if _implies(one, other)), None) for one in possible]
            if possible and all(others):
                names = listed(dict.fromkeys(repr(other.name) for other in others if other))
                yield (
                    f"A rule of the stage {stage.name!r} is never used: each client who meets it also meets "
                    f"a rule of {names}, which is tried first (lost stages, then the furthest stage)."
                )
        earlier += mine
    yield from _alike(stages)
    yield from _falling(ordered_stages(stages))


def _alike(stages: Sequence[Stage]) -> Iterator[str]:
    """Find stages whose names are nearly the same."""
    for one, other in combinations([stage for stage in stages if stage.active], 2):
        a, b = fold(one.name), fold(other.name)
        numbered = re.sub(r"\d+", "", a) == re.sub(r"\d+", "", b)  # "Call 1" and "Call 2" are meant
        if not numbered and SequenceMatcher(None, a, b).ratio() >= ALIKE:
            yield f"The stages {one.name!r} and {other.name!r} have nearly the same name; rename one."


def _falling(stages: Sequence[Stage]) -> Iterator[str]:
    """Find win probabilities that fall from a stage to a later one."""
    known = [(stage, stage.win_probability) for stage in stages if stage.win_probability is not None]
    for (one, before), (other, after) in pairwise(known):
        if before > after:
            yield (
                f"The win probability falls from {one.name!r} ({percent(before)}) to the later stage "
                f"{other.name!r} ({percent(after)}); a client who advances should be more likely to pay."
            )


# --- alternatives -----------------------------------------------------------------------------------------


def _alternatives(rule: Rule, segments: Mapping[str, Rule]) -> list[Alternative]:
    """Expand a rule; an empty list if it has too many alternatives."""
    if isinstance(rule, str):
        return _alternatives(segments[rule], segments)
    if not isinstance(rule, Group):
        return [frozenset([rule])]
    parts = [_alternatives(part, segments) for part in rule.rules]
    if not all(parts):
        return []
    if rule.joined == "any":
        found = [alternative for part in parts for alternative in part]
        return found if len(found) <= MOST else []
    number = 1
    for part in parts:
        number *= len(part)
    return [frozenset().union(*chosen) for chosen in product(*parts)] if number <= MOST else []


def _clash(alternative: Alternative) -> str:
    """Describe two parts that never both hold; "" if there are none."""
    for one, other in combinations(sorted(alternative, key=str), 2):
        if _about(one) == _about(other) and (_excludes(one, other) or _excludes(other, one)):
            first, _, place = str(one).partition(" on the ")
            second = str(other).partition(" on the ")[0]
            if isinstance(one, EventCount) or isinstance(other, EventCount) or first == second:
                return f"{one} and {other}"
            return f"{first} and {second} on the {place}"
    return ""


def _about(part: Part) -> tuple[object, ...]:
    if isinstance(part, EventCount):
        return (frozenset(map(fold, part.events)), part.within)
    return (part.of, fold(part.column))


def _implies(alternative: Alternative, other: Alternative) -> bool:
    """Return True if every client who meets the first alternative meets the second."""
    return all(
        any(_about(part) == _about(wanted) and _part_implies(part, wanted) for part in alternative)
        for wanted in other
    )


# --- two parts on the same column -------------------------------------------------------------------------

_Test: TypeAlias = Callable[[object, object], bool]


def _excludes(one: Part, other: Part) -> bool:
    """Return True if two parts on the same column never both hold; call it in both orders."""
    operators = (one.operator, other.operator)
    values = (_value(one), _value(other))
    if isinstance(one, Comparison) and one.operator == "empty":
        if other.operator == "empty":
            return values[0] != values[1]
        return one.operand is True and other.operator != "is_not"
    test = _EXCLUDE.get(operators)
    return test is not None and test(*values)


def _part_implies(one: Part, other: Part) -> bool:
    """Return True if the first part implies the second; both are on the same column."""
    if one == other:
        return True
    if isinstance(other, Comparison) and other.operator == "empty":
        return other.operand is False and one.operator not in ("empty", "is_not")
    test = _IMPLY.get((one.operator, other.operator))
    return test is not None and test(_value(one), _value(other))


def _value(part: Part) -> object:
    """Return the operand in comparable form: texts folded, durations in days."""
    value: object = part.times if isinstance(part, EventCount) else part.operand
    if isinstance(value, tuple):
        return frozenset(fold(text) for text in value)
    if isinstance(value, Duration):
        return value.days + 30.4375 * value.months
    return fold(value) if isinstance(value, str) else value


def _number(test: Callable[[float, float], bool]) -> _Test:
    return lambda a, b: isinstance(a, int | float) and isinstance(b, int | float) and test(a, b)


def _day(test: Callable[[dt.date, dt.date], bool]) -> _Test:
    return lambda a, b: isinstance(a, dt.date) and isinstance(b, dt.date) and test(a, b)


def _texts(value: object) -> frozenset[object]:
    return value if isinstance(value, frozenset) else frozenset([value])


_EXCLUDE: dict[tuple[str, str], _Test] = {
    ("at_least", "at_most"): _number(lambda a, b: a > b),
    ("older_than", "within_the_last"): _number(lambda a, b: a >= b),
    ("after", "before"): _day(lambda a, b: a >= b - dt.timedelta(days=1)),
    ("is", "is"): lambda a, b: a != b,
    ("is", "is_not"): lambda a, b: a == b,
    ("is", "one_of"): lambda a, b: a not in _texts(b),
    ("one_of", "one_of"): lambda a, b: not _texts(a) & _texts(b),
}
_IMPLY: dict[tuple[str, str], _Test] = {
    ("at_least", "at_least"): _number(lambda a, b: a >= b),
    ("at_most", "at_most"): _number(lambda a, b: a <= b),
    ("older_than", "older_than"): _number(lambda a, b: a >= b),
    ("within_the_last", "within_the_last"): _number(lambda a, b: a <= b),
    ("after", "after"): _day(lambda a, b: a >= b),
    ("before", "before"): _day(lambda a, b: a <= b),
    ("is", "one_of"): lambda a, b: a in _texts(b),
    ("one_of", "one_of"): lambda a, b: _texts(a) <= _texts(b),
    ("is", "contains"): lambda a, b: str(b) in str(a),
    ("is", "is_not"): lambda a, b: a != b,
}
