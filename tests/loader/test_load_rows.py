"""Times with an offset or a zone: the day of the business counts, or the written one."""

import pandas as pd
import pytest

from funnel.errors import JourneyError
from funnel.events.read import join_events
from funnel.grid import Grid
from funnel.journey import Journey, Stage, Step
from funnel.journey.events import Events
from funnel.journey.toml import parse_journey
from funnel.loader.load import load

STEPS = (Step(name="Met"), Step(name="Paid", paid=True))
COLUMNS = {"client": "Client", "lead_date": "Lead", "left_date": "Left"}


def grid() -> Grid:
    """Half past eleven at night in London is the next day in Rome; nine at night in New York too."""
    return Grid("Clients", [
        ["Client", "Ana", "Ben", "Cat"],
        ["Lead", "2026-03-01T23:30:00Z", "2026-03-01T10:00:00Z", "2026-03-01"],
        ["Met", "2026-03-05T21:00:00-05:00", "2026-03-05 09:30 +01:00", "2026-03-05"],
        ["Paid", None, 1, None], ["Left", "2026-07-01T22:30:00+00:00", None, None],
    ])  # fmt: skip


def days(table: pd.DataFrame, column: str) -> list[str]:
    return [str(day)[:10] for day in table[column]]


def test_the_business_has_a_zone() -> None:
    clients = load(grid(), Journey(columns=COLUMNS, steps=STEPS, timezone="Europe/Rome"))
    assert days(clients.table, "lead_date") == ["2026-03-02", "2026-03-01", "2026-03-01"]
    assert days(clients.table, "when:^met") == ["2026-03-06", "2026-03-05", "2026-03-05"]
    assert days(clients.table, "left_date") == ["2026-07-02", "NaT", "NaT"]  # 22:30 UTC is 0:30 in summer
    assert "5 times with a zone: the day in Europe/Rome counts" in clients.assumed


def test_without_a_zone_the_written_day_counts() -> None:
    clients = load(grid(), Journey(columns=COLUMNS, steps=STEPS))
    assert days(clients.table, "lead_date") == ["2026-03-01"] * 3
    assert days(clients.table, "when:^met") == ["2026-03-05"] * 3
    said = "the day written counts; `timezone` in the journey file sets that of the business"
    assert f"5 times with a zone: {said}" in clients.assumed


def test_events() -> None:
    stages = (Stage(name="Lead", default=True), Stage(name="Won"))
    journey = Journey(
        columns={"client": "Name"}, stages=stages, events=Events(tab="Log"), timezone="Asia/Tokyo"
    )
    clients = load(Grid("Clients", [["Name", "Ana"], ["Town", "Bath"]]), journey)
    log = Grid("Log", [["Client", "Ana", "Ana"], ["Stage", "Won", "Won"],
                       ["When", "2026-01-05T20:00:00Z", "2026-01-05T20:00:00"]])  # fmt: skip
    found = join_events(clients, log, "tab 'Log'")
    assert [str(when) for when in found.events["when"]] == ["2026-01-05 20:00:00", "2026-01-06 05:00:00"]
    assert "times of events with a zone are converted to Asia/Tokyo" in found.assumed
    assert not any(problem.kind == "mixed time zones" for problem in found.problems)


def test_there_is_no_such_zone() -> None:
    with pytest.raises(JourneyError) as error:
        parse_journey('timezone = "Europe/Roma"\n[[step]]\nname = "Met"')
    assert str(error.value) == (
        "journey.toml: `timezone`: there is no time zone 'Europe/Roma'; did you mean 'Europe/Rome'?"
    )
