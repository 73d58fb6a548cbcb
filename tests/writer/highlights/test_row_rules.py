"""Green and red rows: the live rules as LibreOffice reads them, paint, and the colours that people gave."""

import datetime as dt
from dataclasses import replace

import pytest
from openpyxl.formula.translate import Translator

from funnel.grid import Area, RuleSeen
from funnel.loader.load import load
from funnel.metrics import Funnel
from funnel.plan import OUR_FILLS, PutFills, PutRules
from funnel.writer.highlights.paint import row_colors

TODAY = dt.date.today()
COLORS = {
    2: "green", 3: "red", 4: "red", 5: "green", 6: "red", 7: "red", 9: "green", 13: "green",
}  # fmt: skip


def of(plan, kind):
    return next((change for change in plan.changes if isinstance(change, kind)), None)


def fills(change):
    painted = {color: [area.a1 for area in areas] for color, areas in change.painted}
    return painted, [area.a1 for area in change.cleared]


@pytest.fixture
def coloured(recalculated):
    """``coloured(book)``: the colour of each row by the rules of its last refresh, as LibreOffice sees it."""

    def judge(book):
        rules = {rule.name: rule for rule in book.grid.rules if rule.name}
        rows = range(2, 17)
        formulas = {}
        for at, name in enumerate(("green", "red"), start=30):
            first = f"AZ{rules[name].areas[0].top}"
            for row in rows:
                formulas[row, at] = Translator(rules[name].formula, origin=first).translate_formula(
                    f"AZ{row}"
                )
        width, height = 31, max(book.grid.height, 16)
        values = [
            [book.grid[row, column] if column < 30 else 0 for row in range(1, height + 1)]
            for column in range(1, width + 1)
        ]
        said = recalculated(replace(book.grid, values=values, formulas=formulas))
        inside = [row for row in rows if any(area.contains(row, 1) for area in rules["red"].areas)]
        assert not any(said[row, 30] and said[row, 31] for row in rows), "green and red at once"
        return {row: "red" if said[row, 31] else "green" for row in inside if said[row, 30] or said[row, 31]}

    return judge


@pytest.mark.office
def test_rows_of_the_worked_example(worked, coloured):
    change = of(worked.refresh(today=TODAY), PutRules)
    assert [rule.name for rule in change.rules] == ["red", "green"]
    assert {area.a1 for rule in change.rules for area in rule.areas} == {"A2:L16"}
    assert coloured(worked) == COLORS
    assert row_colors(Funnel(load(worked.grid), TODAY)) == COLORS


@pytest.mark.office
def test_what_is_typed_between_two_refreshes_is_coloured_at_once(worked, coloured):
    worked.refresh(today=TODAY)
    soon = TODAY + dt.timedelta(days=2)
    worked.type(
        {
            (8, 7): "YES", (10, 7): True, (11, 7): TODAY, (12, 7): soon,  # paid; the last not yet
            (2, 11): "Injury", (5, 12): soon, (9, 11): "-", (13, 12): "15/05/2026",  # left, but 5 and 9
            (14, 1): "Mia", (14, 7): 1,  # a new lead in a spacer row
        }
    )  # fmt: skip
    expected = COLORS | {8: "green", 10: "green", 11: "green", 2: "red", 13: "red", 14: "green"}
    assert coloured(worked) == expected
    worked.refresh(today=TODAY)
    assert coloured(worked) == expected
    assert row_colors(Funnel(load(worked.grid), TODAY)) == expected


def test_formulas_are_short_and_carry_our_marker(worked):
    for rule in of(worked.refresh(), PutRules).rules:
        assert rule.formula.startswith(f'=AND(N("funnel:{rule.name}")=0,')
        assert len(rule.formula) < 1024
        assert "{" not in rule.formula


def test_rows_painted_against_their_cells_stay_outside_and_are_listed(worked, book):
    worked.grid = book.painted(
        worked.grid, [("FF0000", (Area(5, 1, 5, 12),)), ("00B050", (Area(2, 1, 2, 12),))]
    )
    plan = worked.refresh()
    assert [area.a1 for area in of(plan, PutRules).rules[0].areas] == ["A2:L4", "A6:L16"]
    assert "Tab 'Clients': row 5 painted by hand in another colour; not changed." in plan.kept
    assert not worked.plan()


