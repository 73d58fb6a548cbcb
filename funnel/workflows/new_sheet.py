"""Create what a new user needs: an empty client sheet, and a journey file drafted from a sheet's headers."""

from __future__ import annotations

import datetime as dt
from os import fspath

from funnel.clients import Layout
from funnel.journey import Column, Journey
from funnel.plan import Plan
from funnel.schema import step_mark
from funnel.sheets import capabilities_of, create_sheet, create_titled
from funnel.workflows.load import JourneyLike, Source, as_journey, open_clients


def create_client_sheet(file: Source, journey: JourneyLike = "gym") -> None:
    """Create an empty client sheet, ready to use: columns, input checks, totals, colours.

    Parameters
    ----------
    file : the name of a workbook that does not exist yet, or the address of a Google Sheet, which gets a tab.
    journey : the journey whose columns it gets.

    Raises
    ------
    UsageError : the name does not end with .xlsx.
    WriteError : there is a file or a tab of that name, or it cannot be written.
    """
    moving = capabilities_of(file).rows_may_move
    create_sheet(file, _new_sheet(journey, fspath(file), moving=moving))


def create_google_sheet(title: str, journey: JourneyLike = "gym") -> str:
    """Create an empty client sheet in the Drive of the person who is signed in, and return its address.

    Raises
    ------
    UsageError : a service account is signed in, whose sheets nobody sees.
    ReadError, WriteError : nobody is signed in, or the sheet could not be created.
    """
    return create_titled("google", title, _new_sheet(journey, title, moving=True))


def _new_sheet(journey: JourneyLike, source: str, moving: bool = False) -> Plan:
    from funnel.writer import plan_new_sheet

    declared = as_journey(journey)
    assert declared is not None
    return plan_new_sheet(declared, dt.date.today(), source=source, moving=moving)


def draft_journey_file(source: Source, tab: str | None = None) -> str:
    """Return the journey that a sheet is read with, as the text of a journey file, ready to edit.

    Raises
    ------
    ReadError : the sheet cannot be read, or no journey fits it.
    """
    from funnel.reading.journey_file import write_toml

    clients = open_clients(source, None, tab).clients
    reading = clients.reading
    asked = reading.questions if reading is not None else ()
    if clients.layout is None:  # an event log, which has no columns of steps
        return write_toml(clients.journey, None, asked)
    return write_toml(_with_headers_of(clients.journey, clients.layout), reading, asked)


def _with_headers_of(journey: Journey, layout: Layout) -> Journey:
    """Replace the headers of a preset by those of the sheet."""
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
