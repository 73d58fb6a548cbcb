"""Blank rows for new clients."""

import pytest

from funnel.errors import UsageError
from funnel.grid import Grid
from funnel.journey import Journey, Step
from funnel.loader import load
from funnel.writer.totals.new_rows import blank_rows

JOURNEY = Journey(columns={"client": "Client"}, steps=(Step(name="Paid"),))


def grid(*below: object) -> Grid:
    """A client in row 2; `below` are the cells of column C from row 3 down, and C2 doubles A2."""
    rows = 2 + len(below)
    columns = [["Client", "Ana"], ["Paid", 1], ["Twice", "AnaAna", *below]]
    values = [[*column, *[None] * (rows - len(column))] for column in columns]
    formulas = {(row, 3): f"=A{row}&A{row}" for row in range(2, rows + 1) if values[2][row - 1] == "AnaAna"}
    return Grid("Clients", values, formulas)  # type: ignore[arg-type]


def rows(found: Grid, n: int, columns: frozenset[int] = frozenset({1, 2})) -> list[int]:
    return blank_rows(found, load(found, JOURNEY, source="clients.xlsx"), n, columns)


def test_unticked_boxes_and_the_formula_of_every_client_leave_a_row_blank() -> None:
    assert rows(grid(False, "AnaAna", ""), 5) == [3, 4, 5, 6, 7]


def test_a_column_with_a_formula_is_not_written() -> None:
    with pytest.raises(UsageError, match="but C4 is not blank"):
        rows(grid(None, "AnaAna"), 2, frozenset({1, 3}))


def test_a_note_is_in_the_way() -> None:
    with pytest.raises(UsageError) as refused:
        rows(grid(None, None, "ask Zoe"), 5)
    assert str(refused.value) == (
        "clients.xlsx, tab 'Clients': 5 new clients would go below row 2, but C5 is not blank. Insert 3 rows "
        "above row 5, and try again."
    )
