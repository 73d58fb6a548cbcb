"""What changed since the last recorded week, as a short text that can be mailed or posted.

Every figure is a count of the tab `Funnel history` beside the same count of now; what is not recorded is said
to be unknown, and a rate never goes without what it is of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from funnel.grid import Grid, Value
from funnel.text import count, listed, percent
from funnel.writer.history import weeks as history

if TYPE_CHECKING:
    from funnel.metrics import Funnel


NAMED = 4  # steps that stand still are named, if they are no more


def weekly_text(funnel: Funnel, tab: Grid | None, tabs: Iterable[str] = ()) -> str:
    """Say what changed since the last week before this one that the history holds.

    Parameters
    ----------
    funnel : the results of now; a week is the ISO week of its day.
    tab : the tab `Funnel history` as it is; None where there is none yet.
    tabs : the names of all tabs of the sheet.

    Returns
    -------
    A few lines without a line break at the end.

    Examples
    --------
    >>> import pandas as pd
    >>> from funnel.journey import Journey, Step
    >>> from funnel.clients import Clients
    >>> from funnel.metrics import Funnel
    >>> table = pd.DataFrame({"row": [2, 3], "client": ["Ana", "Ben"], "Met": [True, False]})
    >>> funnel = Funnel(Clients(table, Journey(steps=(Step(name="Met"),))), as_of="2026-11-23")
    >>> print(weekly_text(funnel, None))
    Week 2026-W48, as of 2026-11-23: 2 clients.
    No earlier week is recorded in this sheet, so what changed is not known yet. It will stand here ...
    The leak: ...
    """
    this = history.week(funnel.as_of)
    before = [(name, row) for name, row in history.recorded(tab, funnel, tabs).items() if name < this]
    head = f"Week {this}, as of {funnel.as_of}: {count(funnel.leads, 'client')}."
    if not before:
        unknown = (
            "No earlier week is recorded in this sheet, so what changed is not known yet. It will stand here "
            "from the next week on."
        )
        return "\n".join([head, unknown, f"The leak: {funnel.verdict}"])
    name, then = before[-1]
    now = {header: value for header, (value, _) in history.entry(funnel).items()}
    lines = [head, _since(name, then[history.AS_OF], funnel.as_of), *_counts(now, then, _steps(funnel))]
    return "\n".join([*lines, f"The leak: {funnel.verdict}", _leak_then(then)])


def _steps(funnel: Funnel) -> list[str]:
    return [str(step) for step in funnel.steps["step"]]


def _since(name: str, as_of: Value, today: dt.date) -> str:
    """Which week the figures are compared with, and how long ago that was."""
    if not isinstance(as_of, dt.date):
        return f"Compared with {name} (its day is not recorded), then and now:"
    day = as_of.date() if isinstance(as_of, dt.datetime) else as_of
    return f"Compared with {name} (as of {day}, {count((today - day).days, 'day')} before), then and now:"


def _counts(now: Mapping[str, Value], then: Mapping[str, Value], steps: list[str]) -> Iterator[str]:
    """Leads, steps and leavers; steps that stand still together, at the end."""
    still, fewer = [], False
    labels = {history.CLIENTS: "New leads", **{step: step for step in steps}, history.LEFT: "Left"}
    for header, label in labels.items():
        was, is_ = _number(then.get(header)), _number(now.get(header))
        if is_ is None:
            yield f"- {label}: not known; no column of the sheet says it"
        elif was is None:
            yield f"- {label}: {is_:,} now; not recorded then"
        elif was == is_ and header in steps:
            still.append(label)
        else:
            fewer |= is_ < was
            yield f"- {label}: {_signed(is_ - was)} ({was:,}, {is_:,})"
    if still:
        yield f"- No change: {listed(still) if len(still) <= NAMED else count(len(still), 'other step')}"
    if fewer:
        yield "A count that went down: rows or marks were taken out, or dates corrected."


def _signed(change: int) -> str:
    """A change with its sign.

    >>> _signed(3), _signed(-1200), _signed(0)
    ('+3', '−1,200', '0')
    """
    return f"+{change:,}" if change > 0 else f"−{-change:,}" if change < 0 else "0"


def _number(value: Value) -> int | None:
    """A recorded count; None for whatever else stands there."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if number and float(value).is_integer() else None  # type: ignore[arg-type]


def _leak_then(then: Mapping[str, Value]) -> str:
    """What was called the leak in that week."""
    leak, rate, n = (then.get(key) for key in (history.LEAK, history.DROP_OFF, history.OF_N))
    if not isinstance(leak, str):
        return "What leaked then is not recorded."
    known = isinstance(rate, int | float) and (of := _number(n)) is not None
    return f"Then: {leak}{f', {percent(float(rate))} of {of:,}' if known else ''}."  # type: ignore[arg-type]
