"""Lists of clients of an engine: each page is one of several, and a page beyond the last is refused."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from funnel.cli.main import main
from funnel.metrics.core import frames

JOURNEY = """
name = "crm"
[columns]
client = "Name"
lead_date = "Created"
stage = "Stage"
[[stage]]
name = "Lead"
default = true
limit = "10 days"
rules = []
[[stage]]
name = "Met"
rules = [{ column = "Score", at_least = 1 }]
[[stage]]
name = "Won"
paid = true
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Seven leads, one of them typed against a rule, and two who met by the rule; pages of three."""
    pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    table = pd.DataFrame({
        "Name": [f"Client {i}" for i in range(9)],
        "Created": pd.date_range("2026-01-01", periods=9),
        "Stage": [None] * 8 + ["Lead"],
        "Score": [0.0] * 6 + [1.0, 1.0, 1.0],
    })  # fmt: skip
    table.to_parquet(tmp_path / "clients.parquet")
    (tmp_path / "crm.toml").write_text(JOURNEY, "utf-8")
    monkeypatch.setattr(frames, "PAGE", 3)
    return str(tmp_path / "clients.parquet"), str(tmp_path / "crm.toml")


def run(command: str, source: tuple[str, str], *more: str) -> str:
    found = CliRunner().invoke(
        main, [command, source[0], "--journey", source[1], "--as-of", "2026-07-01", *more]
    )
    return found.output


def told(command: str, source: tuple[str, str], *more: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(run(command, source, "--format", "json", *more))
    return found


@pytest.mark.parametrize(
    ("command", "more", "name", "pages", "shown"),
    [
        ("people", ("--step", "Won"), "people", 3, [3, 3, 3]),
        ("due", (), "due", 3, [3, 3, 3]),
        ("stages", ("--stage", "Lead"), "stage_clients", 3, [3, 3, 1]),
        ("stages", ("--cards",), "stage_clients", 3, [3, 3, 3]),
    ],
)
def test_json_has_the_page_and_the_number_of_pages(
    command: str, more: tuple[str, ...], name: str, pages: int, shown: list[int], source: tuple[str, str]
) -> None:
    for page, n in enumerate(shown, start=1):
        found = told(command, source, *more, "--page", str(page))
        assert (found["page"], found["pages"]) == (page, pages)
        assert len(found[name]) == n  # type: ignore[arg-type]
    assert f"There is no page 4; the last one is {pages}." in run(command, source, *more, "--page", "4")
    assert "Page 1 of 3. The next one: --page 2" in run(command, source, *more)


def test_lists_without_pages_have_the_number_of_all_clients(source: tuple[str, str]) -> None:
    found = told("stages", source)
    assert (len(found["stuck"]), found["stuck_total"]) == (3, 6)  # type: ignore[arg-type]
    found = told("stages", source, "--clients")
    assert (len(found["placed"]), found["placed_total"]) == (3, 3)  # type: ignore[arg-type]
    assert "The typed stage of 1 client overrides a rule or an event" in run("stages", source)
