"""Results as tables in the terminal, in words a mentor can read aloud; 80 columns are enough."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

from funnel.text import DASH, count, interval, percent, undefined

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    from funnel.clients import Problem
    from funnel.metrics import Funnel

PATIENCE = 1.0  # seconds before we say what takes so long
STAGED_NOTE = "of everybody who came to the stage before, also of who still has time"
ENOUGH = 10  # a clock on which fewer clients are due is not worth a table here; JSON has it


def console(stderr: bool = False) -> Console:
    """The terminal: no colours where it is none, or where NO_COLOR asks for none."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


@contextmanager
def busy(doing: str) -> Iterator[None]:
    """Say what is being done, once it takes longer than a second and somebody is watching."""
    if not sys.stderr.isatty():
        yield
        return
    status = console(stderr=True).status(f"{doing} …")
    timer = Timer(PATIENCE, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()


def show_funnel(funnel: Funnel, hints: bool = True) -> None:
    """Print what a review begins with: steps, where everyone stands, retention, the leak, what next."""
    from funnel.cli.forecast import show_forecast

    out = console()
    out.print(heading(funnel))
    if not funnel.leads:
        out.print(f"\n{_no_clients(funnel)}")
        return
    staged = funnel.journey.staged
    how = STAGED_NOTE if staged else "from the marks in the column before, as the column totals say"
    show_table(
        out, "The way through the stages" if staged else "Steps", steps_table(funnel.steps, staged),
        f"Drop-off, {'all' if staged else 'columns'}: {how}. Settled: among "
        "the n clients whose time was up and who had reached the step before.",
    )  # fmt: skip
    show_table(
        out, "Where everyone stands", values_table(funnel.steps),
        "Not due: still has time. Overdue: the time is up and the sheet does not say; ask.",
    )  # fmt: skip
    if len(funnel.retention):
        show_table(
            out, "Still here", retention_table(funnel.retention),
            "Rate: reached, of those whose date has come. Column: marked, of all, whether their date "
            "has come or not.",
        )  # fmt: skip
    show_forecast(out, funnel)
    for title, text in closing(funnel, hints):
        out.print()
        out.print(title, style="bold")
        out.print(text)


def _no_clients(funnel: Funnel) -> str:
    """What to do where nobody is counted."""
    if funnel.leads_after_as_of:
        return f"No clients by {funnel.as_of}: ask for a later day with --as-of."
    return (
        "No clients yet: write each of them into a row below the headers, with a name and a date of lead, "
        "and look again."
    )


def show_table(out: Console, title: str, table: Table, note: str = "") -> None:
    """Print a table under its title, with a note on how to read it."""
    out.print()
    out.print(title, style="bold")
    out.print(table)
    if note:
        out.print(note, style="dim")


def heading(funnel: Funnel) -> str:
    """What was read, as of when, and how many clients that are."""
    clients = funnel.clients
    where = f"{clients.source}, tab {clients.tab}" if clients.tab else clients.source
    facts = [count(funnel.leads, "client")]
    if funnel.leads_after_as_of:
        facts.append(f"{funnel.leads_after_as_of:,} more with a later date of lead")
    if clients.only:
        facts.append(f"only {clients.only}")
    return f"{where}\nAs of {funnel.as_of}: {', '.join(facts)}"


def cell(value: Any) -> str:
    """A value of a result as a person reads it: a dash where there is none.

    >>> cell(None), cell(5004), cell(12.0), cell(4.25), cell("Zoe"), cell(True)
    ('–', '5,004', '12', '4.2', 'Zoe', 'yes')
    """
    if value is None or value != value:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def p_value(p: float) -> str:
    """A p-value in a narrow column.

    >>> p_value(0.0002), p_value(0.0312), p_value(1.0)
    ('< .001', '0.031', '1')
    """
    return "< .001" if p < 0.001 else DASH if undefined(p) else f"{p:.2g}"


def table_of(columns: Sequence[str], texts: Collection[str] = ()) -> Table:
    """A table with a line under its header: first column and `texts` to the left, numbers to the right."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for number, column in enumerate(columns):
        left = not number or column in texts
        table.add_column(column, justify="left" if left else "right", no_wrap=not left, overflow="fold")
    return table


def steps_table(steps: pd.DataFrame, staged: bool = False) -> Table:
    """The steps: what the column totals (or all who are in stages) say, and the clients whose time was up."""
    columns = (
        "",
        "Came\nso far" if staged else "\nMarked",
        "Of all\nleads",
        f"Drop-off,\n{'all' if staged else 'columns'}",
        "Drop-off,\nsettled",
        "\n95 %",
        "\nof n",
    )
    table = table_of(columns)
    for step in steps.to_dict("records"):
        table.add_row(
            step["step"],
            cell(step["marked"]),
            _rate(step["of_leads"], step["low"], step["high"]),
            percent(step["drop_off"]),
            percent(step["settled_drop_off"]),
            interval(step["settled_low"], step["settled_high"]),
            f"{step['settled_n']:,}",
        )
    return table


def values_table(steps: pd.DataFrame) -> Table:
    """Where every client stands at each step; each line adds up to the clients."""
    unknown = [("Unknown", "unknown")] if steps["unknown"].any() else []  # who is lost, in a sheet of stages
    columns = [("Reached", "reached"), ("Left", "left"), ("Not due", "not_due"), ("Overdue", "overdue")]
    columns += [("No date", "undated"), *unknown]
    table, values = table_of(("", *(label for label, _ in columns))), [value for _, value in columns]
    for step in steps.to_dict("records"):
        table.add_row(step["step"], *(f"{step[value]:,}" for value in values))
    return table


def retention_table(retention: pd.DataFrame) -> Table:
    """Retention of those whose date has come: of all leads and of paid clients."""
    columns = ("", "\nDue", "\nReached", "\nLeft", "\nOverdue", "\nRate", "If overdue\nstayed", "\nColumn")
    table = table_of(columns)
    for (of, clock), rows in retention.groupby(["of", "clock"], sort=False):
        if clock == "paid" and rows["eligible"].max() < ENOUGH:
            continue
        table.add_row(_whose(str(of), str(clock)), style="italic")
        for row in rows.to_dict("records"):
            table.add_row(f"  {_after(row['months'])}", *_retained(row))
    return table


def _whose(of: str, clock: str) -> str:
    since = ", since paid" if clock == "paid" else ""
    return ("Paid clients" if of == "paid" else "All leads") + since


def _after(months: float) -> str:
    return count(int(months), "month") if months == int(months) else f"{months:.1f} months"


def _retained(row: Any) -> Iterator[str]:
    yield from (f"{row[key]:,}" for key in ("eligible", "reached", "left", "overdue"))
    yield _rate(row["rate"], row["low"], row["high"])
    yield from (percent(row["rate_if_overdue_stayed"]), percent(row["naive_rate"]))


def _rate(rate: float, low: float, high: float) -> str:
    bounds = "" if undefined(low) else f" ({interval(low, high).removesuffix(' %')})"
    return f"{percent(rate)}{bounds}"


def closing(funnel: Funnel, hints: bool) -> Iterator[tuple[str, str]]:
    """The leak in words and what to work on there, what was assumed, and what to try next."""
    yield "The leak", "\n".join(_leak(funnel))
    if funnel.assumed:
        yield "Assumed", "\n".join(f"- {sentence}" for sentence in funnel.assumed)
    if hints:
        source = shown(funnel.clients.source)
        problems = count(len(funnel.problems), "problem") if funnel.problems else "nothing"
        yield (
            "Try next",
            typed(f"funnel check {source}    ({problems} to look at)\n{_refresh(funnel.clients.source)}"),
        )


def _refresh(source: str) -> str:
    """How to see what a refresh would change; of what is no workbook, in a new one."""
    return f"funnel refresh {shown(source)}{into(source)} --dry-run"


def into(source: str) -> str:
    """The option that a refresh needs of what is no workbook; "" where it needs none.

    >>> into("clients.csv"), into("clients.xlsx")
    (' -o clients.xlsx', '')
    """
    path = Path(source)
    new = path.suffix.lower() in (".csv", ".tsv", ".txt", ".ods")
    return f" -o {shown(str(path.with_suffix('.xlsx')))}" if new else ""


def _leak(funnel: Funnel) -> Iterator[str]:
    from funnel.metrics.tables.verdicts import in_sheet

    yield funnel.verdict
    worst = funnel.leaks.iloc[0] if len(funnel.leaks) else None
    if worst is None or worst["n"] < ENOUGH:
        return
    if named := in_sheet(worst["step"], funnel.steps, funnel.flagged.chain):
        yield named
    blamed = funnel.steps.nlargest(1, "drop_off").iloc[0]
    if blamed["step"] != worst["step"]:
        counted = "Counting everybody" if funnel.journey.staged else "The column totals alone"
        yield (
            f"{counted} would blame {blamed['step']} ({percent(blamed['drop_off'])}), where "
            "clients who still have time look like losses."
        )
    advice = funnel.advice(worst["step"])
    yield advice[:1].upper() + advice[1:]


def show_problems(funnel: Funnel) -> None:
    """Print the problems by kind, each with its cell, and for each kind the ways out."""
    out = console()
    out.print(heading(funnel))
    kinds: dict[str, list[Problem]] = {}
    for problem in funnel.problems:
        kinds.setdefault(problem.kind, []).append(problem)
    for kind, found in kinds.items():
        out.print()
        out.print(f"{kind[:1].upper()}{kind[1:]} ({len(found)})", style="bold")
        for problem in found:
            place = problem.cell or (f"row {problem.row}" if problem.row else "")
            out.print(_beside(place, problem.message))
        for way in dict.fromkeys(problem.way_out for problem in found if problem.way_out):
            out.print(_beside("  →", way))
    out.print()
    out.print(f"{count(len(funnel.problems), 'problem')}." if funnel.problems else "Nothing to look at.")


def _beside(label: str, text: str) -> Table:
    """A label and a paragraph beside it, which wraps under itself."""
    from rich.table import Table

    table = Table.grid(padding=(0, 1))
    table.add_column(min_width=7, no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(label, text)
    return table


_COMMAND = re.compile(r"\bfunnel (?=(?:demo|show|check|compare|people|refresh|charts|init|new|copy)\b)")


def typed(text: str) -> str:
    """A text with its commands as they must be typed here: behind `uv run`, where funnel was begun so.

    >>> typed("Try `funnel init clients.xlsx`, and funnel says more.").replace("`uv run ", "`")
    'Try `funnel init clients.xlsx`, and funnel says more.'
    """
    return _COMMAND.sub("uv run funnel ", text) if "UV_RUN_RECURSION_DEPTH" in os.environ else text


def shown(source: str) -> str:
    """A path as it must be typed.

    >>> shown("our clients.xlsx")
    '"our clients.xlsx"'
    """
    return f'"{source}"' if " " in source else source
