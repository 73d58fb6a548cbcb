"""Leavers of the worked example, counted by hand."""

import numpy as np
import pandas as pd
import pytest
from tables import clients_of

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.metrics.tables.leavers import COLUMNS
from funnel.schema import step_date, step_mark

PAID_ON = step_date("paid")


def counts(funnel: Funnel, by: str) -> list[list[object]]:
    return funnel.leavers(by)[[by, "n"]].to_numpy().tolist()


def test_reasons(clients: Clients) -> None:
    found = Funnel(clients, "2026-07-01").leavers()
    assert list(found) == ["reason", *COLUMNS]
    assert found[["reason", "n", "dated"]].to_numpy().tolist() == [
        ["Price", 2, 1], ["Injury", 1, 1], ["Moved away", 1, 1],
    ]  # fmt: skip
    assert found["share"].tolist() == [0.5, 0.25, 0.25]
    assert found["added_up"].tolist() == [0.5, 0.75, 1]
    assert found["median_months"].tolist() == pytest.approx([28 / 30.4375, 126 / 30.4375, 165 / 30.4375])
    assert np.isnan(found["median_months_after_paid"]).all()  # no paid mark carries a date


def test_step_months_and_columns(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    assert counts(funnel, "step") == [["3m", 2], ["met", 1], ["paid", 1]]  # Ben and Cat; Fay; Eva
    assert counts(funnel, "months") == [["0", 1], ["4", 1], ["5", 1], ["(blank)", 1]]
    assert counts(funnel, "months after paid") == [["(blank)", 4]]
    assert counts(funnel, "Source of lead") == [["Ads", 3], ["Referral", 1]]
    assert counts(funnel, "quarter") == [["2025-Q4", 2], ["2026-Q1", 2]]


def test_months_after_paid(clients: Clients) -> None:
    dated = clients.table.assign(
        **{PAID_ON: clients.table["lead_date"].where(clients.table[step_mark("paid")])}
    )
    dated[PAID_ON] += np.timedelta64(20, "D")
    found = Funnel(Clients(dated, clients.journey), "2026-07-01").leavers("months after paid")
    kinds = found.iloc[:, :2].to_numpy().tolist()
    assert kinds == [["0", 1], ["3", 1], ["4", 1], ["(blank)", 1]]  # 8, 106 and 145 days
    assert found["median_months_after_paid"].tolist()[0] == pytest.approx(8 / 30.4375)


def test_nobody_left(clients: Clients) -> None:
    found = Funnel(
        Clients(clients.table.drop(columns=["left_date", "left_reason"]), clients.journey), "2026-07-01"
    )
    assert list(found.leavers()) == ["reason", *COLUMNS]
    assert len(found.leavers("step")) == 0
    undated = Clients(clients.table.drop(columns=["left_reason"]), clients.journey)
    assert Funnel(undated, "2026-07-01").leavers()[["reason", "n"]].to_numpy().tolist() == [["(blank)", 3]]
    with pytest.raises(UsageError, match="There is no column 'sauce'"):
        Funnel(clients, "2026-07-01").leavers("sauce")


def test_reasons_by_step() -> None:
    """Ana and Ben left after Met for the price, Cat moved, Dan left before it without a reason; Eva stays."""
    table = pd.DataFrame({
        "client": ["Ana", "Ben", "Cat", "Dan", "Eva"], "left_reason": ["Price", "Price", "Moved", None, None],
        "left_date": pd.to_datetime(["2026-03-01"] * 4 + [None]), "Met": [True, True, True, False, True],
        "Paid": [False] * 5, "lead_date": pd.to_datetime(["2026-01-01"] * 5),
    })  # fmt: skip
    journey = Journey(steps=(Step(name="Met"), Step(name="Paid", paid=True)))
    found = Funnel(clients_of(table, journey), "2026-07-01").reasons_by_step
    assert found[["step", "reason", "clients", "n"]].values.tolist() == [
        ["before the first step", "(blank)", 1, 1], ["Met", "Price", 2, 3], ["Met", "Moved", 1, 3],
    ]  # fmt: skip
    assert found["share"].tolist() == [1, pytest.approx(2 / 3), pytest.approx(1 / 3)]
    assert found["low"].round(4).tolist() == [0.2065, 0.2077, 0.0615]  # Wilson of 1/1, 2/3, 1/3


def test_nobody_left_for_a_reason() -> None:
    table = pd.DataFrame({"client": ["Ana"], "left_reason": [None], "Met": [True]})
    clients = clients_of(table.astype({"left_reason": "str"}), Journey(steps=(Step(name="Met"),)))
    assert not len(Funnel(clients, "2026-07-01").reasons_by_step)
