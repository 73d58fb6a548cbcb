"""Steps that nobody marks, and clients without a mark: what the verdict says instead, or beside."""

from collections.abc import Callable, Sequence

import pandas as pd

from funnel import load
from funnel.journey import preset
from funnel.metrics import Funnel
from funnel.metrics.tables.verdicts import called_worst

GYM = preset("gym")
SIX = tuple(step.name for step in GYM.steps[:6])


def gym(reached: Sequence[int], **more: Callable[[int], object]) -> Funnel:
    """Clients who came on 2026-01-05; so many of them are marked at each of the six first steps."""
    rows = [
        {"Client name": f"c{i}", "Date of lead": "2026-01-05"}
        | {name: 1 if i < n else None for name, n in zip(SIX, reached, strict=True)}
        | {header: cell(i) for header, cell in more.items()}
        for i in range(max(reached) or 12)
    ]  # fmt: skip
    return Funnel(load(pd.DataFrame(rows), journey="gym", as_of="2026-11-21"), "2026-11-21")


LEFT = "When left journey"


def test_a_step_that_nobody_marks() -> None:
    """40 were contacted, 20 had the meeting, and "booked" is never marked: the loss is before the meeting."""
    assert gym([40, 0, 20, 18, 15, 12]).verdict == (
        "Of the steps with enough clients, Client contacted → Client meeting booked loses most: 20 of 40 who "
        "were due (50 %, 35–65 %; by the column totals 100 %). Probability that it is the worst: 97 %; next: "
        "Coach complimentary session done → First paid session (2 %). No client is marked at Client meeting "
        "booked, so look at everything before Client meeting had."
    )
    assert gym([40, 0, 0, 0, 0, 0]).verdict.endswith(
        "> 99 %. No client is marked at Client meeting booked: check that its column is kept up to date."
    )
    assert gym([40, 0, 0, 0, 0, 0], **{LEFT: lambda _: "2026-03-01"}).verdict.endswith("> 99 %.")


def test_a_blank_retention_column_between_derived_steps() -> None:
    """10 of 30 left after three months; of the 20 others nobody is marked there, so only the 10 count."""
    left = {LEFT: lambda i: "2026-04-20" if i < 10 else None, "Three months post-lead": lambda _: None}
    found = gym([30] * 6, **left)
    assert found.verdict == (
        "No verdict: no client is marked at Three months post-lead, so only those who left after it count as "
        "having reached it. Fill in its column first."
    )
    assert called_worst(found.leaks, found.flagged.chain) is None


def test_nobody_is_marked_and_all_or_some_left() -> None:
    nothing = [0] * 6
    assert gym(nothing, **{LEFT: lambda _: "2026-02-01"}).verdict == (
        "No verdict: all 12 clients left, and none has a mark at any step."
    )
    assert gym(nothing, **{LEFT: lambda i: "2026-02-01" if i < 5 else None}).verdict == (
        "No verdict: the 12 clients have no mark at any step; 5 of them left."
    )
