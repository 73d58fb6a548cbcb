"""What a person begins with: an empty client sheet, and a journey file written from a sheet's headers."""

from __future__ import annotations

import datetime as dt
from os import fspath

from funnel.clients import Layout
from funnel.journey import Column, Journey
from funnel.plan import Plan
from funnel.sheets import capabilities_of, create_sheet, create_titled
from funnel.workflows.load import JourneyLike, Source, as_journey, open_clients


def new(file: Source, journey: JourneyLike = "gym") -> None:
    """Make an empty client sheet, ready to use: columns, checks of what is typed, totals, colours.

    Parameters
    ----------
    file : the name of a workbook that does not exist yet, or the address of a Google Sheet, which gets a tab.
    journey : whose columns it gets.

    Raises
    ------
    UsageError : where the name does not end with .xlsx.
    WriteError : where there is a file or a tab of that name, or it cannot be written.
    """
    moving = capabilities_of(file).rows_may_move
    create_sheet(file, _new_sheet(journey, fspath(file), moving=moving))


def new_google(title: str, journey: JourneyLike = "gym") -> str:
    """Make an empty client sheet in the Drive of the person who is signed in, and return its address.

    Raises
    ------
    UsageError : where a service account is signed in, whose sheets nobody sees.
    ReadError, WriteError : where nobody is signed in, or it could not be made.
    """
    return create_titled("google", title, _new_sheet(journey, title, moving=True))


def _new_sheet(journey: JourneyLike, source: str, moving: bool = False) -> Plan:
    from funnel.writer import plan_new_sheet

    declared = as_journey(journey)
    assert declared is not None
    return plan_new_sheet(declared, dt.date.today(), source=source, moving=moving)


def journey_file(source: Source, tab: str | None = None) -> str:
    """Write down the journey by which a sheet is read, as the text of a journey file, ready to be edited.

    Raises
    ------
    ReadError : where the sheet cannot be read, or no journey fits it.
    """
    from funnel.reading.infer import infer_journey
    from funnel.reading.journey_file import write_toml
    from funnel.reading.profile import profile

    opened = open_clients(source, None, tab)
    layout = opened.clients.layout
    if layout is None:  # an event log, which has no columns of steps
        return write_toml(opened.clients.journey)
    inference = infer_journey(profile(opened.grid, layout.header), opened.clients.journey.name)
    journey = _as_headed(opened.clients.journey, layout)
    return write_toml(journey, inference if inference.journey == opened.clients.journey else None)


def _as_headed(journey: Journey, layout: Layout) -> Journey:
    """The same journey with the sheet's own headers, and none of the others that a preset knows."""
    headers = {name: layout.headers[column] for name, column in layout.columns.items()}
    steps = [
        step.model_copy(
            update={
                "aliases": (),
                "column": found if (found := headers.get(step.name)) != step.name else None,
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
