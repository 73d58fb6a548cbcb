"""The whole way, on small sheets on disk."""

import datetime as dt
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import openpyxl
import pandas as pd
import pytest
from lxml import etree
from openxml_audit import OpenXmlValidator

import funnel
from funnel.errors import JourneyError, ReadError, UsageError, WriteError
from funnel.grid import Area
from funnel.journey import Journey, Step
from funnel.plan import Cell, Formula, Plan, PutBlock, PutTab
from funnel.schema import step_mark
from funnel.workflows.load import as_date, as_journey, open_clients
from funnel.workflows.refresh import apply_plan, refresh
from funnel.workflows.remove import remove, undo

LINES = """\
Client name,Date of lead,Client contacted,First paid session
Ana,2026-01-20,1,1
Ben,2026-02-14,yes,
Cat,2026-03-13,,
"""


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "clients.csv"
    path.write_text(LINES, "utf-8")
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "clients.xlsx"
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "Clients"
    for line in LINES.splitlines():
        name, day, *marks = line.split(",")
        sheet.append([name, _date(day), *(int(m) if m == "1" else m or None for m in marks)])
    workbook.create_sheet("Notes")["A1"] = "Ask Ben."
    workbook.save(path)
    return path


def _date(text: str) -> object:
    return dt.date.fromisoformat(text) if text[0].isdigit() else text


def values(path: Path, tab: str) -> list[list[object]]:
    return [list(row) for row in openpyxl.load_workbook(path)[tab].iter_rows(values_only=True)]


# --- loading ---------------------------------------------------------------------------------------------


def test_a_path_and_a_table_give_the_same_clients(text: Path) -> None:
    table = pd.read_csv(text)
    from_text, from_table = funnel.load(text), funnel.load(table)
    columns = ["client", "lead_date", step_mark("Client contacted"), step_mark("First paid session")]
    pd.testing.assert_frame_equal(from_text.table[columns], from_table.table[columns])


def test_a_table_is_not_changed() -> None:
    table = pd.DataFrame({"Client": ["Ana"], "Lead date": [pd.Timestamp("2026-01-20")], "Paid": [True]})
    before = table.copy(deep=True)
    funnel.load(table)
    pd.testing.assert_frame_equal(table, before)


def test_a_journey_is_a_journey_a_file_or_a_preset(tmp_path: Path) -> None:
    journey = Journey(steps=(Step(name="Client contacted"),))
    path = tmp_path / "journey.toml"
    path.write_text('[[step]]\nname = "Client contacted"\n', "utf-8")
    assert as_journey(journey) is journey
    assert as_journey(path) == journey
    assert as_journey(str(path)) == journey
    gym = as_journey("gym")
    assert gym is not None
    assert gym.name == "Gym"


def test_a_journey_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(JourneyError, match="journy"):
        as_journey(tmp_path / "journy.toml")


def test_the_tab_with_the_clients_is_found_or_named(book: Path) -> None:
    assert funnel.load(book).tab == "Clients"
    with pytest.raises(ReadError, match="Clients"):
        funnel.load(book, tab="Client")


def test_a_day_that_is_none() -> None:
    with pytest.raises(UsageError) as caught:
        as_date("11/12/2026")
    assert str(caught.value) == "'11/12/2026' is not a date. Write it as year-month-day, such as 2026-11-21."
    assert as_date(dt.datetime(2026, 11, 21, 9, 0)) == dt.date(2026, 11, 21)


# --- refreshing ------------------------------------------------------------------------------------------


def test_a_dry_run_writes_nothing(book: Path) -> None:
    before = book.read_bytes()
    plan = funnel.refresh(book, as_of="2026-06-01", dry_run=True)
    assert plan
    assert plan.as_of == dt.date(2026, 6, 1)
    assert book.read_bytes() == before
    assert [p.name for p in book.parent.iterdir()] == ["clients.xlsx"]


