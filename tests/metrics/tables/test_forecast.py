"""The forecast: the worked example's numbers, earned probabilities, and what history contradicts."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from examples import examples
from histories import history
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import clients_of

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.journey import Journey, Stage, Step
from funnel.metrics import Funnel
from funnel.metrics.tables.forecast import AMOUNTS, why_no_forecast
from funnel.metrics.tables.forecast_entry import VIEW
from funnel.metrics.tables.win_probability import PRIOR
from funnel.schema import step_date, step_mark

Make = Callable[..., Clients]
DAY = "2026-07-01"
ODDS = {"new": 0.1, "contacted": 0.2, "met": 0.4}


def with_odds(clients: Clients, odds: dict[str, float], **changes: object) -> Clients:
    """The same clients, by a journey that declares these probabilities."""
    journey = clients.journey
    steps = tuple(step.model_copy(update={"win_probability": odds.get(step.name)}) for step in journey.steps)
    update = {"steps": steps, "win_probability": odds.get("new")} | changes
    return Clients(clients.table, journey.model_copy(update=update), layout=clients.layout)


@pytest.mark.parametrize("declared", [True, False])
def test_worked_example(clients: Clients, declared: bool) -> None:
    if declared:
        found = Funnel(with_odds(clients, ODDS), DAY).forecast()
    else:
        found = Funnel(clients, DAY).forecast(ODDS)
    assert found.basis == ("declared" if declared else "given")
    assert (found.won, found.clients, found.overdue_clients, found.without_value) == (700.0, 3, 1, 0)
    assert found.expected == pytest.approx(210)
    assert found.spread == pytest.approx(179.164729, abs=1e-6)
    steps = found.steps.set_index("step")
    assert steps["clients"].to_dict() == {"new": 1, "contacted": 0, "met": 2}  # Kim; Ida and Jon
    assert steps["overdue_clients"].to_dict() == {"new": 0, "contacted": 1, "met": 0}  # Gus


def test_by_source_adds_up(clients: Clients) -> None:
    funnel = Funnel(with_odds(clients, ODDS), DAY)
    table = funnel.forecast_by("source")
    assert list(table) == ["by", "value", *AMOUNTS]
    assert [(row["value"], row["won"], row["expected"]) for row in table.to_dict("records")] == [
        ("(blank)", 0.0, pytest.approx(120)), ("Ads", 300.0, pytest.approx(80)),
        ("Referral", 400.0, pytest.approx(10)),
    ]  # fmt: skip
    assert (table["spread"] ** 2).sum() == pytest.approx(funnel.forecast().spread ** 2)


def test_a_step_without_a_probability_has_that_of_the_step_before(clients: Clients) -> None:
    steps = Funnel(clients, DAY).forecast({"contacted": 0.2}).steps
    assert steps["probability"].tolist() == [0.0, 0.2, 0.2]


def test_earned_is_anchored_on_those_whose_time_is_up(clients: Clients) -> None:
    # Ana to Hal are due to have paid: 8, of whom 6 paid, so q = 6.5/9. Of Ida, Jon, Kim, 3q are expected.
    found = Funnel(clients, DAY).forecast("earned")
    q = 6.5 / 9
    assert (found.share, found.settled, found.by_wait, found.changed) == (pytest.approx(q), 8, False, False)
    # By step: contacted 8, met 7 (not Gus), of whom 6 paid, drawn towards q. Kim is new, Ida and Jon met.
    met = (6 + PRIOR * q) / (7 + PRIOR)
    factor = 3 * q / (q + 2 * met)
    p = [q * factor, (6 + PRIOR * q) / (8 + PRIOR) * factor, met * factor]
    assert found.steps["n"].tolist() == [8, 8, 7]
    assert found.steps["probability"].tolist() == pytest.approx(p)
    assert p[0] + 2 * p[2] == pytest.approx(3 * q)
    expected = 100 * p[0] + 500 * p[2]
    assert found.expected == pytest.approx(expected)
    alone = p[0] * (1 - p[0]) + 2 * p[2] * (1 - p[2])
    excess = max(0, 3 * q * (1 - q) + 9 * q * (1 - q) / 10 - alone)
    mean = expected / (3 * q)
    chance = 100**2 * p[0] * (1 - p[0]) + (200**2 + 300**2) * p[2] * (1 - p[2])
    assert found.spread == pytest.approx(np.sqrt(mean**2 * excess + chance))


def test_who_has_paid_early_is_taken_off_the_total(make_clients: Make) -> None:
    """Of 40 settled 20 paid (q = 20.5/41 = ½); of 10 with time left 4 have paid, so 1 more is expected."""
    rows = pd.DataFrame(
        {"client": "x", "lead_date": ["2026-01-01"] * 40 + ["2026-06-01"] * 10, "value": 10}
        | {"paid": ["1"] * 20 + [""] * 20 + ["1"] * 4 + [""] * 6}
    )
    journey = Journey(steps=(Step(name="paid", paid=True),))
    found = Funnel(make_clients(rows, journey), DAY).forecast("earned")
    assert (found.share, found.clients, found.expected) == (0.5, 6, pytest.approx(10.0))
    rows.loc[40:46, "paid"] = "1"  # 7 of 10 have paid: more than were expected
    assert Funnel(make_clients(rows, journey), DAY).forecast("earned").expected == 0


def test_old_history_counts_only_where_there_is_little_new(make_clients: Make) -> None:
    """30 clients due in the last 365 days decide alone; with 29, all do."""
    journey = Journey(steps=(Step(name="paid", paid=True),))

    def share(recent: int) -> float:
        rows = pd.DataFrame({"client": "x", "lead_date": ["2024-01-01"] * 50 + ["2026-01-01"] * recent})
        rows = rows.assign(paid=["1"] * 50 + [""] * recent, value=1)
        return Funnel(make_clients(rows, journey), DAY).forecast("earned").share

    assert share(30) == pytest.approx(0.5 / 31)
    assert share(29) == pytest.approx(50.5 / 80)


def test_who_has_waited_long_gets_less(make_clients: Make) -> None:
    """All who pay do so after 10 days: a client who has waited 80 of 90 days is worth next to nothing."""
    rows = pd.DataFrame({"coach": "x", "lead_date": ["2026-01-01"] * 100, "value": 100})
    rows["paid"] = ["2026-01-11"] * 50 + [""] * 50
    fresh = pd.DataFrame({"coach": ["new", "old"], "lead_date": ["2026-06-30", "2026-04-12"], "value": 100})
    journey = Journey(steps=(Step(name="paid", paid=True),))
    funnel = Funnel(
        dated(make_clients, pd.concat([rows, fresh.assign(paid="")]).assign(client="x"), journey), DAY
    )
    found = funnel.forecast("earned")
    assert found.by_wait
    by = funnel.forecast_by("coach").set_index("value")["expected"]
    assert by["new"] > 10 * by["old"]
    assert found.expected == pytest.approx(by["new"] + by["old"])


def dated(make_clients: Make, rows: pd.DataFrame, journey: Journey) -> Clients:
    """Clients whose paid marks are all dates."""
    clients = make_clients(rows.assign(paid=""), journey)
    days = pd.to_datetime(pd.Series(rows["paid"].to_numpy()).replace("", None)).astype("datetime64[s]")
    table = clients.table.assign(**{step_mark("paid"): days.notna(), step_date("paid"): days})
    return Clients(table, journey)


@pytest.mark.parametrize(("leads", "off"), [(100, 0.15), (400, 0.1)])
@pytest.mark.parametrize("has_dates", [True, False])
@pytest.mark.parametrize("histories", [10, pytest.param(40, marks=pytest.mark.slow)])
def test_what_comes_is_what_was_expected(leads: int, off: float, has_dates: bool, histories: int) -> None:
    """10 simulated histories (CI: 40); benchmarks/forecast.py runs 1,000 (docs/definitions.md#forecast)."""
    found = []
    for seed in range(histories):
        one = history(seed, leads, noted=0.6, dated=has_dates)
        forecast = Funnel(one.clients, one.as_of.date()).forecast("earned")
        found.append((one.came, forecast.expected, forecast.spread))
    came, expected, spread = np.array(found).T
    chance = 2 * np.sqrt((spread**2).sum())  # of so few histories
    assert abs(came.sum() - expected.sum()) <= off * expected.sum() + chance
    assert (np.abs(came - expected) <= 2 * spread).mean() >= 0.85


def test_blank_values_are_counted_and_bring_nothing(make_clients: Make) -> None:
    rows = pd.DataFrame({"client": ["Ana", "Ben"], "lead_date": "2026-06-01", "value": ["100", None]})
    journey = Journey(steps=(Step(name="paid", paid=True),), win_probability=0.5)
    found = Funnel(make_clients(rows.assign(paid=""), journey), DAY).forecast()
    assert (found.clients, found.without_value, found.expected, found.spread) == (2, 1, 50.0, 50.0)


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        (
            {"mett": 0.5},
            "There is no step 'mett'; did you mean 'met'? There are 'new', 'contacted' and 'met'.",
        ),
        ({"met": 50}, "The win probability of 'met' is 50; it must be between 0 and 1."),
        (
            "declared",
            "The journey declares no `win_probability`. Write one below a step, or above all steps for a new "
            'lead; or use history: "earned".',
        ),
        (
            "earnt",
            "There is no kind of probability 'earnt'; did you mean 'earned'? There are 'declared' and "
            "'earned'.",
        ),
    ],
)
def test_wrong_probabilities_are_refused(clients: Clients, probabilities: object, message: str) -> None:
    with pytest.raises(UsageError) as error:
        Funnel(clients, DAY).forecast(probabilities)  # type: ignore[arg-type]
    assert str(error.value) == message


