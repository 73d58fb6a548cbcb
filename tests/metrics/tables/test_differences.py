"""Sentences on segments: a true difference, none, too few, chance, a column filled in along the journey."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from null_sheets import claims, sentences_of_null_sheet

from funnel.clients import Clients
from funnel.journey import Journey, Step
from funnel.metrics import Funnel

Make = Callable[..., Clients]
JOURNEY = Journey(steps=(Step(name="met"), Step(name="paid", paid=True)))


def said(make_clients: Make, groups: dict[str | None, tuple[int, int, int]]) -> tuple[str, ...]:
    return funnel_of(make_clients, groups).differences("coach")


def funnel_of(make_clients: Make, groups: dict[str | None, tuple[int, int, int]]) -> Funnel:
    """Of each coach: so many leads, so many met, so many paid."""
    rows = [
        {"coach": coach, "met": "1" if i < met else "", "paid": "1" if i < paid else ""}
        for coach, (leads, met, paid) in groups.items()
        for i in range(leads)
    ]
    table = pd.DataFrame(rows).assign(client="x", lead_date="2026-01-05")
    return Funnel(make_clients(table, JOURNEY), "2026-07-01")


def test_a_difference(make_clients: Make) -> None:
    assert said(make_clients, {"Max": (40, 40, 10), "Zoe": (40, 40, 36)}) == (
        "Max loses more at paid: 75 % (30 of 40, 60–86 %) against 10 % (4 of 40) of the others (chi-square, "
        "Yates, p < 0.001 after Holm).",
        "Zoe loses fewer at paid: 10 % (4 of 40, 4–23 %) against 75 % (30 of 40) of the others (chi-square, "
        "Yates, p < 0.001 after Holm).",
    )


def test_none(make_clients: Make) -> None:
    assert said(make_clients, {"Max": (40, 40, 20), "Zoe": (40, 38, 20)}) == (
        "No coach differs from the others beyond chance.",
    )


def test_too_few(make_clients: Make) -> None:
    assert said(make_clients, {"Max": (40, 40, 30), "Zoe": (4, 4, 0)}) == (
        "Too few to call: at no step are 10 clients of a value, and 10 others, due.",
    )
    only_one = ("There is only one value: nothing to compare.",)
    assert said(make_clients, {"Max": (40, 40, 30)}) == only_one
    assert said(make_clients, {"Max": (40, 40, 30), None: (40, 10, 0)}) == only_one
    assert said(make_clients, {None: (40, 10, 0)}) == ("There are no values.",)


def test_blank_cells_are_not_among_the_others(make_clients: Make) -> None:
    # Half of the blank cells' clients were lost as well; against them, Max and Zoe would look good
    assert said(make_clients, {"Max": (40, 36, 36), "Zoe": (40, 36, 36), None: (80, 8, 0)}) == (
        "No coach differs from the others beyond chance.",
    )


def test_a_column_filled_in_on_the_way_is_compared_after_that_step(make_clients: Make) -> None:
    filled = (
        "Coach is filled in only for clients who reached met: its values are compared at the steps "
        "after that."
    )
    assert said(make_clients, {"Max": (30, 30, 20), "Zoe": (30, 30, 20), None: (60, 5, 0)}) == (
        "No coach differs from the others beyond chance.",
        filled,
    )
    assert said(make_clients, {"Max": (30, 30, 5), "Zoe": (30, 30, 25), None: (60, 5, 0)})[1:] == (
        "Zoe loses fewer at paid: 17 % (5 of 30, 7–34 %) against 83 % (25 of 30) of the others (chi-square, "
        "Yates, p < 0.001 after Holm).",
        filled,
    )


def test_a_column_filled_in_on_the_way_gives_no_target_before_that_step(make_clients: Make) -> None:
    found = funnel_of(make_clients, {"Max": (30, 30, 20), "Zoe": (30, 30, 25), None: (60, 5, 0)})
    segments = found.by("coach")
    assert segments[segments["compared"]]["step"].unique().tolist() == ["paid"]
    assert segments[segments["step"] == "met"]["p_settled"].isna().all()
    # Met: 65 of 120 in all; nobody is an example, so 10 points more
    assert found.leaks_by("coach").set_index("step")["target"]["met"] == pytest.approx(65 / 120 + 0.1)


def test_a_few_blank_cells_do_not_make_a_column_filled_in_on_the_way(make_clients: Make) -> None:
    found = funnel_of(make_clients, {"Max": (30, 28, 20), "Zoe": (30, 29, 20), None: (3, 1, 0)})
    assert found.by("coach").groupby("value")["compared"].all().to_dict() == {
        "(blank)": False, "Max": True, "Zoe": True,
    }  # fmt: skip


@pytest.mark.parametrize(("sheets", "claiming"), [(10, 1), pytest.param(100, 6, marks=pytest.mark.slow)])
def test_sheets_without_a_difference_seldom_claim_one(tmp_path: Path, sheets: int, claiming: int) -> None:
    found = [sentences_of_null_sheet(seed, tmp_path) for seed in range(sheets)]
    assert sum(map(claims, found)) <= claiming
