"""The sample is what its script makes, and holds the mess it promises."""

import runpy
from pathlib import Path
from typing import Any

import openpyxl


def cells(path: Path) -> dict[str, Any]:
    book = openpyxl.load_workbook(path)
    return {
        f"{sheet.title}!{cell.coordinate}": (cell.value, cell.fill.fgColor.rgb, cell.number_format)
        for sheet in book
        for line in sheet.iter_rows()
        for cell in line
        if cell.value is not None or cell.fill.fill_type
    }


def test_the_script_makes_the_committed_sheet(root: Path, tmp_path: Path) -> None:
    runpy.run_path(str(root / "sample_data" / "make_sample.py"))["make"](tmp_path / "gym.xlsx")
    assert cells(tmp_path / "gym.xlsx") == cells(root / "sample_data" / "gym.xlsx")


def test_the_same_seed_gives_the_same_bytes(root: Path, tmp_path: Path) -> None:
    make = runpy.run_path(str(root / "sample_data" / "make_sample.py"))["make"]
    make(tmp_path / "one.xlsx")
    make(tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_the_mess_of_real_hands(root: Path) -> None:
    sheet = openpyxl.load_workbook(root / "sample_data" / "gym.xlsx")["Clients"]
    marks = {"E14": "yes", "G25": "x", "G60": "booked", "K56": "1 ", "B119": "25/04/2026"}
    assert {cell: sheet[cell].value for cell in marks} == marks
    assert str(sheet["K68"].value) == "2025-12-04 00:00:00"  # the day instead of a mark
    assert [c.value for c in sheet[78]] == [None] * 18  # a line left blank at the new year
    assert sheet["A117"].value is None  # a client without a name
    assert sheet["B150"].value.year == 2062
    assert [c.value for c in sheet[129]][:2] == [c.value for c in sheet[128]][:2]  # typed twice
    assert sheet["H1"].comment.text == "Only once the coach has said yes!"
