import datetime as dt

from funnel.grid import Area, CellError
from funnel.reading.header import find_header
from funnel.reading.profile import profile

D = dt.date


def test_what_a_column_holds_is_counted(sheet):
    values = [1, True, "x", "no", "nein", 0, False, None, "-", D(2026, 1, 5),
    "2026-02-05", "14/01/1980", "booked",
              "booked", "call", 7, 46174, CellError("#N/A")]  # fmt: skip
    (column,) = profile(sheet(("Met",), *((value,) for value in values)), 1)
    assert (column.number, column.header, column.marks, column.noes, column.dates) == (1, "Met", 3, 2, 4)
    assert (column.numbers, column.texts, column.distinct, column.examples) == (1, 3, 2, ("booked", "call"))
    assert (column.blanks, column.oldest, column.newest) == (4, D(1980, 1, 14), D(2026, 6, 1))


def test_old_dates_are_dates_for_a_profile(sheet):
    (column,) = profile(sheet(("Born",), (D(1951, 3, 1),)), 1)
    assert (column.dates, column.oldest) == (1, D(1951, 3, 1))


def test_totals_and_our_block_are_left_out(sheet):
    rows = [("Client", "Met"), ("Ana", 1), ("Ben", 1), (None, None)]
    grid = sheet(
        *rows, ("Totals", 2), ("% of leads", 1.0), ("Summe", 2), ("all", 9), formulas={(8, 2): "=SUM(B2:B4)"}
    )
    assert [(c.marks, c.numbers) for c in profile(grid, find_header(grid))] == [(0, 0), (2, 0)]
    anchored = sheet(*rows, ("a", 5), ("b", 6), anchors={"totals": Area(5, 1, 6, 2)})
    assert profile(anchored, 1)[1].numbers == 0


def test_long_tabs_are_sampled_evenly(sheet):
    grid = sheet(("Client", "Met"), *((f"Client {n}", 1 if n % 2 else None) for n in range(10_000)))
    client, met = profile(grid, 1)
    assert client.texts == client.distinct == 2000
    assert met.marks + met.blanks == 2000
