"""A Parquet file or folder as a sheet: shown and compared, never written."""

from pathlib import Path

import pandas as pd
import pytest

import funnel
from funnel.errors import ReadError, UsageError, WriteError
from funnel.metrics import Funnel
from funnel.sheets import open_sheet
from funnel.workflows.copy_sheet import copy_clients


@pytest.fixture
def table() -> pd.DataFrame:
    days = pd.to_datetime(["2026-01-05", "2026-01-06", "2026-02-01"])
    marks = {"Client contacted": [1, 1, 1], "Client meeting had": [1, 1, 0], "First paid session": [1, 0, 0]}
    return pd.DataFrame({"Client name": ["Ana", "Ben", "Cy"], "Date of lead": days, **marks})


@pytest.fixture
def path(table: pd.DataFrame, tmp_path: Path) -> Path:
    pytest.importorskip("duckdb")
    folder = tmp_path / "clients"
    folder.mkdir()
    pytest.importorskip("pyarrow")
    table.iloc[:2].to_parquet(folder / "1.parquet")
    table.iloc[2:].to_parquet(folder / "2.parquet")
    table.iloc[:0].to_parquet(folder / "3.parquet")
    return folder


def test_a_folder_is_one_table(path: Path) -> None:
    clients = funnel.load(path, "gym")
    assert Funnel(clients, "2026-07-01").steps["marked"].tolist()[:3] == [3, 2, 1]
    assert "1 of 3 files has no rows: 3.parquet" in clients.assumed


def test_it_has_no_tabs(path: Path) -> None:
    with pytest.raises(ReadError, match="is a table and has no tabs, so there is no tab 'Leads'"):
        open_sheet(path).read("Leads")


def test_it_is_never_written(path: Path, tmp_path: Path) -> None:
    with pytest.raises(WriteError) as error:
        funnel.refresh(path, journey="gym", as_of="2026-07-01")
    assert str(error.value) == (
        f"{path} is a table of a database or a data lake, which funnel reads but does not write. Write the "
        f"results into a workbook: funnel report '{path}' -o summary.xlsx"
    )
    with pytest.raises(UsageError, match="its rows are not copied"):
        copy_clients(path, tmp_path / "copy.xlsx", "gym")


EVENTS = """
name = "crm"
[columns]
client = "Name"
lead_date = "Created"
[events]
{where}
[events.advance]
Met = "Met"
[[stage]]
name = "Lead"
default = true
[[stage]]
name = "Met"
"""


def with_events(folder: Path, where: str) -> Path:
    """Ana was met, Ben was not: clients.parquet, events.parquet and hq.db with both."""
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect(str(folder / "hq.db"))
    clients = "select unnest(['Ana', 'Ben']) as Name, date '2026-01-05' as Created"
    events = "select 'ana' as Client, 'Met' as Event, date '2026-01-08' as Date"
    for name, query in (("clients", clients), ("events", events)):
        connection.execute(f"create table {name} as {query}")
        connection.execute(f"copy {name} to '{folder / name}.parquet'")
    connection.close()
    journey = folder / "crm.toml"
    journey.write_text(EVENTS.format(where=where), "utf-8")
    return journey


@pytest.mark.parametrize(
    ("source", "where"),
    [
        ("{}/clients.parquet", 'file = "events.parquet"'),
        ("duckdb:///{}/hq.db?table=clients", 'tab = "events"'),
        ("duckdb:///{}/hq.db?query=select * from clients", 'file = "events.parquet"'),
    ],
)
def test_the_log_that_the_journey_names_is_opened_by_the_same_engine(
    source: str, where: str, tmp_path: Path
) -> None:
    journey = with_events(tmp_path, where)
    found = Funnel(funnel.load(source.format(tmp_path), journey), "2026-07-01")
    assert found.clients.problems == ()
    assert found.stages[["stage", "clients"]].values.tolist() == [["Lead", 1], ["Met", 1]]
    assert found.moves["moves"].tolist() == [1]


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ('file = "evnts.parquet"', "there is no file 'evnts.parquet' in {!r}"),
        ('file = "crm.toml"', "'crm.toml' is no Parquet file, so the engine cannot join it to the clients"),
        ('tab = "events"', "{}/clients.parquet is one table without an event log beside it"),
    ],
)
def test_a_log_that_cannot_be_joined_is_a_problem(where: str, why: str, tmp_path: Path) -> None:
    clients = funnel.load(tmp_path / "clients.parquet", with_events(tmp_path, where))
    folder = str(tmp_path)
    assert [(problem.kind, problem.message) for problem in clients.problems] == [(
        "no event log",
        f"The event log is missing: {why.format(folder)}. Stages are those of the table and of rules without "
        "events.",
    )]  # fmt: skip


def test_the_commands_of_a_query_can_be_pasted() -> None:
    pytest.importorskip("duckdb")
    with pytest.raises(ReadError) as error:
        funnel.load('duckdb:///?query=select 1 as "a"', "gym")
    assert str(error.value).startswith(
        'No row among the first 60 of duckdb:///?query=select 1 as "a" looks like headers. '
    )
    assert "`funnel init 'duckdb:///?query=select 1 as \"a\"'`" in str(error.value)
