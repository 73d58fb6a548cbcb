"""A command line that is run in the test's own process, and two small sheets."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from funnel.cli import main

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def begun_without_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests themselves may run under `uv run`; what is printed then differs."""
    monkeypatch.delenv("UV_RUN_RECURSION_DEPTH", raising=False)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """``run("show", path)``: call the command line in an empty folder; what it printed, and its exit code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")

    def call(*args: object) -> Result:
        return CliRunner().invoke(main, [str(arg) for arg in args], prog_name="funnel")

    return call


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """Three clients without any problem."""
    path = tmp_path / "clean.csv"
    path.write_text(
        "Client name,Date of lead,Client contacted,First paid session\n"
        "Ana,2026-01-20,1,1\nBen,2026-02-14,1,\nCat,2026-03-13,,\n",
        "utf-8",
    )
    return path


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """The same with one client typed twice."""
    path = tmp_path / "messy.csv"
    path.write_text(
        "Client name,Date of lead,Client contacted,First paid session\n"
        "Ana,2026-01-20,1,1\nBen,2026-02-14,1,\nBen,2026-02-14,1,\n",
        "utf-8",
    )
    return path
