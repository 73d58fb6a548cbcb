"""The sample's answers, counted by hand (by a loop over openpyxl's cells, with none of this package's code).

As of 2026-11-21: 200 clients, and one whose lead date was typed as 2062. A row painted red has left.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import funnel

if TYPE_CHECKING:
    from funnel.metrics import Funnel

# marked, passed, nested; reached, left, not due, overdue, undated; skipped; settled n, reached, left, overdue
STEPS = {
    "Client contacted": (195, 196, 195, 196, 3, 1, 0, 0, 1, 151, 148, 3, 0),
    "Client meeting booked": (168, 169, 167, 169, 17, 8, 6, 0, 1, 148, 128, 14, 6),
    "Client meeting had": (89, 89, 87, 89, 59, 21, 30, 1, 0, 128, 68, 36, 24),
    "Referred to coach": (87, 87, 85, 87, 59, 21, 32, 1, 0, 68, 66, 0, 2),
    "Coach complimentary session done": (80, 80, 78, 80, 61, 24, 34, 1, 0, 66, 63, 1, 2),
    "First paid session": (65, 65, 63, 65, 72, 26, 36, 1, 0, 63, 50, 11, 2),
    "One month post-lead": (55, 59, 53, 59, 73, 15, 52, 1, 4, 61, 59, 1, 1),
    "Two months post-lead": (52, 55, 46, 55, 75, 29, 40, 1, 3, 57, 55, 2, 0),
    "Three months post-lead": (45, 45, 37, 45, 76, 41, 37, 1, 0, 47, 45, 1, 1),
    "Six months post-lead": (37, 37, 29, 37, 79, 52, 31, 1, 0, 39, 37, 2, 0),
    "12 months post-lead": (15, 15, 13, 15, 83, 83, 18, 1, 0, 17, 15, 2, 0),
}
COUNTED = (
    "marked", "passed", "nested", "reached", "left", "not_due", "overdue", "undated", "skipped",
    "settled_n", "settled_reached", "settled_left", "settled_overdue",
)  # fmt: skip

# eligible, reached, left, overdue, marked of all
RETENTION = {
    ("leads", 1): (184, 59, 73, 52, 55 / 200),
    ("leads", 2): (168, 55, 73, 40, 52 / 200),
    ("leads", 3): (151, 45, 69, 37, 45 / 200),
    ("leads", 6): (128, 37, 60, 31, 37 / 200),
    ("leads", 12): (67, 15, 34, 18, 15 / 200),
    ("paid", 1): (61, 59, 1, 1, 55 / 65),
    ("paid", 2): (58, 55, 3, 0, 52 / 65),
    ("paid", 3): (50, 45, 4, 1, 45 / 65),
    ("paid", 6): (43, 37, 5, 1, 37 / 65),
    ("paid", 12): (19, 15, 3, 1, 15 / 65),
}


@pytest.fixture(scope="module")
def gym(root: Path) -> "Funnel":
    return funnel.Funnel(funnel.load(root / "sample_data" / "gym.xlsx"), as_of="2026-11-21")


def test_clients(gym: "Funnel") -> None:
    assert (gym.leads, gym.leads_after_as_of) == (200, 1)


def test_steps(gym: "Funnel") -> None:
    counted = {row["step"]: tuple(row[name] for name in COUNTED) for row in gym.steps.to_dict("records")}
    assert counted == STEPS


def test_retention_on_the_lead_clock(gym: "Funnel") -> None:
    rows = gym.retention[gym.retention["clock"] == "lead"].to_dict("records")
    names = ("eligible", "reached", "left", "overdue", "naive_rate")
    assert {(row["of"], row["months"]): tuple(row[name] for name in names) for row in rows} == {
        key: pytest.approx(values) for key, values in RETENTION.items()
    }


def test_the_leak_is_the_meeting_that_was_booked_and_the_column_totals_blame_another(gym: "Funnel") -> None:
    steps = gym.steps.set_index("step")
    assert steps["settled_drop_off"].idxmax() == "Client meeting had"
    assert steps["drop_off"].idxmax() == "12 months post-lead"


def test_every_slip_that_was_put_into_the_sheet_is_found(gym: "Funnel") -> None:
    found: dict[str, list[str | None]] = {}
    for problem in gym.problems:
        found.setdefault(problem.kind, []).append(problem.cell)
    planted = {
        "mixed marks": ["E14"], "reason without date": ["R22"], "no mark": ["G60"],
        "colour": ["A71", "A82", "A141"], "two spellings": ["I105"], "no name": ["A117"],
        "text date": ["B119", "B131"], "double client": ["A129"], "left before lead": ["R139"],
        "no lead date": ["B162"],
    }  # fmt: skip
    assert {kind: found.get(kind) for kind in planted} == planted
    assert {"F73", "E96", "M87"} <= set(found["skipped step"])
    assert any("2062-07-24" in problem.message for problem in gym.problems)
