"""The README keeps its word: its commands exist, its example runs, its pictures and links are there."""

import re
from pathlib import Path

import click
import pytest

from funnel.cli import main


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    return (root / "README.md").read_text("utf-8")


def block(readme: str, title: str) -> list[str]:
    """The lines of the first fenced block of a section."""
    section = readme.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    found = re.search(r"^```\w*\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert found, f"no fenced block in {title}"
    return found[1].splitlines()


@pytest.mark.parametrize("title", ["Run it", "Test it"])
def test_one_command_line(readme: str, title: str) -> None:
    assert len(block(readme, title)) == 1


def test_the_one_command_is_the_demo(readme: str) -> None:
    assert block(readme, "Run it") == ["pip install uv && uv run funnel demo"]


def test_ci_takes_its_test_command_from_here(root: Path) -> None:
    assert "$(command_of 'Test it')" in (root / ".ci" / "run").read_text("utf-8")


def test_ci_names_only_tests_that_are_there(root: Path) -> None:
    named = re.findall(r"\btests/[\w/]+\.py", (root / ".ci" / "run").read_text("utf-8"))
    assert [path for path in named if not (root / path).exists()] == []
    assert named


@pytest.mark.parametrize("command", list(main.commands.values()), ids=list(main.commands))
def test_every_command_has_help_and_is_in_the_readme(readme: str, command: click.Command) -> None:
    assert command.help
    assert len(command.get_short_help_str(62)) <= 60
    assert not command.get_short_help_str(62).endswith("...")
    assert f"funnel {command.name}" in readme
    undescribed = [
        p.name for p in command.params if isinstance(p, click.Option) and not p.help and p.name != "help"
    ]
    assert undescribed == []


def test_every_command_of_the_readme_exists(readme: str) -> None:
    named = set(re.findall(r"(?:^|run |`)funnel ([a-z]+)(?= |$|`)", readme, re.MULTILINE))
    assert named <= set(main.commands)


def test_the_python_example_runs(
    readme: str, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    exec("\n".join(block(readme, "In notebooks and in Python")), {})
    assert "Client meeting booked → Client meeting had loses most: 60 of 128" in capsys.readouterr().out


def test_pictures_and_links_are_there(readme: str, root: Path) -> None:
    targets = [t for t in re.findall(r"\]\(([^)#]+)\)", readme) if "://" not in t]
    assert [t for t in targets if not (root / t).exists()] == []
    assert [p.name for p in (root / "docs" / "images").iterdir() if p.stat().st_size > 300_000] == []
