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
    from funnel.reports.documents.pdf import pdf

    assert pdf(review) == document


def test_nothing_typed_is_markup_in_the_pdf(hostile, flat, pdf_text):
    pytest.importorskip("typst")
    from funnel.reports.documents.pdf import pdf

    text = flat(pdf_text(pdf(hostile)))
    assert flat('#image("/etc/passwd")') in text
    assert "root:x:0" not in text
    assert flat("=HYPERLINK(1)") in text
