"""Open sheets: the content of a file determines its kind, and errors are whole sentences."""

# ruff: noqa: E501  (sentences and XML are read more easily uncut)

import os
from pathlib import Path

import pytest

from funnel.errors import ReadError, WriteError
from funnel.plan import Plan
from funnel.sheets import open_sheet
from funnel.sheets.delimited.sheet import DelimitedSheet
from funnel.sheets.excel.sheet import ExcelSheet


def refusal(source: object) -> str:
    with pytest.raises(ReadError) as caught:
        open_sheet(source)  # type: ignore[arg-type]
    return str(caught.value)


def test_the_content_determines_the_kind_of_a_file(tmp_path, book):
    workbook = tmp_path / "clients.csv"
    workbook.write_bytes(book('<row r="1"><c r="A1"><v>1</v></c></row>'))
    sheet = open_sheet(str(workbook))
    assert isinstance(sheet, ExcelSheet)
    assert (sheet.source, sheet.tabs(), sheet.read("leads").values) == (str(workbook), ("Leads",), [[1]])
    (tmp_path / "export.xls").write_text("Client;Paid\nAna;1\n")
    assert isinstance(open_sheet(tmp_path / "export.xls"), DelimitedSheet)


def test_a_missing_file_raises_with_the_nearest_name(tmp_path):
    (tmp_path / "clients 2026.xlsx").write_text("")
    (tmp_path / "~$clients.xlsx").write_text("")
    near = tmp_path / "clients 2026.xlsx"
    assert refusal(tmp_path / "client 2026.xlsx") == (
        f"There is no file {str(tmp_path / 'client 2026.xlsx')!r}; did you mean {str(near)!r}?"
    )
    missing = f"There is no file {str(tmp_path / 'zzz.csv')!r}."
    assert refusal(tmp_path / "zzz.csv") == f"{missing} The only sheet in its folder is clients 2026.xlsx."
    for name in ("a.xlsx", "it.xlsx"):
        (tmp_path / name).write_text("")
    assert refusal(tmp_path / "zzz.csv") == (
        f"{missing} The sheets in its folder are a.xlsx, clients 2026.xlsx and it.xlsx."
    )
    assert refusal(tmp_path / "none" / "a.xlsx") == (
        f"There is no folder {str(tmp_path / 'none')!r}, so 'a.xlsx' cannot be read. Check the path; the current "
        f"folder is {str(Path.cwd())!r}."
    )


def test_folders_empty_files_and_other_files(tmp_path):
    (tmp_path / "a.csv").write_text("x")
    assert refusal(tmp_path) == (
        f"{tmp_path} is a folder. Name the file in it, such as {str(tmp_path / 'a.csv')!r}."
    )
    empty = tmp_path / "empty.xlsx"
    empty.write_bytes(b"\0" * 64)
    assert refusal(empty) == (
        f"{empty} is empty. If it is in a synchronised folder, open it once so that it is downloaded, and try "
        "again."
    )
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    assert refusal(picture) == (
        f"{picture} is a picture, not a sheet: open the sheet it shows, save it as an Excel workbook (.xlsx), "
        "and use that one."
    )


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_text("x")
    path.chmod(0)
    assert refusal(path) == (
        f"{path} cannot be read: this account has no permission. Ask its owner for permission, or copy it to a "
        "folder of your own."
    )


def test_addresses():
    assert refusal("https://example.org/clients.xlsx") == (
        "https://example.org/clients.xlsx is not the address of a Google Sheet. Give a Google Sheets address "
        "(https://docs.google.com/spreadsheets/d/...), or download the file and give its path."
    )


def test_tabs_are_found_in_any_case_and_suggested(tmp_path, book):
    path = tmp_path / "clients.xlsx"
    path.write_bytes(book("<row/>"))
    with pytest.raises(ReadError) as caught:
        open_sheet(path).read("Laeds")
    assert str(caught.value) == f"{path} has no tab 'Laeds'; did you mean 'Leads'? Its only tab is Leads."


def test_errors_of_read_only_sheets_suggest_an_alternative(tmp_path, book):
    text = tmp_path / "clients.csv"
    text.write_text("Client,Paid\nAna,1\n")
    sheet = open_sheet(text)
    told = (
        f"{text} is a text file, which funnel reads but does not write. Write into a workbook: funnel refresh "
        "clients.csv -o clients.xlsx. To keep a log of moves in a file beside it: funnel log clients.csv --update"
    )
    assert sheet.read_only_reason == told
    with pytest.raises(WriteError) as caught:
        sheet.apply(Plan(str(text)))
    assert str(caught.value) == told
    signed = tmp_path / "signed.xlsx"
    signed.write_bytes(book(extra={"_xmlsignatures/origin.sigs": ""}))
    assert open_sheet(signed).read_only_reason == (
        f"{signed} has a digital signature, which any change would break, so it is unchanged. Open it in "
        "Excel, choose File, Save As, and save a copy under another name, which has no signature. Refresh "
        "that copy."
    )
    plain = tmp_path / "plain.xlsx"
    plain.write_bytes(book())
    assert open_sheet(plain).read_only_reason is None