def test_a_refresh_and_a_second_one(book: Path) -> None:
    notes = values(book, "Notes")
    assert funnel.refresh(book, as_of="2026-06-01")
    assert openpyxl.load_workbook(book).sheetnames == [
        "Clients",
        "Notes",
        "Funnel",
        "Funnel due",
        "Funnel history",
    ]
    assert values(book, "Notes") == notes
    refreshed = book.read_bytes()
    assert not funnel.refresh(book, as_of="2026-06-01")
    assert book.read_bytes() == refreshed


def test_our_tabs_are_known_by_whatever_name_a_person_gave_them(book: Path) -> None:
    funnel.refresh(book, as_of="2026-06-01")
    with zipfile.ZipFile(book) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    rename = (b'name="Funnel"', b'name="Imbuto"'), (b"'Funnel'!", b"'Imbuto'!")
    with zipfile.ZipFile(book, "w") as new:
        for name, data in parts.items():
            for before, after in rename:
                data = data.replace(before, after)
            new.writestr(name, data)
    assert not funnel.refresh(book, as_of="2026-06-01")
    funnel.refresh(book, as_of="2026-06-02")
    assert openpyxl.load_workbook(book).sheetnames == [
        "Clients",
        "Notes",
        "Imbuto",
        "Funnel due",
        "Funnel history",
    ]
    assert values(book, "Imbuto")[2][2] == dt.datetime(2026, 6, 2)


def test_the_totals_stand_for_today_and_our_tab_for_the_day_that_was_asked(book: Path) -> None:
    funnel.refresh(book, as_of="2026-01-31")
    rows = {row[0]: row for row in openpyxl.load_workbook(book, data_only=True)["Clients"].values}
    assert rows["Totals"][1:4] == (3, 2, 1)
    summary = {row[1]: row[2] for row in openpyxl.load_workbook(book, data_only=True)["Funnel"].values}
    assert summary["Clients"] == 1


def test_two_tabs_of_clients_are_told_apart(book: Path) -> None:
    workbook = openpyxl.load_workbook(book)
    workbook.copy_worksheet(workbook["Clients"]).title = "Clients 2027"
    workbook["Clients 2027"].append(["Dan", dt.date(2026, 3, 20), 1])
    workbook.save(book)
    funnel.refresh(book, tab="Clients")
    plan = funnel.refresh(book, tab="Clients 2027")
    assert plan.kept == (
        "Tab 'Funnel': it showed the clients of tab 'Clients' and now shows those of "
        "'Clients 2027'. A workbook has one such tab; choose the clients with `--tab`.",
    )
    weeks = [row for row in values(book, "Funnel history")[3:] if row[1]]
    assert [(row[3], row[-1]) for row in weeks] == [(3, "Clients"), (4, "Clients 2027")]
    assert not funnel.refresh(book, tab="Clients 2027")


def test_undo(book: Path) -> None:
    before = book.read_bytes()
    funnel.refresh(book)
    backup = undo(book).backup
    assert book.read_bytes() == before
    assert backup is not None
    assert ".funnel-backup-" in backup.name
    with pytest.raises(WriteError, match="nothing to undo"):
        undo(book)


def test_into_another_file_leaves_the_source(book: Path, tmp_path: Path) -> None:
    before = book.read_bytes()
    funnel.refresh(book, out=tmp_path / "copy.xlsx", as_of="2026-06-01")
    assert book.read_bytes() == before
    assert "Funnel" in openpyxl.load_workbook(tmp_path / "copy.xlsx").sheetnames


def test_text_becomes_a_workbook(text: Path, tmp_path: Path) -> None:
    out = tmp_path / "new.xlsx"
    funnel.refresh(text, out=out, as_of="2026-06-01")
    rows = values(out, "clients")
    assert rows[0] == ["Client name", "Date of lead", "Client contacted", "First paid session"]
    assert rows[1] == ["Ana", dt.datetime(2026, 1, 20), 1, 1]  # no longer text
    assert rows[2][2] == "yes"  # as it was typed
    f = funnel.Funnel(funnel.load(out), "2026-06-01")
    assert f.steps["marked"].tolist() == [2, 1]