def test_why_there_is_none(clients: Clients, make_clients: Make) -> None:
    said = {}
    said["history"] = why_no_forecast(Funnel(clients, DAY).flagged)
    said["declared"] = why_no_forecast(Funnel(with_odds(clients, ODDS), DAY).flagged)
    rows = pd.DataFrame({"client": ["Ana"], "met": [""]})
    said["value"] = why_no_forecast(
        Funnel(make_clients(rows, Journey(steps=(Step(name="met", paid=True),))), DAY).flagged
    )
    said["paid"] = why_no_forecast(
        Funnel(make_clients(rows, Journey(steps=(Step(name="met"),))), DAY).flagged
    )
    assert said == {
        "history": "the journey declares no `win_probability`, and fewer than 10 clients are settled to earn "
        "one from",
        "declared": None,
        "value": "the sheet has no column of values (`columns.value` in the journey file)",
        "paid": "no step of the journey is the paid one (`paid = true`)",
    }
    with pytest.raises(UsageError) as error:
        Funnel(make_clients(rows, Journey(steps=(Step(name="met"),))), DAY).forecast()
    assert str(error.value) == (
        "There is no forecast: no step of the journey is the paid one (`paid = true`)."
    )


def sold(make_clients: Make, paid: int, n: int, odds: float) -> Clients:
    rows = pd.DataFrame({"client": "x", "lead_date": "2026-01-01", "met": ["1"] * n, "value": 100})
    rows["paid"] = ["1"] * paid + [""] * (n - paid)
    steps = (Step(name="met", win_probability=odds), Step(name="paid", paid=True))
    return make_clients(rows, Journey(steps=steps))


