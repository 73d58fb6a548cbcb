"""The totals block on a tab whose rows move: appended, rewritten by metadata, moved, removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from funnel.grid import TOTALS_LABELS, Area, Grid, Value
from funnel.plan import Cell, Formula, PutBlock
from funnel.sheets.google.read import ids
from funnel.sheets.google.read.spreadsheet import Snapshot, Tab
from funnel.sheets.google.write.cells import Cells
from funnel.sheets.google.write.totals_block import Rewrite, put_block, remove_block

COUNT = "=SUMPRODUCT(--((1)))"
CELLS = Cells("en_US", lambda _: 0, [])


def tab(
    rows: list[tuple[Value, Value]], block: int | None = None, marks: Mapping[int, int] | None = None
) -> Tab:
    """Return a tab of two columns with a block from a row on, and metadata: rows by id."""
    formulas = {}
    if block:
        rows = [*rows, *[(None, None)] * (block - 1 - len(rows)), *((label, None) for label in TOTALS_LABELS)]
        formulas = {(block, 2): COUNT}
    grid = Grid("Clients", [[row[0] for row in rows], [row[1] for row in rows]], formulas)
    return Tab(0, 1000, 26, grid, marks or {})


def marked(top: int, turn: int = 0) -> dict[int, int]:
    return {ids.row_id(0, "totals", k, turn): top + k for k in range(3)}


def put(
    top: int, previous: int | None = None, formula: str = COUNT, extra: tuple[Cell, ...] = ()
) -> PutBlock:
    labels = (Cell(top + k, 1, label, "rate_label") for k, label in enumerate(TOTALS_LABELS))
    old = Area(previous, 1, previous + 2, 2) if previous else None
    cells = (*extra, *labels, Cell(top, 2, Formula(formula), "total_count"))
    return PutBlock("Clients", "totals", Area(top, 1, top + 2, 2), cells, old)


def kinds(requests: list[Any]) -> list[str]:
    return [next(iter(request)) for request in requests]


CLIENTS: list[tuple[Value, Value]] = [("Client", "Paid"), ("Ana", 1)]


def test_a_first_block_is_appended_with_its_metadata() -> None:
    steps = put_block(tab(CLIENTS), put(6), CELLS, "en_US")
    assert kinds(steps.requests) == ["appendCells", *["createDeveloperMetadata"] * 3]
    rows = steps.requests[0]["appendCells"]["rows"]
    assert rows[:3] == [{}, {}, {}]  # the spacer rows
    assert rows[3]["values"][1]["userEnteredValue"] == {"formulaValue": COUNT}
    made = [request["createDeveloperMetadata"]["developerMetadata"] for request in steps.requests[1:]]
    assert [item["location"]["dimensionRange"]["startIndex"] for item in made] == [5, 6, 7]
    assert (steps.rewrites, steps.last, steps.again) == ([], [], False)


def test_only_cells_that_change_are_rewritten() -> None:
    steps = put_block(tab(CLIENTS, 6, marked(6)), put(6, 6, "=SUMPRODUCT(--((2)))"), CELLS, "it_IT")
    assert steps.requests == []
    assert steps.rewrites == [
        Rewrite(0, ids.row_id(0, "totals", 0), 6, {2: "=SUMPRODUCT(--((2)))"}, {2: COUNT})
    ]
    assert steps.rewrites[0].request()["values"] == [[None, "=SUMPRODUCT(--((2)))"]]


def test_missing_metadata_is_created_again() -> None:
    steps = put_block(tab(CLIENTS, 6), put(6, 6), CELLS, "en_US")
    assert kinds(steps.requests) == ["createDeveloperMetadata"] * 3
    assert steps.rewrites == []


def test_moving_a_block_empties_and_writes_it_in_one_call() -> None:
    there = tab([*CLIENTS, *[(None, None)] * 3, *((label, None) for label in TOTALS_LABELS), ("Ben", 1)],
                marks=marked(6))  # fmt: skip
    emptied = tuple(Cell(6 + k, 1, None) for k in range(3))
    steps = put_block(there, put(13, 6, extra=emptied), CELLS, "en_US")
    assert kinds(steps.requests) == ["appendCells", *["createDeveloperMetadata"] * 3]
    looks = steps.requests[0]["appendCells"]
    assert "userEnteredValue" not in looks["fields"]
    assert not [cell for row in looks["rows"] for cell in row.get("values", []) if "userEnteredValue" in cell]
    old, new = steps.rewrites[:3], steps.rewrites[3:]
    assert [rewrite.mark for rewrite in old] == [ids.row_id(0, "totals", k) for k in range(3)]
    assert [rewrite.mark for rewrite in new] == [ids.row_id(0, "totals", k, 1) for k in range(3)]
    assert [rewrite.values[1] for rewrite in steps.rewrites] == ["", "", "", *TOTALS_LABELS]
    assert [rewrite.was[1] for rewrite in steps.rewrites] == [*TOTALS_LABELS, None, None, None]
    assert not steps.again


def test_manual_cells_in_its_old_rows_need_another_plan() -> None:
    there = tab([*CLIENTS, ("Totals", 7), *((label, None) for label in TOTALS_LABELS[1:]), ("Ben", 1)],
                marks=marked(3))  # fmt: skip
    assert put_block(there, put(10, 3), CELLS, "en_US").again


def test_rows_that_were_separated_by_sorting_are_emptied_first() -> None:
    rows = [CLIENTS[0], ("Totals", None), CLIENTS[1], *((label, None) for label in TOTALS_LABELS[1:])]
    marks = dict(zip(marked(2), (2, 4, 5), strict=True))
    steps = put_block(tab(rows, marks=marks), put(9), CELLS, "en_US")
    assert steps.requests == []
    assert [(rewrite.row, dict(rewrite.values)) for rewrite in steps.rewrites] == [
        (2, {1: ""}), (4, {1: ""}), (5, {1: ""}),
    ]  # fmt: skip
    assert steps.again


def test_a_block_above_the_headers_is_written_by_metadata() -> None:
    there = tab([(None, None)] * 4 + CLIENTS)
    steps = put_block(there, put(1), CELLS, "en_US")
    assert kinds(steps.requests) == ["createDeveloperMetadata"] * 3
    assert [rewrite.row for rewrite in steps.rewrites] == [1, 2, 3]
    assert "'Clients'!A1:Z203" not in steps.watched  # the whole tab is shorter than that
    assert steps.watched == ["'Clients'!A1:Z"]


def test_removing_a_block_deletes_its_metadata_last() -> None:
    cells = [Cell(6 + k, 1, None) for k in range(3)]
    steps = remove_block(tab(CLIENTS, 6, marked(6)), "totals", Area(6, 1, 8, 2), cells, "en_US")
    assert steps.requests == []
    assert [dict(rewrite.values) for rewrite in steps.rewrites] == [{1: ""}] * 3
    assert kinds(steps.last) == ["deleteDeveloperMetadata"] * 3  # no more than there are


def test_a_rewrite_is_not_current_if_the_row_has_changed() -> None:
    rewrite = Rewrite(0, 5, 2, {1: "new"}, {1: "Ana"})

    def now(name: str, mark: int) -> Snapshot:
        lines = [{}, {"developerMetadata": [{"metadataId": mark, "metadataKey": "funnel.totals"}]}]
        cells = [{}, {"values": [{"effectiveValue": {"stringValue": name}}]}]
        data = {"rowData": cells, "rowMetadata": lines}
        return Snapshot({"sheets": [{"properties": {"sheetId": 0, "title": "Clients"}, "data": [data]}]})

    assert rewrite.is_current(now("Ana", 5))
    assert not rewrite.is_current(now("Ben", 5))
    assert not rewrite.is_current(now("Ana", 6))
    assert not rewrite.is_current(Snapshot({"sheets": []}))
