"""Segments: the worked example's tests, sums over values, blanks, and what is compared with what."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import clients_of

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.journey import Journey, Stage, Step
from funnel.metrics import Funnel
from funnel.metrics.core.flags import VALUES
from funnel.metrics.statistics.tests import FISHER
from funnel.metrics.tables.segments import COLUMNS, best_rates

Make = Callable[..., Clients]


def of(table: pd.DataFrame, step: str) -> pd.DataFrame:
    return table[table["step"] == step].set_index("value")


def test_worked_example(clients: Clients) -> None:
    found = Funnel(clients, "2026-07-01").by("source")
    assert list(found) == list(COLUMNS)
    paid = of(found, "paid").loc[["Referral", "Ads", "(blank)"]]
    assert (paid["by"] == "source").all()
    assert paid["marked"].tolist() == [4, 3, 0]
    assert paid["clients"].tolist() == [5, 6, 1]
    assert paid["test"].tolist() == [FISHER, FISHER, None]
    assert paid["p_of_leads"].tolist() == pytest.approx([0.545455, 0.545455, np.nan], abs=5e-7, nan_ok=True)
    assert paid["p_holm"].tolist() == pytest.approx([1, 1, np.nan], nan_ok=True)
    assert paid["compared"].tolist() == [True, True, False]
    # By hand. Referral: Ana, Cat, Dan, Hal; Ads: Ben, Eva, and Fay, who left; not Gus: no meeting
    assert paid["settled_n"].tolist() == [4, 3, 0]
    assert paid["settled_left"].tolist() == [0, 1, 0]
    assert np.isnan(paid["p_settled"]["(blank)"])
    assert paid["p_settled"]["Ads"] == pytest.approx(3 / 7)


def test_p_family_is_corrected_over_values_and_steps(make_clients: Make) -> None:
    # Met: Max 10 of 20 lost, Zoe 2 of 20, χ² = 40 × (160 − 20)² / (20 × 20 × 12 × 28) = 5.8333
    # Paid: 5 of 10, 9 of 18 (p = 1)
    rows = [
        {"client": "x", "lead_date": "2026-01-05", "coach": coach, "met": "1" if i < met else "",
         "paid": "1" if i < met // 2 else ""}
        for coach, met in (("Max", 10), ("Zoe", 18))
        for i in range(20)
    ]  # fmt: skip
    journey = Journey(steps=(Step(name="met"), Step(name="paid", paid=True)))
    found = Funnel(make_clients(pd.DataFrame(rows), journey), "2026-07-01").by("coach")
    met = of(found, "met")
    assert met["p_settled"].tolist() == pytest.approx([0.015725] * 2, abs=5e-7)
    assert met["p_holm_settled"].tolist() == pytest.approx((2 * met["p_settled"]).tolist())  # two values
    assert met["p_family"].tolist() == pytest.approx((4 * met["p_settled"]).tolist())  # at two steps
    assert of(found, "paid")["p_family"].tolist() == [1, 1]


def test_the_column_by_role_and_by_header(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    pd.testing.assert_frame_equal(funnel.by("source"), funnel.by("Source of lead"))
    with pytest.raises(UsageError) as error:
        funnel.by("sauce")
    assert str(error.value).startswith("There is no column 'sauce'; did you mean 'source'?")


def test_months_and_quarters_of_the_lead_date(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    quarters = funnel.by("quarter").drop_duplicates("value")[["value", "clients"]]
    assert quarters.to_numpy().tolist() == [
        ["2025-Q4", 3], ["2026-Q1", 5], ["2026-Q2", 3], ["(blank)", 1],
    ]  # fmt: skip
    assert funnel.by("month")["value"].unique().tolist() == [
        "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "(blank)",
    ]  # fmt: skip


def test_numbers_and_marks_as_values(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    assert funnel.by("value")["value"].unique().tolist() == ["100", "200", "300"]
    assert funnel.by("paid")["value"].unique().tolist() == ["False", "True"]


def test_blank_and_empty_text_are_one_value(make_clients: Make) -> None:
    rows = pd.DataFrame({"client": list("abcd"), "coach": [None, "", " ", "Zoe"], "met": ["1", "", "", "1"]})
    funnel = Funnel(make_clients(rows, Journey(steps=(Step(name="met"),))), "2026-07-01")
    assert funnel.by("coach")[["value", "clients"]].to_numpy().tolist() == [["Zoe", 1], ["(blank)", 3]]


def test_too_many_values(make_clients: Make) -> None:
    names = [f"n{i}" for i in range(201)]
    rows = pd.DataFrame({"client": names, "source": names, "met": "1"})
    with pytest.raises(UsageError) as error:
        Funnel(make_clients(rows, Journey(steps=(Step(name="met"),))), "2026-07-01").by("source")
    assert str(error.value) == (
        "'source' has 201 different values, more than 200: too many to compare side by side. Choose a column "
        "with fewer, such as 'source', 'coach' or 'month'."
    )


def test_the_whole_can_be_one_value(make_clients: Make) -> None:
    rows = pd.DataFrame({"client": ["a", "b"], "source": ["x", "x"], "met": ["1", ""]})
    funnel = Funnel(make_clients(rows, Journey(steps=(Step(name="met"),))), "2026-07-01")
    row = funnel.by("source").iloc[0]
    assert (row["value"], row["test"]) == ("x", None)
    assert row["pooled"] == pytest.approx(0.5)
    assert np.isnan(row["p_of_leads"])
    assert np.isnan(funnel.survival_by("source")["p"][0])


def test_no_clients(make_clients: Make) -> None:
    rows = pd.DataFrame({"client": ["a"], "lead_date": ["2027-01-01"], "source": ["x"], "met": ["1"]})
    funnel = Funnel(make_clients(rows, Journey(steps=(Step(name="met"),))), "2026-07-01")
    assert list(funnel.by("source")) == list(COLUMNS)
    assert (
        len(funnel.by("source"))
        == len(funnel.retention_by("source"))
        == len(funnel.survival_by("source"))
        == 0
    )
    assert funnel.to_json(by="source")["segments"] == []


def test_retention_and_survival_of_each_value(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    retention = funnel.retention_by("source")
    parts = retention.groupby(["of", "clock", "months"], sort=False)[["eligible", "reached", "left"]].sum()
    whole = funnel.retention.set_index(["of", "clock", "months"])[["eligible", "reached", "left"]]
    pd.testing.assert_frame_equal(parts, pd.DataFrame(whole), check_dtype=False)
    stay = funnel.survival_by("source").set_index("value")
    assert stay["clients"].to_dict() == {"Ads": 2, "Referral": 4, "(blank)": 0}
    # Of six at risk on day 28 two are Ads, of four on day 126 one, of three on day 165 one: 2/6 + 1/4 + 1/3
    assert stay["expected"]["Ads"] == pytest.approx(2 / 6 + 1 / 4 + 1 / 3)
    assert stay["left"].tolist() == [2, 1, 0]
    assert (
        stay["p"]["Ads"] == pytest.approx(stay["p"]["Referral"]) == pytest.approx(funnel.log_rank("source").p)
    )
    assert stay["median_days"]["Ads"] == 28


def test_the_best_value_gives_the_target(clients: Clients) -> None:
    funnel = Funnel(clients, "2026-07-01")
    segments = funnel.by("source")
    best = best_rates(segments, ["paid", "6m", "nothing"])
    named = segments[(segments["step"] == "paid") & (segments["value"] != "(blank)")]
    assert best == [pytest.approx(1 - named["settled_pooled"].min()), pytest.approx(best[1]), None]
    leaks = funnel.leaks_by("source").set_index("step")
    assert leaks["target"]["paid"] == pytest.approx(best[0])
    assert leaks["target"]["contacted"] == 1  # never lower than it is already


# --- what must hold of any sheet ---------------------------------------------------------------------------

JOURNEY = Journey(
    steps=(Step(name="met"), Step(name="paid", paid=True, due="30 days"), Step(name="1m", months=1))
)
DAYS = st.none() | st.dates(dt.date(2025, 11, 1), dt.date(2026, 6, 30))
ROWS = st.lists(
    st.fixed_dictionaries(
        {"client": st.just("x"), "lead_date": DAYS, "left_date": DAYS}
        | {"source": st.sampled_from([None, "Ads", "Referral"])}
        | {name: st.sampled_from(["", "1"]) for name in ("met", "paid", "1m")}
    ),
    min_size=1,
    max_size=10,
)
SUMS = ["marked", "passed", "nested", *VALUES, "skipped", "settled_n", "settled_reached", "settled_left"]


@settings(max_examples=examples(5))
@given(rows=ROWS, by=st.sampled_from(["source", "month"]), random=st.randoms(use_true_random=False))
def test_any_sheet(make_clients: Make, rows: list[dict[str, Any]], by: str, random: Any) -> None:
    def funnel(some: list[dict[str, Any]]) -> Funnel:
        return Funnel(make_clients(pd.DataFrame(some, dtype=object), JOURNEY), "2026-05-01")

    whole, table = funnel(rows), funnel(rows).by(by)
    if len(table):  # the segments add up to the whole
        parts = table.groupby("step", sort=False)[["clients", *SUMS]].sum()
        assert (parts["clients"] == whole.leads).all()
        pd.testing.assert_frame_equal(parts[SUMS], whole.steps.set_index("step")[SUMS], check_dtype=False)
    # nothing depends on the order of rows
    mixed = funnel(random.sample(rows, len(rows)))
    pd.testing.assert_frame_equal(mixed.by(by), table)
    pd.testing.assert_frame_equal(mixed.survival_by(by), whole.survival_by(by))
    for name in ("p_of_leads", "p_holm", "p_settled", "pooled", "settled_pooled"):
        known = table[name].dropna()
        assert ((known >= 0) & (known <= 1)).all()
    assert (table["p_holm"] >= table["p_of_leads"]).where(table["p_of_leads"].notna(), True).all()


def test_an_unknown_client_of_one_coach_does_not_hide_the_others() -> None:
    """Zoe has one lost client of whom nothing is recorded; of Max's 20, 14 came to Met and 6 to Won."""
    stages = (
        Stage(name="Lead", default=True), Stage(name="Met"), Stage(name="Won", paid=True),
        Stage(name="Cold", lost=True),
    )  # fmt: skip
    kept = ["Met"] * 4 + ["Won"] * 6 + ["Lead"] * 9 + ["Cold"] + ["Met"] * 8 + ["Won"] * 6 + ["Lead"] * 6
    table = pd.DataFrame(
        {"row": range(2, 42), "client": "x", "stage": kept, "coach": ["Zoe"] * 20 + ["Max"] * 20}
    )
    table["lead_date"] = pd.to_datetime(["2026-01-01"] * 40)
    text = dict.fromkeys(("client", "stage", "coach"), "str")
    funnel = Funnel(clients_of(table.astype(text), Journey(stages=stages)), "2026-07-01")
    columns = ["marked", "settled_n", "settled_drop_off"]
    found = funnel.by("coach").set_index(["value", "step"])
    assert found.loc["Max", columns].to_numpy().tolist() == [[20, 20, 0], [14, 20, 0.3], [6, 14, 8 / 14]]
    np.testing.assert_equal(found.loc[[("Zoe", "Won")], columns].to_numpy().tolist(), [[np.nan, 0, np.nan]])
    alone = funnel.where(coach="Max").steps[columns]
    assert found.loc["Max", columns].to_numpy().tolist() == alone.to_numpy().tolist()
    assert funnel.stages_by("coach").groupby("value_of", sort=True)["clients"].sum().tolist() == [20, 20]
    assert funnel.differences("coach") == (
        "No coach differs from the others beyond chance.",
        "Not compared at Met and Won: Zoe. It is unknown how far some of the lost clients came.",
    )
    assert funnel.survival_by("coach")["clients"].tolist() == [
        6,
        0,
    ]  # Max's six; of Zoe's, payment is unknown