def test_a_copy_gets_the_answers_of_its_sheet(text: Path, tmp_path: Path) -> None:
    """Else the copy would be asked about again, also at its next refresh."""
    lines = 'name = "Answered"\n[columns]\nclient = "Client name"\n[[step]]\nname = "First paid session"\n'
    text.with_name("clients.journey.toml").write_text(lines, "utf-8")
    funnel.refresh(text, out=tmp_path / "copy.xlsx", as_of="2026-06-01")
    assert (tmp_path / "copy.journey.toml").read_text("utf-8") == lines
    assert funnel.load(tmp_path / "copy.xlsx").journey.name == "Answered"


def test_text_cannot_be_refreshed_in_place(text: Path) -> None:
    before = text.read_bytes()
    with pytest.raises(WriteError) as caught:
        funnel.refresh(text)
    assert "funnel refresh clients.csv -o clients.xlsx" in str(caught.value)
    assert text.read_bytes() == before


def test_a_copy_needs_the_right_ending(book: Path) -> None:
    with pytest.raises(UsageError) as caught:
        funnel.refresh(book, out=book.with_name("copy.csv"))
    assert str(caught.value) == (
        "copy.csv cannot be written: a copy of clients.xlsx has to end with .xlsx. Name it copy.xlsx."
    )


def test_a_copy_never_replaces_a_file(book: Path) -> None:
    other = book.with_name("other.xlsx")
    other.write_bytes(b"precious")
    with pytest.raises(WriteError, match="exists already"):
        funnel.refresh(book, out=other)
    assert other.read_bytes() == b"precious"


def test_a_copy_that_cannot_be_refreshed_is_not_left_behind(book: Path) -> None:
    out = book.with_name("copy.xlsx")
    with pytest.raises(UsageError):
        funnel.refresh(book, out=out, totals="top")  # no room above the header
    assert not out.exists()


def test_a_signed_workbook_says_the_same_way_out_with_and_without_a_new_file(book: Path) -> None:
    with zipfile.ZipFile(book, "a") as package:
        package.writestr("_xmlsignatures/origin.sigs", "")
    new = book.with_name("new.xlsx")
    for out in (None, new):
        with pytest.raises(WriteError) as refused:
            refresh(book, out=out)
        assert str(refused.value) == (
            f"{book} has a digital signature, which any change would break, so it is unchanged. Open it in "
            "Excel, choose File, Save As, and save a copy under another name, which has no signature. "
            "Refresh that copy."
        )
        assert not new.exists()


def test_what_could_not_be_written_as_planned_is_told(book: Path) -> None:
    sheet = open_clients(book).sheet
    long = PutBlock("Clients", "note", Area(9, 9, 9, 9), (Cell(9, 9, "x" * 32_768),))
    assert apply_plan(sheet, Plan(str(book), (long,), sheet.version)).kept == (
        "Tab 'Clients', cell I9: the text was cut after 32,767 characters, the limit of a cell.",
    )


# --- our work taken out again ----------------------------------------------------------------------------


def canonical(data: bytes) -> bytes:
    return etree.tostring(etree.fromstring(data), method="c14n") if data.startswith(b"<") else data


def cells(sheet: bytes) -> list[bytes]:
    """A tab's part but for the hint on its extent, and rows without cells where our totals stood."""
    root = etree.fromstring(sheet)
    found = [e for e in root.iter() if etree.QName(e).localname in ("dimension", "row") and not len(e)]
    for element in found:
        element.getparent().remove(element)
    return [etree.tostring(element, method="c14n") for element in root]


