"""The generator is right about its own sheets: the truth agrees with the cells."""

import datetime as dt
from functools import cache

import pytest
from generated_sheets.sheets import AS_OF, Sheet, make
from generated_sheets.words import LANGUAGES, words_of

from funnel.grid import Grid, Value

SEEDS = range(140)


@cache
def sheets() -> list[Sheet]:
    """Made once, by the process that runs a test of this file."""
    return [make(seed, nonsense) for seed in SEEDS for nonsense in (False, True)]


def tab_of(sheet: Sheet) -> Grid:
    return sheet.grids[sheet.truth.tab] if sheet.truth.tab else next(iter(sheet.grids.values()))


def header_row(sheet: Sheet) -> int:
    grid = tab_of(sheet)
    headers = {column.header for column in sheet.columns}
    return next(row for row in range(1, grid.height + 1) if headers <= set(grid.row(row)))


def cells_under(sheet: Sheet, header: str) -> list[Value]:
    """The cells below a header, one for each client; blank rows and totals left out."""
    grid, top = tab_of(sheet), header_row(sheet)
    column = grid.row(top).index(header) + 1
    rows = [row for row in range(top + 1, grid.height + 1) if any(cell is not None for cell in grid.row(row))]
    return [grid[row, column] for row in rows][: sheet.truth.clients]


def test_a_sheet_counted_by_hand() -> None:
    """An English sheet of ten clients below two title rows, with nine steps; some marks are skipped."""
    sheet = make(6596)
    truth = sheet.truth
    assert (truth.client, truth.lead_date) == (("Customer",), ("Date of lead",))
    assert (truth.left_date, truth.left_reason) == (("Date left",), (None,))
    assert (truth.paid, truth.clients, truth.answer, header_row(sheet)) == (("Paid",), 10, "read", 3)
    marks = {header: sum(cell == 1 for cell in cells_under(sheet, header)) for (header,) in truth.steps}
    assert marks == {
        "Contacted": 9, "Replied": 8, "Visit booked": 6, "Visit done": 6, "Trial session": 5, "Paid": 5,
        "1 month": 3, "3 months": 2, "6 months": 2,
    }  # fmt: skip
    left = dict(zip(cells_under(sheet, "Customer"), cells_under(sheet, "Date left"), strict=True))
    assert {name: str(day) for name, day in left.items() if day} == {
        "Oliver Hall": "2025-10-04",
        "Sophie Barker": "2026-05-04",
        "Jack Turner": "2026-09-17",
        "Ava Shaw": "2026-11-12",
    }
    assert set(truth.never_steps) > {"Campaign code", "Newsletter"}


def test_the_same_seed_makes_the_same_sheet() -> None:
    for seed in range(20):
        assert make(seed).grids == make(seed).grids
        assert make(seed).truth == make(seed).truth
        assert make(seed).grids != make(seed, nonsense=True).grids


def test_every_header_is_on_the_tab_once() -> None:
    for sheet in sheets():
        headers = [cell for cell in tab_of(sheet).row(header_row(sheet)) if cell is not None]
        assert headers == [column.header for column in sheet.columns]
        assert len(headers) == len(set(headers)), sheet.seed


def test_the_truth_names_headers_of_the_sheet() -> None:
    for sheet in sheets():
        headers = {column.header for column in sheet.columns}
        stages = {stage for column in sheet.columns for stage in (*column.stages, *column.lost)}
        truth = sheet.truth
        for role in (truth.client, truth.lead_date, truth.left_date, truth.left_reason):
            assert role, sheet.seed
            assert set(role) <= headers | {None}
        assert {name for step in truth.steps for name in step} <= headers | stages
        assert not {name for step in truth.steps for name in step} & set(truth.never_steps)
        assert set(truth.never_steps) <= headers
        assert 3 <= len(truth.steps) <= 9


def test_columns_lie_as_the_truth_has_their_steps() -> None:
    for sheet in sheets():
        for kind in ("mark", "date"):
            at = [column.step for column in sheet.columns if column.kind == kind]
            assert at == sorted(at), sheet.seed


