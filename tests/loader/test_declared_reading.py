"""The reading of a declared journey."""

from funnel.grid import Grid
from funnel.journey import Journey, Stage
from funnel.journey.events import Events
from funnel.loader import load
from funnel.loader.declared_reading import reading_of_clients


def test_the_client_of_an_event_log_is_shown():
    log = Grid("Log", [["Day", "2026-01-05", "2026-02-01"], ["Person", "Ana", "Ana"], ["What", "New", "Won"]])
    columns = {"client": ("Person",), "event": ("What",), "when": ("Day",)}
    stages = (Stage(name="New", default=True), Stage(name="Won", paid=True))
    clients = load(log, Journey(stages=stages, events=Events(columns=columns)))
    found = {
        belief.role: (belief.column, belief.header) for belief in reading_of_clients(clients, log).columns
    }
    assert found == {"client": (2, "Person"), "stage": (3, "What"), "when": (1, "Day")}