def test_history_contradicts_a_declared_probability(make_clients: Make) -> None:
    problems = Funnel(sold(make_clients, 26, 100, 0.4), DAY).problems
    found = [p for p in problems if p.kind == "win probability"]
    assert [(p.message, p.way_out, p.cell) for p in found] == [
        (
            "The journey says that 40 % of clients who reached 'met' pay; of 100 who were due, 26 did "
            "(26.0 %, 18–35 %).",
            "Change `win_probability` in the journey file, or remove it to use history instead.",
            None,
        )
    ]
    for clients in (sold(make_clients, 26, 100, 0.3), sold(make_clients, 0, 9, 0.9)):  # inside; too few
        assert not [p for p in Funnel(clients, DAY).problems if p.kind == "win probability"]


def test_in_json_null_without_a_forecast(clients: Clients) -> None:
    assert Funnel(clients, DAY).to_json()["forecast"] is None
    found = Funnel(with_odds(clients, ODDS), DAY).to_json(by="source")["forecast"]
    assert {"basis", *AMOUNTS, "share", "settled", "back_test", "steps", "segments"} <= set(found)
    assert (found["basis"], found["won"], round(found["expected"], 6)) == ("declared", 700.0, 210.0)
    assert found["steps"][0] | {"spread": 30.0} == {
        "step": "new", "probability": 0.1, "sd": None, "n": None, "clients": 1, "value": 100.0,
        "expected": 10.0, "spread": 30.0, "overdue_clients": 0,
        "stale_clients": 0, "stale_value": None, "stale_expected": None,  # fields of earlier versions
    }  # fmt: skip
    assert [row["value"] for row in found["segments"]] == ["(blank)", "Ads", "Referral"]


