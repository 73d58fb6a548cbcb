"""Leaks: the worked example's arithmetic, SciPy's Beta, and simulated gyms whose worst step is known."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from funnel.clients import Clients
from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.metrics.core.flags import flagged
from funnel.metrics.core.tally import tallies
from funnel.metrics.tables.leaks import COLUMNS, ENOUGH, gains, measure_leaks, rank_leaks, worst_probability
from funnel.metrics.tables.steps import steps_table
from funnel.schema import step_mark


def test_worked_example(clients: Clients) -> None:
    leaks = Funnel(clients, "2026-07-01").leaks
    assert list(leaks) == list(COLUMNS)
    assert leaks["step"].tolist() == ["contacted", "met", "paid", "1m", "3m", "6m"]
    assert leaks["n"].tolist() == [8, 8, 7, 6, 5, 3]
    assert leaks["settled_lost"].tolist() == [0, 1, 1, 1, 0, 2]
    assert leaks["marked_drop_off"].tolist() == pytest.approx([1 / 12, 2 / 11, 2 / 9, 2 / 7, 1 / 5, 2 / 4])
    assert leaks["regained_per_100"].tolist() == pytest.approx([0, 8.571429, 8.75, 0, 0, 0], abs=5e-7)
    kept = 100 * 0.875 * 0.857143 * 0.833333 * 0.333333
    assert leaks["kept_per_100"].tolist() == pytest.approx(
        [0, kept * 0.1 / 0.875, kept * 0.1 / 0.857143, kept * 0.1 / 0.833333, 0, kept * 0.3], abs=5e-5
    )
    assert leaks["probability_worst"].isna().all()


def test_marked_drop_off_stays_what_the_column_totals_say(clients: Clients) -> None:
    nested = Funnel(clients, "2026-07-01", counts="nested").leaks
    assert (
        nested["marked_drop_off"].tolist() == Funnel(clients, "2026-07-01").leaks["marked_drop_off"].tolist()
    )


def test_probability_worst_of_the_worked_example() -> None:
    found = worst_probability([0, 1, 1, 1, 0, 2], [8, 7, 6, 5, 5, 1])
    assert found.tolist() == pytest.approx([0.0025, 0.0243, 0.0355, 0.0534, 0.0095, 0.8748], abs=5e-5)
    assert found.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("lost", "reached"),
    [
        ([3, 5], [17, 25]),
        ([31, 22, 9], [89, 60, 40]),
        ([0, 0], [10, 10]),
        ([0, 1, 0], [200, 50, 12]),  # densities that are not 0 at the end of the range
        ([16150, 16000, 1], [20833, 20700, 9]),
    ],
)
def test_probability_worst_by_scipys_quadrature(lost: list[int], reached: list[int]) -> None:
    posterior = [stats.beta(a + 0.5, b + 0.5) for a, b in zip(lost, reached, strict=True)]
    for k, found in enumerate(worst_probability(lost, reached)):
        # substituting the k-th distribution function, so that its density cannot be missed
        others = [dist for j, dist in enumerate(posterior) if j != k]
        expected, _ = integrate.quad(
            lambda u, k=k, others=others: np.prod([dist.cdf(posterior[k].ppf(u)) for dist in others]),
            0,
            1,
            limit=200,
        )
        assert found == pytest.approx(expected, abs=1e-5)


def test_gains_of_a_step_that_nobody_passes() -> None:
    assert gains(np.array([0.5, 0.0]), np.array([0.6, 0.1]), [0, 1]).tolist() == pytest.approx([0, 5])
    assert np.isnan(gains(np.array([0.5, np.nan]), np.array([0.6, np.nan]), [0, 1])).all()
    assert gains(np.array([0.9]), np.array([0.8]), [0]).tolist() == [0]  # a target already passed


def chain_and_steps(clients: Clients) -> tuple[pd.DataFrame, Funnel]:
    funnel = Funnel(clients, "2026-07-01")
    return funnel.steps, funnel


def test_targets_are_declared_or_the_best_segments_or_ten_points_more(clients: Clients) -> None:
    steps, funnel = chain_and_steps(clients)
    chain = funnel.flagged.chain
    assert measure_leaks(steps, chain)["target"].tolist() == pytest.approx(
        [1, 0.975, 0.957143, 0.933333, 1, 0.433333], abs=5e-7
    )
    best = [None, 0.9, None, None, None, None]
    assert measure_leaks(steps, chain, best)["target"][1] == 0.9
    declared = tuple(
        s.model_copy(update={"target": 0.5}) if s.name == "paid" else s for s in clients.journey.steps
    )
    leaks = Funnel(Clients(clients.table, Journey(steps=declared)), "2026-07-01").leaks.set_index("step")
    assert leaks.loc["paid", ["target", "regained_per_100"]].tolist() == [0.5, 0]


def test_three_rankings_put_those_too_few_to_call_last() -> None:
    leaks = pd.DataFrame(
        {"step": list("abcd"), "n": [200, 50, 9, 100], "settled_lost": [40, 20, 9, 25]}
        | {
            "settled_drop_off": [0.2, 0.4, 1.0, 0.25],
            "regained_per_100": [3, 0, 9, 5],
            "kept_per_100": [1, 2, 9, 1],
        }
    )
    rankings = {by: "".join(rank_leaks(leaks, by)["step"]) for by in ("clients", "rate", "regained")}
    assert rankings == {"clients": "adbc", "rate": "bdac", "regained": "dabc"}


# --- gyms whose truth is known -----------------------------------------------------------------------------

SEEDS, LEADS, AS_OF = 200, 180, pd.Timestamp("2026-07-01")


def simulated(pass_on: dict[str, float], recorded: float) -> pd.DataFrame:
    """Leads over 18 months, each step within its time; who stops says so, but for some before paying."""
    rng = np.random.default_rng(11)
    n = SEEDS * LEADS
    lead = pd.Series(np.datetime64("2025-01-01") + rng.integers(0, 546, n).astype("timedelta64[D]"))
    table = pd.DataFrame(
        {"seed": np.repeat(np.arange(SEEDS), LEADS), "lead_date": lead.astype("datetime64[s]")}
    )
    going, lost_on = np.ones(n, dtype=bool), pd.Series(pd.NaT, index=table.index, dtype="datetime64[s]")
    for name, rate in pass_on.items():
        retention = name.endswith("m")
        due = table["lead_date"] + (
            pd.DateOffset(months=int(name[:-1])) if retention else pd.DateOffset(days=30)
        )
        passes = going & (rng.random(n) < rate)
        table[step_mark(name)] = passes & (due <= AS_OF)
        stops = going & ~passes
        says = stops & (retention | (rng.random(n) < recorded))
        lost_on = lost_on.where(~says, due - pd.to_timedelta(rng.integers(0, 25, n), unit="D"))
        going = passes
    table["left_date"] = lost_on.where(lost_on <= AS_OF)
    return table


def measured(pass_on: dict[str, float], recorded: float) -> pd.DataFrame:
    steps = tuple(
        Step(name=name, months=int(name[:-1])) if name.endswith("m") else Step(name=name, paid=name == "paid")
        for name in pass_on
    )
    every = flagged(simulated(pass_on, recorded), Journey(steps=steps, period="30 days"), AS_OF.date())
    tables = [steps_table(t.steps(every.chain), t.n, every.chain) for t in tallies(every, "seed").values()]
    return pd.concat([table.assign(seed=seed) for seed, table in enumerate(tables)])


def named_worst(table: pd.DataFrame, column: str) -> pd.Series:
    return table.set_index("step").groupby("seed")[column].idxmax().value_counts(normalize=True)


def test_settled_leaks_name_the_truly_worst_step_and_column_totals_do_not() -> None:
    truth = {"met": 0.9, "paid": 0.9, "1m": 0.6, "3m": 0.95, "6m": 0.95, "12m": 0.8}
    table = measured(truth, recorded=1.0)
    called = table[table["settled_n"] >= ENOUGH]
    assert named_worst(called, "settled_drop_off")["1m"] >= 0.95
    assert named_worst(table, "drop_off").get("1m", 0) < 0.05
    assert named_worst(table, "drop_off")["12m"] > 0.95


def test_settled_drop_off_is_unbiased_when_half_the_losses_are_never_recorded() -> None:
    table = measured({"met": 0.8, "paid": 0.6, "1m": 0.8}, recorded=0.5)
    paid = table[table["step"] == "paid"]
    assert paid["settled_drop_off"].mean() == pytest.approx(0.40, abs=0.005)
    leavers_at_once = paid["left"] / (paid["left"] + paid["reached"])  # the biased shortcut
    assert leavers_at_once.mean() < 0.37
