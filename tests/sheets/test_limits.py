"""Hostile workbooks raise a ReadError at once and in little memory; large genuine ones are read.

With the same files, openpyxl runs out of memory or does not finish, and calamine aborts.
"""

# ruff: noqa: E501  (XML is read more easily uncut)

import subprocess
import sys

import pytest

from funnel.errors import ReadError
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.read.reader import Reader

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
START = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode()
END = b"</sheetData></worksheet>"
NEW = "Open the workbook in Excel, save it as a new workbook, and use that one."
TRUSTED = "If you trust its sender, open it in Excel, copy the cells into a new workbook, and use that one."
SECONDS, MEGABYTES = 1.0, 100  # "well under a second" of CPU, so that a busy machine changes nothing


def refusal(data: bytes) -> str:
    try:
        package = Package(data, "clients.xlsx")
        Reader(package).read(package.worksheets[0])
    except ReadError as error:
        return str(error)
    pytest.fail("was not refused")


def test_cells_in_opposite_corners(book):
    data = book(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )
    assert refusal(data) == (
        "clients.xlsx, tab 'Leads', has 2 cells in 1,048,576 rows and 16,384 columns (up to XFD1048576), too "
        "sparse to read. Delete the stray cells far from the clients (Ctrl+End goes to the last one), save, "
        "and try again."
    )


def test_a_stray_cell_far_below_is_read(read):
    first = "".join(f'<c r="{letter}1"><v>1</v></c>' for letter in "ABCDEFGHIJKLMNOPQR")
    grid = read(f'<row r="1">{first}</row><row r="1048576"><c r="A1048576"><v>1</v></c></row>')
    assert (grid.height, grid.width, grid[1_048_576, 1]) == (1_048_576, 18, 1)


def test_rows_and_columns_outside_the_grid(book):
    outside = (
        f"clients.xlsx, tab 'Leads', has a row 100,000,000, but the last row of a sheet is 1,048,576. {NEW}"
    )
    assert refusal(book('<row r="100000000"><c r="A100000000"><v>1</v></c></row>')) == outside
    assert refusal(book('<row r="1"><c r="A100000000"><v>1</v></c></row>')) == outside
    assert "has a row 0," in refusal(book('<row r="0"><c r="A0"><v>1</v></c></row>'))
    for name in ("ZZZZZZ", "XFE"):
        assert refusal(book(f'<row r="1"><c r="{name}1"><v>1</v></c></row>')) == (
            f"clients.xlsx, tab 'Leads', has a cell in column '{name}', but the last column of a sheet is XFD. "
            + NEW
        )


