"""What is to be done, in the terminal and as lists: once for each time that a stage was entered."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from funnel.cli import main

JOURNEY = """\
[columns]
client = "Client"
lead_date = "Lead date"
stage = "Stage"
coach = "Coach"
[[stage]]
name = "Lead"
default = true
[[stage]]
name = "Hot"
actions = [{ tag = "Hot" }, { hand_off = "Sales & co" }, { note = "Dear {client}." }]
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    text, journey = tmp_path / "clients.csv", tmp_path / "journey.toml"
    text.write_text("Client,Lead date,Stage,Coach\nAna,2026-01-05,,Zoe\nBen,2026-02-03,Hot,\n", "utf-8")
    journey.write_text(JOURNEY, "utf-8")
    book = tmp_path / "clients.xlsx"
    for words in (["copy", text, book], ["refresh", book]):
        assert run(*words).exit_code == 0
    return book


def run(command: str, *words: object) -> Result:
    journey = Path(str(words[0])).with_name("journey.toml")
    return CliRunner().invoke(main, [command, *map(str, words), "--journey", str(journey)])


def test_who_is_seen_for_the_first_time_entered_nothing(book: Path) -> None:
    assert "Nothing is to be done: no client entered a stage that has actions" in run("actions", book).output


def test_tags_lists_and_notes(book: Path, tmp_path: Path) -> None:
    dry = run("move", book, "Ana", "Hot", "--dry-run")
    assert dry.exit_code == 0
    assert run("move", book, "Ana", "Hot").exit_code == 0
    found = json.loads(run("actions", book, "--format", "json").output)["actions"]
    assert [(line["kind"], line["list"], line["client"], line["coach"], line["text"]) for line in found] == [
        ("tag", "Hot", "Ana", "Zoe", None), ("hand_off", "Sales & co", "Ana", "Zoe", None),
        ("note", None, "Ana", "Zoe", "Dear Ana."),
    ]  # fmt: skip
    shown = run("actions", book, "-o", tmp_path / "lists").output
    for title in ("Tags", "Handed off", "Notes, ready to be sent"):
        assert title in shown
    assert sorted(path.name for path in (tmp_path / "lists").iterdir()) == [
        "hand-off-sales-co.csv", "notes.csv", "tags.csv",
    ]  # fmt: skip
    lines = (tmp_path / "lists" / "hand-off-sales-co.csv").read_text("utf-8").splitlines()
    assert lines[0] == "kind,list,client,lead_date,stage,since,coach"
    assert lines[1].startswith("hand_off,Sales & co,Ana,2026-01-05,Hot,")
    assert run("actions", book, "-o", tmp_path / "lists").exit_code == 0  # written anew
    assert run("actions", book, "--format", "csv").output.count("\n") == 4


def test_a_journey_without_actions_says_so(book: Path) -> None:
    plain = book.with_name("journey.toml")
    plain.write_text(JOURNEY.replace("actions = ", "# actions = "), "utf-8")
    said = " ".join(run("actions", book).output.split())
    assert (
        "The journey 'Journey' has no actions. Its file declares them below a [[stage]]: "
        'actions = [{ hand_off = "Sales" }].'
    ) in said
