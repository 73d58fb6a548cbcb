"""Speed: hand-counted days, those still waiting as lifelines counts them, and a window."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from weeks import Week

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.metrics.tables.speed import COLUMNS, CURVE

Make = Callable[..., Clients]
JOURNEY = Journey(steps=(Step(name="met"), Step(name="paid", paid=True), Step(name="1m", months=1)))
ROWS = [  # lead, met, paid, left
    ("2026-01-01", "2026-01-11", "2026-01-31", None),
    ("2026-01-01", "2026-01-21", "", "2026-02-01"),  # left: set out, and did not get there
    ("2026-02-01", "2026-01-15", "", None),  # met before the lead: of no use
    ("2026-03-01", "1", "2026-03-11", None),  # met, but when?
    ("2026-06-21", "", "", None),  # ten days waiting
    ("2026-05-01", "2026-05-31", "2027-01-01", None),  # paid in the future: not yet
    (None, "2026-05-01", "2026-05-08", None),
]


@pytest.fixture
def funnel(make_clients: Make) -> Funnel:
    rows = pd.DataFrame(ROWS, columns=["lead_date", "met", "paid", "left_date"], dtype=object)
    return Funnel(make_clients(rows.assign(client="x", **{"1m": ""}), JOURNEY), "2026-07-01")


def test_by_hand(funnel: Funnel) -> None:
    found = funnel.time()
    assert list(found) == list(COLUMNS)
    assert found[["from", "to", "n", "reached", "waiting", "undated"]].to_numpy().tolist() == [
        ["Lead", "met", 4, 3, 1, 2],  # 10, 20, 30 days; 10 waiting
        ["Lead", "paid", 6, 2, 4, 0],  # 30, 10
        ["met", "paid", 5, 2, 3, 0],  # 20, 7; waiting since 21 January, 15 January, 31 May
    ]
    assert found["median"].tolist() == [20, 20, 13.5]
    assert found[["q1", "q3"]].iloc[0].tolist() == [15, 25]
    # of four, one is there on day 10, when all four were still seen: 25 %
    assert found[["quarter_by", "half_by", "three_quarters_by"]].iloc[0].tolist() == [10, 20, 30]
    assert found["half_by"].isna().tolist() == [False, True, True]


def test_the_curve_by_lifelines(funnel: Funnel) -> None:
    from lifelines import KaplanMeierFitter

    curve = funnel.time_curve("paid")
    assert list(curve) == list(CURVE)
    days, there = [30, 181, 150, 10, 10, 61], [1, 0, 0, 1, 0, 0]
    fitted = KaplanMeierFitter().fit(days, there)
    expected = 1 - fitted.survival_function_["KM_estimate"]
    assert curve["share"].tolist() == pytest.approx(expected.loc[curve["day"]].tolist())
    assert curve["day"].tolist() == [10, 30]
    assert curve["waiting"].tolist() == [6, 4]
    assert len(funnel.time_curve("1m")) == 0


def test_within(funnel: Funnel) -> None:
    found = funnel.time(within="20 days").iloc[0]
    # within 20 days of the lead: days 10 and 20, of the three who set out 20 days ago or earlier
    assert found[["within", "within_n", "within_reached"]].tolist() == ["20 days", 3, 2]
    assert found["within_rate"] == pytest.approx(2 / 3)
    assert funnel.time(within="1 month").iloc[0]["within_reached"] == 3
    with pytest.raises(UsageError) as error:
        funnel.time(within="soon")
    assert str(error.value) == (
        '\'soon\' is not a length of time; write it like "90 days", "6 weeks" or "3 months" (within).'
    )


def test_no_dated_marks(make_clients: Make) -> None:
    rows = pd.DataFrame(
        {"client": ["a"], "lead_date": ["2026-01-01"], "met": ["1"], "paid": [""], "1m": [""]}
    )
    funnel = Funnel(make_clients(rows, JOURNEY), "2026-07-01")
    assert list(funnel.time()) == list(COLUMNS)
    assert len(funnel.time(within="30 days")) == 0
    assert len(funnel.time_curve("met")) == 0


def test_marks_that_only_the_history_dates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leads of 2026-10-01, refreshed weekly from 10-05 on; Ana was marked before, and Dan never."""
    headers = ("Client name", "Date of lead", "Client contacted", "First paid session")
    week = Week(tmp_path, monkeypatch, headers, None)
    week.add(
        *[
            (name, dt.date(2026, 10, 1), mark)
            for name, mark in zip("ABCD", (1, None, None, None), strict=True)
        ]
    )
    week.refresh()
    assert week.funnel().time().empty
    for client, column in (("B", headers[2]), ("C", headers[2]), ("B", headers[3])):  # on 10-12, 10-19, 10-26
        week.next()
        week.type(client, 1, column)
        week.refresh()
    found = week.funnel().time().set_index(["from", "to"])
    columns = ["n", "reached", "waiting", "undated", "found", "median"]
    # B took 11 days and C 18; nobody knows how long A took; D waits, for 25 days so far.
    assert found.loc[("Lead", "Client contacted"), columns].tolist() == [3, 2, 1, 1, 2, 14.5]
    assert found.loc[("Lead", "First paid session"), columns].tolist() == [4, 1, 3, 0, 1, 25]
    assert found.loc[("Client contacted", "First paid session"), columns].tolist() == [2, 1, 1, 0, 1, 14]
    assert week.funnel().time_curve("Client contacted")["day"].tolist() == [11, 18]
    assert len(week.funnel().plot.time("Client contacted").lines)
