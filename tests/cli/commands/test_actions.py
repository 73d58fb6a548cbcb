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
    said = " ".join(run("actions", book).output.split())
    assert "Nothing to do: no client has entered a stage with actions since the last time." in said
    offered = "1 client was in a stage with actions when the log began (3 actions)."
    assert f"{offered} Give these out once with --first." in said
    first = json.loads(run("actions", book, "--first", "--format", "json").output)["actions"]
    assert [(line["client"], line["text"]) for line in first] == [
        ("Ben", None),
        ("Ben", None),
        ("Ben", "Dear Ben."),
    ]
    assert json.loads(run("actions", book, "--first", "--format", "json").output)["actions"] == []


def test_tags_lists_and_notes(book: Path, tmp_path: Path) -> None:
    dry = run("move", book, "Ana", "Hot", "--dry-run")
    assert dry.output.splitlines()[-3:] == [
        "  to do: tag 'Hot': Ana", "  to do: hand off to 'Sales & co': Ana", "  to do: a note for 'Hot': Ana",
    ]  # fmt: skip
    assert run("move", book, "Ana", "Hot").exit_code == 0
    new = json.loads(run("actions", book, "--format", "json", "--dry-run").output)["actions"]
    found = json.loads(run("actions", book, "--format", "json").output)["actions"]
    assert found == new
    assert {line["state"] for line in found} == {"new"}
    assert json.loads(run("actions", book, "--format", "json").output)["actions"] == []  # given out once
    assert [(line["kind"], line["list"], line["client"], line["coach"], line["text"]) for line in found] == [
        ("tag", "Hot", "Ana", "Zoe", None), ("hand_off", "Sales & co", "Ana", "Zoe", None),
        ("note", None, "Ana", "Zoe", "Dear Ana."),
    ]  # fmt: skip
    shown = run("actions", book, "--all", "-o", tmp_path / "lists").output
    given = " ".join(run("actions", book).output.split())
    assert "3 actions given out before and not done yet: --all lists them." in given
    for title in ("Tags", "Handed off", "Notes, ready to be sent"):
        assert title in shown
    assert sorted(path.name for path in (tmp_path / "lists").iterdir()) == [
        "hand-off-sales-co.csv", "note-1-ben.eml", "note-2-ana.eml", "notes.csv", "tags.csv",
    ]  # fmt: skip
    lines = (tmp_path / "lists" / "hand-off-sales-co.csv").read_text("utf-8").splitlines()
    assert lines[0] == "kind,list,client,lead_date,stage,since,coach,state,state_since"
    assert lines[1].startswith("hand_off,Sales & co,Ben,2026-02-03,Hot,")
    assert lines[2].startswith("hand_off,Sales & co,Ana,2026-01-05,Hot,")
    assert run("actions", book, "--all", "-o", tmp_path / "lists").exit_code == 0  # written anew
    assert run("actions", book, "--all", "--format", "csv").output.count("\n") == 7


def test_done_closes_the_actions_of_a_client(book: Path) -> None:
    run("move", book, "Ana", "Hot")
    assert run("actions", book, "--done", "ana", "--list", "sales & co", "--by", "Zoe").output == (
        "Ana: hand off: Sales & co: done.\n"
    )
    left = json.loads(run("actions", book, "--all", "--format", "json").output)["actions"]
    assert {line["kind"]: line["state"] for line in left if line["client"] == "Ana"} == {
        "tag": "new", "hand_off": "done", "note": "new",
    }  # fmt: skip
    run("actions", book)
    assert run("actions", book, "--done", "Ana").output.count(": done.") == 2
    again = run("actions", book, "--done", "Ana")
    assert (again.exit_code, again.output) == (
        2,
        "Error: Ana has no open action. Its actions: tag: Hot (done), hand off: Sales & co (done) and note: "
        "Dear Ana. (done).\n",
    )
    assert run("actions", book, "--list", "x").output == (
        "Error: --list, --row and --by need --done CLIENT.\n"
    )


def test_a_journey_without_actions_says_so(book: Path) -> None:
    plain = book.with_name("journey.toml")
    plain.write_text(JOURNEY.replace("actions = ", "# actions = "), "utf-8")
    said = " ".join(run("actions", book).output.split())
    assert (
        "The journey 'Journey' has no actions. Its file declares them below a [[stage]]: "
        'actions = [{ hand_off = "Sales" }].'
    ) in said


def test_lists_with_like_names_are_in_files_of_their_own(book: Path, tmp_path: Path) -> None:
    """The second file of a name replaced the first: a list that was recorded as given out was lost."""
    lists = ("Sales (UK)", "Sales/UK", "体験", "受付", "!", "?")
    actions = ", ".join(f'{{ hand_off = "{name}" }}' for name in lists)
    journey = tmp_path / "journey.toml"
    journey.write_text(JOURNEY.partition("actions")[0] + f"actions = [{actions}]\n", "utf-8")
    run("refresh", book)
    done = run("actions", book, "--first", "-o", tmp_path / "lists")
    assert done.exit_code == 0, done.output
    files = {path.name: path.read_text("utf-8") for path in (tmp_path / "lists").iterdir()}
    assert sorted(files) == [
        "hand-off-list-2.csv", "hand-off-list.csv", "hand-off-sales-uk-2.csv", "hand-off-sales-uk.csv",
        "hand-off-体験.csv", "hand-off-受付.csv",
    ]  # fmt: skip
    assert all(
        sum(name in text for text in files.values()) == 1 for name in ("Sales (UK)", "Sales/UK", "体験")
    )
