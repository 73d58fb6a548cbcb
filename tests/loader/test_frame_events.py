"""An event log beside the clients of an engine: what it becomes, and what is refused."""

import pandas as pd
import pytest
from engine_frames import EVENTS

from funnel.clients import Clients
from funnel.clients.frames import fetch, lazy
from funnel.errors import ReadError, UsageError
from funnel.journey import Journey, preset
from funnel.loader.frame_clients import load_frame
from funnel.loader.frame_events import OWNER, add_frame_events
from funnel.sheets.dataframe import grid_of

LOG = pd.DataFrame({
    "Client": [" ANA", None], "Event": ["Met ", ""], "Date": pd.to_datetime(["2026-01-05", None]),
    "Amount": [5, 7],
})  # fmt: skip


def clients(journey: Journey = EVENTS) -> Clients:
    people = pd.DataFrame({"Name": ["Ana"], "Created": pd.to_datetime(["2026-01-01"])})
    if not journey.stages:
        people = pd.DataFrame({"Client name": ["Ana"], "Client contacted": [1]})
    return load_frame(people, grid_of(people), journey)


def test_a_row_for_each_event_and_a_sentence_on_how_clients_are_found() -> None:
    found = add_frame_events(clients(), LOG, grid_of(LOG))
    rows = fetch(lazy(found.events)).to_pandas()
    assert list(rows.columns) == [OWNER, "when", "event", "amount"]
    assert rows.astype(object).where(rows.notna(), None).to_numpy().tolist() == [
        ["ana", pd.Timestamp("2026-01-05"), "Met", 5.0], [None, None, None, 7.0],
    ]  # fmt: skip
    assert (
        found.assumed[-1] == "events belong to the client with their name, as it is written but for capitals"
    )


def test_a_journey_without_events_is_refused() -> None:
    with pytest.raises(UsageError) as error:
        add_frame_events(clients(preset("gym")), LOG, grid_of(LOG))
    assert str(error.value) == (
        "The journey 'Gym' has no [events], so it cannot use an event log. Add [events], with `advance` for "
        "the events that move a client to a stage."
    )


def test_a_time_that_is_text_is_refused() -> None:
    log = LOG.assign(Date=["2026-01-05", None])
    with pytest.raises(
        ReadError, match="The column 'Date' has the type String, and the journey needs a date there"
    ):
        add_frame_events(clients(), log, grid_of(log))


def test_a_log_of_another_engine_is_refused() -> None:
    polars = pytest.importorskip("polars")
    with pytest.raises(UsageError) as error:
        add_frame_events(clients(), polars.from_pandas(LOG), grid_of(LOG))
    assert str(error.value) == (
        "The clients are a table of pandas, and the events one of polars. Give both as tables of the same "
        "engine."
    )
