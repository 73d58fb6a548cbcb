"""The tab `Funnel`: the numbers of the worked example by hand, charts over their cells, links to problems."""

import datetime as dt
from dataclasses import replace

import pytest

from funnel.clients import Problem
from funnel.plan import Link
from funnel.text import DASH
from funnel.writer.page import Page, text_width
from funnel.writer.summary import tab as summary


def tab(book):
    """The lines of the tab as a person sees them, from column B."""
    grid = book.grids["Funnel"]
    return [grid.row(row)[1:] for row in range(1, grid.height + 1)]


def cells(book, area):
    return [book.grids["Funnel"][row, area.left] for row in range(area.top, area.bottom + 1)]


def line(book, *begins):
    return next(row for row in tab(book) if tuple(row[: len(begins)]) == begins)


def row_of(book, *begins):
    return tab(book).index(line(book, *begins)) + 1


def charts(book):
    change = next(change for change in book.plan().changes if change.tab == "Funnel")
    return {chart.name: chart for chart in change.charts}


def test_the_head_says_when_and_how_many(worked):
    worked.refresh()
    assert line(worked, "As of")[1] == dt.date(2026, 7, 1)
    assert line(worked, "Clients")[1:3] == [12, "on tab Clients"]
    assert line(worked, "The leak so far")
    assert tab(worked)[7][0].startswith("Too few to call")


def test_steps_stand_as_counted_by_hand(worked):
    worked.refresh()
    met = line(worked, "Client meeting had")
    assert met[1:7] == pytest.approx([9, 0.75, 0.467695, 0.911058, 9 / 11, 2 / 11], abs=1e-6)
    assert met[7:11] == pytest.approx([0.125, 8, 0.022417, 0.470888], abs=1e-6)
    assert met[11:16] == [10, 0, 1, 1, 0]
    six = line(worked, "Six months post-lead")
    assert six[6:9] == pytest.approx([0.5, 2 / 3, 3])


def test_retention_stands_as_counted_by_hand(worked):
    worked.refresh()
    row = line(worked, "1 month", "All leads")
    assert row[2:6] == [10, 6, 2, 2]
    assert row[6:11] == pytest.approx([0.6, 0.312674, 0.831820, 0.7, 5 / 12], abs=1e-6)
    assert line(worked, "6 months", "Paid clients")[2:6] == [3, 1, 2, 0]


@pytest.mark.parametrize(("paid", "said"), [(9, 0), (10, 1)])
def test_since_paying_is_left_out_where_clients_are_few(book, paid, said):
    early, late = (dt.date(2026, 5, 4), dt.date(2026, 5, 9)), (dt.date(2026, 6, 20), dt.date(2026, 6, 24))
    days = [early if n < paid else late for n in range(14)]
    left = (None,) * 4 + ("Moved", dt.date(2026, 6, 25))
    rows = [
        (f"Lead {n}", lead, "Ads", 1, 1, 1, day, *(left if n == 0 else ()))
        for n, (lead, day) in enumerate(days)
    ]
    sheet = book.Book(rows)
    sheet.refresh()
    since = [row for row in tab(sheet) if row[1] == "Since paying" and row[0] == "1 month"]
    assert [row[2] for row in since] == [10] * said


def test_charts_read_numbers_in_hidden_columns_and_cover_no_cell(worked):
    found = charts(worked)
    tab_change = next(change for change in worked.plan().changes if change.tab == "Funnel")
    assert tab_change.hidden_columns == (1, *range(24, 27), *range(28, 35))
    worked.refresh()
    settled, columns = found["drop-off"].series
    assert [cells(worked, area) for area in (settled.categories, settled.values, columns.values)] == [
        ["Client contacted", "Client meeting had", "First paid session", "One month post-lead",
         "Three months post-lead", "Six months post-lead"],
        [0, 0.125, 0.142857142857, 0.166666666667, 0, 0.666666666667],
        [0.0833333333333, 0.181818181818, 0.222222222222, 0.285714285714, 0.2, 0.5],
    ]  # fmt: skip
    leads, paid = found["retention"].series
    assert cells(worked, leads.categories) == ["1 month", "3 months", "6 months"]
    assert cells(worked, leads.values)[0] == 0.6
    assert cells(worked, leads.error_low)[0] == pytest.approx(0.6 - 0.312674, abs=1e-6)
    assert cells(worked, leads.error_high)[0] == pytest.approx(0.831820 - 0.6, abs=1e-6)
    assert cells(worked, paid.values)[2] == pytest.approx(1 / 3)
    grid = worked.grids["Funnel"]
    for chart in found.values():
        area = chart.at
        inside = [(r, c) for r in range(area.top, area.bottom + 1) for c in range(area.left, area.right + 1)]
        assert not [cell for cell in inside if grid[cell] is not None]


def test_what_is_undefined_is_a_dash_and_nothing_where_a_chart_reads(worked):
    drop_off = charts(worked)["drop-off"].series
    worked.type({(row, column): None for row in range(2, 14) for column in range(1, 13)})
    worked.refresh()
    row = line(worked, "Client meeting had")
    assert row[1:11] == [0, DASH, DASH, DASH, DASH, DASH, DASH, 0, DASH, DASH]
    assert cells(worked, drop_off[0].values) == [None] * 6
    assert not worked.plan()


def test_the_results_stand_in_the_order_an_owner_looks_for_them(worked):
    worked.refresh()
    titles = ["The leak so far", "Steps", "Still here", "Why clients left", "By source",
              "Set, show and close rates", "Colours", "To look at: 10 problems"]  # fmt: skip
    found = [row[0] for row in tab(worked) if row[0] in titles]
    assert found == titles


