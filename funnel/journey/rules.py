"""Rules as a journey file writes them: comparisons joined by `all` and `any`. They are data, never code.

A rule is a comparison on a column, a count of events, a group of rules, or the name of a segment (a rule that
several stages share). The operator decides what is compared: text (ignoring case and outer spaces), a number
or a date. On a blank cell only `empty = true` and `is_not` hold.
`funnel.definitions.by_rule` turns a rule into a condition.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from funnel.journey.durations import Duration
from funnel.text import listed, nearest

Kind = Literal["text", "number", "date", "any"]
OPERATORS: dict[str, Kind] = {
    "is": "text",
    "is_not": "text",
    "one_of": "text",
    "contains": "text",
    "empty": "any",
    "at_least": "number",
    "at_most": "number",
    "before": "date",
    "after": "date",
    "older_than": "date",
    "within_the_last": "date",
}
"""Operator -> the kind of value that it compares."""

Operand: TypeAlias = str | float | bool | dt.date | Duration | tuple[str, ...]
ANY_EVENT = "*"
DAYS_IN_STAGE = "days in stage"
"""The column name for the number of days that a client has been in its stage."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison: a column (a role or a header), an operator, and the value to compare with.

    Parameters
    ----------
    of : "client" for the client's own cell, "company" for that of any client of the same company.

    >>> str(Comparison("Visits", "at_least", 3))
    "`at_least = 3` on the column 'Visits'"
    """

    column: str
    operator: str
    operand: Operand
    of: Literal["client", "company"] = "client"

    def __str__(self) -> str:
        owner = " of the company" if self.of == "company" else ""
        return f"`{self.operator} = {_shown(self.operand)}` on the column {self.column!r}{owner}"

    @property
    def kind(self) -> Kind:
        """The kind of value that is compared."""
        return OPERATORS[self.operator]


@dataclass(frozen=True, slots=True)
class EventCount:
    """A minimum or maximum number of a client's events.

    Parameters
    ----------
    events : names of the events that count; ("*",) for all events.
    within : count only events this recent at the as-of date; None for no limit.

    >>> str(EventCount(("Opened a mail",), "at_least", 3, Duration(days=30)))
    '`at_least = 3` on the event "Opened a mail" within the last 30 days'
    """

    events: tuple[str, ...]
    operator: Literal["at_least", "at_most"]
    times: float
    within: Duration | None = None

    def __str__(self) -> str:
        back = f" within the last {self.within}" if self.within else ""
        return f"`{self.operator} = {self.times:g}` on the event {_named(self.events)}{back}"


@dataclass(frozen=True, slots=True)
class Group:
    """Rules of which all, or any, must hold."""

    joined: Literal["all", "any"]
    rules: tuple[Rule, ...]


Rule: TypeAlias = Comparison | EventCount | Group | str
"""A condition, a count of events, a group of rules, or the name of a segment."""


def read_rule(value: object) -> Rule:
    """Read one rule of a journey file.

    Raises
    ------
    ValueError : a sentence on what is wrong with it.

    >>> read_rule({"any": ["Trial", {"column": "Visits", "at_least": 3}]})
    Group(joined='any', rules=('Trial', Comparison(column='Visits', operator='at_least', operand=3, ...)))
    """
    if isinstance(value, Comparison | EventCount | Group | str):
        return value
    if not isinstance(value, Mapping):
        raise ValueError(f"{value!r} is not a rule; write the name of a segment, or {_EXAMPLE}")
    for joined in ("all", "any"):
        if joined in value:
            return _group(joined, value)
    return _event_count(value) if "event" in value else _condition(value)


def read_rules(value: object) -> tuple[Rule, ...]:
    """Read the rules of a stage, any of which must hold: a list, or a single rule."""
    return tuple(map(read_rule, value)) if isinstance(value, list | tuple) else (read_rule(value),)


def rule_as_data(rule: Rule) -> object:
    """Return a rule as a journey file writes it; `read_rule` reads it back.

    >>> rule_as_data(read_rule({"column": "Visits", "at_least": 3}))
    {'column': 'Visits', 'at_least': 3}
    """
    if isinstance(rule, str):
        return rule
    if isinstance(rule, Group):
        return {rule.joined: [rule_as_data(part) for part in rule.rules]}
    if isinstance(rule, EventCount):
        events = rule.events[0] if len(rule.events) == 1 else list(rule.events)
        back = {"within_the_last": str(rule.within)} if rule.within else {}
        return {"event": events, rule.operator: rule.times} | back
    operand = rule.operand
    value: object = str(operand) if isinstance(operand, Duration) else operand
    owner = "company" if rule.of == "company" else "column"
    return {owner: rule.column, rule.operator: list(value) if isinstance(value, tuple) else value}


def comparisons(rule: Rule) -> Iterator[Comparison]:
    """Yield the comparisons in a rule, without those of the segments it names."""
    yield from (part for part in _parts(rule) if isinstance(part, Comparison))


def event_counts(rule: Rule) -> Iterator[EventCount]:
    """Yield the counts of events in a rule, without those of the segments it names."""
    yield from (part for part in _parts(rule) if isinstance(part, EventCount))


def segments_in(rule: Rule) -> Iterator[str]:
    """Yield the segments that a rule names."""
    yield from (part for part in _parts(rule) if isinstance(part, str))


def _parts(rule: Rule) -> Iterator[Comparison | EventCount | str]:
    """Yield the parts of a rule; groups are flattened."""
    if isinstance(rule, Group):
        for part in rule.rules:
            yield from _parts(part)
    else:
        yield rule


def change_rule(rule: Rule, change: Callable[[Rule], Rule | None]) -> Rule | None:
    """Return the rule with each part replaced by `change(part)`, where None switches the part off.

    A group of `any` loses that part; a group of `all` is switched off as a whole.

    >>> rule = read_rule({"any": [{"column": "Visits", "at_least": 3}, {"column": "Town", "is": "Bath"}]})
    >>> kept = change_rule(rule, lambda part: part if part.column == "Town" else None)
    >>> [part.operand for part in kept.rules]
    ['Bath']
    """
    if not isinstance(rule, Group):
        return change(rule)
    parts = [change_rule(part, change) for part in rule.rules]
    kept = tuple(part for part in parts if part is not None)
    if not kept or (rule.joined == "all" and len(kept) < len(parts)):
        return None
    return replace(rule, rules=kept)


def without_event_counts(rules: Iterable[Rule], segments: Mapping[str, Rule]) -> tuple[Rule, ...]:
    """Return the rules without counts of events, in themselves and in the segments they name."""

    def change(part: Rule) -> Rule | None:
        if isinstance(part, str):
            return part if change_rule(segments[part], change) is not None else None
        return None if isinstance(part, EventCount) else part

    return tuple(kept for rule in rules if (kept := change_rule(rule, change)) is not None)


def check_segments(segments: Mapping[str, Rule], rules: Sequence[Rule]) -> None:
    """Check that every named segment exists, and that segments do not depend on each other.

    Raises
    ------
    ValueError : a sentence that names the segment.
    """
    for rule in (*rules, *segments.values()):
        for name in segments_in(rule):
            if name not in segments:
                near = nearest(name, list(segments))
                known = f"there are {listed(map(repr, segments))}" if segments else "there are none"
                meant = f"did you mean {near!r}?" if near else known
                raise ValueError(f"a rule names {name!r}, which is not a segment; {meant}")
    for name in segments:
        if path := _circle(name, segments, ()):
            raise ValueError(f"the segments {' → '.join(map(repr, path))} depend on each other in a circle")


def _circle(name: str, segments: Mapping[str, Rule], path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the path from a segment back to itself, or ()."""
    if name in path:
        return (*path[path.index(name) :], name)
    for other in segments_in(segments[name]):
        if found := _circle(other, segments, (*path, name)):
            return found
    return ()


