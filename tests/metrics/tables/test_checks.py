"""The checks: the worked example's list, and each kind with its whole message."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from funnel.clients import Clients, Problem
from funnel.journey import Journey, Step
from funnel.metrics import Funnel

Make = Callable[..., Clients]


def test_worked_example(clients: Clients) -> None:
    problems = Funnel(clients, "2026-07-01").problems
    assert [(p.cell, p.client, p.message) for p in problems] == [
        (
            "I4",
            "Cat",
            "Cat: left on 2026-04-20, after '3m' was due on 2026-03-15, but it is not marked; it "
            "counts as reached.",
        ),
        ("F5", "Dan", "Dan: 'met' is not marked, but a later step is; it counts as reached."),
        ("J5", "Dan", "Dan: '6m' is marked, but not due before 2026-07-05."),
        ("F8", "Gus", "Gus: 'met' was due on 2026-05-21, and is not marked."),
        ("H9", "Hal", "Hal: '1m' is not marked, but a later step is; it counts as reached."),
        ("H11", "Jon", "Jon: '1m' is marked, but 'paid' is not."),
    ]  # fmt: skip
    assert [p.kind for p in problems] == [
        "left after due", "skipped step", "marked before due", "overdue", "skipped step", "not paid",
    ]  # fmt: skip
    assert all(p.way_out for p in problems)


def found(
    make_clients: Make, journey: Journey, as_of: str = "2026-07-01", **cells: Any
) -> list[tuple[str, str]]:
    rows = pd.DataFrame({"client": ["Ana"]} | {name: [value] for name, value in cells.items()})
    return [
        (p.kind, p.message.removeprefix("Ana: ")) for p in Funnel(make_clients(rows, journey), as_of).problems
    ]


PAID = Journey(steps=(Step(name="met"), Step(name="paid", paid=True), Step(name="m1", months=1)))
FULL = {"lead_date": "2026-01-10", "met": "1", "paid": "1", "m1": "1"}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, []),
        (
            {"met": "2025-12-31"},
            [("date before lead", "'met' is dated 2025-12-31, before the lead date 2026-01-10.")],
        ),
        (
            {"left_date": "2026-03-01", "paid": "2026-03-02"},
            [("mark after leaving", "'paid' is dated 2026-03-02, after the client left on 2026-03-01.")],
        ),
        (
            {"left_date": "2026-02-01"},
            [
                (
                    "mark after leaving",
                    "'m1' is marked, but the client left on 2026-02-01, before it was due on 2026-02-10.",
                )
            ],
        ),
        (
            {"met": "2026-07-02"},
            [
                ("skipped step", "'met' is not marked, but a later step is; it counts as reached."),
                (
                    "date in the future",
                    "'met' is dated 2026-07-02, after 2026-07-01; it counts as not reached.",
                ),
            ],
        ),
        (
            {"left_date": "2062-01-09"},
            [
                (
                    "date in the future",
                    "the left date 2062-01-09 is after 2026-07-01; the client counts as here.",
                )
            ],
        ),
        (
            {"lead_date": "2062-01-10"},
            [
                (
                    "date in the future",
                    "the lead date 2062-01-10 is after 2026-07-01; the client is not counted.",
                )
            ],
        ),
        (
            {"met": "", "paid": "", "m1": ""},
            [("first contact missing", "'met' was due on 2026-04-10, and is not marked.")],
        ),
        ({"m1": ""}, [("overdue", "'m1' was due on 2026-02-10, and is not marked.")]),
    ],
)
def test_each_kind(make_clients: Make, cells: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert sorted(found(make_clients, PAID, **(FULL | cells))) == sorted(expected)


def test_targets_that_are_missed_name_the_clients(make_clients: Make) -> None:
    journey = Journey(steps=(Step(name="met", target=1.0), Step(name="paid", paid=True, target=0.5)))
    rows = pd.DataFrame(
        {"client": ["Ana", "Ben", ""], "lead_date": ["2026-01-01"] * 3, "left_date": ["2026-02-01"] * 3}
        | {"met": ["1", "", ""], "paid": ["", "", ""]}
    )
    problems = Funnel(make_clients(rows, journey), "2026-07-01").problems
    assert problems == (
        Problem(
            "target missed",
            "'met' was reached by 1 of 3 who were due (33.3 %); its target is 100 %. Not by Ben and row 4.",
            way_out="Look at the missing clients, and change the step or its target.",
        ),
    )  # the second target stands on too few to call


def test_a_client_without_a_name_is_named_by_the_row(make_clients: Make) -> None:
    rows = pd.DataFrame({"client": [""], "lead_date": ["2026-01-01"], "met": [""]})
    problems = Funnel(make_clients(rows, Journey(steps=(Step(name="met"),))), "2026-07-01").problems
    assert [p.message for p in problems] == [
        "The client of row 2: 'met' was due on 2026-04-01, and is not marked."
    ]


def test_what_the_loader_said_comes_first(clients: Clients) -> None:
    said = Problem("no lead date", "Lee has no lead date.", row=13, column=2)
    again = Clients(clients.table, clients.journey, problems=(said,), layout=clients.layout)
    assert Funnel(again, "2026-07-01").problems[0] == said


def test_rows_are_plain_numbers(clients: Clients) -> None:
    """A NumPy number would show as `np.int64(8)` in a notebook, and not be JSON."""
    rows = [problem.row for problem in Funnel(clients, "2026-07-01").problems]
    assert {type(row) for row in rows} <= {int, type(None)}
