"""Actions given out once: leaving the stage, entering again, deleted rows of the log, ticks on the tab."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

import funnel
from funnel.errors import JourneyError
from funnel.journey import Journey, Stage, parse_journey
from funnel.journey.actions import Action
from funnel.workflows import act
from funnel.workflows import move as moving

JOURNEY = Journey(
    columns={"client": "Client", "lead_date": "Lead date", "stage": "Stage", "email": "E-mail"},
    stages=(
        Stage(name="Lead", default=True),
        Stage(name="Hot", actions=(Action(hand_off="Sales"), Action(note="Dear {client}, {email}"))),
        Stage(name="Won", paid=True),
    ),
)
DAY = dt.date(2026, 1, 5)
LOG, TAB = "Funnel log", "Funnel hand-off"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path, workbook = tmp_path / "clients.xlsx", openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Clients"
    for row in (
        ("Client", "Lead date", "Stage", "E-mail"), ("Ana", DAY, None, "ana@example.org"),
        ("Ben", DAY, None, None), ("Cat", DAY, "Hot", None),
    ):  # fmt: skip
        sheet.append(row)
    workbook.save(path)
    funnel.refresh(path, journey=JOURNEY)
    return path


def move(book: Path, client: str, stage: str) -> None:
    moving.move(str(book), client, stage, journey=JOURNEY)


def given(book: Path, **more: bool) -> list[tuple[str, str]]:
    found = act.give_out(book, journey=JOURNEY, **more).chosen
    return list(zip(found["client"], found["kind"], strict=True))


def states(book: Path) -> list[tuple[str, str, str]]:
    found = act.give_out(book, journey=JOURNEY, dry_run=True).every
    return list(zip(found["client"], found["kind"], found["state"], strict=True))


def edit(book: Path, change: object) -> None:
    workbook = openpyxl.load_workbook(book)
    change(workbook)  # type: ignore[operator]
    workbook.save(book)


def test_each_entry_is_given_out_once_and_again_when_the_client_enters_again(book: Path) -> None:
    assert given(book) == []
    move(book, "Ana", "Hot")
    assert given(book) == [("Ana", "hand_off"), ("Ana", "note")]
    assert given(book) == []
    move(book, "Ana", "Lead")
    assert [state for name, _, state in states(book) if name == "Ana"] == ["left the stage"] * 2
    move(book, "Ana", "Hot")
    assert given(book) == [("Ana", "hand_off"), ("Ana", "note")]
    funnel.refresh(book, journey=JOURNEY)
    assert given(book) == []
    assert not funnel.refresh(book, journey=JOURNEY)


def test_notes_are_filled_in_and_who_was_there_before_the_log_is_offered(book: Path) -> None:
    assert states(book) == [("Cat", "hand_off", "offered"), ("Cat", "note", "offered")]
    found = act.give_out(book, journey=JOURNEY, first=True).chosen
    assert found["text"].tolist() == [None, "Dear Cat, "]
    move(book, "Ana", "Hot")
    found = act.give_out(book, journey=JOURNEY, first=True).chosen
    assert found["text"].tolist() == [None, "Dear Ana, ana@example.org"]


def test_a_deleted_row_of_the_log_starts_nothing_again(book: Path) -> None:
    """Ana's entry is deleted, the last row; the next refresh logs it anew, without actions, and says so."""
    move(book, "Ana", "Hot")
    given(book)

    def delete_ana(workbook: openpyxl.Workbook) -> None:
        sheet = workbook[LOG]
        for row in range(sheet.max_row, 3, -1):
            if sheet.cell(row, 4).value == "Ana" and sheet.cell(row, 7).value == "Hot":
                sheet.delete_rows(row)

    edit(book, delete_ana)
    plan = funnel.refresh(book, journey=JOURNEY)
    said = [sentence for sentence in plan.kept if "rows deleted" in sentence]
    assert said == [
        "Tab 'Funnel log': 3 rows deleted by hand. The moves of this refresh start no actions, because some "
        "may have been started before. Not started: the actions for Ana."
    ]
    assert plan.to_do == ()
    assert given(book) == []
    move(book, "Ben", "Hot")  # later entries start theirs
    assert given(book) == [("Ben", "hand_off"), ("Ben", "note")]
    assert not [
        sentence for sentence in funnel.refresh(book, journey=JOURNEY).kept if "rows deleted" in sentence
    ]


