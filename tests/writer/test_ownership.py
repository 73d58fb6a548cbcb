"""Our tabs, edited by a person between refreshes: nothing of theirs is touched, the rest is refreshed."""

import datetime as dt

from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from funnel.grid import CellError, Grid
from funnel.plan import Cell, Formula, Link
from funnel.writer.ownership import RECORD_COLUMN, Written, changes, fingerprint, records, same


def sheet(cells: dict[tuple[int, int], object], formulas: dict[tuple[int, int], str] | None = None) -> Grid:
    filled = {at: value for at, value in cells.items() if value is not None}
    height = max((row for row, _ in filled), default=0)
    width = max((column for _, column in filled), default=0)
    values = [[filled.get((row, column)) for row in range(1, height + 1)] for column in range(1, width + 1)]
    return Grid("Funnel", values=values, formulas=formulas or {})


def apply(cells: dict[tuple[int, int], object], written: tuple[Cell, ...]) -> dict[tuple[int, int], object]:
    after = dict(cells)
    for cell in written:
        value = cell.value.text if isinstance(cell.value, Link) else cell.value
        after[cell.row, cell.column] = value
    return {at: value for at, value in after.items() if value is not None}


def page(*rows: tuple[object, ...]) -> list[Cell]:
    return [
        Cell(row, column, value)
        for row, values in enumerate(rows, start=1)
        for column, value in enumerate(values, start=2)
        if value is not None
    ]


FIRST = page(("Steps", None), ("Met", 0.75), ("Paid", 3))
SECOND = page(("Steps", None), ("Met", 0.5), ("Booked", 4), ("Paid", 3))


def test_a_new_tab_holds_everything_and_the_second_refresh_nothing():
    first = changes(None, FIRST)
    after = apply({}, first.cells)
    assert {at: after[at] for at in after if at[1] > RECORD_COLUMN} == {
        (c.row, c.column): c.value for c in FIRST
    }
    assert Written.parse(after[2, RECORD_COLUMN]).row == 2
    assert changes(sheet(after), FIRST).cells == ()


def test_only_what_differs_is_written():
    after = apply({}, changes(None, FIRST).cells)
    again = changes(sheet(after), SECOND)
    assert {(c.row, c.column): c.value for c in again.cells if c.column > RECORD_COLUMN} == {
        (2, 3): 0.5, (3, 2): "Booked", (3, 3): 4, (4, 2): "Paid", (4, 3): 3,
    }  # fmt: skip
    assert again.kept == ()


def test_what_is_no_longer_said_is_emptied():
    after = apply({}, changes(None, SECOND).cells)
    again = apply(after, changes(sheet(after), FIRST).cells)
    assert again == apply({}, changes(None, FIRST).cells)


def test_an_edit_is_left_and_told():
    after = apply({}, changes(None, FIRST).cells) | {(2, 3): 0.8}
    again = changes(sheet(after), SECOND)
    assert again.kept == ("C2",)
    assert apply(after, again.cells)[2, 3] == 0.8
    assert again.sentences("Funnel") == [
        "Tab 'Funnel': C2 changed by hand; not overwritten. Delete the tab to have it written again."
    ]


def test_an_emptied_cell_stays_empty_until_it_is_restored():
    full = apply({}, changes(None, FIRST).cells)
    emptied = {at: value for at, value in full.items() if at != (3, 3)}
    once = apply(emptied, changes(sheet(emptied), SECOND).cells)
    assert (3, 3) not in once
    assert changes(sheet(emptied), FIRST).cells == ()
    assert changes(sheet(emptied | {(3, 3): 3}), FIRST).cells == ()


def test_a_formula_typed_over_our_value_is_a_persons_though_it_shows_the_same():
    after = apply({}, changes(None, FIRST).cells)
    again = changes(sheet(after, {(3, 3): "=1+2"}), SECOND)
    assert again.kept == ("C3",)


