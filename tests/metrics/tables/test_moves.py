"""Moves between stages, counted by hand."""

import pandas as pd

from funnel.clients import Clients
from funnel.grid import Grid
from funnel.history.read import read_log
from funnel.journey import Journey, Stage
from funnel.metrics import Funnel

JOURNEY = Journey(stages=(Stage(name="Lead", default=True), Stage(name="Trial"), Stage(name="Won", paid=True),
                          Stage(name="Lost", lost=True)))  # fmt: skip
TABLE = pd.DataFrame({
    "row": [2, 3, 4], "client": ["Ana", "Ben", "Cat"],
    "lead_date": pd.to_datetime(["2026-01-05", "2026-01-20", None]),
})  # fmt: skip
LOG = Grid("Log", [
    ["When", "2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23", "2026-03-02"],
    ["Since", None, "2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23"],
    ["Record", "1 new>stage Lead;Cat", "2 stage Lead>stage Trial;Cat", "3 stage Trial>stage Lead;Cat",
     "4 stage Lead>stage Trial;Cat", "5 stage Trial>stage Lost;Cat"],
])  # fmt: skip


def moves(clients: Clients, as_of: str = "2026-07-01") -> list[tuple[object, ...]]:
    return list(Funnel(clients, as_of).moves.itertuples(index=False, name=None))


def test_moves_of_the_log_count_each_time() -> None:
    clients = Clients(TABLE, JOURNEY, log=read_log(LOG))
    assert moves(clients) == [
        ("Lead", "Trial", 2, 1, "forward"), ("Trial", "Lead", 1, 1, "back"), ("Trial", "Lost", 1, 1, "lost"),
    ]  # fmt: skip
    assert moves(clients, "2026-02-10") == [("Lead", "Trial", 1, 1, "forward")]


def test_dated_marks_begin_in_the_default_stage() -> None:
    dates = pd.to_datetime(["2026-02-01", "2026-02-03", None])
    assert moves(Clients(TABLE.assign(**{"when:^won": dates}), JOURNEY)) == [("Lead", "Won", 2, 2, "forward")]


def test_nothing_is_known() -> None:
    assert moves(Clients(TABLE, JOURNEY)) == []
    assert moves(Clients(TABLE, Journey(steps=[{"name": "Met"}]))) == []