# --- reading ------------------------------------------------------------------------------------------------

_EXAMPLE = '{ column = "Visits", at_least = 3 }'
_ON_EVENTS = '{ event = "Opened a mail", at_least = 3, within_the_last = "30 days" }'


def _group(joined: str, value: Mapping[str, object]) -> Group:
    rules = value[joined]
    if len(value) > 1:
        others = listed(f"`{key}`" for key in value if key != joined)
        raise ValueError(f"a rule has `{joined}` and {others} side by side; nest one inside the other")
    if not isinstance(rules, list | tuple) or not rules:
        raise ValueError(f"`{joined}` needs a list of rules: {joined} = [{_EXAMPLE}, …]")
    return Group("all" if joined == "all" else "any", tuple(map(read_rule, rules)))


def _condition(value: Mapping[str, object]) -> Comparison:
    for key in value:
        if key not in ("column", "company") and key not in OPERATORS:
            near = nearest(key, list(OPERATORS))
            meant = f"did you mean `{near}`?" if near else f"there are {listed(OPERATORS, most=20)}"
            raise ValueError(f"`{key}` is not an operator of a rule; {meant}")
    if "column" in value and "company" in value:
        raise ValueError(
            "a rule names a `column` and a column of the `company`; put several into `all = […]`"
        )
    owner: Literal["client", "company"] = "company" if "company" in value else "client"
    column = value.get("company" if owner == "company" else "column")
    if not isinstance(column, str) or not column.strip():
        raise ValueError(f"a rule has no `column`; write it like {_EXAMPLE}")
    operator = _operator(value, f"the column {column!r}")
    return Comparison(column, operator, _operand(operator, value[operator], column), owner)


