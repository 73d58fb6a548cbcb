"""Every result of the registry from every engine, as from pandas: counts exactly, rates to 1e-12.

These engines are 700 MB, and where pyarrow is installed pandas keeps texts in another way; so they are in no
dependency group, and this file is run beside the others, in an environment of its own, as `.ci/run` does.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from engine_frames import (
    DATED,
    DATED_EVENTS,
    ENGINES,
    EVENTS,
    dated_stages,
    random_log,
    raw_table,
)

import funnel
from funnel.journey import Journey, Stage, preset
from funnel.metrics import Funnel
from funnel.metrics.core import frames
from funnel.metrics.results import MODULES, result, table

GYM = preset("gym")
LISTS = {"problems", "stage_clients"}  # rows of clients, which have no order in an engine
MORE: dict[str, Callable[[Funnel], pd.DataFrame]] = {
    "values": lambda f: by_name(f.values),
    "periods": lambda f: f.periods("2026-Q1", "2025-Q4"),
    "people": lambda f: (
        f.people("First paid session", "left").drop(columns="row").sort_values("client", ignore_index=True)
    ),
    "due": lambda f: (
        f.due().drop(columns=["row", "cell"]).sort_values(["client", "follow_up"], ignore_index=True)
    ),
    "by source": lambda f: f.by("source"),
    "by month": lambda f: f.by("month"),
    "back-test": lambda f: f.back_test("2026-02-01") if "value" in f.clients.columns else pd.DataFrame(),
    "where": lambda f: f.where(coach="Tom Okoro").steps,
    "steps as the sum of all sources": lambda f: summed(Funnel(f.clients, f.as_of), "source"),
}
RESULTS = {name: lambda f, name=name: table(result(name), f) for name in MODULES if name not in LISTS} | MORE
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table.*:DeprecationWarning"),  # Ibis with DuckDB 2
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]
SAMPLE = Path(__file__).resolve().parents[3] / "sample_data" / "gym.xlsx"
STAGES = Journey(
    columns={"client": "Name", "lead_date": "Created", "value": "Order value", "company": "Company"},
    stages=(
        Stage(name="Lead", default=True),
        Stage(name="Qualified", rules=({"column": "Score", "at_least": 50},)),
        Stage(name="Customer", paid=True),
        Stage(name="Lost", lost=True, reached="Qualified", reason="Chose another"),
    ),
)


def by_name(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.drop(columns="row").sort_values("client", ignore_index=True)


def summed(funnel: Funnel, by: str) -> pd.DataFrame:
    funnel.by(by)
    return funnel.steps


def dated_table() -> pd.DataFrame:
    """Four hundred leads of a gym: each mark is a date, or null; whole values."""
    rng = np.random.default_rng(8)
    n = 400
    when = pd.Series(pd.Timestamp("2025-06-01") + pd.to_timedelta(rng.integers(0, 380, n), "D"))
    table = pd.DataFrame({
        "Client name": [f"Client {i}" for i in range(n)], "Date of lead": when,
        "Name of coach": np.where(rng.random(n) < 0.5, "Tom Okoro", "Zoe"),
        "Source of lead": np.where(rng.random(n) < 0.5, "Ads", "Referral"), "Value": rng.integers(10, 99, n),
    })  # fmt: skip
    for step in GYM.steps:
        wait = pd.to_timedelta(rng.integers(1, 40, n), "D")
        when = (table["Date of lead"] + pd.DateOffset(months=step.months)) if step.months else when + wait
        table[step.name] = when = when.where((rng.random(n) < 0.85) & (when < "2026-07-01"))
    left = table["Date of lead"] + pd.to_timedelta(rng.integers(5, 200, n), "D")
    table["When left journey"] = left.where(when.isna() & (rng.random(n) < 0.5))
    table["Reason for discontinue"] = np.where(table["When left journey"].notna(), "Price", None)
    return table


def stage_table() -> pd.DataFrame:
    """Two hundred contacts of a sales team: a blank stage for every fifth, spellings mixed."""
    stages = ["Lead", "qualified ", "CUSTOMER", "Lost", None]
    return pd.DataFrame({
        "Name": [f"Client {i}" for i in range(200)],
        "Created": pd.date_range("2025-10-01", periods=200, freq="D"),
        "Status": [stages[i % 5] for i in range(200)],
        "Order value": [100.0 + i for i in range(200)],
        "Score": [float(i % 90) for i in range(200)],
        "Company": [f"Company {i // 2}" for i in range(200)],
    })  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("engines")


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=["marks", "dates"])
def sheet(request: pytest.FixtureRequest) -> pd.DataFrame:
    """The sample with its marks; and one with dates of marks and values."""
    return raw_table(funnel.load(SAMPLE, "gym")) if request.param == "marks" else dated_table()


@pytest.fixture(scope="module")
def pair(engine: str, sheet: pd.DataFrame, folder: Path) -> tuple[Funnel, Funnel]:
    """The funnel of an engine, and that of pandas."""
    other = funnel.load(ENGINES[engine](sheet, folder), journey=GYM)
    return Funnel(other, "2026-07-01"), Funnel(funnel.load(sheet, journey=GYM), "2026-07-01")


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_is_that_of_pandas(name: str, pair: tuple[Funnel, Funnel]) -> None:
    found, expected = (RESULTS[name](each) for each in pair)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-12, atol=1e-12)


def test_pages_list_each_client_once(
    engine: str, pair: tuple[Funnel, Funnel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "PAGE", 40)
    other, sheet = pair
    step, n = "First paid session", len(sheet.people("First paid session", "left"))
    last = 1 if engine == "pyarrow" else n // 40 + 1  # a table of pyarrow is in memory: one page
    pages = [other.people(step, "left", page=page)["client"] for page in range(1, last + 1)]
    assert [len(page) for page in pages[:-1]] == [40] * (last - 1)
    assert sorted(pd.concat(pages)) == sorted(sheet.people(step, "left")["client"])


def test_as_many_problems_of_each_kind(pair: tuple[Funnel, Funnel]) -> None:
    counts = []
    for each in pair:
        kinds: dict[str, int] = {}
        for problem in each.problems:
            kinds[problem.kind] = kinds.get(problem.kind, 0) + problem.times
        counts.append(kinds)
    shared = set(counts[0]) - {"double client"}
    assert {kind: counts[0][kind] for kind in shared} == {kind: counts[1].get(kind) for kind in shared}


@pytest.mark.parametrize("day", ["2025-01-01", "2026-05-31"])
def test_the_json_of_other_days_is_that_of_pandas(day: str, pair: tuple[Funnel, Funnel]) -> None:
    """Of the first day, too, on which there is no client yet."""
    found, expected = (_json(Funnel(each.clients, day)) for each in pair)
    assert found == expected


def test_stages_of_a_column_are_those_of_pandas(engine: str, tmp_path: Path) -> None:
    frame = stage_table()
    other = funnel.load(ENGINES[engine](frame, tmp_path), journey=STAGES)
    found, expected = (Funnel(each, "2026-07-01") for each in (other, funnel.load(frame, journey=STAGES)))
    for name in MODULES.keys() - LISTS:
        pd.testing.assert_frame_equal(
            RESULTS[name](found), RESULTS[name](expected), check_dtype=False, rtol=1e-12
        )
    assert _json(found, "company") == _json(expected, "company")


def test_results_of_events_are_those_of_pandas(engine: str, tmp_path: Path) -> None:
    """The events stay in the engine, and only counts are collected."""
    clients, log = random_log(3)
    table, events = (ENGINES[engine](each, tmp_path) for each in (clients, log))
    found = Funnel(funnel.load(table, journey=EVENTS, events=events), "2026-07-01")
    expected = Funnel(funnel.load(clients, journey=EVENTS, events=log), "2026-07-01")
    assert len(expected.moves)
    for name in MODULES.keys() - LISTS:
        pd.testing.assert_frame_equal(
            RESULTS[name](found), RESULTS[name](expected), check_dtype=False, rtol=1e-12
        )
    assert _json(found) == _json(expected)


@pytest.mark.parametrize("journey", [DATED, DATED_EVENTS], ids=["dates", "dates and events"])
def test_dates_of_stages_are_moves_as_in_pandas(journey: Journey, engine: str, tmp_path: Path) -> None:
    """The events of a client are found by id, name or e-mail address; of a filter, too."""
    clients, log = dated_stages(1)
    table, events = (ENGINES[engine](each, tmp_path) for each in (clients, log))
    logs = (events, log) if journey.events else (None, None)
    found, expected = (
        Funnel(funnel.load(one, journey=journey, events=other), "2026-07-01")
        for one, other in zip((table, clients), logs, strict=True)
    )
    assert expected.moves["moves"].sum() >= 100
    pairs = dict.fromkeys(("moves", "advance", "stages"), (found, expected))
    pairs["moves of a filter"] = found.where(source="Ads"), expected.where(source="Ads")
    for name, both in pairs.items():
        ours, theirs = (RESULTS[name.partition(" ")[0]](each) for each in both)
        pd.testing.assert_frame_equal(ours, theirs, check_dtype=False, rtol=1e-12)


def test_all_clients_of_an_engine_can_be_stuck_not_only_those_of_a_page(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page holds those stuck for longest; the cards count everybody."""
    monkeypatch.setattr(frames, "PAGE", 3)
    clients, log = random_log(3)
    stages = [stage.model_copy(update={"limit": "30 days"}) for stage in EVENTS.stages[:2]]
    journey = EVENTS.model_copy(update={"stages": (*stages, *EVENTS.stages[2:])})
    table, events = (ENGINES[engine](each, tmp_path) for each in (clients, log))
    found = Funnel(funnel.load(table, journey=journey, events=events), "2026-07-01")
    expected = Funnel(funnel.load(clients, journey=journey, events=log), "2026-07-01")
    n = len(expected.stuck)
    assert n == 5
    assert found.stages["stuck"].sum() == n
    shown = ["client", "stage", "at_least", "limit", "rule"]
    few = expected.stuck if engine == "pyarrow" else expected.stuck.head(3)  # pyarrow is in memory
    days = few["at_least"].tolist()
    assert found.stuck["at_least"].tolist() == days
    assert set(found.stuck[shown].itertuples(index=False)) <= set(
        expected.stuck[shown].itertuples(index=False)
    )