def test_reasons_sources_and_rates_stand_as_counted_by_hand(worked):
    worked.refresh()
    # Eva and Fay left for the price, Ben moved away, Cat was injured
    assert line(worked, "Price")[1:4] == [2, 0.5, 0.5]
    assert line(worked, "Injury")[1:4] == [1, 0.25, 0.75]
    # of six from ads Ben, Eva and Lee paid; of five referred all but Kim
    assert line(worked, "Ads")[1:4] == [6, 3, 0.5]
    assert line(worked, "Referral")[1:4] == [5, 4, 0.8]
    # had a meeting, and payment is due: Ana, Ben, Cat, Dan, Eva, Fay, Hal; Fay did not pay
    assert line(worked, "close rate")[1] == pytest.approx(6 / 7)


def test_no_line_of_a_header_is_wider_than_its_column(worked):
    change = next(change for change in worked.plan().changes if change.tab == "Funnel")
    above = [c for c in change.cells if c.style in ("header_number", "header_above")]
    assert len({c.row for c in above}) > 8
    assert [c.value for c in above if text_width(c.value) > change.widths[c.column] - 1] == []


@pytest.mark.parametrize(
    ("name", "width"), [("Met", 30), ("初回体験レッスンとカウンセリングの予約", 40), ("x" * 90, 60)]
)
def test_the_first_column_fits_the_longest_step(book, name, width):
    steps = [s.model_copy(update={"aliases": (name,)}) if s.name == "Client contacted" else s
             for s in book.JOURNEY.steps]  # fmt: skip
    steps[0] = steps[0].model_copy(update={"name": name, "aliases": (), "column": "Client contacted"})
    journey = book.JOURNEY.model_copy(update={"steps": tuple(steps)})
    change = next(c for c in book.Book(book.WORKED).plan(journey=journey).changes if c.tab == "Funnel")
    assert change.widths[2] == width


def test_columns_of_the_charts_are_hidden_once_and_never_over_a_persons_cells(worked, book):
    worked.refresh()
    old = worked.grids["Funnel"]
    blank = {(r, c): None for r in range(1, old.height + 1) for c in range(24, 35)}
    shown = book.typed(old, blank | {(40, 25): "my note"})
    worked.grids["Funnel"] = replace(
        shown,
        values=[
            [None if c == 1 and isinstance(v, str) and " X" in v else v for v in column]
            for c, column in enumerate(shown.values, start=1)
        ],
    )
    change = next(c for c in worked.plan().changes if c.tab == "Funnel")
    assert change.hide == (24, 26, *range(28, 35))
    worked.grids["Funnel"] = old
    assert not worked.plan()


def test_problems_lead_to_their_cells(worked):
    change = next(c for c in worked.plan().changes if c.tab == "Funnel")
    links = {cell.value for cell in change.cells if isinstance(cell.value, Link)}
    assert Link("F8", "Clients", "F8") in links
    assert Link("on tab Clients", "Clients", "A1") in links
    worked.refresh()
    assert "'booked'" in line(worked, "F8")[1]


def test_many_problems_are_cut_and_it_is_said():
    page = Page()
    problems = [Problem("no mark", f"problem {n}.", row=n, way_out="Mend it.") for n in range(1, 205)]
    summary._problems(page, [Problem("missing column", "No column."), *problems], "Clients")
    values = [cell.value for cell in page.cells]
    assert values[0] == "To look at: 205 problems"
    assert values[1:5] == ["whole sheet", "No column.", Link("row 1", "Clients", "A1"), "problem 1. Mend it."]
    assert values[-1] == "and 5 more: see `funnel check`."


def test_a_called_leak_is_named_with_advice_and_marked(worked, book):
    rows = [
        ("Lead " + str(n), dt.date(2025, 1, n % 28 + 1), "Ads", 1, 1, 1 if n < 4 else None) for n in range(30)
    ]
    sheet = book.Book(rows)
    sheet.refresh()
    assert tab(sheet)[7][0].startswith(
        "Of the steps with enough clients, Client contacted → Client meeting had loses most: 26 of 30"
    )
    assert any(str(row[0]).startswith("What to work on: ") for row in tab(sheet))
    again = next(c for c in book.Book(rows).plan().changes if c.tab == "Funnel")
    marked = [cell.value for cell in again.cells if cell.style == "warning"]
    assert marked == ["Client meeting had", "Step in this colour"]


def test_a_later_lead_is_counted_apart(worked):
    worked.type({(12, 2): dt.date(2026, 7, 20)})
    worked.refresh()
    assert line(worked, "Leads dated after this day")[1] == 1
    assert line(worked, "Clients")[1] == 11


def test_the_leak_is_told_in_the_sheets_own_headers(book):
    name, header = "Client meeting had", "Appuntamento fatto"
    steps = [s.model_copy(update={"aliases": (header,)}) if s.name == name else s for s in book.JOURNEY.steps]
    rows = [(f"Lead {n}", dt.date(2026, 1, 5), "Ads", None, 1, n % 2 or None) for n in range(20)]
    headers = [header if h == name else h for h in book.HEADERS]
    sheet = book.Book([(*row, *[None] * (len(headers) - len(row))) for row in rows], headers)
    sheet.refresh(journey=book.JOURNEY.model_copy(update={"steps": tuple(steps)}))
    said = "In your sheet: 'Appuntamento fatto' → 'First paid session' (columns F and G). What to work on: "
    assert [row[0] for row in tab(sheet) if str(row[0]).startswith(said)]
