"""The facade: how it is made, what it says of itself, and what had to be assumed."""

import datetime as dt
import re

import pandas as pd
import pytest

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.metrics import Funnel


def test_facts(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    assert repr(funnel) == "Funnel: 6 steps, 12 clients, as of 2026-07-01"
    assert (funnel.leads, funnel.leads_after_as_of, funnel.undated_leavers) == (12, 0, 1)
    assert funnel.journey is clients.journey


@pytest.mark.parametrize(
    "day", ["2026-07-01", dt.date(2026, 7, 1), dt.datetime(2026, 7, 1, 15), pd.Timestamp("2026-07-01")]
)
def test_as_of_in_any_form(clients: Clients, day: str | dt.date) -> None:
    assert Funnel(clients, day).as_of == dt.date(2026, 7, 1)
    assert type(Funnel(clients, day).as_of) is dt.date


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"as_of": "1/7/2026"}, "as_of='1/7/2026' is not a date; write it like \"2026-11-21\"."),
        (
            {"as_of": "2026-07-01", "counts": "settled"},
            "counts='settled' is not one of 'marked', 'passed', 'nested'.",
        ),
    ],
)
def test_wrong_arguments(clients: Clients, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as error:
        Funnel(clients, **arguments)
    assert str(error.value) == message


def test_frozen(clients: Clients) -> None:
    with pytest.raises(AttributeError):
        Funnel(clients, "2026-07-01").as_of = dt.date(2026, 1, 1)  # type: ignore[misc]


def test_notebooks_show_the_steps_and_who_is_still_here(clients: Clients) -> None:
    html = Funnel(clients, "2026-07-01")._repr_html_()
    assert html.startswith("<p>Funnel: 6 steps, 12 clients, as of 2026-07-01</p><p>Too few to call: ")
    assert '<th scope="row" style="text-align: left">paid</th><td style="text-align: right">7</td>' in html
    assert re.findall("<caption>(.*?)</caption>", html) == ["Steps", "Still here"]


def test_results_of_the_registry_are_attributes(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    assert {"steps", "gym", "stages", "advance", "engagement"} <= set(dir(funnel))
    assert funnel.gym is funnel.gym
    with pytest.raises(AttributeError, match="'Funnel' object has no attribute 'gyms'"):
        _ = funnel.gyms


def test_results_are_made_once(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    assert funnel.steps is funnel.steps
    assert funnel.retention is funnel.retention


def test_a_table_that_was_changed_is_not_the_one_of_the_next_call(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    for result in (funnel.leavers, lambda: funnel.by("source")):
        before = result().copy()
        changed = result()
        changed.iloc[:, -1] = -1
        changed.index = range(len(changed))
        pd.testing.assert_frame_equal(result(), before)
    assert "pooled" in funnel.by("source")
    assert "pooled" not in funnel.by("source", pooled=False)
