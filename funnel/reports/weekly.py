"""Describe what changed since the last recorded week, in a short text to mail or post.

Each line compares a count in the tab `Funnel history` with the current one. Every rate has its n.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from funnel.grid import Grid, Value
from funnel.journey.stages import names
from funnel.metrics.tables.verdicts import arrow
from funnel.text import count, fold, listed, percent
from funnel.writer.history import weeks as history
from funnel.writer.summary.tab import leaking

if TYPE_CHECKING:
    from funnel.journey import Journey
    from funnel.metrics import Funnel


NAMED = 4  # unchanged steps that are named; more are only counted


def weekly_text(funnel: Funnel, tab: Grid | None, tabs: Iterable[str] = ()) -> str:
    """Describe what changed since the latest earlier week in the history.

    Parameters
    ----------
    funnel : the current results; the ISO week of its as-of date is "this week".
    tab : the tab `Funnel history`; None if there is none yet.
    tabs : the names of all tabs of the sheet.

    Returns
    -------
    A few lines, without a line break at the end.

    Examples
    --------
    >>> import pandas as pd
    >>> from funnel.journey import Journey, Step
    >>> from funnel.clients import Clients
    >>> from funnel.metrics import Funnel
    >>> table = pd.DataFrame({"row": [2, 3], "client": ["Ana", "Ben"], "step:^met": [True, False]})
    >>> funnel = Funnel(Clients(table, Journey(steps=(Step(name="Met"),))), as_of="2026-11-23")
    >>> print(weekly_text(funnel, None))
    Week 2026-W48, as of 2026-11-23: 2 clients.
    No earlier week is recorded in this sheet yet. Changes will be shown from next week on.
    No verdict: ...
    """
    this = history.week(funnel.as_of)
    before = [(name, row) for name, row in history.recorded(tab, funnel, tabs).items() if name < this]
    head = f"Week {this}, as of {funnel.as_of}: {count(funnel.leads, 'client')}."
    order = _new_order(tab, funnel)
    if not before:
        nothing = "No earlier week is recorded in this sheet yet. Changes will be shown from next week on."
        return "\n".join([head, nothing, *order, _leak(funnel), *_falls(funnel)])
    name, then = before[-1]
    now = {header: value for header, (value, _) in history.entry(funnel).items()}
    lines = [head, _since(name, then[history.AS_OF], funnel.as_of), *_counts(now, then, _steps(funnel))]
    lines += order
    return "\n".join([*lines, _leak(funnel), _leak_then(then, funnel.journey), *_falls(funnel)])


def _new_order(tab: Grid | None, funnel: Funnel) -> list[str]:
    """Return a sentence on the order of the steps if it is not that of the columns of the last refresh."""
    order = history.new_order(tab, funnel)
    kind = "stages" if funnel.journey.staged else "steps"
    return [f"The order of the {kind} has changed; it is now: {' → '.join(order)}."] if order else []


def _steps(funnel: Funnel) -> list[str]:
    return [str(step) for step in funnel.steps["step"]]


def _since(name: str, as_of: Value, today: dt.date) -> str:
    """Name the week that the counts are compared with, and its age."""
    if not isinstance(as_of, dt.date):
        return f"Compared with {name} (day not recorded), then and now:"
    day = as_of.date() if isinstance(as_of, dt.datetime) else as_of
    return f"Compared with {name} (as of {day}, {count((today - day).days, 'day')} earlier), then and now:"


def _counts(now: Mapping[str, Value], then: Mapping[str, Value], steps: list[str]) -> Iterator[str]:
    """Yield a line for each changed count, then one for all unchanged steps."""
    unchanged, decreased = [], False
    labels = {history.CLIENTS: "New leads", **{step: step for step in steps}, history.LEFT: "Left"}
    for header, label in labels.items():
        was, is_ = _number(then.get(header)), _number(now.get(header))
        if is_ is None:
            yield f"- {label}: unknown; the sheet has no column for it"
        elif was is None:
            yield f"- {label}: {is_:,} now; not recorded then"
        elif was == is_ and header in steps:
            unchanged.append(label)
        else:
            decreased |= is_ < was
            yield f"- {label}: {_signed(is_ - was)} ({was:,}, {is_:,})"
    if unchanged:
        few = len(unchanged) <= NAMED
        yield f"- No change: {listed(unchanged) if few else count(len(unchanged), 'other step')}"
    if decreased:
        yield "A count can decrease when rows or marks are removed, or dates are corrected."


def _signed(change: int) -> str:
    """Format a change with its sign.

    >>> _signed(3), _signed(-1200), _signed(0)
    ('+3', '−1,200', '0')
    """
    return f"+{change:,}" if change > 0 else f"−{-change:,}" if change < 0 else "0"


def _number(value: Value) -> int | None:
    """Return a recorded count; None if the cell contains something else."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if number and float(value).is_integer() else None  # type: ignore[arg-type]


def _leak(funnel: Funnel) -> str:
    """Return the leak of this week in one line; the whole verdict if no step is called the worst."""
    worst = leaking(funnel)
    if worst is None:
        return funnel.verdict
    row = next(row for row in funnel.steps.to_dict("records") if row["step"] == worst)
    lost, n = int(row["settled_left"] + row["settled_overdue"]), int(row["settled_n"])
    step = arrow(worst, funnel.flagged.chain)
    return f"The leak: {step}: {lost:,} of {n:,} who were due ({percent(float(row['settled_drop_off']))})."


def _falls(funnel: Funnel) -> Iterator[str]:
    """Yield a warning for each step whose conversion fell beyond chance (docs/definitions.md#falls)."""
    for row in (
        funnel.falls.to_dict("records") if not (funnel.clients.is_guess or funnel.clients.doubt) else ()
    ):
        if row["fell"]:
            yield (
                f"Warning: {arrow(str(row['step']), funnel.flagged.chain)} fell beyond chance: "
                f"reached by {_of(row['reached'], row['n'])} of the leads since {row['since'].date()}, "
                f"and by {_of(row['before_reached'], row['before_n'])} of those of the year before."
            )


def _of(reached: int, n: int) -> str:
    return f"{reached:,} of {n:,} ({percent(reached / n)})"


def _leak_then(then: Mapping[str, Value], journey: Journey) -> str:
    """Return the leak of that week."""
    leak, rate, n = (then.get(key) for key in (history.LEAK, history.DROP_OFF, history.OF_N))
    if not isinstance(leak, str):
        return "The leak of that week is not recorded."
    leak = names(journey.stages, journey.reassign).get(fold(leak), leak)
    known = isinstance(rate, int | float) and (of := _number(n)) is not None
    return f"Then: {leak}{f', {percent(float(rate))} of {of:,}' if known else ''}."  # type: ignore[arg-type]
