"""Recognise sheets with the headers of a preset, whatever their cells contain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from funnel.journey import Journey, preset, presets
from funnel.journey.rules import comparisons
from funnel.journey.stages import names
from funnel.reading.tables.evidence import Evidence
from funnel.reading.tables.table import Table
from funnel.reading.words.concepts import plain
from funnel.text import fold

_STEPS = 3  # steps of a preset that a sheet needs besides its client and lead date
_FEWER = 2  # the same if client and lead date have the preset's own headers
_MOST = 0.8  # share of stage cells with the preset's stages; above it, others count as mistyped
_COMMON = frozenset(
    ("name", "date", "lead", "data", "nome", "nombre", "fecha", "datum", "nom", "timestamp", "member",
     "client")
)  # fmt: skip
_BLANK = 0.5  # cells of a stage column with text, below which it is as good as blank
_ANY_STAGE = frozenset(("stage", "status", "deal stage", "pipeline stage", "lead status"))


@dataclass(frozen=True)
class Recognised:
    """A preset with the columns of its roles, steps and rules."""

    name: str
    journey: Journey
    roles: dict[str, Evidence]
    steps: dict[str, Evidence]
    compared: tuple[Evidence, ...] = ()


def recognise(table: Table) -> Recognised | None:
    """Recognise a preset by its client, its lead date and at least three of its steps, or all its stages.

    >>> from funnel.grid import Grid
    >>> from funnel.reading.tables.table import find_table
    >>> heads = ("Client name", "Date of lead", "Client contacted", "First paid session", "1 month")
    >>> recognise(find_table(Grid("Clients", [[head] for head in heads]), {})).name
    'gym'
    """
    found = [match for name in presets() if (match := _match(table, name, preset(name)))]
    return max(found, key=lambda match: len(match.steps) + len(match.roles), default=None)


def _match(table: Table, name: str, journey: Journey) -> Recognised | None:
    headers: dict[str, Evidence] = {}
    for column in reversed(table.columns):
        headers[fold(table.header.short.get(column.number, column.header))] = column
        headers[fold(column.header)] = column
    roles: dict[str, Evidence] = {
        role: headers[fold(h)]
        for role, column in journey.columns.items()
        for h in reversed((*column.headers, *column.join)) if fold(h) in headers
    }  # fmt: skip
    if not {"client", "lead_date"} <= roles.keys():
        return None
    if journey.staged:
        if not _has_stages(headers, roles, journey):
            return None
        compared = tuple(headers[name] for name in sorted(_rule_columns(journey) & headers.keys()))
        return Recognised(name, journey, roles, {}, compared)
    steps = {
        step.name: headers[fold(h)]
        for step in journey.steps
        for h in reversed(step.headers) if fold(h) in headers
    }  # fmt: skip
    own = all(fold(roles[role].header) not in _COMMON for role in ("client", "lead_date"))
    return Recognised(name, journey, roles, steps) if len(steps) >= (_FEWER if own else _STEPS) else None


def _has_stages(headers: Mapping[str, Evidence], roles: dict[str, Evidence], journey: Journey) -> bool:
    """Return True if the stage column or its dropdown has the preset's stages, or its rules have columns."""
    column = roles.get("stage")
    if column is None:
        return False
    known = {plain(name) for name in names(journey.stages, journey.reassign)}
    held = {plain(text) for text in column.counts}
    offered = {plain(text) for text in column.options}
    if len(offered & known) >= _STEPS or len(_rule_columns(journey) & headers.keys()) >= _STEPS:
        return True
    own = (fold(journey.columns[role].headers[0]) for role in ("client", "lead_date", "stage"))
    headed = fold(column.header) not in _ANY_STAGE and all(header in headers for header in own)
    if headed and (held & known or column.fill < _BLANK):  # hardly any other sheet has these headers
        return True
    rows = sum(n for text, n in column.counts.items() if plain(text) in known)
    return len(held & known) >= 2 and (held <= known or rows >= _MOST * sum(column.counts.values()))


def _rule_columns(journey: Journey) -> frozenset[str]:
    """Return the folded headers that the rules of a preset compare, without those of roles."""
    carried = {fold(name) for role, column in journey.columns.items() for name in (role, *column.headers)}
    compared = {fold(part.column) for rule in journey.rules for part in comparisons(rule)}
    return frozenset(compared - carried)
