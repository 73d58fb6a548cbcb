"""Events folded by an engine, against the same events folded on arrays (`event_facts`).

Here the engine is pandas through Narwhals; tests/metrics/core/test_frames_engines.py runs all others.
"""

import datetime as dt

import pandas as pd
import pytest
from engine_frames import EVENTS, random_log

import funnel
from funnel.clients import Clients
from funnel.clients.frames import fetch, lazy
from funnel.journey import Journey
from funnel.loader.frame_clients import add_frame_events, load_frame
from funnel.metrics import Funnel
from funnel.metrics.core.as_of import table_as_of
from funnel.metrics.core.event_facts import EVENT_FURTHEST, EVENT_SINCE, EVENT_STAGE
from funnel.metrics.tables.problems import unused_events
from funnel.sheets.dataframe import grid_of

DAY = dt.date(2026, 7, 1)


def engine(clients: pd.DataFrame, log: pd.DataFrame | None, journey: Journey = EVENTS) -> Clients:
    loaded = load_frame(clients, grid_of(clients), journey)
    return loaded if log is None else add_frame_events(loaded, log, grid_of(log))


def one(*events: tuple[str, str]) -> list[object]:
    """The stage of Ana, since when, and the furthest, after these events (day, name)."""
    people = pd.DataFrame({"Name": ["Ana", "Ben"], "Created": pd.to_datetime(["2026-01-01"] * 2)})
    log = pd.DataFrame({
        "Client": "ANA ", "Event": [name for _, name in events],
        "Date": pd.to_datetime([day for day, _ in events]), "Amount": 1.0,
    })  # fmt: skip
    found = fetch(lazy(table_as_of(engine(people, log), DAY))).to_pandas()
    ben = found[found["client"] == "Ben"].iloc[0]
    assert pd.isna(ben[EVENT_STAGE])
    ana = found[found["client"] == "Ana"].iloc[0]
    since = ana[EVENT_SINCE]
    return [ana[EVENT_STAGE], None if pd.isna(since) else f"{since:%m-%d}", ana[EVENT_FURTHEST]]


def test_the_rules_of_events_by_hand() -> None:
    assert one(("2026-01-05", "Met"), ("2026-02-05", "Bought")) == ["Won", "02-05", "Won"]
    assert one(("2026-01-05", "Bought"), ("2026-02-05", "Met")) == ["Won", "01-05", "Won"]  # never back
    assert one(("2026-01-05", "Bought"), ("2026-02-05", "Wrote again")) == ["Lead", "02-05", "Won"]
    assert one(("2026-01-05", "Met"), ("2026-02-05", "Went cold")) == ["Cold", "02-05", "Met"]
    assert one(("2026-02-05", "Wrote again"), ("2026-02-05", "Met")) == ["Met", "02-05", "Met"]  # back first
    assert one(("2026-01-05", "Met"), ("2026-07-02", "Bought")) == ["Met", "01-05", "Met"]  # not yet


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("day", [dt.date(2026, 5, 1), dt.date(2026, 12, 1)])
def test_each_column_is_that_of_arrays(seed: int, day: dt.date) -> None:
    clients, log = random_log(seed)
    expected = table_as_of(funnel.load(clients, journey=EVENTS, events=log), day)
    found = fetch(lazy(table_as_of(engine(clients, log), day))).to_pandas()
    names = [name for name in expected.columns if name not in ("row", "painted")]
    tables = [table[names].sort_values("client", ignore_index=True) for table in (found, expected)]
    for name in names:
        one, other = (table[name] for table in tables)
        if other.dtype.kind == "M":
            one, other = one.astype("datetime64[s]"), other.astype("datetime64[s]")
        elif other.dtype.kind != "f":
            one, other = (each.astype(object).where(each.notna(), None) for each in (one, other))
        pd.testing.assert_series_equal(one, other, check_dtype=False, check_names=False)


@pytest.mark.parametrize("cells", ["hand", "start"])
@pytest.mark.parametrize("seed", [5, 6, 7])
@pytest.mark.parametrize("name", ["stages", "advance", "moves", "steps"])
def test_results_of_events_are_those_of_a_sheet(name: str, seed: int, cells: str) -> None:
    clients, log = random_log(seed)
    journey = EVENTS.model_copy(update={"stage_cells": cells})
    expected = Funnel(funnel.load(clients, journey=journey, events=log), DAY)
    found = getattr(Funnel(engine(clients, log, journey), DAY), name)
    pd.testing.assert_frame_equal(found, getattr(expected, name), check_dtype=False, rtol=1e-12)
    assert len(found)


