"""The slides of a review: native charts and tables with the numbers of the tables."""

import io
import zipfile

import pytest


@pytest.fixture(scope="module")
def slides(review):
    library = pytest.importorskip("pptx")
    from funnel.reports.documents.pptx import pptx

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
    from funnel.reports.documents.pptx import pptx

    with zipfile.ZipFile(io.BytesIO(pptx(hostile))) as archive:
        parts = {
            name: archive.read(name).decode("utf-8") for name in archive.namelist() if "slides/slide" in name
        }
    assert any("&lt;script&gt;" in part for part in parts.values())
    assert not any("<script" in part for part in parts.values())


@pytest.mark.office
def test_an_office_program_opens_the_slides(review, tmp_path, office_convert, flat, pdf_text):
    pytest.importorskip("pptx")
    review.save(tmp_path / "review.pptx")
    made = office_convert(tmp_path / "review.pptx", "pdf", tmp_path / "out")
    text = flat(pdf_text(made.read_bytes()))
    assert flat("Verdict and what to work on") in text
    assert flat("Client meeting had (n = 128)") in text
