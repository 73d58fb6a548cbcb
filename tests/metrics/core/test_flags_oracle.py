"""Every number against the oracle's, which knows nothing of how the product counts: random small sheets.

A few sheets each time; `FUNNEL_EXAMPLES=200` tries 3,000.
"""

import datetime as dt
import math
from typing import Any

import pytest
from examples import examples
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from metrics.oracle import Row
from metrics.oracle_sheets import AS_OF, SHEETS, Kind, grid_of
from metrics.oracle_tables import Tables

from funnel.loader.load import load
from funnel.metrics import Funnel

EXAMPLES = 15
# Shrinking an example takes longer than reading it.
SOME = settings(
    max_examples=examples(EXAMPLES), phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


def measured(sheet: Kind, rows: list[Row], day: dt.date, counts: Any = "marked") -> tuple[Funnel, Tables]:
    clients = load(grid_of(sheet, rows), sheet.journey)
    return Funnel(clients, day, counts), Tables(rows, sheet.journey, day, sheet.columns, sheet.left)


def same(here: object, there: object) -> bool:
    """Whether two numbers are one; NaN and None are both undefined."""
    if isinstance(here, float) and math.isnan(here):
        here = None
    if isinstance(there, float) and isinstance(here, int | float):
        return math.isclose(here, there, rel_tol=1e-7, abs_tol=1e-7)
    return here == there


def differences(found: dict[Any, Any], expected: dict[Any, Any], where: str = "") -> list[str]:
    """What the oracle says and the product does not."""
    return [
        f"{where}{name}: {found.get(name)!r}, and the oracle says {value!r}"
        for name, value in expected.items()
        if not same(found.get(name, "nothing"), value)
    ]


def lists_differ(found: list[dict[str, Any]], expected: list[dict[str, Any]], what: str) -> list[str]:
    if len(found) != len(expected):
        return [f"{what}: {len(found)} rows, and the oracle says {len(expected)}"]
    return [
        difference
        for number, (one, other) in enumerate(zip(found, expected, strict=True))
        for difference in differences(one, other, f"{what} {number} ")
    ]


def core(json: dict[str, Any], oracle: Tables, counts: str = "marked") -> list[str]:
    """The tables of JSON version 1."""
    facts = {
        "clients": len(oracle.rows), "leads_after_as_of": oracle.leads_after,
        "undated_leavers": oracle.undated_leavers(),
    }  # fmt: skip
    by_time = sorted(json["retention"], key=lambda row: (row["clock"], row["of"]))
    retention = sorted(
        oracle.retention() + oracle.retention_since_paid(), key=lambda row: (row["clock"], row["of"])
    )
    order = {step.name: k for k, step in enumerate(oracle.steps)}
    leaks = sorted(json["leaks"], key=lambda leak: order[leak["step"]])
    ranked = [leak["settled_drop_off"] for leak in json["leaks"] if leak["n"] >= 10]
    return [
        *differences(json, facts),
        *lists_differ(json["steps"], oracle.step_rows(counts), "steps"),
        *lists_differ(by_time, retention, "retention"),
        *lists_differ(json["survival"] or [], oracle.survival(), "survival"),
        *lists_differ(leaks, oracle.leaks(), "leaks"),
        *([] if ranked == sorted(ranked, reverse=True) else ["leaks: the worst does not come first"]),
    ]


def about_clients(funnel: Funnel, oracle: Tables) -> list[str]:
    """The value of each client, and the clients behind each cell."""
    names = [step.name for step in oracle.steps]
    told = [[oracle.value(row, k) for k in range(len(names))] for row in oracle.rows]
    wrong = [] if funnel.values[names].to_numpy().tolist() == told else [f"values: {funnel.values}, {told}"]
    for k, step in enumerate(oracle.steps):
        for value in ("reached", "overdue"):
            behind = [
                row.name or "" for row, values in zip(oracle.rows, told, strict=True) if values[k] == value
            ]
            found = funnel.people(step.name, value)["client"].tolist()
            wrong += [] if found == behind else [f"people {step.name} {value}: {found}, not {behind}"]
    return wrong


def about_staying(funnel: Funnel, oracle: Tables) -> list[str]:
    """Curves on both clocks, length of engagement, leavers."""
    leavers = funnel.leavers()
    wrong = differences(dict(zip(leavers["reason"], leavers["n"], strict=True)), oracle.leavers(), "leavers ")
    wrong += [] if leavers["n"].sum() == sum(oracle.leavers().values()) else ["leavers: not all, or too many"]
    if oracle.has_leaving_data:
        lengths = dict(zip(funnel.engagement["measure"], funnel.engagement["months"], strict=True))
        wrong += differences(lengths, oracle.engagement(), "engagement ")
        for clock in ("lead", "paid"):
            lives = funnel.survival_since(clock)
            wrong += lists_differ(lives.curve.to_dict("records"), oracle.survival(clock), f"survival {clock}")
            wrong += lists_differ(lives.lower.to_dict("records"), oracle.lower(clock), f"lower {clock}")
    return wrong


def about_time(funnel: Funnel, oracle: Tables) -> list[str]:
    """Cohorts, trends, periods of equal age, days to each step."""
    names = [step.name for step in oracle.steps]
    cohorts = {
        (row.cohort, row.step): (row.leads, row.due, row.reached) for row in funnel.cohorts().itertuples()
    }
    wrong = differences(cohorts, oracle.cohorts(), "cohorts ")
    for row in funnel.trends(window=2).itertuples():
        counts = oracle.trend(row.month, names.index(row.step), 2)
        wrong += [] if (row.n, row.reached) == counts else [f"trends {row.month} {row.step}: not {counts}"]
    half, other = (dt.date(2025, 1, 1), dt.date(2025, 4, 15)), (dt.date(2025, 4, 16), dt.date(2025, 12, 31))
    found = funnel.periods("2025-04-16..2025-12-31", "2025-01-01..2025-04-15")
    before = oracle.period(*half, oracle.as_of - (other[1] - half[1]))
    after = oracle.period(*other, oracle.as_of)
    for side, counts in (("before", before), ("after", after)):
        counted = list(zip(found[f"{side}_n"], found[f"{side}_reached"], strict=True))
        wrong += [] if counted == counts else [f"periods {side}: {counted}, not {counts}"]
    time = funnel.time()
    for row in time[time["from"] == "Lead"].itertuples():
        days = oracle.days_to(names.index(row.to))
        wrong += [] if row.reached == len(days) else [f"time {row.to}: {row.reached}, not {len(days)}"]
        middle = (days[(len(days) - 1) // 2] + days[len(days) // 2]) / 2
        wrong += [] if same(row.median, middle) else [f"time {row.to}: median {row.median}, not {middle}"]
    return wrong


def about_segments(funnel: Funnel, oracle: Tables) -> list[str]:
    """The steps of each coach's clients, and the tests against the rest."""
    found = funnel.by("coach").to_dict("records")
    values = list(dict.fromkeys(row["value"] for row in found))
    coaches = [None if value == "(blank)" else value for value in values]
    wrong = [] if set(coaches) == {row.coach for row in oracle.rows} else [f"segments: {values}"]
    for value, coach in zip(values, coaches, strict=True):
        rows = [row for row in found if row["value"] == value]
        wrong += lists_differ(rows, oracle.of(coach).step_rows(), f"segment {value}")
    for k, step in enumerate(oracle.steps):
        rows = [row for row in found if row["step"] == step.name]
        wrong += lists_differ(rows, oracle.segment_tests(coaches, k), f"tests {step.name}")
    return wrong


@SOME
@given(sheet=SHEETS, day=AS_OF, counts=st.sampled_from(["marked", "marked", "passed", "nested"]))
def test_every_core_number_is_the_oracles(sheet: tuple[Kind, list[Row]], day: dt.date, counts: str) -> None:
    funnel, oracle = measured(*sheet, day, counts)
    assert core(funnel.to_json(), oracle, counts) == []


@pytest.mark.hypothesis
@pytest.mark.parametrize("about", [about_clients, about_staying, about_time, about_segments])
def test_every_further_number_is_the_oracles(about: Any) -> None:
    @settings(SOME, max_examples=examples(EXAMPLES // 5))
    @given(sheet=SHEETS, day=AS_OF)
    def each(sheet: tuple[Kind, list[Row]], day: dt.date) -> None:
        assert about(*measured(*sheet, day)) == []

    each()
