"""Parse names and areas of workbooks (test_reader tests the other features)."""

# ruff: noqa: E501  (tables and XML are read more easily uncut)

import pytest

from funnel.grid import Area
from funnel.sheets.excel.read.features import areas, references


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Leads!$A$1", [("Leads", "A1")]), ("'Bob''s, leads'!$A$1:$B$2", [("Bob's, leads", "A1:B2")]),
        ("Leads!#REF!", []), ("#REF!", []), ("Leads!$1:$2", [("Leads", "A1:XFD2")]), ("", []),
        ("'A'!$A$1,B!$B:$C", [("A", "A1"), ("B", "B1:C1048576")]), ("OFFSET(Leads!$A$1,1,1)", [("OFFSET(Leads", "A1")]),
    ],
)  # fmt: skip
def test_references(text, found):
    assert [(tab, area.a1) for tab, area in references(text)] == found


def test_areas():
    assert areas("B2:A1") == (Area(1, 1, 2, 2),)
    assert areas("A1 nonsense $C$3:C4") == (Area(1, 1, 1, 1), Area(3, 3, 4, 3))
    assert areas("") == ()
