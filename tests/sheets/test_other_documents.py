"""Files that are no sheet, under a workbook's name: each is described as what it is, with what to do."""

from pathlib import Path

import pytest

import funnel
from funnel.errors import ReadError, WriteError
from funnel.plan import Plan
from funnel.sheets import open_sheet

SAVE = "save it as an Excel workbook (.xlsx), and use that one."
PAGE = f"is a web page (HTML), not a sheet: open it in Excel or LibreOffice, {SAVE}"
SIGN_IN = (
    "is a web page (HTML), not a sheet, and has no table: sign in where the sheet is kept, download it "
    "again, and use that file."
)
ARCHIVE = f"is a web archive (MHTML), not a sheet: open it in Excel, {SAVE}"
PDF = f"is a PDF, not a sheet: copy its table into a new workbook, {SAVE}"
XML = f"is an XML file, not a sheet: open it in Excel or LibreOffice, {SAVE}"
TEXT = (
    "is a text file, not a workbook, and contains no table (it begins with {!r}): export or download the "
    "sheet again, and use that file."
)
JSON = (
    "is a JSON file, not a sheet. If it is the key of a service account, name it with --credentials. Else "
    "export the clients as .csv, and use that file."
)
DOCUMENTS = {
    "page": ("<html><body><TABLE><tr><td>Client", PAGE),
    "bare table": ("\n<table border=1><tr><td>Client", PAGE),
    "page after a comment": ("\ufeff<!-- saved from url=(0014)about:internet -->\n<html><table>", PAGE),
    "xhtml": ('<?xml version="1.0"?>\n<!DOCTYPE html><html><table>', PAGE),
    "sign-in page": ("<!DOCTYPE html><html><title>Sign in</title></html>", SIGN_IN),
    "archive": ('MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x', ARCHIVE),
    "saved page": ("From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org", ARCHIVE),
    "pdf": ("%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", PDF),
    "xml of 2003": ('<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>', XML),
    "prose": ("Hello Ana,\n\nthe sheet is attached.\n\nBen\n", TEXT.format("Hello Ana,\n\nthe sheet is")),
    "json": ('{"client": "Ana",\n "paid": 1}\n', JSON),
}


@pytest.mark.parametrize("ending", [".xlsx", ".ods", ".xls"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_other_documents_under_the_name_of_a_workbook(tmp_path: Path, name: str, ending: str) -> None:
    content, message = DOCUMENTS[name]
    path = tmp_path / f"clients{ending}"
    path.write_bytes(content.encode())
    with pytest.raises(ReadError) as caught:
        open_sheet(path)
    assert str(caught.value) == f"{path} {message}"


@pytest.mark.parametrize(("name", "ending"), [("page", ".html"), ("pdf", ".pdf"), ("pdf", ".csv")])
def test_other_documents_under_any_name(tmp_path: Path, name: str, ending: str) -> None:
    path = tmp_path / f"clients{ending}"
    path.write_text(DOCUMENTS[name][0], "utf-8")
    with pytest.raises(ReadError) as caught:
        open_sheet(path)
    assert str(caught.value) == f"{path} {DOCUMENTS[name][1]}"


def test_a_page_in_utf_16(tmp_path: Path) -> None:
    path = tmp_path / "clients.xls"
    path.write_bytes("<html><table>".encode("utf-16"))
    with pytest.raises(ReadError) as caught:
        open_sheet(path)
    assert str(caught.value) == f"{path} {PAGE}"


def test_a_text_table_under_the_name_of_a_workbook_is_read_and_noted(tmp_path: Path) -> None:
    path = tmp_path / "clients.xlsx"
    path.write_text(
        "Client name,Date of lead,Client contacted,First paid session\nAna,2026-01-20,1,1\n", "utf-8"
    )
    assert funnel.load(path, journey="gym").assumed[-1:] == (
        "clients.xlsx is a text file, not a workbook; name it clients.csv, or save it as an Excel workbook "
        "(.xlsx)",
    )
    with pytest.raises(WriteError) as caught:
        open_sheet(path).apply(Plan(str(path)))
    assert str(caught.value) == (
        f"{path} is a text file, which funnel reads but does not write. Write into a workbook: funnel "
        "refresh clients.xlsx -o clients-new.xlsx. To keep a log of moves in a file beside it: funnel log "
        "clients.xlsx --update"
    )


def test_text_under_the_name_of_a_text_file_needs_no_table(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("Client\nAna\n", "utf-8")
    assert open_sheet(path).read("names").notes == ()