def test_merges_and_counts(book):
    assert refusal(book(after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')) == (
        "clients.xlsx, tab 'Leads', has the merged cells A1:XFD1048576, more than the 5,000,000 that funnel "
        "reads. Unmerge them in Excel, save, and try again."
    )
    shared = f'<sst xmlns="{MAIN}" count="1" uniqueCount="4294967295"><si><t>a</t></si></sst>'
    assert refusal(book(shared=shared)) == (
        "clients.xlsx, part xl/sharedStrings.xml, declares 4,294,967,295 strings in "
        f"{len(shared)} bytes. {NEW}"
    )


def test_a_wrong_dimension_is_ignored(read):
    row = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    assert read(row, before='<dimension ref="A1"/>').row(1) == [1, 2]


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_entity_bombs(parts, pack, part):
    bomb = f'<!DOCTYPE a [<!ENTITY a "{"a" * 50_000}">]><sst xmlns="{MAIN}"><si><t>{"&a;" * 50_000}</t></si></sst>'
    assert "contains a document type (DTD)" in refusal(pack({**parts(), part: bomb}))
    wide = f'<?xml version="1.0" encoding="UTF-16"?>{bomb}'.encode("utf-16")
    assert "contains a document type (DTD)" in refusal(pack({**parts(), part: wide}))


def test_a_text_and_a_row_that_are_too_long(parts, swollen):
    made = parts()
    shared = swollen(
        made, "xl/sharedStrings.xml", f'<sst xmlns="{MAIN}"><si><t>'.encode(), b"a" * (1 << 20), 40, b""
    )
    assert refusal(shared) == f"clients.xlsx, part xl/sharedStrings.xml, has a text of more than 4 MB. {NEW}"
    row = swollen(made, "xl/worksheets/sheet1.xml", START + b'<row r="1">', b"<c/>" * (1 << 18), 70, END)
    assert refusal(row) == f"clients.xlsx, tab 'Leads', has a row of more than 16 MB. {NEW}"


BOMBS = {
    "2 GB of shared strings": (
        "xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">'.encode(), b"<si><t>aaaaaaaaaaaaaaaa</t></si>" * 32_768, 2048,
        b"</sst>", "its part 'xl/sharedStrings.xml' would grow from",
    ),
    "512 MB of cells": (
        "xl/worksheets/sheet1.xml", START, b'<row><c t="n"><v>17</v></c><c><v>1</v></c></row>' * 24_000, 480, END,
        "its part 'xl/worksheets/sheet1.xml' would grow from",
    ),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_raise_at_once_and_in_little_memory(parts, swollen, tmp_path, bomb):
    name, start, block, times, end, told = BOMBS[bomb]
    made = parts()
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(swollen(made, name, start, block, times, end))
    assert path.stat().st_size < 6_000_000
    assert told in judged(path)


def test_every_other_hostile_file_costs_little(book, tmp_path):
    corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    bomb = f'<!DOCTYPE a [<!ENTITY a "{"a" * 50_000}">]><sst xmlns="{MAIN}"><si><t>{"&a;" * 50_000}</t></si></sst>'
    hostile = {
        "corners": book(f'<row r="1"><c r="A1"><v>1</v></c></row>{corner}'),
        "count": book(shared=f'<sst xmlns="{MAIN}" uniqueCount="4294967295"/>'),
        "row": book('<row r="100000000"><c r="A100000000"><v>1</v></c></row>'),
        "merge": book(after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        "entities": book(shared=bomb),
        "column": book('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>'),
    }
    for name, data in hostile.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(data)
        assert judged(path)


def judged(path) -> str:
    """Return the error for a file, from a separate process with limits on time and memory."""
    code = f"""
import time
from funnel.errors import ReadError
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.read.reader import Reader
try:
    import resource
    peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
except ImportError:  # Windows
    peak = lambda: 0
before, start = peak(), time.process_time()
try:
    package = Package.open({str(path)!r})
    Reader(package).read(package.worksheets[0])
    told = "passed"
except ReadError as error:
    told = str(error)
print(time.process_time() - start, peak() - before, told, sep="|")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, megabytes, told = done.stdout.split("|", 2)
    assert float(seconds) < SECONDS, done.stdout
    assert float(megabytes) < MEGABYTES, done.stdout
    assert told.strip() != "passed"
    return told.strip()


@pytest.mark.parametrize(("cells", "ratio"), [(b"<c><v>1</v></c>" * 18, 200), (b"<c/>" * 3, 390)])
def test_a_million_equal_rows_pass(parts, swollen, cells, ratio):
    """Genuine sheets compress as well as bombs; only the decompressed size differs."""
    block = (b"<row>" + cells + b"</row>") * 20_000
    data = swollen(parts(), "xl/worksheets/sheet1.xml", START, block, 50, END)
    package = Package(data, "clients.xlsx")
    info, packed = package.raw("xl/worksheets/sheet1.xml")
    assert info.file_size / len(packed) > ratio
    assert Reader(package).read(package.worksheets[0], 3).height in (0, 3)


def test_a_million_formatted_empty_rows_are_dropped(parts, swollen):
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="0"/><c r="B{n}" s="0"/></row>' for n in range(2, 200_000))
    first = START + b'<row r="1"><c r="A1"><v>1</v></c></row>'
    data = swollen(parts(), "xl/worksheets/sheet1.xml", first, rows.encode(), 1, END)
    package = Package(data, "clients.xlsx")
    assert Reader(package).read(package.worksheets[0]).values == [[1]]
