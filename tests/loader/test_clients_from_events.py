"""A sheet that is an event log: each client once, from the first event; stages told by the events' order."""

import pytest

from funnel.journey import Journey, Stage, preset
from funnel.journey.events import Events
from funnel.loader import load
from funnel.loader.clients_from_events import is_log, log_clients
from funnel.metrics import Funnel
from funnel.schema import header

HEAD = ["Contact", "Activity", "When", "Source of lead", "Town"]
ROWS = (
    ["Ana", "Signed up", "2026-01-01 10:00", None, "Bath"],
    ["Ben", "Signed up", "2026-01-02 10:00", "Ads", None],
    ["Ana", "Called", "2026-01-05 10:00", "Web", "Hull"],
    [None, None, None, None, None],
    ["ANA", "Bought", "2026-03-02 10:00", "Ads", None],
    ["Ben", "Gone cold", "2026-03-01 11:00", None, None],
    ["Cy", "Signed up", "2026-02-01 23:00", None, None],
    ["Ben", "Called", "2026-01-09 11:00", None, None],
)


def test_each_client_once_with_what_is_said_first(sheet):
    clients = load(sheet(HEAD, *ROWS, tab="Log"), source="log.csv")
    table = clients.table
    assert table["client"].tolist() == ["Ana", "Ben", "Cy"]
    assert table["row"].tolist() == [2, 3, 8]
    assert table["lead_date"].astype(str).tolist() == ["2026-01-01", "2026-01-02", "2026-02-01"]
    assert table["source"].fillna("").tolist() == ["Web", "Ads", ""]
    assert table[header("Town")].fillna("").tolist() == ["Bath", "", ""]
    assert (clients.layout, len(clients.events)) == (None, 7)
    assert clients.assumed[0] == (
        "the tab is an event log; its events are the stages, in the order in which clients have them: "
        "'Signed up' → 'Called' → 'Bought', and lost: 'Gone cold'"
    )
    assert clients.assumed[1] == "read as an event log: 3 clients, each a lead since the first event"


def test_its_funnel(sheet):
    clients = load(sheet(HEAD, *ROWS))
    then, now = Funnel(clients, "2026-01-31"), Funnel(clients, "2026-11-21")
    assert then.stages.set_index("stage")["clients"].to_dict() == {
        "Signed up": 0, "Called": 2, "Bought": 0, "Gone cold": 0,
    }  # fmt: skip
    assert now.steps["marked"].tolist() == [3, 2, 1]  # Ben was called before he went cold: nothing is unknown
    assert now.steps["unknown"].sum() == 0
    assert now.leavers()[["reason", "n", "dated"]].to_numpy().tolist() == [["Gone cold", 1, 1]]


def test_a_declared_log(sheet):
    stages = (Stage(name="New", default=True), Stage(name="Won", paid=True))
    journey = Journey(stages=stages, events=Events(advance={"Bought": "Won"}))
    clients = log_clients(sheet(HEAD, *ROWS, tab="Log"), journey)
    assert Funnel(clients, "2026-11-21").stages["clients"].tolist() == [2, 1]
    by_preset = preset("marketing").model_copy(update={"events": Events()})
    assert by_preset.events.is_the_sheet


def test_a_log_whose_journey_looks_for_it_elsewhere(sheet):
    """The events of the preset stand in a tab of a client sheet; the log alone is no list of clients."""
    rows = (["Ana", "Opened a mail", "2026-01-05"], ["Ben", "Opened a mail", "2026-01-06"],
            ["Ana", "Purchased", "2026-02-01"])  # fmt: skip
    clients = load(sheet(["Name", "Event", "When"], *rows, tab="Log"), preset("marketing"))
    assert Funnel(clients, "2026-11-21").stages["clients"].tolist() == [0, 1, 0, 0, 0, 1]


@pytest.mark.parametrize(
    "rows",
    [
        [
            ["Client", "Stage", "Date"],
            ["Ana", "New", "2026-01-01"],
            ["Ben", "Won", "2026-01-01"],
        ],  # each once
        [["Client", "Lead date", "Paid"], ["Ana", "2026-01-01", 1], ["Ana", "2026-01-01", 1]],
        [["Client", "Event", "Date"], ["Ana", "A", "soon"], ["Ana", "B", "later"]],  # no times
        [["Client", "Event", "Date"], ["Ana", "A", "2026-01-01"], ["Ana", "A", "2026-01-02"]],  # one event
        [["Client", "Stage", "Date", "First paid session"], *[["Ana", "x", "2026-01-01", 1]] * 2],
    ],
)
def test_what_is_no_log(sheet, rows):
    assert not is_log(sheet(*rows))
