"""The PDF review: real text, tags, the numbers of the tables."""

import io

import pytest


@pytest.fixture(scope="module")
def document(review) -> bytes:
    pytest.importorskip("typst")
    from funnel.reports.documents.pdf import pdf

    return pdf(review)


def test_every_cell_of_every_table_is_text_in_the_pdf(review, document, flat, pdf_text):
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


@pytest.fixture(scope="module")
def catalog(document):
    """The root of the PDF, as pypdf reads it."""
    return pytest.importorskip("pypdf").PdfReader(io.BytesIO(document)).trailer["/Root"]


def tags(node, kind=""):
    """Yield the tags below a node with this kind (all, without one), in the order in which they are read."""
    node = node.get_object()
    for child in node if isinstance(node, list) else [node.get("/K", [])] if hasattr(node, "get") else []:
        child = child.get_object()
        if hasattr(child, "get") and child.get("/S", "").startswith(kind) and "/S" in child:
            yield child
        if hasattr(child, "get") or isinstance(child, list):
            yield from tags(child, kind)


def test_the_pdf_says_that_it_is_tagged_and_shows_its_title(catalog, document):
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    reader = pytest.importorskip("pypdf").PdfReader(io.BytesIO(document))
    assert reader.metadata.title == "gym: review of the client journey"
    assert b"pdfuaid" in catalog["/Metadata"].get_object().get_data()
    assert all(page["/Tabs"] == "/S" for page in reader.pages if "/Annots" in page)


def test_headings_are_those_of_the_review_and_none_is_skipped(catalog, review):
    found = [(tag["/S"], tag["/T"]) for tag in tags(catalog["/StructTreeRoot"], "/H")]
    expected = []
    for section in review.sections:
        expected.append(("/H1", section.title))
        expected += [("/H2", table.title) for table in section.tables]
    assert found == expected
    assert [tag["/S"] for tag in tags(catalog["/StructTreeRoot"])][:2] == ["/Document", "/Title"]


def test_each_table_has_a_row_of_headings_and_rows_as_long(catalog, review):
    tables = [table for section in review.sections for table in section.tables]
    found = list(tags(catalog["/StructTreeRoot"], "/Table"))
    assert len(found) == len(tables) >= 12
    for tag, table in zip(found, tables, strict=True):
        [head], [body] = tags(tag, "/THead"), tags(tag, "/TBody")
        columns = len(table.texts[0])
        assert [cell["/S"] for cell in tags(head, "/T")] == ["/TR", *["/TH"] * columns]
        rows = [list(tags(row, "/T")) for row in tags(body, "/TR")]
        groups = [row for row in rows if len(row) == 1 < columns]  # a line above rows: "Paid clients"
        assert [_attribute(row[0], "/ColSpan") for row in groups] == [columns] * len({*table.groups} - {""})
        assert [len(row) for row in rows if row not in groups] == [columns] * len(table.texts)
        assert {_attribute(cell, "/Scope") for cell in tags(head, "/TH")} == {"/Column"}


def _attribute(cell, name):
    """The attribute of a cell of a table; None without it."""
    attributes = cell["/A"].get_object()
    every = attributes if isinstance(attributes, list) else [attributes]
    return next((item.get_object()[name] for item in every if name in item.get_object()), None)


def test_each_figure_has_the_sentences_of_its_chart(catalog):
    found = [tag["/Alt"] for tag in tags(catalog["/StructTreeRoot"], "/Figure")]
    assert len(found) >= 9
    assert all(len(text) > 60 for text in found)
    assert found[0].startswith(
        "Funnel. as of 2026-11-21 · 200 clients. Leads: 200. Client contacted: 195, 98 %"
    )


def test_the_same_review_is_the_same_bytes(review, document):
    from funnel.reports.documents.pdf import pdf

    assert pdf(review) == document


def test_nothing_typed_is_markup_in_the_pdf(hostile, flat, pdf_text):
    pytest.importorskip("typst")
    from funnel.reports.documents.pdf import pdf

    text = flat(pdf_text(pdf(hostile)))
    assert flat('#image("/etc/passwd")') in text
    assert "root:x:0" not in text
    assert flat("=HYPERLINK(1)") in text