def test_a_cell_in_a_colour_that_says_something_is_not_covered(worked, book):
    worked.grid = book.painted(worked.grid, [("FFF2CC", (Area(4, 3, 4, 3),))])
    areas = of(worked.refresh(), PutRules).rules[0].areas
    assert [area.a1 for area in areas] == ["A2:L3", "A4:B4", "D4:L4", "A5:L16"]


def test_a_whole_row_in_a_persons_own_colour_stays_outside_and_is_listed(worked, book):
    worked.grid = book.painted(worked.grid, [("FFF2CC", (Area(2, 1, 2, 12), Area(8, 1, 8, 12)))])
    plan = worked.refresh()
    assert [area.a1 for area in of(plan, PutRules).rules[0].areas] == ["A3:L7", "A9:L16"]
    assert plan.kept == ("Tab 'Clients': row 2 painted by hand in another colour; not changed.",)


def test_stripes_and_shaded_columns_are_decoration(worked, book):
    stripes = [
        ("DDEBF7", tuple(Area(row, 1, row, 12) for row in range(2, 14, 2))),
        ("EDEDED", (Area(2, 4, 13, 4),)),
    ]
    worked.grid = book.painted(worked.grid, stripes)
    assert [area.a1 for area in of(worked.refresh(), PutRules).rules[0].areas] == ["A2:L16"]


def test_a_persons_own_rules_are_no_business_of_ours(worked):
    theirs = RuleSeen((Area(2, 1, 13, 1),), "=A2=1")
    worked.grid = replace(worked.grid, rules=(theirs,))
    worked.refresh()
    assert worked.grid.rules[0] == theirs
    assert not worked.plan()


def test_a_rule_pasted_about_is_made_one_again(worked):
    worked.refresh()
    one = worked.grid.rules[0]
    worked.grid = replace(worked.grid, rules=(*worked.grid.rules, replace(one, areas=(Area(30, 1, 31, 12),))))
    assert of(worked.refresh(), PutRules) is not None
    assert [rule.name for rule in worked.grid.rules] == ["red", "green"]


def test_fill_paints_the_rows_and_takes_its_own_paint_off_again(worked):
    worked.refresh()
    plan = worked.refresh(highlight="fill")
    assert of(plan, PutRules).rules == ()
    painted, cleared = fills(of(plan, PutFills))
    assert painted == {
        "green": ["A2:L2", "A5:L5", "A9:L9", "A13:L13"],
        "red": ["A3:L4", "A6:L7"],
    }
    assert cleared == []
    assert not worked.plan(highlight="fill")
    worked.type({(2, 11): "Injury", (13, 7): None})
    painted, cleared = fills(of(worked.refresh(highlight="fill"), PutFills))
    assert (painted, cleared) == ({"red": ["A2:L2"]}, ["A13:L13"])
    _, cleared = fills(of(worked.refresh(highlight="rule"), PutFills))
    assert cleared == ["A2:L7", "A9:L9"]
    assert of(worked.plan(highlight="none"), PutRules).rules == ()


def test_fill_leaves_a_persons_colours(worked, book):
    worked.grid = book.painted(worked.grid, [("FFF2CC", (Area(2, 3, 2, 3),))])
    plan = worked.refresh(highlight="fill")
    assert fills(of(plan, PutFills))[0]["green"] == ["A2:B2", "D2:L2", "A5:L5", "A9:L9", "A13:L13"]
    assert "Tab 'Clients': colours that a person set in row 2 are not changed." in plan.kept
    assert worked.grid.style(2, 3).fill == "FFF2CC"


def test_our_paint_is_never_read_as_a_persons(worked):
    worked.refresh(highlight="fill")
    assert worked.grid.style(3, 1).fill == OUR_FILLS["red"]
    plan = worked.refresh(highlight="rule")
    assert [area.a1 for area in of(plan, PutRules).rules[0].areas] == ["A2:L16"]


def test_without_paid_step_and_without_leaving_there_is_no_colour(book, worked):
    bare = book.Book([row[:6] for row in book.WORKED], book.HEADERS[:6])
    journey = book.JOURNEY.model_copy(
        update={"steps": book.JOURNEY.steps[:2], "columns": dict(list(book.JOURNEY.columns.items())[:4])}
    )
    assert of(bare.plan(journey=journey), PutRules) is None