@pytest.mark.parametrize("highlight", ["rule", "fill"])
def test_refreshed_and_removed_a_workbook_is_what_it_was(
    root: Path, tmp_path: Path, highlight: Literal["rule", "fill"]
) -> None:
    book = tmp_path / "gym.xlsx"
    shutil.copy(root / "sample_data/gym.xlsx", book)
    with zipfile.ZipFile(book) as package:
        before = {name: package.read(name) for name in package.namelist()}
    refresh(book, as_of="2026-06-01", highlight=highlight)
    refreshed = book.read_bytes()
    planned = remove(book, dry_run=True)
    assert book.read_bytes() == refreshed
    assert str(remove(book)) == str(planned)
    with zipfile.ZipFile(book) as package:
        after = {name: package.read(name) for name in package.namelist()}
    # It keeps our formats and texts, which nothing uses any more.
    kept = {"xl/sharedStrings.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}
    assert after.keys() - before.keys() == {"xl/sharedStrings.xml"}
    assert before.keys() - after.keys() == set()
    changed = {name for name, data in before.items() if canonical(after[name]) != canonical(data)}
    assert changed - kept == {"xl/worksheets/sheet1.xml"}
    tab = "xl/worksheets/sheet1.xml"
    assert highlight == "fill" or cells(after[tab]) == cells(before[tab])
    for name in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        old, new = (Counter(map(etree.tostring, etree.fromstring(d[name]))) for d in (before, after))
        assert not old - new
        assert all(b"haredStrings" in entry for entry in new - old)
    assert not remove(book)
    assert not remove(book).kept
    grids = [open_clients(path).grid for path in (root / "sample_data/gym.xlsx", book)]
    assert grids[0].values == grids[1].values
    fills = [[[grid.style(r, c).fill for r in range(1, 210)] for c in range(1, 19)] for grid in grids]
    assert fills[0] == fills[1]
    faults = [OpenXmlValidator().validate(path).errors for path in (root / "sample_data/gym.xlsx", book)]
    assert not Counter(map(str, faults[1])) - Counter(map(str, faults[0]))


@pytest.mark.office
def test_libreoffice_opens_a_workbook_we_were_removed_from(
    book: Path, tmp_path: Path, office_convert: Callable[[Path, str, Path], Path]
) -> None:
    refresh(book, as_of="2026-04-01")
    remove(book)
    made = office_convert(book, "xlsx:Calc MS Excel 2007 XML", tmp_path / "out")
    assert openpyxl.load_workbook(made).sheetnames == ["Clients", "Notes"]
    assert values(made, "Clients")[1][0] == "Ana"
    assert len(values(made, "Clients")) == 4


def test_a_tab_of_ours_that_somebody_reads_stays(book: Path) -> None:
    refresh(book, as_of="2026-04-01")
    sheet = open_clients(book).sheet
    typed = (
        PutTab("Notes", "", (Cell(2, 1, Formula("=Funnel!C4")),)),
        PutTab("Funnel history", "", (Cell(20, 8, "our best week"),)),
    )
    sheet.apply(Plan(str(book), typed, sheet.version))
    assert remove(book).kept == (
        "Tab 'Funnel' stays, because tab 'Notes' refers to it. What we wrote on it is removed.",
        "Tab 'Funnel history' stays, because H20 typed by hand. What we wrote on it is removed.",
    )
    opened = openpyxl.load_workbook(book)
    assert opened.sheetnames == ["Clients", "Notes", "Funnel", "Funnel history"]
    assert [c.value for row in opened["Funnel history"] for c in row if c.value] == ["our best week"]
    assert [c.value for row in opened["Funnel"] for c in row if c.value] == []
    assert not opened["Funnel"]._charts
    assert not remove(book)


def test_undo_offers_to_remove_and_removing_is_undone(book: Path) -> None:
    refresh(book, as_of="2026-04-01")
    refreshed = book.read_bytes()
    remove(book)
    undo(book)
    assert book.read_bytes() == refreshed


def test_nothing_is_removed_from_what_cannot_be_written(text: Path) -> None:
    assert not remove(text, dry_run=True)
    with pytest.raises(WriteError):
        remove(text)
