"""The demo: from nothing to a refreshed sheet with pictures, as often as one likes."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
from click.testing import Result

Run = Callable[..., Result]


def test_the_whole_way_and_again_and_what_was_typed_stays(run: Run, tmp_path: Path) -> None:
    first = run("demo")
    assert first.exit_code == 0, first.stderr
    folder = tmp_path / "funnel-demo"
    made = sorted(p.name for p in folder.iterdir() if "backup" not in p.name)
    assert made == ["drop-off.png", "gym.xlsx", "retention.png"]
    book = openpyxl.load_workbook(folder / "gym.xlsx", data_only=True)
    assert book.sheetnames == ["Clients", "Notes", "Funnel", "Funnel due", "Funnel history"]
    totals = next(row for row in book["Clients"].values if row[0] == "Totals")
    assert totals[4:8] == (195, 168, 89, 87)
    for said in ("Client meeting had", "60 of 128", "Open", "Try next", "funnel check funnel-demo"):
        assert said in first.stdout
    again = run("demo")
    assert again.exit_code == 0
    assert "nothing to change" in again.stdout
    assert "To start again, delete funnel-demo." in again.stdout
    book = openpyxl.load_workbook(folder / "gym.xlsx")
    book["Notes"]["A20"] = "my own words"
    book.save(folder / "gym.xlsx")
    assert run("demo").exit_code == 0
    assert openpyxl.load_workbook(folder / "gym.xlsx")["Notes"]["A20"].value == "my own words"


def test_a_folder_that_cannot_be_made(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", "utf-8")
    result = run("demo", "-o", "taken")
    assert result.exit_code == 4
    assert result.stderr == (
        "Error: The folder taken could not be created: File exists. Name another folder.\n"
    )
