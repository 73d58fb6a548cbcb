"""The pages for owner, mentor and developer: every example runs, one after the other, on the sample sheet."""

import re
import shlex
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from funnel.cli import main
from funnel.workflows.samples import sample

PAGES = ("owner", "mentor", "developer")


@pytest.mark.parametrize("page", PAGES)
def test_every_example_runs(page: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(sample(), "clients.xlsx")
    portfolios(root)
    text = (root / "docs" / f"{page}.md").read_text("utf-8")
    blocks = re.findall(r"^```(sh|python)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    assert blocks
    names: dict[str, object] = {}
    for kind, block in blocks:
        if kind == "python":
            exec(compile(block, page, "exec"), names)
            continue
        for line in block.splitlines():
            words, expected = shlex.split(line, comments=True), re.search(r"#.*\bexit (\d)", line)
            assert words[0] == "funnel"
            result = CliRunner().invoke(main, words[1:], prog_name="funnel")
            assert result.exit_code == int(expected[1] if expected else 0), f"{line}\n{result.output}"


def portfolios(root: Path) -> None:
    """The portfolio files of docs/mentor.md, without its Google Sheet."""
    businesses = root / "sample_data" / "portfolio"
    for sheet in businesses.glob("*.csv"):
        shutil.copyfile(sheet, sheet.name)
    shutil.copyfile(businesses / "gyms.toml", "gyms.toml")
    Path("leeds.toml").write_text(
        'name = "Leeds"\n[[business]]\nname = "Leeds"\nsheet = "leeds.csv"\n', "utf-8"
    )


@pytest.mark.parametrize("page", PAGES)
def test_the_readme_leads_there(page: str, root: Path) -> None:
    assert f"(docs/{page}.md)" in (root / "README.md").read_text("utf-8")


def pottery() -> str:
    """The sheet of docs/first-half-hour.md: a row for each of 24 clients, a week apart."""
    first = ["Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gita", "Hugo", "Ines", "Jan", "Kim", "Lara"]
    lines = ["Person,Wrote to us,Wheel,Glaze,Kiln,Gave up"]
    for n, name in enumerate(f"{given} {family}" for family in ("Berg", "Costa") for given in first):
        steps = sum(n * 5 % 24 < limit for limit in (18, 11, 5))
        left = ("moved away", "too dear", "no time")[n % 3] if steps < 2 and n < 16 and n % 4 else ""
        marks = ["x" if step < steps else "" for step in range(3)]
        lines.append(",".join([name, str(date(2026, 3, 2) + timedelta(weeks=n)), *marks, left]))
    return "\n".join(lines) + "\n"


def test_the_first_half_hour(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command prints the lines shown below it, in that order; JupyterLab and cron are not started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("funnel.cli.commands.init._is_terminal", lambda: True)
    monkeypatch.setattr("shutil.which", lambda name: name)
    started: list[list[str]] = []

    def run(command: list[str], **_options: object) -> SimpleNamespace:
        started.append(command)
        return SimpleNamespace(returncode=0, stdout="", stderr="")

    monkeypatch.setattr(subprocess, "run", run)
    text = (root / "docs" / "first-half-hour.md").read_text("utf-8")
    [head] = re.findall(r"^```csv\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    assert pottery().startswith(head)
    Path("pottery.csv").write_text(pottery(), "utf-8")
    shown = "".join(re.findall(r"^```console\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL))
    commands = re.findall(r"^\$ funnel (.*)\n((?:(?!\$ ).*\n)*)", shown, flags=re.MULTILINE)
    assert len(commands) == 10
    for line, seen in commands:
        result = CliRunner().invoke(main, shlex.split(line), input="yes\n", prog_name="funnel")
        printed = " ".join(result.output.split()).replace("uv run funnel", "funnel")
        for expected in (" ".join(part.split()) for part in seen.splitlines() if part not in ("", "…")):
            assert expected in printed, f"{line}: {expected}\n{result.output}"
            printed = printed.split(expected, 1)[1]
        assert result.exit_code == (4 if "Error: " in seen else 0), line
    assert [command[0] for command in started if "jupyterlab" not in command] == ["crontab", "crontab"]
    assert len(started) == 3


def test_the_mentor_and_the_readme_lead_to_the_first_half_hour(root: Path) -> None:
    assert "(docs/first-half-hour.md)" in (root / "README.md").read_text("utf-8")
    assert "(first-half-hour.md)" in (root / "docs" / "mentor.md").read_text("utf-8")
