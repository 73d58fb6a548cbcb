"""Plan an empty client sheet: a journey's columns, validations, totals and colours.

The totals are below empty rows for clients, or above the header.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from funnel.cells.dates import SERIALS
from funnel.cells.mark_words import ANY_TEXT, NOT_REACHED, reached_words
from funnel.clients import Layout
from funnel.grid import Area, Grid, cell_name
from funnel.journey import ROLES, Journey, Role, Step
from funnel.journey.events import EVENT_ROLES, EventRole
from funnel.journey.rules import DAYS_IN_STAGE, comparisons
from funnel.plan import Cell, Change, Plan, PutTab, StyleName, Validation
from funnel.text import fold, listed
from funnel.writer.highlights.row_rules import put_rules
from funnel.writer.totals.block import put_totals
from funnel.writer.totals.place import HEIGHT, ROOM, place

TAB = "Clients"
READY = 200
"""Blank rows above totals at the bottom, inside their ranges."""

_BEFORE: tuple[Role, ...] = ("client", "lead_date", "heard", "source")
_AFTER: tuple[Role, ...] = ("left_reason", "left_date")
_ON_REQUEST: tuple[Role, ...] = ("value", "company", "stage", "id")  # if the journey gives them one header
_OF_STAGES: tuple[Role, ...] = (
    "email", "company", "value", "lifetime_value", "value_30_days", "last_sale", "id",
)  # fmt: skip
"""Roles that get a column in a sheet of stages."""
_USUAL: Mapping[str, str] = {"client": "Client name", "lead_date": "Date of lead", "stage": "Stage"}
_STYLES: Mapping[str, StyleName] = {
    "lead_date": "date",
    "left_date": "date",
    "last_sale": "date",
} | dict.fromkeys(("value", "lifetime_value", "value_30_days"), "number")  # type: ignore[assignment]
_LONGEST_VALIDATION = 255  # characters of a formula, in Excel


def plan_new_sheet(
    journey: Journey,
    as_of: dt.date,
    *,
    source: str,
    rows_may_move: bool = False,
    totals: Literal["bottom", "top"] | None = None,
) -> Plan:
    """Plan an empty client sheet.

    Parameters
    ----------
    journey : has the columns of the sheet.
    as_of : today.
    source : the file, as the user named it.
    rows_may_move : rows may move between reading and writing (a Google Sheet), so no formula names one.
    totals : their position; default: as in the journey.

    >>> journey = Journey(steps=(Step(name="Paid", paid=True),))
    >>> plan = plan_new_sheet(journey, dt.date(2026, 7, 1), source="new.xlsx")
    >>> [cell.value for cell in plan.changes[0].cells]
    ['Client name', 'Date of lead', 'Paid']
    """
    from funnel.loader.load import load
    from funnel.metrics import Funnel

    totals = totals or journey.totals
    above = HEIGHT if totals == "top" else 0
    columns = list(dict.fromkeys(_columns(journey)))
    headers = [header for _, header in columns]
    grid = Grid(TAB, values=[[*[None] * above, header] for header in headers])
    clients = load(grid, journey, source=source)
    layout, funnel = clients.layout, Funnel(clients, as_of)
    assert layout is not None
    spot = place(grid, clients, layout, totals, rows_may_move)
    if totals == "bottom" and spot.area is not None:
        last = layout.header + READY
        area = Area(last + 1, spot.area.left, last + HEIGHT, spot.area.right)
        spot = replace(spot, area=area, rows=((layout.first, last),), named_until=last)
    block, _ = put_totals(grid, layout, spot, funnel)
    rules, _ = put_rules(grid, layout, spot, funnel, live=True)
    changes: list[Change | None] = [_tab(journey, columns, layout), block, rules, _events_tab(journey)]
    return Plan(source, tuple(change for change in changes if change), "", as_of)


def _columns(journey: Journey) -> Iterator[tuple[str, str]]:
    """Yield the role or step and the header of each column, in the order of filling them in."""
    coach = next((step.name for step in journey.steps if "coach" in fold(step.name).split()), None)
    for role in _BEFORE:
        yield from _of_role(journey, role)
    if coach is None:
        yield from _of_role(journey, "coach")
    if journey.staged:
        yield from _of_stages(journey)
    for step in () if journey.staged else journey.steps:
        yield step.name, step.headers[0]
        if step.name == coach:
            yield from _of_role(journey, "coach")
    for role in _AFTER:
        yield from _of_role(journey, role)
    if journey.staged:
        for role in _OF_STAGES:
            yield from _of_role(journey, role)
        return
    for role in _ON_REQUEST:
        if role in journey.columns and len(journey.columns[role].headers) == 1:
            yield from _of_role(journey, role)


def _of_stages(journey: Journey) -> Iterator[tuple[str, str]]:
    """Yield the stage column, and the columns used by rules."""
    yield "stage", next(_of_role(journey, "stage"))[1]
    conditions = [condition for rule in journey.rules for condition in comparisons(rule)]
    in_rules = dict.fromkeys(
        condition.column for condition in conditions if fold(condition.column) != DAYS_IN_STAGE
    )
    known = {fold(header) for role in journey.columns.values() for header in (*role.headers, *role.join)}
    for column in in_rules:
        if column not in ROLES and fold(column) not in known:
            yield column, column
    if journey.company.sync or any(condition.of == "company" for condition in conditions):
        yield from _of_role(journey, "company")


def _of_role(journey: Journey, role: Role) -> Iterator[tuple[str, str]]:
    declared = journey.columns.get(role)
    if declared is None:
        yield from ((role, header) for name, header in _USUAL.items() if name == role)
    else:
        yield from ((role, header) for header in declared.join or declared.headers[:1])


def _tab(journey: Journey, columns: list[tuple[str, str]], layout: Layout) -> PutTab:
    """Plan the tab with its headers, widths, styles and validations."""
    steps = {step.name: step for step in journey.steps}
    cells = tuple(
        Cell(layout.header, at, header, "header") for at, (_, header) in enumerate(columns, start=1)
    )
    styles: dict[int, StyleName] = {}
    validations: list[Validation] = []
    for at, (name, header) in enumerate(columns, start=1):
        area = Area(layout.first, at, layout.header + ROOM, at)
        if name in steps:
            styles[at] = "mark"
            validations += [] if ANY_TEXT in steps[name].marks else [_marks(steps[name], area)]
        elif name == "stage" and journey.stages:
            validations.extend(_stages(journey, area))
        elif name in _STYLES:
            styles[at] = _STYLES[name]
            if _STYLES[name] == "date":
                validations.append(Validation(area, "date", f"{header!r} takes a date."))
    widths = {at: float(max(12, min(len(header) + 3, 36))) for at, (_, header) in enumerate(columns, start=1)}
    return PutTab(
        TAB, "", cells, create=True, widths=widths | {1: 28.0}, hidden_columns=(), freeze_row=layout.header,
        gridlines=True, column_styles=styles, validations=tuple(validations),
    )  # fmt: skip


def _events_tab(journey: Journey) -> PutTab | None:
    """Plan the tab of the event log, if the journey names one: its headers, and the events to choose from."""
    events = journey.events
    if events is None or events.tab is None:
        return None
    usual: Mapping[EventRole, str] = {
        "client": "Client", "event": "Event", "when": "When", "by": "By", "amount": "Amount",
    }  # fmt: skip
    headers = [(events.columns.get(role) or (usual[role],))[0] for role in EVENT_ROLES]
    cells = tuple(Cell(1, at, header, "header") for at, header in enumerate(headers, start=1))
    names = tuple(dict.fromkeys((*events.advance, *events.sales)))
    lists = (
        Validation(Area(2, 2, 1 + ROOM, 2), "list", "Choose an event of the journey.", words=names),
        Validation(Area(2, 3, 1 + ROOM, 3), "date", f"{headers[2]!r} takes a date, with or without a time."),
    )
    return PutTab(
        events.tab, "", cells, create=True, widths={1: 28.0, 2: 24.0, 3: 18.0, 4: 16.0, 5: 12.0},
        hidden_columns=(), freeze_row=1, gridlines=True, column_styles={3: "date", 5: "number"},
        validations=lists if _fits(names) else lists[1:],
    )  # fmt: skip


def _fits(words: tuple[str, ...]) -> bool:
    """Return True if a validation can offer these words."""
    return bool(words) and len(",".join(words)) <= _LONGEST_VALIDATION and not any("," in w for w in words)


def _stages(journey: Journey, area: Area) -> Iterator[Validation]:
    """Yield the list of stages to choose from, if a validation can contain them."""
    names = tuple(stage.name for stage in journey.stages if stage.active)
    if _fits(names):
        yield Validation(area, "list", f"Choose one of {listed(names, last='or', most=20)}.", words=names)


def _marks(step: Step, area: Area) -> Validation:
    """Allow marks, dates and words for not reached; as many words as a validation can contain."""
    cell = cell_name(area.top, area.left)
    own = [word for word in reached_words(step) if word in {mark.lower() for mark in step.marks}]
    words = dict.fromkeys(["1", "0", *own, *reached_words(step), *sorted(NOT_REACHED - {""})])
    formula = ""
    known = ""
    for word in words:
        known += f"<{word}>"
        is_word = f'ISNUMBER(FIND("<"&LOWER(TRIM({cell}))&">","{known}"))'
        longer = f"=OR(ISLOGICAL({cell}),AND(ISNUMBER({cell}),{cell}>{SERIALS.start - 1}),{is_word})"
        if len(longer) > _LONGEST_VALIDATION:
            break
        formula = longer
    examples = listed(["1", *own, "x", "yes", "a date"], last="or")
    return Validation(area, "custom", f"{step.name!r} takes {examples} once it is reached.", formula=formula)
