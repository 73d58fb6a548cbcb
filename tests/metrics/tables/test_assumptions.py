"""What had to be assumed, in whole sentences."""

from collections.abc import Callable

import pandas as pd

from funnel.clients import Clients
from funnel.journey import Journey, Step
from funnel.metrics import Funnel

UNDATED = "1 client left on an unknown day: not in survival, left at each retention step without a mark."


def test_now_nothing_is_rewound(clients: Clients) -> None:
    assert Funnel(clients, "2026-07-01").assumed == (UNDATED,)


def test_undated_marks_cannot_be_rewound(clients: Clients) -> None:
    assert Funnel(clients, "2026-05-31").assumed == (
        "1 lead and 1 dated mark after 2026-05-31: not counted, as not happened yet. Marks without a date "
        "cannot be rewound; they count as they are now.",
        UNDATED,
    )
    assert (
        Funnel(clients, "2026-03-01")
        .assumed[0]
        .startswith("4 leads, 1 dated mark and 2 left dates after 2026-03-01: not counted")
    )


def test_what_the_loader_assumed_comes_first(clients: Clients) -> None:
    read = Clients(clients.table, clients.journey, assumed=("Dates read as day/month/year.",))
    assert Funnel(read, "2026-07-01").assumed == ("Dates read as day/month/year.", UNDATED)


def test_nobody_recorded_as_having_left(make_clients: Callable[..., Clients]) -> None:
    rows = pd.DataFrame({"client": ["x"], "lead_date": ["2026-01-01"], "left_date": [None], "met": ["1"]})
    journey = Journey(steps=(Step(name="met"),))
    assert Funnel(make_clients(rows, journey), "2026-07-01").assumed == (
        "No client is recorded as having left; survival assumes that all are still here.",
    )
    assert Funnel(make_clients(rows.drop(columns="left_date"), journey), "2026-07-01").assumed == (
        "No column shows who left, so survival is unknown.",
    )
