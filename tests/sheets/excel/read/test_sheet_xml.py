"""Stream a sheet, with chunks cut at any place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.errors import ReadError
from funnel.sheets.excel.read.sheet_xml import SheetStream

SHEET = (
    b'<?xml version="1.0"?><x:ws xmlns:x="urn:x"><x:cols/><x:sheetData>%b</x:sheetData><x:rowBreaks/></x:ws>'
)
ROWS = b"".join(b'<x:row r="%d"><x:c r="A%d"/></x:row>' % (n, n) for n in range(1, 9))


@given(st.integers(1, 60), st.sampled_from([b"", b"x:"]))
def test_cut_at_any_place(size, prefix):
    data = (SHEET % ROWS).replace(b"x:", prefix).replace(b"xmlns" + b"=", b"xmlns=")
    stream = SheetStream((data[i : i + size] for i in range(0, len(data), size)), "a.xlsx")
    blocks = list(stream.blocks())
    assert b"".join(blocks) == ROWS.replace(b"x:", prefix)
    assert all(block.startswith(b"<" + prefix + b"row") for block in blocks)
    left = b"<x:sheetData></x:sheetData><x:rowBreaks/></x:ws>".replace(b"x:", prefix)
    assert stream.without_rows(True).endswith(left)


def test_a_preview_closes_its_elements():
    stream = SheetStream(iter([SHEET % ROWS]), "a.xlsx")
    assert stream.without_rows(False) == b'<x:ws xmlns:x="urn:x"><x:cols/><x:sheetData></x:sheetData></x:ws>'


def test_rules_that_are_too_long():
    stream = SheetStream(iter([b"<ws><sheetData/>", *[b" " * (1 << 20)] * 40]), "a.xlsx, tab 'A',")
    with pytest.raises(ReadError, match="has rules and links of more than 32 MB"):
        stream.without_rows(not list(stream.blocks()))
