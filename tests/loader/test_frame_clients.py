"""Clients of a frame: what each column type means, and which rows are clients; without an engine."""

import pandas as pd
import pytest
from engine_frames import EVENTS

from funnel.clients import Clients
from funnel.clients.frames import fetch, in_memory, lazy
from funnel.errors import ReadError, UsageError
from funnel.events.owner_keys import MATCHES, NAMED, OWNER
from funnel.journey import Journey, Stage, Step, preset
from funnel.loader.frame_clients import add_frame_events, first_rows, load_frame
from funnel.metrics import Funnel
from funnel.sheets.dataframe import grid_of

JOURNEY = Journey(
    columns={"client": "Name", "lead_date": "Lead date", "left_reason": "Why left"},
    steps=(Step(name="Met"), Step(name="Paid", paid=True, marks=("done",))),
)


def load(table: pd.DataFrame, journey: Journey | None = JOURNEY) -> Clients:
    return load_frame(table, first_rows(table), journey)


def marks(values: list[object], name: str = "Paid") -> list[bool]:
    table = pd.DataFrame({"Name": list("abcdef")[: len(values)], "Met": True, name: values})
    return load(table).table.collect()["step:^paid"].to_list()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([True, False], [True, False]),
        ([1, 0, 7], [True, False, False]),
        ([1.0, None], [True, False]),
        ([" YES ", "no", "Done", None, "x"], [True, False, True, False, True]),
        ([pd.Timestamp("2026-06-01"), None], [True, False]),
    ],
)
def test_a_mark_by_the_type_of_its_column(values: list[object], expected: list[bool]) -> None:
    assert marks(values) == expected


def test_a_date_is_a_mark_and_its_day() -> None:
    table = pd.DataFrame({"Name": ["a"], "Met": [True], "Paid": pd.to_datetime(["2026-06-01"])})
    assert str(load(table).table.collect()["when:^paid"][0])[:10] == "2026-06-01"


def test_a_row_without_name_lead_date_and_mark_is_no_client() -> None:
    days = pd.to_datetime([None, None, "2026-06-01", None])
    table = pd.DataFrame({"Name": ["Ana", None, " ", ""], "Lead date": days, "Met": [0, 0, 0, 1], "Paid": 0})
    found = load(table)
    assert len(found) == 3
    assert found.table.collect()["client"].to_list() == ["Ana", "", ""]


def test_a_reason_that_says_no_is_none() -> None:
    table = pd.DataFrame({"Name": ["a", "b", "c"], "Met": 1, "Paid": 0, "Why left": ["Moved", "no", "-"]})
    assert [x if isinstance(x, str) else None for x in load(table).table.collect()["left_reason"]] == [
        "Moved",
        None,
        None,
    ]


def test_text_where_a_date_is_needed_is_refused() -> None:
    table = pd.DataFrame({"Name": ["a"], "Lead date": ["2026-06-01"], "Met": [1], "Paid": [0]})
    with pytest.raises(ReadError) as error:
        load(table)
    assert str(error.value) == (
        "The column 'Lead date' has the type String, and the journey needs a date there. Cast it in your "
        "query or frame first, or name another column in the journey file."
    )


def test_a_stage_is_read_by_any_spelling_and_an_unknown_one_is_refused() -> None:
    stages = (Stage(name="Lead", default=True), Stage(name="Won"))
    journey = Journey(columns={"client": "Name"}, stages=stages)
    table = pd.DataFrame({"Name": ["a", "b", "c"], "Stage": ["WON", None, " lead "]})
    assert Funnel(load(table, journey), "2026-07-01").stages["clients"].tolist() == [2, 1]
    names = [f"c{i}" for i in range(3000)]  # more than the first rows, which are read as a sheet
    table = pd.DataFrame({"Name": names, "Stage": ["Won"] * 2999 + ["Wno"]})
    with pytest.raises(ReadError) as error:
        load(table, journey)
    assert str(error.value) == (
        "The column 'Stage' contains 1 stage that the journey 'Journey' does not have: 'Wno' (1 client). "
        "Nothing was counted. Add it to the journey file as a [[stage]], or reassign its clients: "
        'reassign = { "Wno" = "Won" }.'
    )


def test_the_whole_frame_counts_not_the_first_rows() -> None:
    table = pd.DataFrame({"Name": [f"c{i}" for i in range(5000)], "Met": 1, "Paid": 0})
    table.loc[4000:, "Paid"] = 1
    steps = Funnel(load(table), "2026-07-01").steps
    assert steps["marked"].tolist() == [5000, 1000]


def test_a_preset_is_recognised_without_a_journey() -> None:
    gym = preset("gym")
    days = pd.to_datetime(["2026-01-05", "2026-01-06", "2026-02-01"])
    table = pd.DataFrame({"Client name": ["Ana", "Ben", "Cy"], "Date of lead": days})
    for step in gym.steps:
        table[step.name] = [1, 0, 0]
    assert [step.name for step in load(table, None).journey.steps] == [step.name for step in gym.steps]


