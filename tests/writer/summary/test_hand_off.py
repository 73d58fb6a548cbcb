"""The tab `Funnel hand-off`: who takes over whom, in the sheet itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

import funnel
from funnel.journey import Journey, Stage
from funnel.journey.actions import Action
from funnel.workflows import move as moving
from funnel.workflows.load import open_clients
from funnel.workflows.remove import remove
from funnel.writer.summary.hand_off import TAB

JOURNEY = Journey(
    columns={"client": "Client", "lead_date": "Lead date", "stage": "Stage", "coach": "Coach"},
    stages=(
        Stage(name="Lead", default=True),
        Stage(name="Hot", actions=(Action(hand_off="Sales"), Action(tag="Hot"))),
        Stage(name="Won", paid=True, actions=(Action(hand_off="Front desk"),)),
    ),
)
DAY = dt.date(2026, 1, 5)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path, workbook = tmp_path / "clients.xlsx", openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Clients"
    for row in (
        ("Client", "Lead date", "Stage", "Coach"), ("Ana", DAY, None, "Zoe"), ("Ben", DAY, "Hot", None),
    ):  # fmt: skip
        sheet.append(row)
    workbook.save(path)
    funnel.refresh(path, journey=JOURNEY)
    return path


def lines(path: Path) -> list[list[object]]:
    sheet = openpyxl.load_workbook(path)[TAB]
    return [list(row)[1:] for row in sheet.iter_rows(min_row=3, values_only=True)]


def test_there_is_none_before_anybody_enters_a_stage(book: Path) -> None:
    assert TAB not in openpyxl.load_workbook(book).sheetnames


def test_who_enters_a_stage_stands_there_once(book: Path) -> None:
    moving.move(str(book), "Ana", "Hot", journey=JOURNEY)
    moving.move(str(book), "Ben", "Won", journey=JOURNEY)
    plan = funnel.refresh(book, journey=JOURNEY)
    assert "Tab 'Funnel hand-off': make it, with 25 cells" in str(plan)
    today = dt.datetime.combine(dt.date.today(), dt.time())
    assert lines(book) == [
        ["List", "Client", "Stage", "Since", "Coach", "State", "Done"],
        ["Sales", "Ana", "Hot", today, "Zoe", "new", None],
        ["Front desk", "Ben", "Won", today, None, "new", None],
    ]
    assert not funnel.refresh(book, journey=JOURNEY)


def test_what_is_written_beside_a_line_stays(book: Path) -> None:
    moving.move(str(book), "Ana", "Hot", journey=JOURNEY)
    funnel.refresh(book, journey=JOURNEY)
    workbook = openpyxl.load_workbook(book)
    workbook[TAB]["I4"] = "called on Monday"
    workbook.save(book)
    moving.move(str(book), "Ben", "Won", journey=JOURNEY)
    funnel.refresh(book, journey=JOURNEY)
    assert lines(book)[1][-1] == "called on Monday"
    assert [line[1] for line in lines(book)] == ["Client", "Ana", "Ben"]


def test_the_tab_is_no_tab_of_clients_and_goes_with_our_work(book: Path) -> None:
    moving.move(str(book), "Ana", "Hot", journey=JOURNEY)
    funnel.refresh(book, journey=JOURNEY)
    assert open_clients(book, JOURNEY).grid.tab == "Clients"
    remove(book)
    assert openpyxl.load_workbook(book).sheetnames == ["Clients"]


def test_a_client_handed_over_twice_on_a_day_has_two_lines(book: Path) -> None:
    for stage in ("Hot", "Lead", "Hot"):
        moving.move(str(book), "Ana", stage, journey=JOURNEY)
    funnel.refresh(book, journey=JOURNEY)
    assert [line[1:6:4] for line in lines(book)[1:]] == [["Ana", "left the stage"], ["Ana", "new"]]
    assert not funnel.refresh(book, journey=JOURNEY)
    workbook = openpyxl.load_workbook(book)
    workbook[TAB]["H5"] = "x"
    workbook.save(book)
    funnel.refresh(book, journey=JOURNEY)
    states = [str(line[5]) for line in lines(book)[1:]]
    assert (states[0], states[1].split(",")[0]) == ("left the stage", "done")
