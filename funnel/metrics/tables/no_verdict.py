"""The reasons why no step is called the worst, or one with a doubt: no clients, marks, steps or dates."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd

from funnel.clients import Clients
from funnel.clients.frames import length
from funnel.metrics.core.flags import LEAD, Chain, Flagged
from funnel.metrics.core.frames import keep_rows
from funnel.metrics.tables.leaks import ENOUGH
from funnel.schema import step_mark
from funnel.text import count, interval, percent, typed_path


def without_clients(later: int, as_of: object) -> str:
    """Return the verdict on a sheet without clients.

    >>> without_clients(0, "2026-07-01"), without_clients(1, "2026-07-01")
    ('No verdict: the sheet has no clients yet.', 'No verdict: the only lead is dated after 2026-07-01.')
    """
    if not later:
        return "No verdict: the sheet has no clients yet."
    leads = "the only lead is" if later == 1 else f"all {later:,} leads are"
    return f"No verdict: {leads} dated after {as_of}."


def without_marks(clients: int, left: int = 0) -> str:
    """Return the verdict on clients without any mark.

    >>> without_marks(1), without_marks(20, 8)
    ('No verdict: the 1 client has no mark at any step yet.',
     'No verdict: the 20 clients have no mark at any step; 8 of them left.')
    >>> without_marks(12, 12)
    'No verdict: all 12 clients left, and none has a mark at any step.'
    """
    have = "has" if clients == 1 else "have"
    if left and left == clients:
        who = "the only client" if clients == 1 else f"all {count(clients, 'client')}"
        return f"No verdict: {who} left, {'without' if clients == 1 else 'and none has'} a mark at any step."
    sentence = f"No verdict: the {count(clients, 'client')} {have} no mark at any step"
    return f"{sentence}; {left:,} of them left." if left else f"{sentence} yet."


def has_no_steps(funnel: Any) -> bool:
    """Return True if the sheet has no column for any step, only the lead date and the leaving date."""
    return not {step_mark(step.name) for step in funnel.journey.steps} & {*funnel.clients.table.columns}


def without_steps(retention: pd.DataFrame) -> str:
    """Return the verdict on a sheet without steps: how many stayed, at the last time with enough clients."""
    leads = retention[(retention["of"] == "leads") & (retention["clock"] == "lead")]
    enough = leads[leads["eligible"] >= ENOUGH]
    sentence = "No verdict: the sheet has no steps, only when clients came and left."
    if enough.empty:
        return sentence
    row = enough.sort_values("months").iloc[-1]
    n, stayed, months = int(row["eligible"]), int(row["reached"]), count(int(row["months"]), "month")
    bounds = interval(row["low"], row["high"])
    return (
        f"{sentence} After {months}, {stayed} of {count(n, 'client')} who were due were still there "
        f"({percent(row['rate'])}, {bounds})."
    )


def unfilled(worst: str, steps: pd.DataFrame, chain: Chain) -> str:
    """Return a sentence if nobody is marked at the worst step or the retention step before it; else ""."""
    if chain.staged:
        return ""
    rows = steps.set_index("step")
    marked = rows["marked"]
    names = [step.name for step in chain.steps]
    blank = [at in chain.cells and marked[name] == 0 for at, name in enumerate(names)]
    at = names.index(worst)
    if (before := chain.previous(at)) in chain.retention and blank[before]:
        return (
            f" No client is marked at {names[before]}, so only those who left after it count as having "
            "reached it. Fill in its column first."
        )
    if not blank[at]:
        return ""
    later = next((names[i] for i in chain.proofs(at) if not blank[i]), None)
    if later is None and not rows.loc[worst, "settled_overdue"]:
        return ""  # all of them left
    if later is None:
        return f" No client is marked at {worst}: check that its column is kept up to date."
    return f" No client is marked at {worst}, so look at everything before {later}."


def is_undated(flagged: Flagged) -> bool:
    """Return True if the column of lead dates is blank for all clients."""
    if "lead_date" not in flagged.columns:
        return False
    return not length(keep_rows(flagged.frame, ~nw.col(LEAD).is_null()).select(LEAD).head(1))


def open_questions(clients: Clients) -> str:
    """Return the questions to answer before a step can be called the worst."""
    assert clients.reading is not None
    asked = " ".join(question.question for question in clients.reading.questions)
    sentence = "No verdict yet, because it is not certain what the sheet holds."
    return f"{sentence} {asked} Answer with: funnel init {typed_path(clients.source)}"