def test_spark_reads_the_data_once_for_steps_retention_and_segments(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of all queries together, the plans read the file once."""
    clients = funnel.load(ENGINES["spark"](dated_table(), folder), journey=GYM)
    plans: list[str] = []
    collect = nw.LazyFrame.collect

    def watched(self: Any, *args: Any, **options: Any) -> Any:
        plans.append(self.to_native()._jdf.queryExecution().executedPlan().toString())
        return collect(self, *args, **options)

    monkeypatch.setattr(nw.LazyFrame, "collect", watched)
    found = Funnel(clients, "2026-07-01")
    tables = [found.by("source"), found.steps, found.retention]
    assert all(map(len, tables))
    first, *others = plans
    assert "Limit" in first  # the first rows, to refuse a column with a value for each client
    assert sum(plan.count("FileScan parquet") for plan in others) == 1


def test_spark_plans_our_queries_without_a_slow_rule_and_keeps_the_setting_of_the_session(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the rule, the cohorts of dated marks were planned for 47 seconds, trends for minutes."""
    rule, during = "spark.sql.constraintPropagation.enabled", []
    table = ENGINES["spark"](dated_table(), folder)
    settings, collect = table.sparkSession.conf, nw.LazyFrame.collect
    clients = funnel.load(table, journey=GYM)

    def watched(self: Any, *args: Any, **options: Any) -> Any:
        during.append(settings.get(rule))
        return collect(self, *args, **options)

    monkeypatch.setattr(nw.LazyFrame, "collect", watched)
    assert len(Funnel(clients, "2026-07-01").trends())
    assert during == ["false"]
    assert settings.get(rule) == "true"


def _json(funnel: Funnel, by: str = "source") -> Any:
    every = json.loads(json.dumps(funnel.to_json(by=by)), parse_float=lambda text: f"{float(text):.10g}")
    return {name: value for name, value in every.items() if name not in {*LISTS, "assumed", "reading"}}
