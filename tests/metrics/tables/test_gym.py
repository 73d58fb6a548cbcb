"""Gym words: rates by hand, in another language, and what is left out."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from funnel.clients import Clients
from funnel.journey import Journey, Step
from funnel.metrics import Funnel

Make = Callable[..., Clients]
ITALIAN = ("Incontro prenotato", "Incontro fatto", "Prima sessione pagata", "Dopo 12 mesi")


def test_worked_example(clients: Clients) -> None:
    found = Funnel(clients, "2026-07-01").gym.set_index("measure")
    assert list(found.index) == [
        "revenue per paid client", "revenue per lead", "mean months of current clients",
        "mean months of all clients", "restricted mean months", "median months",
    ]  # fmt: skip
    assert found["value"].tolist()[:2] == [100, pytest.approx(700 / 12)]
    assert found["part"].tolist()[:2] == [700, 700]
    assert found["value"]["restricted mean months"] == pytest.approx(4.645106, abs=5e-7)
    assert found["unit"].tolist() == ["money"] * 2 + ["months"] * 4


def test_rates_in_italian(make_clients: Make) -> None:
    booked, had, paid, year = ITALIAN
    steps = (Step(name=booked), Step(name=had), Step(name=paid, paid=True), Step(name=year, months=12))
    marks = ["", "1", "11", "11", "111", "1111"]
    old = [dict(zip(ITALIAN, m.ljust(4), strict=True)) | {"lead_date": "2025-01-10"} for m in marks]
    new = dict.fromkeys(ITALIAN, "1") | {"lead_date": "2026-06-30"}
    rows = pd.DataFrame([*old, new]).assign(client="x")
    rows["left_date"] = None
    found = Funnel(make_clients(rows, Journey(steps=steps)), "2026-07-01").gym.set_index("measure")
    assert found.loc["set rate", ["part", "n"]].tolist() == [5, 6]  # the new one still has time
    assert found.loc["show rate", ["part", "n"]].tolist() == [4, 5]
    assert found.loc["close rate", ["part", "n"]].tolist() == [2, 4]
    assert found.loc["long-term clients", ["part", "n"]].tolist() == [1, 2]
    assert ((found["low"] < found["value"]) & (found["value"] < found["high"]))[:4].all()


def test_what_there_are_no_columns_for_is_left_out(make_clients: Make) -> None:
    rows = pd.DataFrame({"client": ["x"], "value": ["5"], "met": ["1"]})
    found = Funnel(make_clients(rows, Journey(steps=(Step(name="met"),))), "2026-07-01").gym
    assert (found["unit"] == "months").all()
    assert np.isnan(found["value"]).all()
