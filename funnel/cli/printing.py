"""Print results as tables that fit the width of the terminal."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import wrap
from threading import Timer
from typing import TYPE_CHECKING, Any, TextIO

from funnel.text import count, typed_path, visible

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    from funnel.clients import Reading
    from funnel.metrics import Funnel
    from funnel.metrics.core.result import Result, View
    from funnel.metrics.views import Shown

PATIENCE = 1.0  # seconds before the spinner appears
_SPELLED = {
    "→": "->", "−": "-", "–": "-", "—": "-", "…": "...", "·": "-", "×": "x", "✓": "x", "’": "'", "“": '"',
    "”": '"', "≥": ">=", "≤": "<=",
}  # fmt: skip
NARROW = 11  # letters; longer column titles are broken into lines


def console(stderr: bool = False) -> Console:
    """Return a console without colour if output is not a terminal or NO_COLOR is set."""
    from rich.console import Console
    from rich.text import Text

    class Safe(Console):
        """A console that removes control characters from texts."""

        def render_str(self, text: str, **options: Any) -> Text:
            return super().render_str(visible(text), **options)

    stream = sys.stderr if stderr else sys.stdout
    unfiltered = stream.stream if isinstance(stream, VisibleStream) else None
    return Safe(file=unfiltered, stderr=stderr, highlight=False, markup=False, emoji=False)


class VisibleStream:
    """A text stream without control characters, for output that bypasses the console."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str | bytes) -> int:
        """Write a text; the script for the Tab key is bytes.

        No bytes at all are how click asks whether this stream takes bytes in the encoding of the console.
        """
        if text == b"":
            raise TypeError("this stream takes text")
        self.stream.write(visible(text.decode() if isinstance(text, bytes) else text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":  # bytes would not be filtered
            raise AttributeError(name)
        return getattr(self.stream, name)


def spell(error: UnicodeError) -> tuple[str, int]:
    """Spell signs that a console cannot print (a Windows file or pipe is cp1252): an arrow as ->.

    >>> import codecs
    >>> codecs.register_error("spell", spell)
    >>> "Met → Paid – 日".encode("ascii", "spell")
    b'Met -> Paid - ?'
    """
    assert isinstance(error, UnicodeEncodeError)
    return "".join(_SPELLED.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


@contextmanager
def busy(doing: str) -> Iterator[None]:
    """Show a spinner with a text if the work takes longer than a second in a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.text import Text

    status = console(stderr=True).status(Text(visible(f"{doing} …")))
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
    """Print the verdict, the results of `show`, the assumptions, and what to try next."""
    from funnel.cli.opening import opening
    from funnel.metrics.results import results, table

    out = console()
    out.print(heading(funnel))
    if funnel.clients.reading is not None and (funnel.leads or funnel.clients.is_guess):
        show_reading(out, funnel.clients.reading)
    if funnel.clients.is_guess:
        show_counts(out, funnel)
        return
    if not funnel.leads:
        out.print(f"\n{_no_clients(funnel)}")
        return
    for title, text in opening(funnel):
        _paragraphs(out, title, text)
    for result in results():
        if result.show and not result.missing(funnel):
            rows = table(result, funnel)
            for view in result.show:
                show_result(out, funnel, result, view, rows)
    for title, text in closing(funnel, hints):
        _paragraphs(out, title, text)


def _paragraphs(out: Console, title: str, text: str) -> None:
    out.print()
    out.print(title, style="bold")
    out.print(text)


def show_reading(out: Console, reading: Reading) -> None:
    """Print the reading, one line for each belief, and its open questions."""
    from rich.table import Table

    from funnel.reading.sentences import lines

    out.print()
    out.print(
        "Understood as" if not reading.is_guess else "A guess, until the questions are answered",
        style="bold",
    )
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in lines(reading):
        table.add_row(label, text)
    out.print(table)
    if reading.is_guess:
        out.print()
        out.print("Questions", style="bold")
        for number, question in enumerate(reading.questions, start=1):
            out.print(f"{number}. {question.question}")
            for answer in question.answers:
                out.print(f"   - {question.sentence(answer)}")


def show_counts(out: Console, funnel: Funnel) -> None:
    """Print how many clients are at each step by the guess, what is assumed, and how to answer."""
    staged = funnel.journey.staged
    table = table_of(("", "Clients in it" if staged else "Clients"))
    counts = funnel.stages[["stage", "clients"]] if staged else funnel.steps[["step", "marked"]]
    for name, clients in counts.dropna().itertuples(
        index=False
    ):  # retention that no column marks has no count
        table.add_row(str(name), f"{int(clients):,}")
    show_table(out, "Counts, if the guess is right", table)
    if funnel.assumed:
        _paragraphs(out, "Assumed", "\n".join(f"- {sentence}" for sentence in funnel.assumed))
    out.print()
    out.print(typed(open_questions(funnel, "Until then, no rate, leak or total is given.")))


def open_questions(funnel: Funnel, meanwhile: str) -> str:
    """Return how many questions about a sheet are open, what that means, and the command that asks them."""
    reading = funnel.clients.reading
    n = len(reading.questions) if reading is not None else 1
    sentence = f"{count(n, 'question')} about the sheet {'is' if n == 1 else 'are'} not answered"
    return f"{sentence}. {meanwhile} Answer with: funnel init {shown(funnel.clients.source)}"


def show_result(out: Console, funnel: Funnel, result: Result, view: View, table: pd.DataFrame) -> None:
    """Print one table of a result with its sentence and note."""
    from funnel.metrics.views import show

    shown = show(result, view, funnel, table)
    show_table(out, shown.title, rich_table(shown), drop_first=shown.drop_first)
    if shown.sentence:
        out.print(shown.sentence)
    if shown.note:
        out.print(shown.note, style="dim")


def rich_table(shown: Shown) -> Table:
    """Return the table for the terminal, with a heading above each group of rows."""
    titles = headers(shown.titles)
    table, above = table_of(titles, {titles[at] for at in shown.texts}), ""
    for group, cells in zip(shown.groups, shown.rows, strict=True):
        if group != above:
            table.add_row(group, style="italic")
            above = group
        table.add_row(*cells)
    return table


def headers(titles: Sequence[str]) -> list[str]:
    """Break long column titles, except the first, into lines; align all titles at the bottom.

    >>> headers(["Stage", "Clients", "Set by, hand"])
    ['\\nStage', '\\nClients', 'Set by,\\nhand']
    """
    lines = [titles[0], *map(_broken, titles[1:])]
    most = max(title.count("\n") for title in lines)
    return ["\n" * (most - title.count("\n")) + title for title in lines]


def _broken(title: str) -> str:
    """Break a title after its comma, or into short lines.

    >>> _broken("Drop-off, settled"), _broken("Of all leads"), _broken("95 %")
    ('Drop-off,\\nsettled', 'Of all\\nleads', '95 %')
    >>> _broken("Lost, of those due")
    'Lost, of\\nthose due'
    """
    group, comma, rest = title.rpartition(", ")
    if comma and len(rest) <= NARROW:
        return "\n".join([*wrap(f"{group},", NARROW), rest])
    lines, words = wrap(title, NARROW), title.split()
    if len(words) < 2 or len(title) < NARROW:
        return title
    if len(lines) > 2:
        return "\n".join(lines)
    breaks = ((" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words)))
    return "\n".join(min(breaks, key=lambda lines: max(map(len, lines))))


def _no_clients(funnel: Funnel) -> str:
    """Return a sentence on what to do if there are no clients."""
    if funnel.leads_after_as_of:
        return f"No clients by {funnel.as_of}: choose a later day with --as-of."
    return (
        "No clients yet: add one row for each below the headers, with a name and a date of lead, "
        "and try again."
    )


def show_table(
    out: Console, title: str, table: Table, note: str = "", drop_first: Sequence[int] = ()
) -> None:
    """Print a table with a title and a note; drop columns that do not fit."""
    from funnel.cli.fit import fit

    dropped = fit(out, table, drop_first)
    out.print()
    out.print(title, style="bold")
    out.print(table)
    if dropped:
        out.print(dropped, style="dim")
    if note:
        out.print(note, style="dim")


def heading(funnel: Funnel) -> str:
    """Return the heading: sheet and tab, as-of date and number of clients."""
    clients = funnel.clients
    where = f"{clients.source}, tab {clients.tab}" if clients.tab else clients.source
    facts = [count(funnel.leads, "client")]
    if funnel.leads_after_as_of:
        facts.append(f"{funnel.leads_after_as_of:,} more with a later date of lead")
    if clients.journey.within:
        facts.append(f"reached within {clients.journey.within} of the lead")
    if clients.only:
        facts.append(f"only {clients.only}")
    doubt = f"\n\nNo verdict: {clients.doubt}" if clients.doubt else ""
    return f"{where}\nAs of {funnel.as_of}: {', '.join(facts)}{doubt}"


def table_of(columns: Sequence[str], texts: Collection[str] = ()) -> Table:
    """Return a table with a header; the first column and `texts` are left-aligned, others right-aligned."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for number, column in enumerate(columns):
        left = not number or column in texts
        table.add_column(column, justify="left" if left else "right", no_wrap=not left, overflow="fold")
    return table


def closing(funnel: Funnel, hints: bool) -> Iterator[tuple[str, str]]:
    """Yield the assumptions and what to try next, each with its title."""
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
    """Return the command that previews a refresh; for other files than workbooks, into a new workbook.

    A table of an engine cannot be refreshed: the command that writes its results into a workbook.

    >>> _refresh("clients.xlsx"), _refresh("lake.parquet")
    ('funnel refresh clients.xlsx --dry-run', 'funnel report lake.parquet -o summary.xlsx')
    """
    from funnel.sheets import capabilities_of

    if capabilities_of(source).in_engine:
        return f"funnel report {shown(source)} -o summary.xlsx"
    return f"funnel refresh {shown(source)}{into(source)} --dry-run"


def into(source: str) -> str:
    """Return the option -o that a refresh of this sheet needs; "" for a workbook.

    >>> into("clients.csv"), into("clients.xlsx")
    (' -o clients.xlsx', '')
    """
    from funnel.sheets import capabilities_of

    if capabilities_of(source).writable:
        return ""
    return f" -o {shown(str(Path(source).with_suffix('.xlsx')))}"


_COMMAND = re.compile(r"\bfunnel (?=(?:demo|show|check|compare|people|refresh|charts|init|new|copy)\b)")


def typed(text: str) -> str:
    """Put `uv run` before the commands in a text, if funnel was started that way.

    >>> typed("Try `funnel init clients.xlsx`, and funnel says more.").replace("`uv run ", "`")
    'Try `funnel init clients.xlsx`, and funnel says more.'
    """
    return _COMMAND.sub("uv run funnel ", text) if "UV_RUN_RECURSION_DEPTH" in os.environ else text


def shown(source: str) -> str:
    """Return a path as it must be typed.

    >>> shown("our clients.xlsx")
    '"our clients.xlsx"'
    """
    return typed_path(source) if source else ""
