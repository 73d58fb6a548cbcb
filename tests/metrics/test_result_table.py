"""Result tables: pandas DataFrames, indexed by what a row is, whose HTML is made for reading."""

import copy
import datetime as dt
import pickle

import pandas as pd
import pytest
from tables import clients_of

from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.metrics.core.records import records
from funnel.metrics.result_table import ResultTable

STEPS = Journey(steps=(Step(name="Met"), Step(name="Paid", paid=True), Step(name="1m", months=1)))


@pytest.fixture
def small() -> Funnel:
    table = pd.DataFrame(
        {"row": [2, 3], "client": ["Ana", "Ben"], "coach": ["Zoe", "Kit"], "Met": True, "Paid": True}
    )
    return Funnel(clients_of(table.assign(lead_date=pd.Timestamp("2026-01-05")), STEPS), "2026-07-01")


def test_rows_are_indexed_by_what_they_are(small: Funnel) -> None:
    assert small.steps.loc["Paid", "marked"] == 2
    assert small.leaks.loc["Paid", "n"] == 2
    assert small.retention.loc[("leads", "lead", 1), "eligible"] == 2
    assert small.compare("coach").loc[("Zoe", "Paid"), "marked"] == 1
    assert small.cohorts().loc[("2026-01", "Met"), "reached"] == 2


def test_columns_and_records_are_those_of_json(small: Funnel) -> None:
    assert list(small.steps)[:3] == ["step", "kind", "column"]
    assert records(small.steps)[1]["step"] == "Paid"
    assert small.to_json()["steps"] == records(small.steps)


def test_it_is_a_dataframe_and_what_is_made_of_it_keeps_titles(small: Funnel) -> None:
    assert isinstance(small.steps, pd.DataFrame)
    some = small.steps[small.steps["marked"] > 0].sort_values("step")
    assert isinstance(some, ResultTable)
    assert ">Marked</th>" in str(some._repr_html_())
    assert type(small.steps["marked"]) is pd.Series


def test_grouping_and_merging_by_a_column_are_not_ambiguous(small: Funnel) -> None:
    assert small.steps.groupby("step")["marked"].sum()["Met"] == 2
    assert len(small.steps.merge(small.leaks, on="step")) == 3


def test_a_copy_from_a_file_has_no_titles_but_shows_itself(small: Funnel) -> None:
    stored = pickle.loads(pickle.dumps(small.steps))
    assert stored.about is None
    assert "marked" in stored._repr_html_()
    assert copy.copy(small.steps).about is not None


def test_the_day_is_today_by_default(small: Funnel) -> None:
    assert Funnel(small.clients).as_of == dt.date.today()


def test_only_public_names_are_listed(small: Funnel) -> None:
    assert [name for name in dir(small) if name.startswith("_")] == []
    assert {"compare", "where", "steps", "stages", "plot"} <= set(dir(small))
