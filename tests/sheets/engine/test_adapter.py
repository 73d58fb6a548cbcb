"""Which sources are tables of an engine."""

from pathlib import Path

import pytest

from funnel.sheets.adapters import adapter_of, adapter_of_file
from funnel.sheets.engine.adapter import adapter
from funnel.sheets.source_file import SourceFile


@pytest.mark.parametrize(
    "source", ["a.parquet", "A.PQ", "duckdb:///hq.db?table=x", "spark://host:7077?table=x"]
)
def test_a_name_of_a_table(source: str) -> None:
    assert adapter_of(source).kind == "engine"


def test_the_content_decides(tmp_path: Path) -> None:
    file = tmp_path / "clients"
    file.write_bytes(b"PAR1" + bytes(100))
    assert adapter_of_file(SourceFile(file)).kind == "engine"
    (tmp_path / "lake" / "year=2026").mkdir(parents=True)
    (tmp_path / "lake" / "year=2026" / "1.parquet").write_bytes(b"PAR1")
    assert adapter_of_file(SourceFile(tmp_path / "lake")).kind == "engine"


def test_an_address_has_no_path_and_is_its_own_identity() -> None:
    address = "duckdb:///hq.db?table=clients"
    assert adapter.path(address) is None
    assert adapter.identity(address).key == address
