"""Sentences on segments: a true difference, none, too few, and blanks that were to be filled in later."""

from collections.abc import Callable

import pandas as pd

from funnel.clients import Clients
from funnel.journey import Journey, Step
from funnel.metrics import Funnel

Make = Callable[..., Clients]
JOURNEY = Journey(steps=(Step(name="met"), Step(name="paid", paid=True)))


def said(make_clients: Make, groups: dict[str | None, tuple[int, int, int]]) -> tuple[str, ...]:
    """Of each coach: so many leads, so many met, so many paid."""
    rows = [
        {"coach": coach, "met": "1" if i < met else "", "paid": "1" if i < paid else ""}
        for coach, (leads, met, paid) in groups.items()
        for i in range(leads)
    ]
    table = pd.DataFrame(rows).assign(client="x", lead_date="2026-01-05")
    return Funnel(make_clients(table, JOURNEY), "2026-07-01").differences("coach")


def test_a_difference(make_clients: Make) -> None:
    assert said(make_clients, {"Max": (40, 40, 10), "Zoe": (40, 40, 36)}) == (
        "Max loses more at paid: 75 % (30 of 40, 60–86 %) against 10 % (4 of 40) of the others (chi-square, "
        "Yates, p < 0.001 after Holm).",
        "Zoe loses fewer at paid: 10 % (4 of 40, 4–23 %) against 75 % (30 of 40) of the others (chi-square, "
        "Yates, p < 0.001 after Holm).",
    )


def test_none(make_clients: Make) -> None:
    assert said(make_clients, {"Max": (40, 40, 20), "Zoe": (40, 38, 20)}) == (
        "No value differs from the others by more than chance would, at any step.",
    )


def test_too_few(make_clients: Make) -> None:
    assert said(make_clients, {"Max": (40, 40, 30), "Zoe": (4, 4, 0)}) == (
        "Too few to call: at no step is the time of 10 clients up, of a value and of the others.",
    )
    assert said(make_clients, {"Max": (40, 40, 30)}) == ("There is only one value: nothing to compare.",)


def test_blanks_that_are_filled_in_on_the_way_blame_nobody(make_clients: Make) -> None:
    assert said(make_clients, {"Max": (30, 30, 20), "Zoe": (30, 30, 20), None: (60, 5, 0)}) == (
        "No value differs from the others by more than chance would, at the other steps.",
        "Blank cells differ at met. Where coach is only filled in on the way, these are clients who had not "
        "come so far: compare the named values at the steps after it.",
    )