def test_a_deleted_state_is_not_given_out_again(book: Path) -> None:
    move(book, "Ana", "Hot")
    given(book)

    def delete_states(workbook: openpyxl.Workbook) -> None:
        sheet = workbook[LOG]
        for row in range(sheet.max_row, 3, -1):
            if sheet.cell(row, 9).value == "given out":
                sheet.delete_rows(row)

    edit(book, delete_states)
    assert given(book) == []
    assert [state for name, _, state in states(book) if name == "Ana"] == ["not certain"] * 2


def test_a_deleted_log_starts_nothing_and_is_said(book: Path) -> None:
    move(book, "Ana", "Hot")
    given(book)
    edit(book, lambda workbook: workbook.remove(workbook[LOG]))
    plan = funnel.refresh(book, journey=JOURNEY)
    assert [sentence for sentence in plan.kept if "log" in sentence] == [
        "The sheet has no log of earlier refreshes, so a new tab 'Funnel log' starts. Clients who are in a "
        "stage already start no actions (funnel actions --first gives them out)."
    ]
    assert (plan.to_do, given(book)) == ((), [])


def test_a_deleted_log_offers_nobody_whom_the_hand_off_tab_still_shows(book: Path) -> None:
    """Ana was handed over with a note, and Sales are done. Only Cat, who was there first, is offered."""
    move(book, "Ana", "Hot")
    given(book)
    act.close(book, "Ana", of_list="Sales", journey=JOURNEY)
    funnel.refresh(book, journey=JOURNEY)
    edit(book, lambda workbook: workbook.remove(workbook[LOG]))
    funnel.refresh(book, journey=JOURNEY)
    assert states(book) == [
        ("Ana", "hand_off", "done"), ("Ana", "note", "given out"), ("Cat", "hand_off", "offered"),
        ("Cat", "note", "offered"),
    ]  # fmt: skip
    assert given(book, first=True) == [("Cat", "hand_off"), ("Cat", "note")]
    assert given(book, first=True) == []


def test_a_mark_on_the_hand_off_tab_is_recorded_and_lines_stay_in_their_rows(book: Path) -> None:
    move(book, "Ana", "Hot")
    move(book, "Ben", "Hot")
    funnel.refresh(book, journey=JOURNEY)

    def tick(workbook: openpyxl.Workbook) -> None:
        workbook[TAB]["H4"] = "x"

    edit(book, tick)
    move(book, "Ben", "Lead")
    funnel.refresh(book, journey=JOURNEY)
    today = dt.date.today()
    sheet = openpyxl.load_workbook(book)[TAB]
    rows = [[cell.value for cell in row][1:] for row in sheet.iter_rows(min_row=3)]
    assert [row[:2] + row[5:] for row in rows] == [
        ["List", "Client", "State", "Done"], ["Sales", "Ana", f"done, {today}", "x"],
        ["Sales", "Ben", "left the stage", None],
    ]  # fmt: skip
    assert not funnel.refresh(book, journey=JOURNEY)
    assert given(book) == [("Ana", "note")]


def test_a_placeholder_is_checked_when_the_journey_is_read() -> None:
    text = '[[stage]]\nname = "Lead"\ndefault = true\nactions = [{ note = "Dear {cleint}" }]\n'
    with pytest.raises(JourneyError) as raised:
        parse_journey(text, "j.toml")
    assert str(raised.value) == (
        "j.toml: a note has the placeholder {cleint}, which is not known; did you mean {client}?"
    )
