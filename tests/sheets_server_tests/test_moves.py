"""Rows inserted, deleted, moved and sorted: everything that lies over them follows."""

from __future__ import annotations

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets_server.build import area, chart, lines, mark, put, rule
from sheets_server.cells import enter
from sheets_server.edits import Delete, Edit, Insert, Move, apply
from sheets_server.entering import raw
from sheets_server.state import Book, new_tab


@pytest.fixture
def laden(book, batch, server):
    """The client sheet with one of everything on rows 2 to 5."""
    person = server.person(book)
    replies = batch(
        put("C7", [["=SUM(C2:C6)", "=$D$2"]]),
        {"addNamedRange": {"namedRange": {"name": "paid", "range": area("D2:D5")}}},
        {"addProtectedRange": {"protectedRange": {"range": area("A2:A5"), "warningOnly": True}}},
        rule("=$D2=1", "A2:D5"),
        rule("=$A1=0", "A:D"),
        {"setBasicFilter": {"filter": {"range": area("A1:D5")}}},
        mark("totals", lines("ROWS", 6, 7), 11),
        mark("client", lines("COLUMNS", 0, 1), 12),
        chart("Paid", "D2:D5", "F3", 13),
    )
    assert isinstance(replies, list), replies
    return person


def places(person) -> dict[str, object]:
    """Where everything is now."""
    book = person.book
    tab = book.tabs[0]
    spans = {item["metadataId"]: item["location"]["dimensionRange"]["startIndex"] for item in book.metadata}
    rules = [
        (found["ranges"], found["booleanRule"]["condition"]["values"][0]["userEnteredValue"])
        for found in tab.conditional
    ]
    made = tab.charts[0]
    return {
        "formulas": [value for value in person.entered(tab.title).values() if str(value).startswith("=")],
        "named": [item["range"] for item in book.named],
        "protected": [item["range"] for item in tab.protected],
        "rules": rules,
        "filter": tab.filter["range"] if tab.filter else None,
        "metadata": spans,
        "source": made["spec"]["basicChart"]["series"][0]["series"]["sourceRange"]["sources"],
        "anchor": made["position"]["overlayPosition"]["anchorCell"],
    }


def test_rows_inserted_inside(laden) -> None:
    laden.insert_rows("Clients", 4, 2)
    assert places(laden) == {
        "formulas": ["=SUM(C2:C8)", "=$D$2"],
        "named": [area("D2:D7")],
        "protected": [area("A2:A7")],
        "rules": [([area("A:D")], "=$A1=0"), ([area("A2:D7")], "=$D2=1")],
        "filter": area("A1:D7"),
        "metadata": {11: 8, 12: 0},
        "source": [area("D2:D7")],
        "anchor": {"rowIndex": 2, "columnIndex": 5},
    }


def test_a_row_inserted_at_the_top_leaves_whole_column_rules_where_they_are(laden) -> None:
    laden.insert_rows("Clients", 1)
    assert places(laden) == {
        "formulas": ["=SUM(C3:C7)", "=$D$3"],
        "named": [area("D3:D6")],
        "protected": [area("A3:A6")],
        "rules": [([area("A:D")], "=$A1=0"), ([area("A3:D6")], "=$D3=1")],
        "filter": area("A2:D6"),
        "metadata": {11: 7, 12: 0},
        "source": [area("D3:D6")],
        "anchor": {"rowIndex": 3, "columnIndex": 5},
    }


def test_rows_deleted_take_with_them_what_lies_on_them_alone(laden) -> None:
    laden.delete_rows("Clients", 2, 4)
    found = places(laden)
    assert found["formulas"] == ["=SUM(C2)", "=#REF!"] or found["formulas"] == ["=SUM(C2:C2)", "=#REF!"]
    assert (found["named"], found["protected"], found["source"]) == ([], [], [])
    assert (found["rules"], found["filter"]) == ([([area("A:D")], "=$A1=0")], area("A1:D1"))
    laden.delete_rows("Clients", 3)
    assert places(laden)["metadata"] == {12: 0}