CLIENTS = st.lists(
    st.tuples(st.sampled_from(["", "1"]), st.sampled_from(["", "1"]), st.integers(0, 1000), st.booleans()),
    min_size=1, max_size=10,
)  # fmt: skip


@settings(max_examples=examples(15))
@given(rows=CLIENTS, new=st.floats(0, 1), met=st.floats(0, 1))
def test_between_nothing_and_everything(
    make_clients: Make, rows: list[tuple[str, str, int, bool]], new: float, met: float
) -> None:
    table = pd.DataFrame(rows, columns=["met", "paid", "value", "late"]).assign(client="x")
    table["lead_date"] = np.where(table["late"], "2026-01-01", "2026-06-01")
    journey = Journey(steps=(Step(name="met"), Step(name="paid", paid=True)))
    found = Funnel(make_clients(table, journey), DAY).forecast({"new": new, "met": met})
    open_ = table[table["paid"] == ""]
    assert found.won + open_["value"].sum() == table["value"].sum()
    assert 0 <= found.expected <= open_["value"][~open_["late"]].sum() + 1e-9
    assert 0 <= found.spread <= np.sqrt((open_["value"] ** 2).sum() / 4) + 1e-9


# --- stages -------------------------------------------------------------------------------------------------

STAGES = (
    Stage(name="Lead", default=True, win_probability=0.1), Stage(name="Offer", win_probability=0.5),
    Stage(name="Won", paid=True), Stage(name="Lost", lost=True),
)  # fmt: skip


def staged(rows: list[tuple[object, ...]], stages: tuple[Stage, ...] = STAGES) -> Clients:
    columns = ["stage", "value", "source", "coach", "lead_date"]
    table = pd.DataFrame(rows, columns=columns).assign(row=range(2, len(rows) + 2), client="x")
    table["lead_date"] = pd.to_datetime(table["lead_date"])
    texts = dict.fromkeys(("stage", "source", "coach", "client"), "str")
    return clients_of(table.astype(texts), Journey(stages=stages))


NEW, OLD = "2026-06-01", "2026-01-01"  # as of 1 July, the second is due
SALES = staged([
    (None, 100, "Ads", "Zoe", NEW), ("Lead", 200, "Ads", None, NEW), ("Offer", 400, "Fair", "Zoe", NEW),
    ("Offer", 300, "Fair", "Kit", OLD), ("Won", 1000, "Ads", "Kit", OLD), ("Lost", 500, "Fair", None, NEW),
])  # fmt: skip


def test_a_forecast_of_stages_by_stage_source_and_owner_counted_by_hand() -> None:
    funnel = Funnel(SALES, "2026-07-01")
    found = funnel.forecast()
    # .1 × 100 + .1 × 200 + .5 × 400; the variance is .09 × (100² + 200²) + .25 × 400²
    assert (found.won, found.expected, found.spread) == pytest.approx((1000, 230, np.sqrt(4500 + 40000)))
    assert (found.clients, found.overdue_clients) == (3, 1)
    by = {
        column: funnel.forecast_by(column).set_index("value")[["won", "expected", "spread"]].T.to_dict("list")
        for column in ("stage", "source", "coach")
    }
    assert by["stage"]["Lead"] == pytest.approx([0, 30, np.sqrt(4500)])
    assert by["stage"]["Offer"] == pytest.approx([0, 200, 200])
    assert by["stage"]["Won"] == [1000, 0, 0]
    assert by["stage"]["Lost"] == [0, 0, 0]
    assert by["source"]["Ads"] == pytest.approx([1000, 30, np.sqrt(4500)])
    assert by["source"]["Fair"] == pytest.approx([0, 200, 200])
    assert by["coach"]["Zoe"] == pytest.approx([0, 210, np.sqrt(900 + 40000)])
    assert by["coach"]["(blank)"] == pytest.approx([0, 20, 60])
    assert by["coach"]["Kit"] == [1000, 0, 0]
    assert funnel.stages.set_index("stage")["no_coach"].to_dict() == {
        "Lead": 1,
        "Offer": 0,
        "Won": 0,
        "Lost": 1,
    }