def test_days_begin_at_the_lead_and_moves_are_counted_by_hand() -> None:
    """Ana: Lead on 1 Jan, Met on 5 Jan, Won on 5 Feb. Ben: Met on 11 Jan, Lead and Met again."""
    people = pd.DataFrame({"Name": ["Ana", "Ben"], "Created": pd.to_datetime(["2026-01-01"] * 2)})
    log = pd.DataFrame({
        "Client": ["Ana", "Ana", "Ben", "Ben", "Ben"],
        "Event": ["Met", "Bought", "Met", "Wrote again", "Met"],
        "Date": pd.to_datetime(["2026-01-05", "2026-02-05", "2026-01-11", "2026-03-01", "2026-03-02"]),
    })  # fmt: skip
    f = Funnel(engine(people, log), DAY)
    assert f.moves[["moves", "clients"]].to_records().tolist() == [
        ("Lead", "Met", 3, 2), ("Met", "Lead", 1, 1), ("Met", "Won", 1, 1),
    ]  # fmt: skip
    assert f.advance.loc["Lead", ["timed", "median_at_least"]].tolist() == [2, 7]  # after 4 and 10 days
    assert f.advance.loc["Met", ["timed", "median_at_least"]].tolist() == [1, 31]


def test_without_a_log_no_client_has_an_event() -> None:
    clients, _ = random_log(1)
    stages = Funnel(engine(clients, None), DAY).stages.loc[["Lead", "Met", "Won", "Cold"], "clients"]
    assert stages.tolist() == [30, 10, 10, 10]


@pytest.mark.parametrize("in_engine", [True, False])
def test_a_typed_stage_without_a_date_was_entered_by_the_day_of_the_numbers(in_engine: bool) -> None:
    """Ana was met on 11 January and is typed Won: 0 to 171 days later. Ben is only typed: no move.

    Cat was cold on 5 February, then Won: 4 to 150 days after the lead. Dan's cell is behind his event.
    """
    people = pd.DataFrame({
        "Name": ["Ana", "Ben", "Cat", "Dan"],
        "Created": pd.to_datetime(["2026-01-01"] * 2 + ["2026-02-01"] * 2),
        "Stage": ["Won", "Won", "Won", "Met"],
    })  # fmt: skip
    log = pd.DataFrame({
        "Client": ["Ana", "Cat", "Dan"], "Event": ["Met", "Went cold", "Bought"],
        "Date": pd.to_datetime(["2026-01-11", "2026-02-05", "2026-03-03"]),
    })  # fmt: skip

    def moves(journey: Journey) -> list[tuple[object, ...]]:
        clients = (
            engine(people, log, journey) if in_engine else funnel.load(people, journey=journey, events=log)
        )
        f = Funnel(clients, DAY)
        days.append(f.advance[["timed", "median_at_least", "median_at_most"]].fillna(-1).values.tolist())
        return list(f.moves[["moves", "clients"]].to_records().tolist())

    days: list[object] = []
    assert moves(EVENTS) == [
        ("Lead", "Met", 1, 1), ("Lead", "Won", 1, 1), ("Lead", "Cold", 1, 1), ("Met", "Won", 1, 1),
        ("Cold", "Won", 1, 1),
    ]  # fmt: skip
    assert days[0] == [[3, 10, 30], [1, 0, 171]]  # Lead: 10; 4 to 150; 30
    began = EVENTS.model_copy(update={"stage_cells": "start"})
    assert all(next_stage != "Won" or stage == "Lead" for stage, next_stage, *_ in moves(began))


def test_events_that_are_not_counted_are_problems() -> None:
    people = pd.DataFrame({"Name": ["Ana", "Ben", "Ben"], "Created": pd.to_datetime(["2026-01-01"] * 3)})
    log = pd.DataFrame({
        "Client": ["Ana", "Ben", "Cat", None, "Ana", "Ana", "Ana"],
        "Event": ["Met", "Met", "Met", "Met", None, "Met", "Met"],
        "Date": pd.to_datetime(["2026-01-05"] * 5 + ["2026-12-05", None]),
    })  # fmt: skip
    found = {problem.kind: problem.message for problem in unused_events(engine(people, log), DAY)}
    assert found == {
        "event without client": "1 event of the log has no client. Not counted.",
        "unknown client": "1 event of the log has a client who is not in the table. Not counted.",
        "ambiguous client": "1 event of the log has a name that several clients have. Not counted.",
        "event without a name": "1 event of the log has no event. Not counted.",
        "unreadable time": "1 event of the log has no time. Not counted.",
        "date in the future": "1 event of the log has a time after 2026-07-01. Not counted.",
    }
