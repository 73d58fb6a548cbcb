"""The conversion window: what counts as reached, who are due, and marks without a date."""

import pandas as pd
import pytest
from tables import clients_of

from funnel.errors import UsageError
from funnel.journey import Journey, Stage, Step
from funnel.metrics import Funnel
from funnel.metrics.tables.speed import RESULT as TIME

JOURNEY = Journey(
    steps=(Step(name="Met", due="7 days"), Step(name="Paid", paid=True), Step(name="1m", months=1))
)


def table() -> pd.DataFrame:
    """The worked example of docs/definitions.md#conversion-window."""
    rows = pd.DataFrame({"row": range(2, 7), "client": ["Ana", "Ben", "Cat", "Dan", "Eva"]})
    rows["coach"] = ["Zoe", "Zoe", "Kit", "Kit", "Kit"]
    rows["lead_date"] = pd.to_datetime([*["2026-01-01"] * 4, "2026-02-20"])
    met = pd.to_datetime(["2026-01-05", "2026-01-31", "2026-02-01", None, "2026-02-25"])
    paid = pd.to_datetime(["2026-01-20", "2026-02-15", None, None, None])
    marks = {"Met": met.notna(), "Paid": paid.notna(), "1m": [True, True, False, False, False]}
    return rows.assign(**marks, **{"Met · date": met, "Paid · date": paid})


def funnel(within: str | None = "30 days", rows: pd.DataFrame | None = None) -> Funnel:
    return Funnel(clients_of(table() if rows is None else rows, JOURNEY), "2026-03-01", within=within)


def test_every_count_is_of_the_window() -> None:
    """As of 2026-03-01; 30 days from 2026-01-01 end on 2026-01-31. Met in time: Ana, Ben, Eva; paid: Ana."""
    steps = funnel().steps.set_index("step")
    assert steps["marked"].to_dict() == {"Met": 3, "Paid": 1, "1m": 2}
    assert steps["settled_n"].to_dict() == {"Met": 4, "Paid": 2, "1m": 1}  # Eva still has time
    assert steps["settled_overdue"].to_dict() == {"Met": 2, "Paid": 1, "1m": 0}
    assert steps["not_due"].to_dict() == {"Met": 0, "Paid": 1, "1m": 1}
    whole = funnel(None).steps.set_index("step")
    assert whole["marked"].to_dict() == {"Met": 4, "Paid": 2, "1m": 2}
    assert whole["settled_n"].to_dict() == {"Met": 5, "Paid": 0, "1m": 2}


def test_other_results_follow() -> None:
    found = funnel()
    cohorts = found.cohorts().set_index(["cohort", "step"])["reached"]
    assert cohorts[("2026-01", "Met")] == 2
    assert found.people("Met", "overdue")["client"].tolist() == ["Cat", "Dan"]
    assert found.people("Met", "overdue")["days_waiting"].tolist() == [29, 29]  # since 2026-01-31
    by = found.by("coach").set_index(["value", "step"])["marked"]
    assert by.to_dict() == {
        ("Zoe", "Met"): 2, ("Zoe", "Paid"): 1, ("Zoe", "1m"): 2,
        ("Kit", "Met"): 1, ("Kit", "Paid"): 0, ("Kit", "1m"): 0,
    }  # fmt: skip
    assert found.where(coach="Zoe").steps["marked"].tolist() == [2, 1, 2]
    assert found.to_json()["within"] == "30 days"
    assert funnel(None).to_json()["within"] is None
    assert found.assumed[0] == "Steps count as reached only within 30 days of the lead."


def test_a_mark_without_a_date_counts_and_is_counted_aloud() -> None:
    rows = table()
    rows.loc[2, "Met · date"] = pd.NaT
    found = funnel(rows=rows)
    assert found.steps["marked"].tolist() == [4, 1, 2]
    assert found.assumed[0] == (
        "Steps count as reached only within 30 days of the lead. 1 mark without a date counts as within it."
    )


def test_a_sheet_without_dates_has_no_window() -> None:
    with pytest.raises(UsageError) as error:
        funnel(rows=table().drop(columns=["Met · date", "Paid · date"]))
    assert str(error.value) == (
        "No mark has a date, so it is unknown who reached a step within 30 days. Type the date instead of "
        "a 1, or leave out the conversion window."
    )


def test_no_length_of_time() -> None:
    with pytest.raises(UsageError, match="'soon' is not a length of time"):
        funnel("soon")


def test_stages_have_a_window_by_their_dates() -> None:
    stages = (Stage(name="Lead", default=True), Stage(name="Won", paid=True))
    rows = pd.DataFrame({"client": ["Ana", "Ben"], "stage": ["Won", "Won"]}).astype("str")
    rows["lead_date"] = pd.to_datetime(["2026-01-01"] * 2)
    rows["when:^won"] = pd.to_datetime(["2026-01-10", "2026-02-10"])
    found = Funnel(clients_of(rows, Journey(stages=stages)), "2026-03-01", within="1 month")
    assert found.steps["marked"].tolist() == [2, 1]


def test_a_chart_of_a_window_names_it() -> None:
    assert "as of 2026-03-01 · 5 clients · reached within 30 days of the lead" in texts(funnel())
    assert "as of 2026-03-01 · 5 clients" in texts(funnel(None))


def texts(found: Funnel) -> list[str]:
    return [text.get_text() for text in found.plot.drop_off().figure.texts]


def test_times_in_a_narrow_terminal_keep_the_median() -> None:
    shown = TIME.alone
    assert shown is not None
    assert {"q1", "q3", "undated", "waiting"} <= set(shown.drop_first)
    assert "median" not in shown.drop_first
