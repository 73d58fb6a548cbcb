import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from funnel.errors import WriteError
from funnel.grid import cell_name
from funnel.sheets.excel.write.cells import EMPTY, encode
from funnel.sheets.excel.write.rows import Edit, NotPlain, RowPatcher


def put(value: object, style: int = 0) -> Edit:
    return Edit(encode(value), lambda had, exists: style)


EMPTIED = Edit(EMPTY, lambda had, exists: had if exists and had else None)
PAINTED = Edit(None, lambda had, exists: had + 10)


def patched(rows: str, edits: dict[int, dict[int, Edit]], prefix: str = "", size: int = 0) -> str:
    """Patch rows, in blocks of one row each if `size` is 1."""
    blocks = [f"<{prefix}row{part}" for part in rows.split(f"<{prefix}row")[1:]] if size else [rows]
    patcher = RowPatcher(edits, prefix.encode())
    return b"".join(patcher.patch(block.encode() for block in blocks)).decode()


TWO = (
    '<row r="1" spans="1:2"><c r="A1" s="1"><v>1</v></c><c r="B1"/></row>'
    '<row r="3"><c r="A3"><v>3</v></c></row>'
)


@pytest.mark.parametrize("size", [0, 1])
def test_rows_and_cells_are_inserted_in_order(size: int) -> None:
    edits = {2: {2: put(5)}, 3: {1: put(6), 3: put(7, 4)}, 9: {1: put("x")}}
    assert patched(TWO, edits, size=size) == (
        '<row r="1" spans="1:2"><c r="A1" s="1"><v>1</v></c><c r="B1"/></row>'
        '<row r="2"><c r="B2"><v>5</v></c></row>'
        '<row r="3"><c r="A3"><v>6</v></c><c r="C3" s="4"><v>7</v></c></row>'
        '<row r="9"><c r="A9" t="inlineStr"><is><t xml:space="preserve">x</t></is></c></row>'
    )


def test_cells_are_inserted_and_spans_extended() -> None:
    rows = '<row r="4" spans="2:4" ht="20" customHeight="1"><c r="B4"/><c r="D4"/><extLst/></row>'
    assert patched(rows, {4: {1: put(1), 3: put(3), 9: put(9)}}) == (
        '<row r="4" spans="1:9" ht="20" customHeight="1"><c r="A4"><v>1</v></c><c r="B4"/><c r="C4">'
        "<v>3</v></c>"
        '<c r="D4"/><c r="I4"><v>9</v></c><extLst/></row>'
    )


def test_an_emptied_cell_is_kept_only_with_a_manual_format() -> None:
    rows = '<row r="1"><c r="A1" s="7" t="s" cm="1"><v>0</v></c><c r="B1"><v>2</v></c></row>'
    assert patched(rows, {1: {1: EMPTIED, 2: EMPTIED, 3: EMPTIED}}) == '<row r="1"><c r="A1" s="7"/></row>'
    assert patched("", {5: {1: EMPTIED}}) == ""


def test_a_row_without_cells_is_kept() -> None:
    rows = '<row r="1" ht="20"><c r="A1"><v>1</v></c></row><row r="2"/>'
    emptied = Edit(EMPTY, lambda had, exists: None)
    assert patched(rows, {1: {1: emptied}, 2: {1: emptied}}) == '<row r="1" ht="20"></row><row r="2"/>'


def test_a_fill_changes_only_the_style() -> None:
    rows = (
        "<row r='1'><c t=\"s\" r='A1' s='2' ><v>0</v></c><c r='B1'><f>A1&gt;1</f><v>1</v></c>"
        "<c r='C1'/></row>"
    )
    assert patched(rows, {1: {1: PAINTED, 2: PAINTED, 3: PAINTED, 4: PAINTED}}) == (
        "<row r='1'><c t=\"s\" r='A1' s=\"12\" ><v>0</v></c><c r='B1' s=\"10\"><f>A1&gt;1</f><v>1</v></c>"
        '<c r=\'C1\' s="10"/><c r="D1" s="10"/></row>'
    )


