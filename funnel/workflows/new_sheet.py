"""Create an empty client sheet, or draft a journey file from a sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from os import fspath
from typing import Literal

from funnel.clients import Layout
from funnel.clients.reading import Question
from funnel.journey import Column, Journey
from funnel.plan import Plan
from funnel.schema import step_mark
from funnel.sheets import capabilities_of, create_sheet, create_titled
from funnel.text import listed
from funnel.workflows.answers import answered, interview
from funnel.workflows.load import JourneyLike, Source, as_journey, open_clients


def create_client_sheet(
    file: Source, journey: JourneyLike = "gym", totals: Literal["bottom", "top"] | None = None
) -> tuple[str, ...]:
    """Create an empty client sheet with columns, input checks, totals and colours; return notes.

    Parameters
    ----------
    file : the name of a new workbook, or the address of a Google Sheet, which gets a tab.
    journey : the journey whose columns it gets.
    totals : below the empty rows, or above the header; default: as in the journey.

    Raises
    ------
    UsageError : the name does not end with .xlsx.
    WriteError : there is a file or a tab of that name, or it cannot be written.
    """
    rows_may_move = capabilities_of(file).rows_may_move
    return create_sheet(file, _new_sheet(journey, fspath(file), totals, rows_may_move=rows_may_move))


def create_google_sheet(
    title: str, journey: JourneyLike = "gym", totals: Literal["bottom", "top"] | None = None
) -> str:
    """Create an empty client sheet in the Drive of the person who is signed in, and return its address.

    Raises
    ------
    UsageError : a service account is signed in, whose sheets people cannot see.
    ReadError, WriteError : not signed in, or the sheet could not be created.
    """
    return create_titled("google", title, _new_sheet(journey, title, totals, rows_may_move=True))


def _new_sheet(
    journey: JourneyLike, source: str, totals: Literal["bottom", "top"] | None, rows_may_move: bool = False
) -> Plan:
    from funnel.writer import plan_new_sheet

    declared = as_journey(journey)
    assert declared is not None
    today = dt.date.today()
    return plan_new_sheet(declared, today, source=source, rows_may_move=rows_may_move, totals=totals)


def draft_journey_file(
    source: Source,
    tab: str | None = None,
    journey: JourneyLike = None,
    ask: Callable[[Question], str | None] | None = None,
    answers: Sequence[tuple[str, str]] = (),
    begun: Journey | None = None,
) -> tuple[str, tuple[str, ...]]:
    """Return the journey of a sheet as the text of a journey file, with notes.

    Parameters
    ----------
    journey : a journey to start from; steps and roles without a column are left out.
    ask : asks one question and returns the answer, or None; None if there is no terminal.
    answers : the subject of each question already answered, and its answer.
    begun : the existing journey file with unanswered questions; only these are asked.

    Raises
    ------
    ReadError : the sheet cannot be read, contains no clients, or no journey fits it.
    UsageError : an answer fits no question.
    """
    from funnel.reading.journey_file import write_toml

    if journey is not None:
        clients = open_clients(source, journey, tab).clients
        made = _with_headers_of(clients.journey, clients.layout) if clients.layout else clients.journey
        made = made.model_copy(update={"tab": tab or made.tab})
        return write_toml(made), _left_out(as_journey(journey), made)
    asking = interview(source, tab, ask, answers, begun)
    made = answered(asking.reading, asking.given, str(source))
    if begun is not None and asking.reading.journey is not begun:
        made = _with_settings_of(begun, made)
    if not (made.events and made.events.is_the_sheet):
        found = open_clients(source, made, asking.reading.tab).clients
        made = _with_headers_of(made, found.layout) if found.layout else made
    sentence = asking.reading.tab if tab or any(about == "tab" for about, _ in asking.given) else made.tab
    left = tuple(dict.fromkeys(q.key for q in asking.left))
    made = made.model_copy(update={"unanswered": left, "tab": sentence})
    return write_toml(made, asking.reading, asking.left), ()


def _with_settings_of(begun: Journey, made: Journey) -> Journey:
    """Return a journey with what an earlier file of the sheet says apart from the columns and the way."""
    way = {"columns", "steps", "stages", "reassign", "events", "stage_cells", "follow_ups"}
    kept = {field: getattr(begun, field) for field in begun.model_fields_set - way}
    follow_ups = begun.follow_ups_of(step.name for step in made.steps)
    fields = {field: getattr(made, field) for field in made.model_fields_set & way}
    if made.staged:
        fields.pop("steps", None)
    return Journey(**{**fields, **kept, "follow_ups": follow_ups})


def _left_out(begun: Journey | None, made: Journey) -> tuple[str, ...]:
    """Return sentences on the steps and roles of a journey that have no column."""
    if begun is None:
        return ()
    steps = [step.name for step in begun.steps if step.name not in {s.name for s in made.steps}]
    roles = [role for role in begun.columns if role not in made.columns]
    sentences = []
    if steps:
        sentences.append(f"Steps left out, because they have no column: {listed(map(repr, steps))}.")
    if roles:
        sentences.append(f"No column for {listed(role.replace('_', ' ') for role in roles)}.")
    return tuple(sentences)


def _with_headers_of(journey: Journey, layout: Layout) -> Journey:
    """Replace the headers of a preset with those of the sheet."""
    headers = {name: layout.headers[column] for name, column in layout.columns.items()}
    steps = [
        step.model_copy(
            update={
                "aliases": (),
                "column": found if (found := headers.get(step_mark(step.name))) != step.name else None,
            }
        )
        for step in journey.steps
    ]
    columns = {
        role: column if column.join else Column(headers=(headers[role],))
        for role, column in journey.columns.items()
        if role in headers
    }
    return journey.model_copy(update={"steps": tuple(steps), "columns": columns})
