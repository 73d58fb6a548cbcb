"""Periods: equal age, a change that was made and one that was not."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from tables import clients_of

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.journey import Journey, Stage, Step
from funnel.journey.events import Events
from funnel.metrics import Funnel
from funnel.metrics.tables.periods import COLUMNS, periods_sentence

Make = Callable[..., Clients]
JOURNEY = Journey(steps=(Step(name="met"), Step(name="paid", paid=True)), period="30 days")


def gym(make_clients: Make, met: tuple[int, int], leads: int = 60) -> Clients:
    """So many leads on the 10th of April and of July; of the first so many met, of the second so many."""
    rows = [
        {"client": "x", "lead_date": day, "met": "1" if i < n else "", "paid": "1" if i < n // 2 else ""}
        for day, n in zip(("2026-04-10", "2026-07-10"), met, strict=True)
        for i in range(leads)
    ]
    return make_clients(pd.DataFrame(rows), JOURNEY)


def test_a_change_beyond_chance_is_named(make_clients: Make) -> None:
    found = Funnel(gym(make_clients, (20, 48)), "2026-09-15").periods()
    assert list(found)[: len(COLUMNS)] == list(COLUMNS)
    assert found[["before_leads", "after_leads"]].iloc[0].tolist() == ["2026-Q2", "2026-Q3"]
    assert found[["before_as_of", "after_as_of"]].iloc[0].tolist() == ["2026-06-15", "2026-09-15"]
    assert found["change"].tolist() == pytest.approx([28 / 60, 0])
    assert (found["change_low"] < found["change"]).all()
    assert found["p_holm"][0] < 0.001
    assert periods_sentence(found) == (
        "More than chance (leads of 2026-Q3 against those of 2026-Q2): met rose from 33 % (20 of 60) to 80 % "
        "(48 of 60)."
    )


def test_no_change_is_no_news(make_clients: Make) -> None:
    found = Funnel(gym(make_clients, (40, 44)), "2026-09-15").periods()
    assert found["verdict"][0] == "not beyond chance (from 67 % (40 of 60) to 73 % (44 of 60))"
    assert periods_sentence(found) == (
        "No step changed beyond chance (leads of 2026-Q3 against those of 2026-Q2)."
    )


def test_one_painted_row_says_for_both_sides_that_leavers_are_painted(make_clients: Make) -> None:
    journey = Journey(steps=(Step(name="paid", paid=True), Step(name="1m", months=1)))
    days = ["2026-04-10"] * 12 + ["2026-07-10"] * 12
    rows = pd.DataFrame({"client": "x", "lead_date": days, "paid": "1", "painted": [None] * 23 + ["red"]})
    found = Funnel(make_clients(rows, journey), "2026-09-15").periods("2026-Q3", "2026-Q2")
    assert found.loc[1, ["before_n", "before_reached", "after_n", "after_reached"]].tolist() == [
        12,
        12,
        11,  # the client who was painted red left on an unknown day: not counted
        11,
    ]


def test_both_sides_see_the_events() -> None:
    journey = Journey(
        stages=(Stage(name="Lead", default=True), Stage(name="Won", paid=True)),
        events=Events(tab="Log", advance={"Bought": "Won"}), period="30 days",
    )  # fmt: skip
    days = pd.to_datetime(["2026-04-10"] * 12 + ["2026-07-10"] * 12).astype("datetime64[s]")
    table = pd.DataFrame({"row": range(2, 26), "client": "x", "lead_date": days})
    log = pd.DataFrame({"client": range(24), "when": days + pd.Timedelta(days=9), "event": "Bought"})
    log = log.assign(amount=np.nan).astype({"event": "category"})
    found = Funnel(clients_of(table, journey, events=log), "2026-09-15").periods("2026-Q3", "2026-Q2")
    assert found.loc[1, ["before_n", "before_reached", "after_n", "after_reached"]].tolist() == [12] * 4


def test_the_newest_quarter_that_can_be_compared(make_clients: Make) -> None:
    clients = gym(make_clients, (40, 44))
    assert (
        Funnel(clients, "2026-08-05").periods()["after_leads"][0] == "2026-Q2"
    )  # July's 30 days are not over
    assert Funnel(clients, "2026-08-09").periods()["after_leads"][0] == "2026-Q3"
    few = Funnel(gym(make_clients, (2, 2), leads=4), "2026-09-15").periods()
    assert few["after_leads"][0] == "2026-Q3"
    assert periods_sentence(few).startswith("Too few to call (leads of 2026-Q3 against those of 2026-Q2)")
    assert few["verdict"][0] == "too few to call (from 50 % (2 of 4) to 50 % (2 of 4))"


def test_equal_age(make_clients: Make) -> None:
    """A mark that came later than that age, and a lead who was not there yet, do not count."""
    rows = [
        {"client": "early", "lead_date": "2026-04-10", "met": "2026-05-01"},
        {"client": "late", "lead_date": "2026-04-10", "met": "2026-08-01"},
        {"client": "young", "lead_date": "2026-06-20", "met": "2026-06-21"},
        {"client": "new", "lead_date": "2026-07-10", "met": "2026-07-11"},
    ]
    funnel = Funnel(make_clients(pd.DataFrame(rows).assign(paid=""), JOURNEY), "2026-09-15")
    found = funnel.periods("2026-Q3", "2026-Q2").iloc[0]
    assert found[["before_n", "before_reached", "after_n", "after_reached"]].tolist() == [2, 1, 1, 1]


def test_any_two_ranges(make_clients: Make) -> None:
    funnel = Funnel(gym(make_clients, (20, 48)), "2026-09-15")
    found = funnel.periods("2026-07-01..2026-07-20", "2026-04")
    assert found[["before_leads", "before_as_of"]].iloc[0].tolist() == ["2026-04", "2026-06-26"]
    assert found["before_n"].tolist() == [60, 20]
    nobody = funnel.periods("2026-08", "2026-05")
    assert np.isnan(nobody["change"]).all()
    assert nobody["verdict"][0] == "cannot be compared: one side has no clients due"
    with pytest.raises(UsageError) as error:
        funnel.periods("2026-04", "2026-07")
    assert str(error.value) == ("2026-07 does not end before 2026-04 begins; name the later range first.")