def test_new_cells_get_the_format_of_their_row_or_column() -> None:
    patcher = RowPatcher({1: {1: PAINTED}, 2: {1: PAINTED}}, column_style=lambda column: 5)
    rows = b'<row r="1" s="3" customFormat="1"/><row r="2" s="3"/>'
    assert b"".join(patcher.patch([rows])) == (
        b'<row r="1" s="3" customFormat="1"><c r="A1" s="13"/></row><row r="2" s="3"><c r="A2" s="15"/></row>'
    )


def test_rows_and_cells_without_addresses_are_counted() -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c/><c r='D3'/><c><v>5</v></c></row>"
    assert patched(rows, {1: {2: put(9)}, 2: {1: put(8)}, 3: {5: put(7)}}, size=1) == (
        '<row><c><v>1</v></c><c r="B1"><v>9</v></c></row><row><c r="A2"><v>8</v></c></row>'
        "<row><c/><c r='D3'/><c r=\"E3\"><v>7</v></c></row>"
    )


def test_prefixed_rows() -> None:
    rows = '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>'
    assert patched(rows, {1: {1: put(2)}, 2: {1: put("t")}}, "x:") == (
        '<x:row r="1"><x:c r="A1"><x:v>2</x:v></x:c></x:row>'
        '<x:row r="2"><x:c r="A2" t="inlineStr"><x:is><x:t xml:space="preserve">t</x:t></x:is></x:c></x:row>'
    )


def test_a_greater_than_sign_in_an_attribute() -> None:
    rows = '<row r="1" x:note="a>b/" xmlns:x="urn:x"><c r="A1" x:n=\'>"\'><v>1</v></c></row>'
    assert patched(rows, {1: {2: put(2)}}) == rows.replace("</row>", '<c r="B1"><v>2</v></c></row>')


@pytest.mark.parametrize("odd", ["<!-- a -->", "<![CDATA[x]]>", "<?pi?>"])
def test_rows_that_are_not_plain_raise(odd: str) -> None:
    with pytest.raises(NotPlain):
        patched(f'<row r="1"><c r="A1"><v>{odd}</v></c></row>', {1: {1: put(1)}})


def test_lost_formula_is_set_if_a_formula_is_replaced() -> None:
    rows = [b'<row r="1"><c r="A1"><f>1</f><v>1</v></c></row>']
    for edit, lost in ((encode(2), True), (EMPTY, True), (None, False)):
        patcher = RowPatcher({1: {1: Edit(edit, lambda had, exists: had)}})
        list(patcher.patch(rows))
        assert patcher.lost_formula is lost


def test_replacing_part_of_a_shared_formula_raises() -> None:
    shared = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:B1" si="0">1</f></c>'
        '<c r="B1"><f t="shared" si="0"/></c></row>'
    )
    assert patched(shared, {1: {1: put(1), 2: put(2)}}).count("<v>") == 2
    with pytest.raises(WriteError) as refused:
        patched(shared, {1: {1: put(1)}})
    assert str(refused.value) == (
        "Cell A1 contains the formula of all cells A1:B1, and only some of them would be replaced. Nothing "
        "was changed. Enter a formula in each cell of A1:B1, and refresh again."
    )


places = st.tuples(st.integers(1, 6), st.integers(1, 5))


@given(st.sets(places), st.dictionaries(places, st.integers(100, 200)), st.booleans())
def test_cells_are_the_old_and_the_new_ones_in_order(
    old: set[tuple[int, int]], new: dict[tuple[int, int], int], one_by_one: bool
) -> None:
    by_row = {row: sorted(c for r, c in old if r == row) for row, _ in sorted(old)}
    rows = "".join(
        f'<row r="{row}">' + "".join(f'<c r="{cell_name(row, c)}"><v>{c}</v></c>' for c in columns) + "</row>"
        for row, columns in by_row.items()
    )
    edits: dict[int, dict[int, Edit]] = {}
    for (row, column), value in new.items():
        edits.setdefault(row, {})[column] = put(value)
    root = etree.fromstring(f"<sheetData>{patched(rows, edits, size=one_by_one)}</sheetData>")
    found = {c.get("r"): int(c.findtext("v")) for c in root.iter("c")}
    assert found == {cell_name(r, c): c for r, c in old} | {cell_name(*at): v for at, v in new.items()}
    numbers = [int(row.get("r")) for row in root]
    assert numbers == sorted(set(numbers))
    for row in root:
        names = [c.get("r") for c in row]
        assert names == sorted(set(names))
