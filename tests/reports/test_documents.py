"""PDF, PPTX and XLSX reviews: real text, native charts, live formulas, and the numbers of the tables."""

import builtins
import datetime as dt
import io
import re
import zipfile

import pandas as pd
import pytest
from openpyxl import load_workbook

from funnel.errors import WriteError
from funnel.reports.review import Review
from funnel.workflows.report import report

DAY = dt.date(2026, 11, 21)
EVIL = '#image("/etc/passwd") $x_{$ <script>alert(1)</script> =1+1 *bold* `code` \\u{1F4A9}'


@pytest.fixture(scope="module")
def review(root) -> Review:
    return report(root / "sample_data" / "gym.xlsx", as_of=DAY)


@pytest.fixture(scope="module")
def hostile() -> Review:
    rows = [
        {"Client name": f"{EVIL} {n}", "Date of lead": f"2026-0{n % 6 + 1}-05", "Name of coach": EVIL,
         "Source of lead": f"=HYPERLINK({n % 2})", "Client contacted": 1,
         "Client meeting booked": n % 2 or None, "First paid session": n % 3 or None,
         "Reason for discontinue": EVIL if n % 4 == 0 else None,
         "When left journey": "2026-06-30" if n % 4 == 0 else None}
        for n in range(1, 41)
    ]  # fmt: skip
    return report(pd.DataFrame(rows), "gym", as_of=DAY, names=True)


def flat(text: str) -> str:
    return re.sub(r"[\s\u2068\u2069-]+", "", text)


# --- PDF ---------------------------------------------------------------------------------------------------


def pdf_text(data: bytes) -> str:
    reader = pytest.importorskip("pypdf").PdfReader(io.BytesIO(data))
    return "".join(page.extract_text() for page in reader.pages)


@pytest.fixture(scope="module")
def document(review) -> bytes:
    pytest.importorskip("typst")
    from funnel.reports.pdf import pdf

    return pdf(review)


def test_every_cell_of_every_table_is_text_in_the_pdf(review, document):
    text = flat(pdf_text(document))
    missing = [
        cell
        for section in review.sections
        for table in section.tables
        for row in table.texts
        for cell in row
        if flat(cell) not in text
    ]
    assert missing == []


def test_the_pdf_is_tagged(document):
    reader = pytest.importorskip("pypdf").PdfReader(io.BytesIO(document))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.metadata.title == "gym: review of the client journey"
    kinds: dict[str, int] = {}

    def walk(node) -> None:
        node = node.get_object()
        if hasattr(node, "get") and "/S" in node:
            kinds[node["/S"]] = kinds.get(node["/S"], 0) + 1
            if node["/S"] == "/Figure":
                assert "/Alt" in node
        children = node.get("/K", []) if hasattr(node, "get") else []
        for child in children if isinstance(children, list) else [children]:
            if hasattr(child.get_object(), "get"):
                walk(child)

    walk(root["/StructTreeRoot"])
    assert kinds["/Figure"] >= 9
    assert kinds["/Table"] >= 12
    assert kinds["/TH"] >= 40
    assert kinds["/H1"] >= 12


def test_the_same_review_is_the_same_bytes(review, document):
    from funnel.reports.pdf import pdf

    assert pdf(review) == document


def test_nothing_typed_is_markup_in_the_pdf(hostile):
    pytest.importorskip("typst")
    from funnel.reports.pdf import pdf

    text = flat(pdf_text(pdf(hostile)))
    assert flat('#image("/etc/passwd")') in text
    assert "root:x:0" not in text
    assert flat("=HYPERLINK(1)") in text


# --- PPTX --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def slides(review):
    library = pytest.importorskip("pptx")
    from funnel.reports.pptx import pptx

    return library.Presentation(io.BytesIO(pptx(review)))


def test_charts_of_the_slides_are_native_and_their_numbers_those_of_the_tables(review, slides):
    found = {}
    for slide in slides.slides:
        for shape in slide.shapes:
            if shape.has_chart:
                plot = shape.chart.plots[0]
                found[slide.shapes.title.text_frame.text] = [list(series.values) for series in plot.series]
    for section in review.sections:
        for figure in section.figures:
            if figure.bars is None:
                continue
            table = section.table(figure.table)
            for series, values in zip(figure.bars.series, found[figure.title], strict=True):
                first, last = series.rows or (0, len(table.values) - 1)
                assert values == [table.values[at][series.column] for at in range(first, last + 1)]
    assert len(found) >= 6


def test_every_shape_of_the_slides_has_an_alternative_text_or_is_a_line(slides):
    for slide in slides.slides:
        for shape in slide.shapes:
            if not shape.has_text_frame or shape.name == "line":
                described = shape._element.xpath(".//p:cNvPr")[0].get("descr")
                assert described or shape.name == "line", shape.name


def test_tables_of_the_slides(review, slides):
    cells = {
        cell.text
        for slide in slides.slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
    }
    assert {text for row in review["leaks"].table("Leaks").texts for text in row} <= cells


def test_nothing_typed_is_markup_in_the_slides(hostile):
    pytest.importorskip("pptx")
    from funnel.reports.pptx import pptx

    with zipfile.ZipFile(io.BytesIO(pptx(hostile))) as archive:
        parts = {
            name: archive.read(name).decode("utf-8") for name in archive.namelist() if "slides/slide" in name
        }
    assert any("&lt;script&gt;" in part for part in parts.values())
    assert not any("<script" in part for part in parts.values())


# --- XLSX --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workbook(review) -> bytes:
    from funnel.reports.xlsx import xlsx

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
    from funnel.reports.xlsx import xlsx

    book = load_workbook(io.BytesIO(xlsx(hostile)))
    cells = [cell for sheet in book for row in sheet for cell in row if isinstance(cell.value, str)]
    assert any(cell.value == "=HYPERLINK(1)" and cell.data_type == "s" for cell in cells) or any(
        "=HYPERLINK(1)" in cell.value for cell in cells if cell.data_type in ("s", "inlineStr")
    )
    ours = re.compile(r"=(\$?[A-Z]+\$?\d+|SUM\(|Review!)")
    assert [c.value for c in cells if c.data_type == "f" and not ours.match(c.value)] == []


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


@pytest.mark.office
def test_an_office_program_opens_the_slides(review, tmp_path, office_convert):
    pytest.importorskip("pptx")
    review.save(tmp_path / "review.pptx")
    made = office_convert(tmp_path / "review.pptx", "pdf", tmp_path / "out")
    text = flat(pdf_text(made.read_bytes()))
    assert flat("Verdict and what to work on") in text
    assert flat("Client meeting had (n = 128)") in text


# --- libraries ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "library", "message"),
    [
        ("pdf", "typst", "A PDF needs the library typst, which is not installed. Install it with: pip "
         "install 'funnelbook[report]'. Or write .html, and print that."),
        ("pptx", "pptx", "Slides need the library python-pptx, which is not installed. Install it with: pip "
         "install 'funnelbook[report]'. Or write .html or .xlsx."),
    ],
)  # fmt: skip
def test_a_missing_library_is_named(review, monkeypatch, tmp_path, kind, library, message):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.split(".")[0] == library:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(WriteError) as error:
        review.save(tmp_path / f"review.{kind}")
    assert str(error.value) == message
    assert list(tmp_path.iterdir()) == []


def test_a_folder_gets_every_form(review, tmp_path):
    pytest.importorskip("typst")
    pytest.importorskip("pptx")
    made = review.save(tmp_path / "reviews")
    assert sorted(path.name for path in made) == ["review.html", "review.pdf", "review.pptx", "review.xlsx"]
