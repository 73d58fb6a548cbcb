"""The workbook of a review: live formulas, native charts, nothing typed as a formula."""

import io
import re

import pytest
from openpyxl import load_workbook


@pytest.fixture(scope="module")
def workbook(review) -> bytes:
    from funnel.reports.documents.xlsx import xlsx

    return xlsx(review)


def test_formulas_and_charts_of_the_workbook(review, workbook):
    live, cached = (load_workbook(io.BytesIO(workbook), data_only=only) for only in (False, True))
    assert live.sheetnames[:3] == ["Review", "Funnel", "Leaks"]
    formulas = [cell for row in live["Leaks"] for cell in row if str(cell.value).startswith("=")]
    assert len(formulas) == len(review["leaks"].table("Leaks").values)
    for cell, row in zip(formulas, review["leaks"].table("Leaks").values, strict=True):
        assert cached["Leaks"][cell.coordinate].value == pytest.approx(row[3])
    assert sum(len(sheet._charts) for sheet in live) >= 5


def test_nothing_typed_is_a_formula_in_the_workbook(hostile):
    from funnel.reports.documents.xlsx import xlsx

    book = load_workbook(io.BytesIO(xlsx(hostile)))
    cells = [cell for sheet in book for row in sheet for cell in row if isinstance(cell.value, str)]
    assert any(cell.value == "=HYPERLINK(1)" and cell.data_type == "s" for cell in cells) or any(
        "=HYPERLINK(1)" in cell.value for cell in cells if cell.data_type in ("s", "inlineStr")
    )
    ours = re.compile(r"=(\$?[A-Z]+\$?\d+|SUM\(|Review!)")
    assert [c.value for c in cells if c.data_type == "f" and not ours.match(c.value)] == []


def test_long_texts_take_more_rows_because_not_every_program_fits_heights(workbook):
    tab = load_workbook(io.BytesIO(workbook))["Definitions used"]
    texts = [str(row[2].value) for row in tab.iter_rows() if row[2].value]
    assert max(map(len, texts)) <= 60
    assert any(row[1].value is None and row[2].value for row in tab.iter_rows())


@pytest.mark.office
def test_an_office_program_computes_the_same_numbers(review, workbook, tmp_path, office_convert):
    (tmp_path / "review.xlsx").write_bytes(workbook)
    made = office_convert(tmp_path / "review.xlsx", "xlsx", tmp_path / "out")
    again = load_workbook(made, data_only=True)
    for name, sheet in (("leaks", "Leaks"), ("reasons", "Reasons for leaving"), ("funnel", "Funnel")):
        table = review[name].tables[0]
        found = {row[1].value: [cell.value for cell in row[1:]] for row in reversed(list(again[sheet]))}
        for row in table.values:
            cells = found[row[0]]
            for at, _ in table.formulas:
                if row[at] is not None:
                    assert cells[at] == pytest.approx(row[at]), (row[0], at)
