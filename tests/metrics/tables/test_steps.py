"""The steps table of the worked example, number by number, and what differs from it."""

import math
from collections.abc import Callable

import pandas as pd
import pytest

from funnel.clients import Clients
from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.metrics.tables.steps import COLUMNS

WORKED = {
    "marked": [11, 9, 7, 5, 4, 2],
    "passed": [11, 10, 7, 6, 4, 2],
    "nested": [11, 9, 6, 3, 2, 1],
    "of_leads": [0.916667, 0.75, 0.583333, 0.416667, 0.333333, 0.166667],
    "of_previous": [11 / 12, 9 / 11, 7 / 9, 5 / 7, 4 / 5, 2 / 4],
    "drop_off": [0.083333, 0.181818, 0.222222, 0.285714, 0.2, 0.5],
    "lost": [1, 2, 2, 2, 1, 2],
    "low": [0.646120, 0.467695, 0.319511, 0.193260, 0.138120, 0.046965],
    "high": [0.985135, 0.911058, 0.806740, 0.680489, 0.609378, 0.448031],
    "reached": [11, 10, 7, 6, 5, 2],
    "left": [0, 0, 1, 2, 2, 4],
    "not_due": [1, 1, 3, 1, 3, 5],
    "overdue": [0, 1, 1, 2, 1, 0],
    "undated": [0, 0, 0, 1, 1, 1],
    "skipped": [0, 1, 0, 1, 0, 0],
    "settled_n": [8, 8, 7, 6, 5, 3],
    "settled_reached": [8, 7, 6, 5, 5, 1],
    "settled_left": [0, 0, 1, 1, 0, 2],
    "settled_overdue": [0, 1, 0, 0, 0, 0],
    "settled_drop_off": [0, 0.125, 0.142857, 0.166667, 0, 0.666667],
    "settled_low": [0, 0.022417, 0.025680, 0.030053, 0, 0.207660],
    "settled_high": [0.324408, 0.470888, 0.513128, 0.563503, 0.434482, 0.938508],
    "unknown": [0] * 6,
    "column": list("EFGHIJ"),
    "header": [
        "Client contacted", "Client meeting had", "First paid session",
        "One month post-lead", "Three months post-lead", "Six months post-lead",
    ],
    "kind": ["step"] * 3 + ["retention"] * 3,
    "step": ["contacted", "met", "paid", "1m", "3m", "6m"],
}  # fmt: skip


@pytest.mark.parametrize("column", COLUMNS)
def test_worked_example(clients: Clients, column: str) -> None:
    found = Funnel(clients, "2026-07-01").steps[column].tolist()
    if isinstance(WORKED[column][0], str):
        assert found == WORKED[column]
    else:
        assert found == pytest.approx(WORKED[column], abs=5e-7)


def test_columns_are_those_of_json_and_counts_are_integers(clients: Clients) -> None:
    steps = Funnel(clients, "2026-07-01").steps
    assert list(steps) == list(COLUMNS)
    assert steps.index.tolist() == steps["step"].tolist()
    counts = ["marked", "passed", "nested", "lost", "reached", "undated", "skipped", "settled_n"]
    assert {str(steps[name].dtype) for name in counts} == {"int64"}


def test_other_counts_carry_the_rates(clients: Clients) -> None:
    passed = Funnel(clients, "2026-07-01", counts="passed").steps
    assert passed["of_previous"].tolist() == pytest.approx([11 / 12, 10 / 11, 7 / 10, 6 / 7, 4 / 6, 2 / 4])
    nested = Funnel(clients, "2026-07-01", counts="nested").steps
    assert nested["of_leads"].tolist() == pytest.approx([n / 12 for n in (11, 9, 6, 3, 2, 1)])
    assert nested["lost"].tolist() == [1, 2, 3, 3, 1, 1]
    assert nested["marked"].tolist() == WORKED["marked"]


