"""Compare number formats and serial numbers with openpyxl."""

# ruff: noqa: E501  (tables and XML are read more easily uncut)

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from funnel.sheets.excel.read.dates import BUILTIN_FORMATS, LAST_SERIAL, format_kind, from_serial


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", "number"), ("0.00", "number"), ('0" days"', "number"), ('"Month "0', "number"), ("@", "number"),
        ("[Red]0;[Blue]-0", "number"), ("[$-409]0.0", "number"), ("[$€-2] #,##0", "number"), ("0\\d", "number"),
        ("_(* #,##0_)", "number"), ("0.00E+00", "number"), ("[h]:mm:ss", "number"), ("[mm]:ss", "number"), ("", "number"),
        ("yyyy-mm-dd", "date"), ("[$-410]d mmmm yyyy;@", "date"), ("mmm", "date"), ("D/M/YY", "date"), ("mmm-yy", "date"),
        ('dd"."mm"."yyyy', "date"), ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "date"), ("[Color10]dd/mm", "date"),
        ("h:mm", "time"), ("mm:ss.0", "time"), ("h AM/PM", "time"), ("dd/mm/yyyy hh:mm", "datetime"),
    ],
)  # fmt: skip
def test_kinds_of_formats(code, kind):
    assert format_kind(code) == kind


def test_formats_without_a_declaration():
    dates = {number for number, code in BUILTIN_FORMATS.items() if format_kind(code) != "number"}
    assert {14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 47} <= dates
    assert not {0, 1, 9, 11, 37, 46, 49} & dates


def plain(moment: dt.datetime) -> dt.date:
    return moment.date() if moment.time() == dt.time() else moment


@given(st.floats(1, LAST_SERIAL), st.booleans())
def test_serials_equal_those_of_openpyxl(serial, date1904):
    if date1904:
        serial = max(serial - 1462, 1)
    epoch = CALENDAR_MAC_1904 if date1904 else CALENDAR_WINDOWS_1900
    theirs = from_excel(serial, epoch)
    assert abs(
        dt.datetime.fromisoformat(str(from_serial(serial, "date", date1904))) - theirs
    ) <= dt.timedelta(milliseconds=1)


def test_serials_at_the_edges():
    assert from_serial(1, "date") == dt.date(1900, 1, 1)
    assert from_serial(60, "date") == dt.date(1900, 2, 28)  # the 29th that never was
    assert from_serial(61, "date") == dt.date(1900, 3, 1)
    assert from_serial(LAST_SERIAL, "date") == dt.date(9999, 12, 31)
    assert from_serial(LAST_SERIAL + 1, "date") == LAST_SERIAL + 1
    assert from_serial(LAST_SERIAL - 1462, "date", True) == dt.date(9999, 12, 31)
    assert from_serial(LAST_SERIAL, "date", True) == LAST_SERIAL
    assert from_serial(45000.9999999999, "date") == dt.date(2023, 3, 16)  # midnight, but for the last bit
    assert [from_serial(x, "date") for x in (0, -1, 0.5)] == [0, -1, 0.5]
    assert from_serial(0, "time") == dt.time()
    assert from_serial(5, "number") == 5