def test_rows_that_a_person_moved_are_still_ours():
    after = apply({}, changes(None, FIRST).cells)
    moved = {(row + 2, column): value for (row, column), value in after.items()} | {(1, 2): "my title"}
    again = changes(sheet(moved), FIRST)
    assert again.kept == ("B1",)
    assert apply(moved, again.cells)[1, 2] == "my title"
    assert apply(moved, again.cells)[3, 3] == 3
    assert (5, 2) not in apply(moved, again.cells)


def test_a_row_that_a_person_copied_is_theirs():
    after = apply({}, changes(None, FIRST).cells)
    copied = after | {(9, column): after[2, column] for column in (1, 2, 3)}
    assert changes(sheet(copied), FIRST).cells == ()
    assert apply(copied, changes(sheet(copied), SECOND).cells)[9, 3] == 0.75


def test_a_note_in_the_hidden_column_is_left():
    after = apply({}, changes(None, FIRST).cells) | {(2, RECORD_COLUMN): "who hid this?"}
    again = changes(sheet(after), SECOND)
    assert [c for c in again.cells if c.row == 2] == []
    assert again.kept == ("C2",)


def test_a_new_look_is_written_though_the_value_is_the_same():
    after = apply({}, changes(None, FIRST).cells)
    again = changes(sheet(after), [*FIRST[:-1], Cell(3, 3, 3, "warning")])
    assert [(c.row, c.column, c.style) for c in again.cells] == [(3, 1, "hidden"), (3, 3, "warning")]


def test_fingerprints_survive_saving():
    moment = dt.datetime(2026, 7, 1)
    assert fingerprint(dt.date(2026, 7, 1)) == fingerprint(moment)
    assert fingerprint(11 / 12) == fingerprint(0.916666666667)
    assert fingerprint(Link("F8", "Clients", "F8")) == fingerprint("F8")
    assert len({fingerprint(value) for value in (None, 0, False, "0", Formula("=0"), CellError("#N/A"))}) == 6
    assert same(1 / 3, 0.333333333333)
    assert not same(True, 1)


VALUES = st.one_of(
    st.none(), st.integers(-3, 12), st.sampled_from([0.5, 0.75, "Met", "Paid", "a note", True])
)
PLACES = st.tuples(st.integers(1, 8), st.integers(1, 5))
EDITS = st.dictionaries(PLACES, VALUES, max_size=8)
PAGES = st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=6).map(lambda rows: page(*rows))


@settings(max_examples=examples(100))
@given(PAGES, st.lists(st.tuples(EDITS, PAGES), min_size=1, max_size=4))
def test_whatever_a_person_edits_stays_and_everything_else_is_refreshed(first, rounds):
    cells = apply({}, changes(None, first).cells)
    for edits, wanted in rounds:
        before = cells
        edited = {at: value for at, value in (cells | edits).items() if value is not None}
        ink = records(sheet(edited))
        human = {
            at
            for at in edits
            if before.get(at) != edits[at] and at[1] != RECORD_COLUMN and not restored(ink, at, edits)
        }
        found = changes(sheet(edited), wanted)
        cells = apply(edited, found.cells)
        for at in human:
            assert cells.get(at) == edits[at], "a person's cell was changed"
        for cell in wanted:
            at = (cell.row, cell.column)
            foreign = cell.row not in ink and edited.get((cell.row, RECORD_COLUMN)) is not None
            free = edited.get(at) is None and at[1] not in ink.get(cell.row, Written(1, {})).cells
            ours = at[1] in ink.get(cell.row, Written(1, {})).cells and restored(ink, at, edited)
            if (free or ours) and not foreign:
                assert cells.get(at) == cell.value, "a free cell of ours was not refreshed"
        again = changes(sheet(cells), wanted)
        assert again.cells == (), "the second refresh writes again"
        assert again.kept == found.kept


def restored(ink, at, cells):
    """Whether a cell holds what we wrote there, or is blank where we have no record of having written."""
    row, column = at
    if row not in ink or column not in ink[row].cells:
        return cells.get(at) is None
    return ink[row].cells[column][0] == fingerprint(cells.get(at))


def test_records_of_nothing():
    assert records(None) == {}