def test_on_5_july_dans_six_months_are_due(clients: Clients) -> None:
    before, after = (Funnel(clients, day).steps.iloc[5] for day in ("2026-07-04", "2026-07-05"))
    assert (before["settled_reached"], before["settled_n"]) == (1, 3)
    assert (after["settled_reached"], after["settled_n"]) == (2, 4)


def test_as_of_31_may_two_things_have_not_happened(clients: Clients) -> None:
    steps = Funnel(clients, "2026-05-31").steps
    assert steps["marked"].tolist() == [11, 8, 7, 5, 4, 2]  # Jon's meeting is dated 1 June
    assert steps["of_leads"].tolist() == pytest.approx([n / 11 for n in (11, 8, 7, 5, 4, 2)])  # without Kim


def test_counts_may_rise_from_step_to_step(make_clients: Callable[..., Clients]) -> None:
    journey = Journey(steps=(Step(name="a"), Step(name="b")))
    rows = pd.DataFrame({"client": ["x", "y"], "a": ["", "1"], "b": ["1", "1"]})
    steps = Funnel(make_clients(rows, journey), "2026-01-01").steps
    assert steps["lost"].tolist() == [1, -1]
    assert steps["drop_off"].tolist() == [0.5, -1.0]


def test_nobody_at_all_is_undefined(make_clients: Callable[..., Clients]) -> None:
    journey = Journey(steps=(Step(name="a"), Step(name="1m", months=1)))
    rows = pd.DataFrame({"client": [], "a": [], "lead_date": [], "left_date": []}, dtype=str)
    funnel = Funnel(make_clients(rows, journey), "2026-01-01")
    assert funnel.leads == 0
    rates = ["of_leads", "of_previous", "drop_off", "low", "settled_drop_off", "settled_high"]
    assert funnel.steps[rates].isna().all(axis=None)
    assert funnel.retention[["rate", "low", "high"]].isna().all(axis=None)
    assert funnel.survival.empty
    assert funnel.leaks["n"].tolist() == [0, 0]


def test_optional_steps_are_counted_but_no_link(make_clients: Callable[..., Clients]) -> None:
    journey = Journey(
        steps=(Step(name="a"), Step(name="tour", optional=True), Step(name="b"), Step(name="c", paid=True))
    )
    rows = pd.DataFrame(
        {"client": list("wxyz"), "lead_date": ["2026-01-01"] * 4}
        | {
            "a": ["1", "1", "1", ""],
            "tour": ["", "1", "", "1"],
            "b": ["1", "1", "", ""],
            "c": ["1", "", "", ""],
        }
    )
    steps = Funnel(make_clients(rows, journey), "2026-07-01").steps.set_index("step")
    assert steps["marked"].tolist() == [3, 2, 2, 1]
    assert steps["of_previous"].tolist() == pytest.approx([3 / 4, 2 / 3, 2 / 3, 1 / 2])  # b stands on a
    assert steps.loc["tour", "reached"] == 2  # b does not prove the tour
    assert steps.loc["a", "reached"] == 3  # nor the tour a
    assert steps["nested"].tolist() == [3, 1, 2, 1]
    assert steps.loc["tour", "skipped"] == 0


def test_a_step_without_a_column_has_no_cells_to_count(make_clients: Callable[..., Clients]) -> None:
    journey = Journey(steps=(Step(name="a"), Step(name="1m", months=1), Step(name="2m", months=2)))
    rows = pd.DataFrame({"client": ["x"], "lead_date": ["2026-01-01"], "left_date": [""], "a": ["1"]})
    steps = Funnel(make_clients(rows, journey), "2026-02-01").steps
    assert steps["marked"].tolist()[0] == 1
    assert all(math.isnan(value) for value in steps["marked"].tolist()[1:])
    assert steps["of_leads"].isna().tolist() == [False, True, True]
    assert steps["reached"].tolist() == [1, 1, 0]
    assert steps["settled_n"].tolist() == [0, 1, 0]  # "a" has until April, and counts as reached all the same
