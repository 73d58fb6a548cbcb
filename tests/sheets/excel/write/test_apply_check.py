"""The check of a written workbook: rows that funnel wrote are parsed once more, copied blocks are not."""

from pathlib import Path

import openpyxl
import pytest

from funnel.errors import WriteError
from funnel.grid import Area
from funnel.plan import Cell, Formula, Plan, PutBlock
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.write import cells
from funnel.sheets.excel.write.apply import apply_plan
from funnel.sheets.excel.write.patch import SheetPatch
from funnel.sheets.excel.write.rows import Edit


def test_a_new_row_that_is_invalid_xml_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "clients.xlsx"
    openpyxl.Workbook().save(book)
    package = Package.open(book)
    cell = Cell(15, 3, Formula('=COUNTIF(C2:C14,"<1")', 2), "total_count")
    block = PutBlock("Sheet", "totals", Area(15, 3, 15, 3), (cell,))
    monkeypatch.setattr(cells, "escape", lambda text: text)  # the same fault in both passes
    with pytest.raises(WriteError) as error:
        apply_plan(book, package, Plan(str(book), (block,), package.version))
    assert str(error.value).startswith(
        f"{book} is unchanged: the new version failed its check (not well-formed (invalid token): line 2, "
    )
    assert list(tmp_path.iterdir()) == [book]


def test_what_is_seen_is_all_but_the_copied_blocks() -> None:
    patch = SheetPatch("clients.xlsx, tab 'Clients',")
    patch.edit(3, 1, Edit(cells.inline("new"), lambda style, exists: style))
    pieces = [
        b'<worksheet><sheetData><row r="1"><c r="A1"/></row>',
        b'<row r="2"/>',
        b'<row r="3"><c r="A3"/></row></sheetData><x/></worksheet>',
    ]
    seen: list[bytes] = []
    written = patch.run(lambda: pieces, b"".join, seen.append)
    assert b"".join(seen) == written.replace(b'<row r="1"><c r="A1"/></row>', b"")
