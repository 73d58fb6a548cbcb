"""Messages on sheets without clients: what they seem to contain, the nearest column, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from funnel.grid import column_letter
from funnel.reading.candidates import Facts
from funnel.reading.tables.table import Table
from funnel.text import typed_path


def refusal(facts: Sequence[Facts], tabs: Sequence[str], source: str, empty: bool = False) -> str:
    """Return the reason why no tab can be read as clients and steps.

    >>> refusal([], ["Notes"], "a.xlsx").startswith("a.xlsx has no table of clients")
    True
    """
    sheet = source or "The sheet"
    if not facts and empty:
        return f"The tab {tabs[0]!r} is empty. `funnel new FILE` creates a sheet."
    if not facts:
        return (
            f"{sheet} has no table of clients: no row in {_tabs(tabs)} looks like headers. {_way_out(source)}"
        )
    best = max(
        facts, key=lambda found: (found.identity is not None, found.table.height, len(found.table.columns))
    )
    place = f"tab {best.table.tab!r}, headers in row {best.table.header.row}"
    return f"{sheet} has no client funnel ({place}): {_what(best)}. {_nearest(best)}{_way_out(source)}"


def _tabs(tabs: Sequence[str]) -> str:
    return f"tab {tabs[0]!r}" if len(tabs) == 1 else f"{len(tabs)} tabs"


def _what(facts: Facts) -> str:
    if facts.other is not None:
        return facts.other.what
    if facts.identity is None:
        return "no column names a client in each row"
    if facts.dates.lead is not None:
        return (
            f"it lists {facts.identity.columns[0].header!r} with {facts.dates.lead.header!r}, "
            "and no column shows what happened next"
        )
    return f"it lists {facts.identity.columns[0].header!r}, and no column is a step that some of them reached"


def _nearest(facts: Facts) -> str:
    """Return a sentence on the column most like a step, and why it is not one."""
    table = facts.table
    for column in table.columns:
        if why := facts.dates.excluded.get(column.number):
            return (
                f"Column {column_letter(column.number)}, {column.header!r}, came nearest to a step: {why}. "
            )
    found = _candidate_column(table)
    if found is None:
        return ""
    column, why = found
    return f"Column {column_letter(column.number)}, {column.header!r}, came nearest to a step: {why}. "


def _candidate_column(table: Table):  # type: ignore[no-untyped-def]
    from funnel.reading.columns.milestones import is_attribute

    for column in table.columns:
        if column.kind == "marks":
            if is_attribute(column.header):
                return column, "it is a fact or an answer, not something that clients reach"
            return column, "it is filled independently of the other columns"
    for column in table.columns:
        if column.kind == "choices" and column.has_word("stage_header"):
            some = ", ".join(repr(text) for text, _ in column.counts.most_common(3))
            return column, f"its values ({some}) are no stages of a journey"
    return None


def _way_out(source: str) -> str:
    return (
        "If it does hold clients, name their tab with --tab, or the letters of their columns, such as: "
        f"funnel init {typed_path(source)} --answer A=client --answer D=step. `funnel new clients.xlsx` "
        "makes a sheet to begin with."
    )
