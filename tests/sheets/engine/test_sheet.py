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
