"""Whatever is typed into a sheet, and done to its log: folding the log gives what the sheet says."""

import datetime as dt
from dataclasses import replace

from examples import examples
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from log_tabs import STAGES, STEPS, TAB, Tabs

NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)  # a week of refreshes is slow to make smaller
people = st.sampled_from(["Ana", "Ben", "Cat", "Dan Vale", "", "=1+1"])
leads = st.sampled_from([dt.date(2026, 1, 5), dt.date(2026, 2, 3)])  # a name alone may be a heading
mark = st.sampled_from([1, None, "x", "no"])
left = st.sampled_from([None, dt.date(2026, 3, 3)])
row = st.tuples(people, leads, mark, mark, mark, left).map(list)
stage = st.sampled_from([None, "Lead", "Won", "hot", "Cold"])
staged_row = st.tuples(people, leads, stage, st.sampled_from([None, 1, 5]), people).map(list)


def live_on(tabs, sheets, data):
    for sheet in sheets:
        tabs.rows = [list(line) for line in sheet]
        tabs.refresh()
        known, said = tabs.states()
        assert known == said
        tabs.rows = data.draw(st.permutations(tabs.rows))
        assert tabs.refresh() == []


@settings(max_examples=examples(5), phases=NO_SHRINK)
@given(st.lists(st.lists(row, min_size=1, max_size=6), min_size=1, max_size=4), st.data())
def test_folding_the_log_gives_the_marks_of_the_sheet(sheets, data):
    """Whatever was typed; the second refresh adds nothing, and sorting the sheet moves nobody."""
    live_on(Tabs(["Client", "Lead date", *STEPS, "Left"], []), sheets, data)


@settings(max_examples=examples(5), phases=NO_SHRINK)
@given(st.lists(st.lists(staged_row, min_size=1, max_size=6), min_size=1, max_size=4), st.data())
def test_folding_the_log_gives_the_stages_of_the_sheet(sheets, data):
    live_on(Tabs(["Client", "Lead date", "Stage", "Visits", "Coach"], [], STAGES), sheets, data)


@settings(max_examples=examples(5), phases=NO_SHRINK)
@given(st.lists(st.lists(row, min_size=1, max_size=5), min_size=2, max_size=4), st.data())
def test_whatever_a_person_does_to_the_log_the_next_refresh_sets_it_right(sheets, data):
    tabs = Tabs(["Client", "Lead date", *STEPS, "Left"], [])
    for sheet in sheets:
        tabs.rows = [list(line) for line in sheet]
        tabs.refresh()
        grid = tabs.grids[TAB]
        kept = data.draw(st.lists(st.integers(0, grid.height - 1), max_size=grid.height))
        cell = st.sampled_from([None, "x", dt.date(2020, 1, 1), dt.date(2099, 1, 1), 7, "new>marks 1;Zed"])
        edits = data.draw(st.dictionaries(st.tuples(st.integers(0, 11), st.integers(0, 5)), cell, max_size=4))
        columns = [[edits.get((c, r), column[r]) for r in kept] for c, column in enumerate(grid.values)]
        tabs.grids[TAB] = replace(grid, values=columns if kept else [])
        tabs.refresh()
        known, said = tabs.states()
        assert known == said
        assert tabs.refresh() == []
