"""The back-test: a past forecast against what came of the same clients."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from funnel.clients import Clients
from funnel.errors import UsageError
from funnel.grid import Grid
from funnel.history.read import read_log
from funnel.journey import Journey, Step
from funnel.metrics import Funnel

JOURNEY = Journey(steps=(Step(name="met"), Step(name="paid", paid=True)))
ROWS = [  # lead, met, paid, left, value
    ("2026-01-10", "2026-01-20", "2026-02-01", None, 100),  # won by March
    ("2026-02-10", "2026-02-20", "2026-04-01", None, 200),  # met by March, won since
    ("2026-02-12", "2026-03-10", "2026-04-20", None, 300),  # new in March, won since
    ("2026-02-14", "2026-02-20", "", "2026-04-10", 400),  # met by March, gone since
    ("2026-03-20", "2026-03-25", "2026-04-20", None, 500),  # not there in March
    ("2025-10-01", "2025-10-10", "", None, 600),  # stale in March
    ("2026-02-20", "", "1", None, 700),  # paid, nobody knows when
]


def clients_of(make_clients: Callable[..., Clients], rows: list[tuple[object, ...]]) -> Clients:
    table = pd.DataFrame(rows, columns=["lead_date", "met", "paid", "left_date", "value"], dtype=object)
    return make_clients(table.assign(client="x"), JOURNEY)


def test_what_came_of_those_in_the_journey(make_clients: Callable[..., Clients]) -> None:
    funnel = Funnel(clients_of(make_clients, ROWS), "2026-07-01")
    row = funnel.back_test("2026-03-01", {"new": 0.1, "met": 0.5}).iloc[0]
    assert (row["clients"], row["expected"], row["came"], row["paid"]) == (3, 330.0, 500.0, 2)
    assert (row["still_open"], row["undated"]) == (0, 1)
    spread = (200**2 * 0.25 + 400**2 * 0.25 + 300**2 * 0.09) ** 0.5
    assert (row["spread"], row["off"]) == (pytest.approx(spread), pytest.approx(170 / spread))


def test_nothing_is_called_while_some_have_time(make_clients: Callable[..., Clients]) -> None:
    rows = [("2026-02-20", "", "", None, 10), *ROWS]
    row = Funnel(clients_of(make_clients, rows), "2026-04-25").back_test("2026-03-01", {"new": 0.1}).iloc[0]
    assert row["still_open"] == 1
    assert pd.isna(row["off"])


@pytest.mark.parametrize(
    ("rows", "day", "message"),
    [
        (ROWS, "2026-07-01", "The back-test looks from 2026-07-01 to 2026-07-01; name an earlier day."),
        (
            ROWS[-2:],
            "2026-03-01",
            "No mark of 'paid' has a date, so the state on 2026-03-01 is unknown. Type the date "
            "instead of a 1 from now on.",
        ),
    ],
)
def test_what_cannot_be_tested(
    make_clients: Callable[..., Clients], rows: list[tuple[object, ...]], day: str, message: str
) -> None:
    with pytest.raises(UsageError) as error:
        Funnel(clients_of(make_clients, rows), "2026-07-01").back_test(day, {"new": 0.1})
    assert str(error.value) == message


def test_the_history_dates_marks_without_a_date(make_clients: Callable[..., Clients]) -> None:
    """Ana was found paid on 1 April, Ben before the log began, Cat never: Ben is on neither side."""
    rows = [
        ("2026-02-10", "1", "1", None, 200), ("2026-02-10", "1", "1", None, 50),
        ("2026-02-12", "1", "", None, 300),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["lead_date", "met", "paid", "left_date", "value"], dtype=object)
    clients = make_clients(table.assign(client=["Ana", "Ben", "Cat"]), JOURNEY)
    with pytest.raises(UsageError, match="No mark of 'paid' has a date"):
        Funnel(clients, "2026-07-01").back_test("2026-03-01", {"new": 0.1})
    lines = [
        ("When", "Since", "Why", "Record: 1=met; 2=paid"),
        ("2026-02-20", None, "first seen", "1 new>marks 1;Ana|2026-02-10"),
        ("2026-02-20", None, "first seen", "2 new>marks 1-2;Ben|2026-02-10"),
        ("2026-04-01", "2026-03-25", "typed", "3 marks 1>marks 1-2;Ana|2026-02-10"),
    ]
    log = read_log(Grid("Log", [[*column] for column in zip(*lines, strict=True)]))
    logged = replace(clients, log=log)
    row = Funnel(logged, "2026-07-01").back_test("2026-03-01", {"new": 0.1, "met": 0.5}).iloc[0]
    assert (row["clients"], row["expected"], row["came"], row["undated"]) == (2, 250.0, 200.0, 1)