def test_columns_inserted_before(laden) -> None:
    laden.insert_columns("Clients", 1)
    found = places(laden)
    assert found["formulas"] == ["=SUM(D2:D6)", "=$E$2"]
    assert found["rules"] == [([area("B:E")], "=$B1=0"), ([area("B2:E5")], "=$E2=1")]
    assert found["metadata"] == {11: 6, 12: 1}
    assert laden.entered("Clients")["B2"] == "Ana Lima"


def test_rows_moved_below(laden) -> None:
    laden.move_rows("Clients", 2, 1, 6)
    assert [laden.entered("Clients")[f"A{row}"] for row in range(2, 6)] == [
        "Ben Okoro", "Chloe Marsh", "Dario Conti", "Ana Lima",
    ]  # fmt: skip
    assert places(laden)["metadata"] == {11: 6, 12: 0}


def test_a_sort_carries_cells_and_row_metadata_and_leaves_rules(laden, batch) -> None:
    batch(mark("who", lines("ROWS", 1, 2), 20))
    laden.type("Clients", "E2", "=A2")
    laden.sort("Clients", "A2:E5", 1, descending=True)
    entered = laden.entered("Clients")
    assert [entered[f"A{row}"] for row in range(2, 6)] == [
        "Dario Conti",
        "Chloe Marsh",
        "Ben Okoro",
        "Ana Lima",
    ]
    assert entered["E5"] == "=A5"
    assert places(laden)["metadata"] == {11: 6, 12: 0, 20: 4}
    assert places(laden)["rules"] == [([area("A:D")], "=$A1=0"), ([area("A2:D5")], "=$D2=1")]


def test_an_appended_row_below_is_in_no_bounded_range_but_in_a_whole_column(laden) -> None:
    laden.add_row("Clients", [0, "", "", 1], at=9)
    laden.type("Clients", "D3", 1)
    assert [laden.color("Clients", cell) for cell in ("A9", "A3", "A5")] == ["00FF00", "00FF00", None]


# --- properties: a cell's own number shows where it went ----------------------------------------------------

EDITS = st.one_of(
    st.builds(Insert, st.just(0), st.booleans(), st.integers(0, 8), st.integers(1, 3)),
    st.builds(
        lambda rows, at, n: Delete(0, rows, at, at + n),
        st.booleans(), st.integers(0, 5), st.integers(1, 3),
    ),
    st.builds(
        lambda rows, at, n, to: Move(0, rows, at, at + n, to if to <= at else to + n),
        st.booleans(), st.integers(0, 4), st.integers(1, 2), st.integers(0, 6),
    ),
)  # fmt: skip


@settings(max_examples=examples(100))
@given(edit=EDITS, row=st.integers(0, 8), column=st.integers(0, 8))
def test_a_reference_and_a_mark_follow_their_cell(edit: Edit, row: int, column: int) -> None:
    """A cell with a label, a formula elsewhere that looks at it, a named range on it: they stay together."""
    book = Book("k", "t")
    book.tabs = [new_tab({"sheetId": 0, "title": "S", "gridProperties": {}}, 9, 9)]
    book.tabs.append(new_tab({"sheetId": 1, "title": "Other", "gridProperties": {}}, 2, 2))
    tab = book.tabs[0]
    enter(book, tab, row, column, raw("label"))
    address = f"{'ABCDEFGHI'[column]}{row + 1}"
    book.named.append({"namedRangeId": "n", "name": "n", "range": area(address)})
    enter(book, book.tabs[1], 0, 0, ({"formulaValue": f"=S!{address}"}, None))
    apply(book, edit)
    where = [(r, c) for r, line in enumerate(tab.rows) for c in line]
    shown = book.value(book.tabs[1], 0, 0)
    if where:
        assert shown == "label"
        found = book.named[0]["range"]
        assert (found["startRowIndex"], found["startColumnIndex"]) == where[0]
        assert (found["endRowIndex"], found["endColumnIndex"]) == (where[0][0] + 1, where[0][1] + 1)
    else:
        assert (book.named, getattr(shown, "code", None)) == ([], "#REF!")