def test_clients_are_counted_under_the_header() -> None:
    for sheet in sheets():
        column = next(column for column in sheet.columns if column.kind == "client")
        assert cells_under(sheet, column.header) == column.cells
        assert len(column.cells) == sheet.truth.clients == len(sheet.people)


def test_nothing_happens_before_the_lead_after_leaving_or_after_the_day() -> None:
    for sheet in sheets():
        for person in sheet.people:
            days = [day for day in person.reached if day]
            assert days == sorted(days)
            assert all(person.lead <= day <= (person.left or AS_OF) for day in days)
            assert person.left is None or person.lead < person.left <= AS_OF
            assert None not in person.reached[: len(days)], "steps are nested before marks are skipped"


def test_only_those_who_left_have_a_leaving_date_or_a_reason() -> None:
    for sheet in sheets():
        for column in sheet.columns:
            if column.kind in ("left", "reason"):
                filled = [cell is not None for cell in column.cells]
                left = [person.left is not None for person in sheet.people]
                assert all(b for a, b in zip(filled, left, strict=True) if a), sheet.seed
                assert sum(filled) >= 2


def test_twins_are_filled_in_the_same_rows() -> None:
    twins = 0
    for sheet in sheets():
        if sheet.truth.shape != "both" or any(cell in ("?", "l") for c in sheet.columns for cell in c.cells):
            continue
        by_step = {(c.step, c.kind): c.cells for c in sheet.columns if c.step is not None}
        for step, kind in by_step:
            if kind == "date" and (step, "mark") in by_step:
                marks, dates = by_step[step, "mark"], by_step[step, "date"]
                assert [m not in (None, 0, "no") for m in marks] == [d is not None for d in dates]
                twins += 1
    assert twins > 50


def test_a_stage_is_where_the_client_is() -> None:
    staged = 0
    for sheet in sheets():
        for column in sheet.columns:
            if column.kind == "stage":
                staged += 1
                for person, cell in zip(sheet.people, column.cells, strict=True):
                    assert cell in (column.lost if person.left else (column.stages[person.steps_reached],))
    assert staged > 20


def test_nonsense_shares_no_word_with_any_language() -> None:
    for sheet in sheets()[1::2]:
        strange = {word.casefold() for column in sheet.columns for word in column.header.split()}
        for language in LANGUAGES:
            words = words_of(language)
            headers = {h for group in (words.headers, words.noise) for names in group.values() for h in names}
            assert not strange & {word.casefold() for header in headers for word in header.split()}


def test_who_paid_can_be_known_only_from_words() -> None:
    for sheet in sheets()[1::2]:
        staged = any(column.kind == "stage" for column in sheet.columns)
        assert sheet.truth.answer == ("either" if staged else "ask")
        assert bool(sheet.truth.paid) == staged


def test_text_sheets_hold_text_only() -> None:
    for sheet in sheets():
        kinds = {type(cell) for column in tab_of(sheet).values for cell in column} - {type(None)}
        assert (kinds == {str}) == (sheet.truth.traits["cells"] == "text"), sheet.seed


def test_totals_are_no_clients() -> None:
    """The row of totals of a typed sheet has formulas over all clients, and lies below them."""
    found = 0
    for sheet in sheets():
        grid = tab_of(sheet)
        for row, _ in grid.formulas:
            found += 1
            assert row > header_row(sheet) + sheet.truth.clients
    assert found > 20


@pytest.mark.parametrize("trait", ["shape", "language", "marks", "leaving", "clients", "steps", "cells"])
def test_all_kinds_are_made(trait: str) -> None:
    values = {sheet.truth.traits[trait] for sheet in sheets()}
    assert len(values) >= {"cells": 2, "clients": 4, "leaving": 6, "shape": 7, "language": 14}.get(trait, 6)


def test_dates_are_dates_in_typed_sheets() -> None:
    for sheet in sheets():
        if sheet.truth.traits["cells"] == "typed":
            lead = sheet.truth.lead_date[0]
            assert lead is not None
            assert all(isinstance(cell, dt.date) for cell in cells_under(sheet, lead))