def settled(won: int, offer: int, lost: int, declared: float, reached: str | None = None) -> list[str]:
    stages = (STAGES[0].model_copy(update={"win_probability": None}),
              STAGES[1].model_copy(update={"win_probability": declared}), STAGES[2],
              STAGES[3].model_copy(update={"reached": reached}))  # fmt: skip
    rows = [(name, 1, "Ads", "Zoe", OLD) for name in ["Won"] * won + ["Offer"] * offer + ["Lost"] * lost]
    problems = Funnel(staged(rows, stages), "2026-07-01").problems  # type: ignore[arg-type]
    return [problem.message for problem in problems if problem.kind == "win probability"]


def test_history_contradicts_a_stage_only_where_it_does_so_whatever_became_of_the_lost() -> None:
    """30 of 40 paid who are known to have had an offer; of 60 more, lost, nobody knows if they had one."""
    assert settled(30, 10, 60, 0.5) == []  # 75 % if none of them had one, 30 % if all had
    assert settled(30, 10, 60, 0.1) == [
        "The journey says that 10 % of clients who reached 'Offer' pay; of 40 to 100 who were due, 30 "
        "did (30.0 % to 75.0 %, 22–86 %)."
    ]
    assert settled(30, 10, 60, 0.5, reached="Offer") == [
        "The journey says that 50 % of clients who reached 'Offer' pay; of 100 who were due, 30 did "
        "(30.0 %, 22–40 %)."
    ]
    assert settled(30, 10, 60, 0.5, reached="Lead") == [
        "The journey says that 50 % of clients who reached 'Offer' pay; of 40 who were due, 30 did "
        "(75.0 %, 60–86 %)."
    ]


def test_earned_of_stages_is_the_lowest_that_it_can_be() -> None:
    rows = [(name, 1, "Ads", "Zoe", OLD) for name in ["Won"] * 30 + ["Offer"] * 10 + ["Lost"] * 60]
    rows.append(("Offer", 1, "Ads", "Zoe", "2026-06-25"))  # the only client who still has time
    unknown = Funnel(staged(rows), "2026-07-01").forecast("earned").steps  # type: ignore[arg-type]
    told = (*STAGES[:3], STAGES[3].model_copy(update={"reached": "Offer"}))
    known = Funnel(staged(rows, told), "2026-07-01").forecast("earned").steps  # type: ignore[arg-type]
    assert unknown["probability"].tolist() == known["probability"].tolist()
    assert unknown.set_index("step")["probability"]["Offer"] == pytest.approx(30.5 / 101)
    assert unknown["n"].tolist() == [100, 100, 100]


def test_nobody_in_the_journey_has_no_probability() -> None:
    """30 of 40 paid, 10 are overdue: "0 %" would mean that the next client at the offer never pays."""
    rows = [(name, 1, "Ads", "Zoe", OLD) for name in ["Won"] * 30 + ["Offer"] * 10]
    stages = tuple(stage.model_copy(update={"win_probability": None}) for stage in STAGES)
    funnel = Funnel(staged(rows, stages), "2026-07-01")  # type: ignore[arg-type]
    steps = funnel.forecast("earned").steps
    assert steps["clients"].tolist() == [0, 0, 0]
    assert steps["probability"].isna().all()
    assert VIEW.sentence is not None
    assert callable(VIEW.note)
    assert [VIEW.sentence(funnel), VIEW.note(funnel)] == [
        "Value of paid clients: 30. Expected: nothing, because every client has paid, left or is overdue. "
        "10 overdue are not included: ask them first (funnel due).",
        "",
    ]
