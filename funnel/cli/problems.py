"""Print the problems of a sheet: by kind, the most serious first, five of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funnel.cli.printing import console, heading, open_questions, typed
from funnel.clients.problems import by_kind, count_all
from funnel.text import count

if TYPE_CHECKING:
    from rich.table import Table

    from funnel.clients import Problem
    from funnel.metrics import Funnel

FIRST: Final = 5  # problems of a kind that are listed without --all


def show_problems(funnel: Funnel, everything: bool = False) -> None:
    """Print the problems by kind, each with its cell, and what to do about each kind.

    Parameters
    ----------
    everything : list all problems, not only the first five of each kind.
    """
    out = console()
    out.print(heading(funnel))
    if funnel.clients.is_guess:
        out.print()
        out.print(typed(open_questions(funnel, "Until then, these problems are a guess.")))
    kinds = by_kind(funnel.problems)
    for kind, found in kinds.items():
        listed = found if everything else found[:FIRST]
        out.print()
        out.print(f"{kind[:1].upper()}{kind[1:]} ({count_all(found):,})", style="bold")
        for problem in listed:
            place = problem.cell or (f"row {problem.row}" if problem.row else "")
            out.print(_beside(place, problem.message))
        if len(found) > len(listed):
            out.print(_beside("", f"and {count_all(found[len(listed) :]):,} more"))
        for way in dict.fromkeys(problem.way_out for problem in listed if problem.way_out):
            out.print(_beside("  →", way))
    out.print()
    out.print(_total(kinds, everything, funnel.clients.is_guess))


def _total(kinds: dict[str, list[Problem]], everything: bool, guess: bool) -> str:
    if not kinds:
        return "No problem found so far." if guess else "Nothing to look at."
    total = f"{count(sum(map(count_all, kinds.values())), 'problem')}."
    if everything or max(map(len, kinds.values())) <= FIRST:
        return total
    return f"{total} The first {FIRST} of each kind are listed; add --all to list every problem."


def _beside(label: str, text: str) -> Table:
    """Return a label with a wrapped paragraph beside it."""
    from rich.table import Table

    table = Table.grid(padding=(0, 1))
    table.add_column(min_width=7, no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(label, text)
    return table