def test_problems_are_counted_with_five_examples() -> None:
    days = pd.to_datetime(["2026-01-05"] * 9)
    table = pd.DataFrame({"Name": [f"c{i}" for i in range(9)], "Lead date": days, "Met": 0, "Paid": 1})
    problems = [p for p in Funnel(load(table), "2026-07-01").problems if p.kind == "skipped step"]
    assert [p.times for p in problems] == [1, 1, 1, 1, 1, 4]
    assert problems[-1].message == "4 more like these."


def test_several_rows_of_one_client_are_one_problem() -> None:
    table = pd.DataFrame({"Name": ["a", "a", "b"], "Lead date": pd.to_datetime(["2026-01-05"] * 3), "Met": 1,
                          "Paid": 0})  # fmt: skip
    problems = [p for p in Funnel(load(table), "2026-02-01").problems if p.kind == "double client"]
    assert [p.message for p in problems] == ["1 client in several rows, each of which counts: a."]


def test_clients_of_a_frame_are_filtered_in_the_engine() -> None:
    table = pd.DataFrame({"Name": ["a", "b"], "Coach": ["Zoe", "Kit"], "Met": 1, "Paid": [1, 0]})
    funnel = Funnel(load(table), "2026-07-01").where(Coach="Zoe")
    assert not in_memory(funnel.clients.table)
    assert funnel.steps["marked"].tolist() == [1, 1]


# --- events beside them -------------------------------------------------------------------------------------

LOG = pd.DataFrame({
    "Client": [" ANA", None], "Event": ["Met ", ""], "Date": pd.to_datetime(["2026-01-05", None]),
    "Amount": [5, 7],
})  # fmt: skip


def loaded_clients(journey: Journey = EVENTS) -> Clients:
    people = pd.DataFrame({"Name": ["Ana"], "Created": pd.to_datetime(["2026-01-01"])})
    if not journey.stages:
        people = pd.DataFrame({"Client name": ["Ana"], "Client contacted": [1]})
    return load_frame(people, grid_of(people), journey)


def test_a_row_for_each_event_and_a_sentence_on_how_clients_are_found() -> None:
    found = add_frame_events(loaded_clients(), LOG, grid_of(LOG))
    rows = fetch(lazy(found.events)).to_pandas()
    assert list(rows.columns) == [NAMED, "when", "event", "amount", OWNER, MATCHES]
    assert rows.astype(object).where(rows.notna(), None).to_numpy().tolist() == [
        ["ANA", pd.Timestamp("2026-01-05"), "Met", 5.0, "ana", 1], [None, None, None, 7.0, None, None],
    ]  # fmt: skip
    assert found.assumed[-1] == "events belong to the client with the same name"


def test_ids_that_are_whole_numbers_have_no_decimals() -> None:
    """A column of numbers with a blank becomes one of decimals in Parquet."""
    people = pd.DataFrame({"Name": ["Ana", "Ben"], "Contact ID": [7.0, None]})
    journey = Journey(
        columns={"client": "Name", "id": "Contact ID"}, stages=EVENTS.stages, events=EVENTS.events
    )
    log = LOG.assign(Client=[7, 8])
    found = add_frame_events(load_frame(people, grid_of(people), journey), log, grid_of(log))
    assert fetch(lazy(found.events)).to_pandas()[MATCHES].fillna(0).tolist() == [1, 0]
    assert found.assumed[-1] == "events belong to the client with the same id or name"


def test_no_verdict_on_stages_if_most_events_match_no_client() -> None:
    log = LOG.assign(Client=["Zoe", None], Event="Met")
    found = add_frame_events(loaded_clients(), log, grid_of(log))
    assert found.doubt == (
        "2 of 2 events match no client, so the stages are not known. Write the clients in the log as in the "
        "table, or give both tables the same ids or e-mail addresses."
    )
    assert [problem.kind for problem in found.problems] == ["events not used"]


def test_a_journey_without_events_is_refused() -> None:
    with pytest.raises(UsageError) as error:
        add_frame_events(loaded_clients(preset("gym")), LOG, grid_of(LOG))
    assert str(error.value) == (
        "The journey 'Gym' has no [events], so it cannot use an event log. Add [events], with `advance` for "
        "the events that move a client to a stage."
    )


def test_a_time_that_is_text_is_refused() -> None:
    log = LOG.assign(Date=["2026-01-05", None])
    with pytest.raises(
        ReadError, match="The column 'Date' has the type String, and the journey needs a date there"
    ):
        add_frame_events(loaded_clients(), log, grid_of(log))


def test_a_log_of_another_engine_is_refused() -> None:
    polars = pytest.importorskip("polars")
    with pytest.raises(UsageError) as error:
        add_frame_events(loaded_clients(), polars.from_pandas(LOG), grid_of(LOG))
    assert str(error.value) == (
        "The clients are a table of pandas, and the events one of polars. Give both as tables of the same "
        "engine."
    )


def test_a_log_of_another_connection_is_refused() -> None:
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    people = pd.DataFrame({"Name": ["Ana"], "Created": pd.to_datetime(["2026-01-01"])})
    table = duckdb.connect().from_df(people)
    loaded = load_frame(table, first_rows(table), EVENTS)
    with pytest.raises(
        UsageError, match=r"cannot be joined: .*Give both as tables of the same engine and the same"
    ):
        add_frame_events(loaded, duckdb.connect().from_df(LOG), grid_of(LOG))
