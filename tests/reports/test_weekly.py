"""Changes since the last recorded week: whole texts, counted by hand."""

import datetime as dt

import pandas as pd
import pytest
from tables import clients_of

from funnel.grid import Grid
from funnel.journey import Journey, Step
from funnel.metrics import Funnel
from funnel.reports.weekly import weekly_text

JOURNEY = Journey(steps=(Step(name="Called"), Step(name="Met"), Step(name="Paid", paid=True)))
HEADERS = ("Week", "As of", "Clients", "Called", "Met", "Paid", "Left the journey", "The leak",
           "Settled drop-off", "of n")  # fmt: skip
LAST = ("2026-W47", dt.date(2026, 11, 16), 3, 2, 2, 0, 0, "Met", 0.46, 120)
TOO_FEW = (
    "Too few to call: no step has 10 clients who were due and had reached the step before it. "
    "Look again when there are more clients: a step needs 10."
)


@pytest.fixture
def funnel() -> Funnel:
    """Four clients: four called, two met, one paid; one left."""
    table = pd.DataFrame({
        "row": [2, 3, 4, 5], "client": ["Ana", "Ben", "Cat", "Dan"],
        "Called": True, "Met": [True, True, False, False], "Paid": [True, False, False, False],
        "left_reason": [None, "Price", None, None],
        "lead_date": pd.to_datetime(["2026-10-01"] * 4),
    })  # fmt: skip
    return Funnel(clients_of(table, JOURNEY), "2026-11-23")


def history(*weeks: tuple[object, ...], headers: tuple[str, ...] = HEADERS) -> Grid:
    """The tab as it is written: the fingerprints' column, a title, a note, the header, the weeks."""
    rows = [["Week by week"], ["One row for each week"], list(headers), *map(list, weeks)]
    columns = [[row[at] if at < len(row) else None for row in rows] for at in range(len(headers))]
    return Grid("Funnel history", values=[[None] * len(rows), *columns])  # type: ignore[arg-type]


def test_changes_since_last_week(funnel: Funnel) -> None:
    assert weekly_text(funnel, history(LAST)) == "\n".join([
        "Week 2026-W48, as of 2026-11-23: 4 clients.",
        "Compared with 2026-W47 (as of 2026-11-16, 7 days earlier), then and now:",
        "- New leads: +1 (3, 4)",
        "- Called: +2 (2, 4)",
        "- Paid: +1 (0, 1)",
        "- Left: +1 (0, 1)",
        "- No change: Met",
        TOO_FEW,
        "Then: Met, 46 % of 120.",
    ])  # fmt: skip


def test_latest_earlier_week_counts_whatever_the_order(funnel: Funnel) -> None:
    older = ("2026-W40", dt.date(2026, 10, 1), 1, 1, 1, 1, 1, "too few to call", None, None)
    this = ("2026-W48", dt.date(2026, 11, 23), 4, 4, 2, 1, 1, "too few to call", None, None)
    later = ("2026-W49", dt.date(2026, 12, 1), 9, 9, 9, 9, 9, "Met", 0.5, 10)
    assert weekly_text(funnel, history(later, this, LAST, older)) == weekly_text(funnel, history(LAST))
    text = weekly_text(funnel, history(this, older))
    assert "Compared with 2026-W40 (as of 2026-10-01, 53 days earlier), then and now:" in text
    assert text.endswith("Then: too few to call.")


def test_no_earlier_week(funnel: Funnel) -> None:
    unknown = "\n".join([
        "Week 2026-W48, as of 2026-11-23: 4 clients.",
        "No earlier week is recorded in this sheet yet. Changes will be shown from next week on.",
        TOO_FEW,
    ])  # fmt: skip
    assert weekly_text(funnel, None) == unknown
    assert weekly_text(funnel, history(("2026-W48", dt.date(2026, 11, 23), 4, 4, 2, 1, 1))) == unknown
    assert weekly_text(funnel, history(("summer", None, 4), ("2026-W", None, 3))) == unknown


def test_missing_and_overwritten_counts_are_not_compared(funnel: Funnel) -> None:
    headers = ("Week", "As of", "Clients", "Called", "Met")  # before Paid was a step
    text = weekly_text(funnel, history(("2026-W47", "last Monday", "3 or so", 2.5, 2), headers=headers))
    assert text.splitlines()[1:] == [
        "Compared with 2026-W47 (day not recorded), then and now:",
        "- New leads: 4 now; not recorded then",
        "- Called: 4 now; not recorded then",
        "- Paid: 1 now; not recorded then",
        "- Left: 1 now; not recorded then",
        "- No change: Met",
        TOO_FEW,
        "The leak of that week is not recorded.",
    ]


def test_decreased_counts_are_explained(funnel: Funnel) -> None:
    text = weekly_text(
        funnel, history(("2026-W47", dt.datetime(2026, 11, 22, 9), 1004, 4, 2, 1, 1, "Met", 0.5))
    )
    assert text.splitlines()[1:6] == [
        "Compared with 2026-W47 (as of 2026-11-22, 1 day earlier), then and now:",
        "- New leads: −1,000 (1,004, 4)",
        "- Left: 0 (1, 1)",
        "- No change: Called, Met and Paid",
        "A count can decrease when rows or marks are removed, or dates are corrected.",
    ]
    assert text.endswith("Then: Met.")


def test_many_unchanged_steps_are_counted() -> None:
    steps = tuple(Step(name=f"Step {n}") for n in range(1, 7))
    table = pd.DataFrame({"row": [2], "client": ["Ana"], **{step.name: True for step in steps}})
    funnel = Funnel(clients_of(table, Journey(steps=steps)), "2026-11-23")
    week = ("2026-W47", dt.date(2026, 11, 16), 1, 1, 1, 1, 1, 1, 0)
    tab = history(week, headers=("Week", "As of", "Clients", *(step.name for step in steps)))
    assert (
        "- Step 6: +1 (0, 1)\n- Left: unknown; the sheet has no column for it\n- No change: 5 other steps\n"
        in (weekly_text(funnel, tab))
    )


def test_sheet_without_left_date_and_reason() -> None:
    table = pd.DataFrame({"row": [2], "client": ["Ana"], "Called": True, "Met": True, "Paid": True})
    text = weekly_text(Funnel(clients_of(table, JOURNEY), "2026-11-23"), history(LAST))
    assert "- Left: unknown; the sheet has no column for it" in text.splitlines()


def test_a_fall_is_a_warning() -> None:
    days = pd.date_range("2025-07-01", periods=300)
    table = pd.DataFrame({"row": range(2, 302), "client": "Ana", "lead_date": days, "Called": True})
    table["Met"] = [i % 5 > 0 if i < 240 else i % 3 == 0 for i in range(300)]
    found = Funnel(clients_of(table, Journey(steps=JOURNEY.steps[:2])), "2026-08-09")
    assert weekly_text(found, None).splitlines()[-1] == (
        "Warning: Called → Met fell beyond chance: reached by 22 of 62 (35 %) of the leads since "
        "2026-02-24, and by 190 of 238 (80 %) of those of the year before."
    )