def _operator(value: Mapping[str, object], where: str, ignored: tuple[str, ...] = ()) -> str:
    """Return the only operator of a rule."""
    operators = [key for key in value if key in OPERATORS and key not in ignored]
    if len(operators) != 1:
        found = listed(f"`{key}`" for key in operators) or "no operator"
        raise ValueError(
            f"a rule on {where} has {found}; it needs exactly one (put several rules into `all = […]`)"
        )
    return operators[0]


def _event_count(value: Mapping[str, object]) -> EventCount:
    """Read a rule on events; without an operator, at least one event is needed."""
    given = value["event"]
    events = _texts([given] if isinstance(given, str) else given)
    if events is None:
        raise ValueError(f"`event` names one event, or a list of events, not {given!r}; write {_ON_EVENTS}")
    known = ("at_least", "at_most", "within_the_last")
    for key in value:
        if key not in ("event", *known):
            near = nearest(key, known)
            meant = f"did you mean `{near}`?" if near else f"write it like {_ON_EVENTS}"
            raise ValueError(f"`{key}` is not a key of a rule on the event {_named(events)}; {meant}")
    counted = {key: value[key] for key in known if key in value}
    if not counted.keys() & {"at_least", "at_most"}:
        counted["at_least"] = 1
    operator = _operator(counted, f"the event {_named(events)}", ignored=("within_the_last",))
    times = _number(counted[operator])
    if times is None:
        raise ValueError(
            f"`{operator}` on the event {_named(events)} compares {_NEEDS['number']}, not with "
            f"{counted[operator]!r}"
        )
    within = _length(value["within_the_last"]) if "within_the_last" in value else None
    if "within_the_last" in value and within is None:
        raise ValueError(
            f"`within_the_last` on the event {_named(events)} compares {_NEEDS['within_the_last']}, not with "
            f"{value['within_the_last']!r}"
        )
    return EventCount(events, "at_least" if operator == "at_least" else "at_most", times, within)


def _named(events: tuple[str, ...]) -> str:
    """Return events as a journey file writes them."""
    return f'"{events[0]}"' if len(events) == 1 else _shown(events)


def _operand(operator: str, value: object, column: str) -> Operand:
    """Read and check the value that a comparison compares with."""
    read = _READ.get(operator, _READ_KIND.get(OPERATORS[operator], _text))
    operand = read(value)
    if operand is None:
        needs = _NEEDS.get(operator, _NEEDS[OPERATORS[operator]])
        raise ValueError(f"`{operator}` on the column {column!r} compares {needs}, not with {value!r}")
    return operand


_NEEDS = {
    "text": 'with text ("…")',
    "one_of": 'with a list of texts (["…", "…"])',
    "number": "with a number (3)",
    "date": "with a date (2026-11-21)",
    "older_than": 'with a length of time ("24 months")',
    "within_the_last": 'with a length of time ("30 days")',
    "any": "with true or false",
}


def _text(value: object) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.10g}"
    return value.strip() if isinstance(value, str) and value.strip() else None


def _texts(value: object) -> tuple[str, ...] | None:
    texts = [_text(one) for one in value] if isinstance(value, list | tuple) else []
    return tuple(text for text in texts if text) if texts and all(texts) else None


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _date(value: object) -> dt.date | None:
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else None


def _length(value: object) -> Duration | None:
    if isinstance(value, Duration):
        return value
    try:
        return Duration.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _yes(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


_READ: dict[str, Callable[[object], Operand | None]] = {
    "one_of": _texts,
    "empty": _yes,
    "older_than": _length,
    "within_the_last": _length,
}
_READ_KIND: dict[str, Callable[[object], Operand | None]] = {"text": _text, "number": _number, "date": _date}


def _shown(operand: Operand) -> str:
    """Return an operand as a journey file writes it."""
    if isinstance(operand, bool):
        return str(operand).lower()
    if isinstance(operand, tuple):
        return f"[{', '.join(map(_shown, operand))}]"
    return f'"{operand}"' if isinstance(operand, str | Duration) else str(operand)
