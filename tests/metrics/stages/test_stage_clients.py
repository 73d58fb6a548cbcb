"""The clients of each stage, counted by hand: order, value and days."""

import datetime as dt
import json

import numpy as np
import pandas as pd
from tables import clients_of

from funnel.journey import Journey, Stage
from funnel.metrics import Funnel
from funnel.metrics.core.flags import flagged
from funnel.metrics.stages.stage_clients import COLUMNS, stage_clients_table
from funnel.writer.summary.tab import page

STAGES = (
    Stage(name="Lead", default=True, win_probability=0.5), Stage(name="Won", paid=True),
    Stage(name="Cold", lost=True),
)  # fmt: skip


def funnel(n=3, **more):
    table = pd.DataFrame({
        "row": [2, 3, 4, 5, 6][: n + 2],
        "client": ["Ana", "Ben", "Cat", "Dan", "Eva"][: n + 2],
        "lead_date": pd.to_datetime(["2026-07-01", "2026-06-01", "2026-07-11", "2026-05-01", None][: n + 2]),
        "stage": pd.array([None, None, "Cold", "Won", None][: n + 2], dtype="str"),
    })  # fmt: skip
    return Funnel(clients_of(table.assign(**more), Journey(stages=STAGES)), "2026-07-21")


def test_the_longest_first_in_the_order_of_the_stages():
    found = funnel(lifetime_value=[1.0, 2, 3, 4, 5]).stage_clients
    assert list(found) == list(COLUMNS)
    shown = ["stage", "row", "client", "lifetime_value", "value_30_days", "at_least", "known_by"]
    assert found[shown].replace({np.nan: None}).values.tolist() == [
        ["Lead", 3, "Ben", 2.0, None, 50.0, "lead date"],
        ["Lead", 2, "Ana", 1.0, None, 20.0, "lead date"],
        ["Lead", 6, "Eva", 5.0, None, None, None],  # no lead date
        ["Won", 5, "Dan", 4.0, None, None, None],  # typed before the log began
        ["Cold", 4, "Cat", 3.0, None, None, None],
    ]
    stages = funnel().stages.set_index("stage")
    assert stages.loc["Lead", ["median_days", "timed", "clients"]].tolist() == [35.0, 2.0, 3]
    json.dumps(funnel().to_json()["stage_clients"], allow_nan=False)


def test_the_tab_has_the_first_ten_of_each_stage():
    table = pd.DataFrame({"row": range(2, 14), "client": [f"Client {i}" for i in range(12)]})
    table["lead_date"] = pd.to_datetime([f"2026-07-{day:02}" for day in range(1, 13)])
    table["stage"] = pd.array([None] * 12, dtype="str")
    cells, _ = page(Funnel(clients_of(table, Journey(stages=STAGES)), "2026-07-21"), "Leads")
    title = next(cell.row for cell in cells if cell.value == "Clients by stage")
    assert [c.value for c in cells if c.row == title + 1] == [
        "The first 10 of each stage, longest first. All: funnel stages SHEET --stage NAME"
    ]
    first = next(cell.row for cell in cells if cell.row > title and cell.value == "Client 0")
    rows = [[c.value for c in cells if c.row == first + at] for at in range(11)]
    assert rows[0] == ["Lead", "Client 0", "20"]
    assert rows[9] == ["Lead", "Client 9", "11"]
    assert rows[10] == []


def test_one_stage_is_chosen_before_the_page() -> None:
    """Of an engine, a page has a thousand clients: of this stage, not of all."""
    table = pd.DataFrame({
        "row": range(2, 5), "client": ["Ana", "Ben", "Cat"], "stage": ["Met", "Lead", "Met"],
        "lead_date": pd.to_datetime(["2026-01-05"] * 3),
    })  # fmt: skip
    journey = Journey(stages=(Stage(name="Lead", default=True), Stage(name="Met")))
    flags = flagged(table.astype({"stage": "str"}), journey, dt.date(2026, 7, 1))
    assert stage_clients_table(flags, "Met")["client"].tolist() == ["Ana", "Cat"]
    assert stage_clients_table(flags)["client"].tolist() == ["Ben", "Ana", "Cat"]
