"""`funnel lab`: the notebooks in the person's own folder, and JupyterLab at the sheet."""

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from funnel.cli import main
from funnel.cli.commands import lab
from funnel.workflows.samples import notebooks, sample

NAMES = [
    "01_first_look.ipynb", "02_google_sheet.ipynb", "03_other_journeys.ipynb", "04_review.ipynb",
    "05_portfolio.ipynb", "06_head_office.ipynb",
]  # fmt: skip


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """What was started, instead of JupyterLab."""
    calls: list[Any] = []

    def run(command: list[str], **options: Any) -> SimpleNamespace:
        calls.append((command[1:], options))
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.chdir(tmp_path)
    return calls


def call(*words: str) -> Result:
    return CliRunner().invoke(main, ["lab", *words])


def test_the_notebooks_are_copied_and_opened_at_the_sheet(started: list[Any], tmp_path: Path) -> None:
    (tmp_path / "clients.xlsx").write_bytes(sample().resolve().read_bytes())
    done = call("clients.xlsx", "--no-browser")
    sheet = str((tmp_path / "clients.xlsx").resolve())
    assert done.exit_code == 0
    assert done.output == (
        "Copied: 01_first_look.ipynb, 02_google_sheet.ipynb, 03_other_journeys.ipynb, 04_review.ipynb, "
        "05_portfolio.ipynb and 06_head_office.ipynb.\n"
        f"JupyterLab opens 01_first_look.ipynb at {sheet}. To stop it: press Ctrl+C here twice, or choose "
        "File, Shut Down in the browser.\n"
    )
    [(command, options)] = started
    assert command == [
        "-m", "jupyterlab", "01_first_look.ipynb", "--LabApp.default_url=/lab/tree/01_first_look.ipynb",
        "--no-browser",
    ]  # fmt: skip
    assert options["env"]["FUNNEL_SHEET"] == sheet
    assert sorted(path.name for path in tmp_path.glob("*.ipynb")) == NAMES


def test_notebooks_that_are_there_stay_as_they_are(started: list[Any], tmp_path: Path) -> None:
    (tmp_path / NAMES[0]).write_text("mine", "utf-8")
    assert "Not changed: 01_first_look.ipynb." in call().output
    assert (tmp_path / NAMES[0]).read_text("utf-8") == "mine"
    assert "FUNNEL_SHEET" not in started[0][1]["env"]


def test_a_sheet_that_is_not_there_is_said_before_anything_is_copied(
    started: list[Any], tmp_path: Path
) -> None:
    done = call("clinets.xlsx")
    assert done.exit_code == 3
    assert started == []
    assert list(tmp_path.iterdir()) == []


def test_without_jupyterlab(started: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "find_spec", lambda _name: None)
    done = call()
    assert started == []
    assert done.stderr == (
        'Error: JupyterLab is not installed. In your copy of the project, type uv tool install ".[lab]", '
        "or start with uv run --extra lab funnel …\n"
    )


def test_a_folder_that_cannot_be_written(started: list[Any], tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", "utf-8")
    done = call("--folder", "taken")
    assert done.exit_code == 4
    assert done.stderr.startswith("Error: The folder taken could not be created: ")


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_notebooks_begin_with_explore_and_have_no_plumbing(path: Path) -> None:
    import nbformat

    cells = nbformat.read(path.resolve(), as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    ways = ("funnel.explore(", "funnel.portfolio(", "funnel.load(")  # of one sheet, of many, of a table
    assert any(way in code[0] for way in ways)
    for word in ("sys.path", "model_copy", "import os", "tests"):
        assert word not in "".join(code)
