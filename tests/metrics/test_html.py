"""Results as HTML tables: titles and units of the registry, percent with n, the worst step marked."""

import datetime as dt

import pandas as pd
import pytest
from tables import clients_of

from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.metrics.html import result_html

STEPS = Journey(steps=(Step(name="Met"), Step(name="<Paid>", paid=True)))


@pytest.fixture
def small() -> Funnel:
    """Forty leads of January: all were met, 12 paid, 28 did not; all are due."""
    table = pd.DataFrame(
        {"row": range(2, 42), "client": "Ana", "Met": True, "<Paid>": [i < 12 for i in range(40)]}
    )
    table["lead_date"] = pd.Timestamp("2026-01-05")
    return Funnel(clients_of(table, STEPS), dt.date(2026, 7, 1))


def test_percent_with_n_and_the_worst_step_marked(small: Funnel) -> None:
    html = small.steps._repr_html_()
    assert html is not None
    assert "<caption>Steps, as of 2026-07-01</caption>" in html
    assert '>70 % (55–82) <span style="opacity: .7">of 40</span></td>' in html
    assert '<th scope="row" style="text-align: left">▼ &lt;Paid&gt;</th>' in html
    assert "▼ This step loses most." in html
    assert "0.7" not in html.replace("opacity: .7", "")


def test_some_columns_keep_titles_and_units(small: Funnel) -> None:
    html = small.steps[["step", "of_leads", "settled_n"]]._repr_html_()
    assert html is not None
    assert "% of leads" in html
    assert ">30 %" in html
    assert ">Step</th>" in html


def test_a_click_on_a_number_asks_for_what_the_caller_names(small: Funnel) -> None:
    html = result_html(small, "steps", lambda column, row: f"{row['step']}|{column.name}")
    assert 'data-pick="&lt;Paid&gt;|marked">12</button>' in html


def test_a_result_that_is_missing_says_why(small: Funnel) -> None:
    assert result_html(small, "retention") == "<p>Still here: The journey has no retention steps.</p>"


def test_the_funnel_begins_with_the_verdict(small: Funnel) -> None:
    assert small._repr_html_().startswith(
        "<p>Funnel: 2 steps, 40 clients, as of 2026-07-01</p><p>Met → &lt;Paid&gt; loses most: 28 of 40"
    )
    assert small.verdict._repr_html_().startswith("<p>Met → &lt;Paid&gt; loses most")  # type: ignore[attr-defined]
