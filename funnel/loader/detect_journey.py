"""Find the tab, headers and columns of a journey, declared or made from a reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from funnel.clients import Problem, Reading
from funnel.errors import ReadError
from funnel.grid import Grid, column_letter
from funnel.journey import Journey
from funnel.journey.rules import comparisons
from funnel.journey.stages import STAGE_HEADERS
from funnel.reading.match_columns import Columns, match, nearest_header
from funnel.reading.sentences import sentences
from funnel.reading.tables.header import Header, find_header, header_at
from funnel.reading.words.thresholds import HEADER_ROWS
from funnel.schema import step_mark
from funnel.text import fold, listed, nearest, typed_path

_OUR_TABS = frozenset(["summary", "history", "log", "handoff", "due"])
_NAMED_ROLES = {
    "client": "the client's name",
    "lead_date": "the lead date",
    "left_date": "the date of leaving",
}


@dataclass(frozen=True)
class Choice:
    """The headers of a tab, the journey with only the steps it has, and assumptions."""

    header: Header
    journey: Journey
    columns: Columns
    assumed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def choose(grid: Grid, journey: Journey, source: str = "") -> Choice:
    """Find the headers of a tab by a declared journey.

    Raises
    ------
    ReadError : no row looks like headers, or the journey does not fit them.
    """
    header = find_header(grid, _known(journey))
    if header is None:
        raise ReadError(_no_headers(grid, source))
    return _declared(grid, header, journey, source)


def find_tab(previews: Mapping[str, Grid], journey: Journey) -> str:
    """Find the tab with the clients: the one whose headers fit a declared journey best.

    Parameters
    ----------
    previews : the first rows (about 60) of each tab, by name, in sheet order.

    Raises
    ------
    ReadError : no tab has a row that looks like headers.

    >>> from funnel.journey import Step
    >>> notes, clients = Grid("Notes", [["Hello"]]), Grid("Clients", [["Client", "Ana"], ["Paid", 1]])
    >>> find_tab({"Notes": notes, "Clients": clients}, Journey(steps=(Step(name="Paid"),)))
    'Clients'
    """
    tabs = {name: grid for name, grid in previews.items() if not _OUR_TABS & set(grid.anchors)}
    if len(tabs) == 1:
        return next(iter(tabs))
    ranks = {name: _rank(grid, journey) for name, grid in tabs.items()}
    best = max(ranks, key=lambda name: ranks[name], default=None)
    if best is None or ranks[best][0] == 0:
        raise ReadError(
            f"None of the tabs ({listed(map(repr, previews))}) seems to contain clients: their first rows "
            "have no header that is a step of the journey. Name the tab with --tab, or write a journey "
            "file with `funnel init SHEET --tab NAME`."
        )
    return best


def _rank(grid: Grid, journey: Journey) -> tuple[int, int, float]:
    """Rank how well a tab fits: number of steps, visible, share of known headers."""
    header = find_header(grid, _known(journey))
    if header is None:
        return 0, 0, 0.0
    return _fit(header, journey), not grid.hidden, header.known + header.score / 1000


def _fit(header: Header, journey: Journey) -> int:
    """Count the steps of a journey that have a column; with stages, its columns, or those of its log."""
    if log := _log_headers(journey):
        return sum(fold(name) in log for name in header.names.values())
    columns = match(header, journey)
    return len(columns.at) if journey.staged else len(columns.steps(journey))


def _log_headers(journey: Journey) -> frozenset[str]:
    """Return the folded headers of the event log, if the sheet itself is the log."""
    if journey.events is None or not journey.events.is_the_sheet:
        return frozenset()
    return frozenset(fold(header) for headers in journey.events.columns.values() for header in headers)


def _known(journey: Journey) -> frozenset[str]:
    """Return the folded headers of a journey."""
    names = [header for column in journey.columns.values() for header in (*column.headers, *column.join)]
    if journey.staged:
        further = [*STAGE_HEADERS, *(c.column for rule in journey.rules for c in comparisons(rule))]
    else:
        further = [header for step in journey.steps for header in step.headers]
    return frozenset(map(fold, [*names, *further])) | _log_headers(journey)


# --- the journey the caller names -------------------------------------------------------------------------


def _declared(grid: Grid, header: Header, journey: Journey, source: str) -> Choice:
    columns = match(header, journey)
    found = columns.steps(journey)
    if journey.staged:
        return _of_stages(grid, header, journey, columns, source)
    derivable = bool(journey.retention) and {"lead_date", "left_date"} <= set(columns.at)
    if not found and not derivable:
        raise ReadError(_no_fit(grid, header, journey, source))
    steps = [step for step in journey.steps if step.name in found or step.kind == "retention"]
    problems = [*_missing(header, journey, columns), *_doubled(header, columns)]
    assumed = (*columns.assumed, *_done_without(journey, columns))
    return Choice(header, _with(journey, steps=steps), columns, assumed, tuple(problems))


def _of_stages(grid: Grid, header: Header, journey: Journey, columns: Columns, source: str) -> Choice:
    """Choose for a journey with stages: it needs a stage column, or rules or events."""
    if not ("stage" in columns.at or journey.events or any(stage.rules for stage in journey.stages)):
        raise ReadError(
            f"The journey {journey.name!r} has stages, and {_place(grid, source)} has no column "
            f"for them. Its headers in row {header.row} are "
            f"{listed(map(repr, header.names.values()), most=20)}. Name the column in the journey file: "
            '[columns] stage = "…".'
        )
    problems = (*_missing(header, journey, columns), *_doubled(header, columns))
    assumed = (*columns.assumed, *_done_without(journey, columns))
    return Choice(header, journey, columns, assumed, problems)


def _done_without(journey: Journey, columns: Columns) -> Iterator[str]:
    """Yield a sentence for each important column that the journey names and the sheet lacks."""
    for role, what in _NAMED_ROLES.items():
        if role in columns.missing and role in journey.columns:
            named = journey.columns[role].headers or journey.columns[role].join
            near = nearest_header(named, columns.free.values())
            meant = f" (the nearest header is {near!r})" if near else ""
            yield f"there is no column {named[0]!r}{meant}: everything is counted without {what}"


def _no_lead_date(header: Header, near: str | None = None) -> Problem:
    """Return the problem of a missing lead date column."""
    nearest = f"; the nearest header is {near!r}" if near else ""
    return Problem(
        "no lead date column",
        f"The sheet has no column for the lead date{nearest}. Steps are counted, but due dates, cohorts and "
        "trends are left out.",
        header.row,
        way_out="Add a column `Lead date` with the date of each lead, or name its header in a "
        "journey file (`columns.lead_date`).",
    )  # fmt: skip


def _missing(header: Header, journey: Journey, columns: Columns) -> Iterator[Problem]:
    """Yield a problem for each step and role without a column; retention steps need none."""
    steps = {step_mark(step.name): step for step in journey.steps}
    for name in columns.missing:
        step = steps.get(name)
        if name not in _NAMED_ROLES if step is None else step.kind == "retention":
            continue
        headers = journey.columns[name].headers if step is None else step.headers  # type: ignore[index]
        near = nearest_header(headers, columns.free.values())
        if name == "lead_date":
            yield _no_lead_date(header, near)
            continue
        what = f"for {_NAMED_ROLES[name]}" if step is None else repr(step.name)
        nearest = f"; the nearest header is {near!r}" if near else ""
        left_out = "" if step is None else " The step is left out."
        key = f"columns.{name}" if step is None else "column"
        yield Problem(
            "missing column",
            f"The sheet has no column {what}{nearest}.{left_out}",
            header.row,
            way_out=f"Add the column, or name its header in the journey file (`{key}`).",
        )


def _doubled(header: Header, columns: Columns) -> Iterator[Problem]:
    for column, used in columns.twice.items():
        yield Problem(
            "double header",
            f"Columns {column_letter(used)} and {column_letter(column)} are both called "
            f"{header.names[column]!r}; {column_letter(used)} is used.",
            header.row, column, way_out="Give one of them another header.",
        )  # fmt: skip


# --- the journey of a reading -----------------------------------------------------------------------------


def understood(grid: Grid, reading: Reading, journey: Journey) -> Choice:
    """Return the headers and columns of a tab by a journey made from a reading."""
    header = header_at(grid, reading.header_row)
    columns = match(header, journey)
    return Choice(header, journey, columns, sentences(reading, journey), _of_found(header, columns))


def _of_found(header: Header, columns: Columns) -> tuple[Problem, ...]:
    """Return the problems with the columns of a journey made from a reading."""
    dateless = () if "lead_date" in columns.at else (_no_lead_date(header),)
    return (*dateless, *_doubled(header, columns))


def _with(journey: Journey, **changes: Any) -> Journey:
    """Return the journey with some fields changed, validated again."""
    fields = {field: getattr(journey, field) for field in journey.model_fields_set}
    if "steps" in changes:
        changes["follow_ups"] = journey.follow_ups_of(step.name for step in changes["steps"])
    return Journey(**{**fields, **changes})


# --- messages if nothing fits -----------------------------------------------------------------------------


def _no_headers(grid: Grid, source: str) -> str:
    if grid.height == 0:
        return f"The tab {grid.tab!r}{_of(source)} is empty. `funnel new FILE` creates a sheet."
    return (
        f"No row among the first {HEADER_ROWS} of {_place(grid, source)} looks like headers. Name "
        "the tab of the clients with --tab, or name its columns in a journey file: "
        f"{_commands(source)}."
    )


def _no_fit(grid: Grid, header: Header, journey: Journey, source: str) -> str:
    """Show the headers, the nearest ones, and the two commands to try next."""
    return f"{_headers_shown(grid, header, journey, source)}. Try {_commands(source)}."


def _headers_shown(grid: Grid, header: Header, journey: Journey, source: str) -> str:
    """Return a sentence that the journey does not fit, with the headers and the nearest ones."""
    names = list(header.names.values())
    wanted = {known: step.name for step in journey.steps for known in step.headers}
    pairs = [(name, near) for name in names if (near := nearest(name, list(wanted)))]
    alike = listed((f"{name!r} is like {wanted[near]!r}" for name, near in pairs), most=3)
    return (
        f"No journey fits {_place(grid, source)}. Its headers in row {header.row} are "
        f"{listed(map(repr, names), most=20)}; none is a step of the journey {journey.name!r}"
        f"{f' ({alike})' if pairs else ''}"
    )


def _commands(source: str) -> str:
    sheet = typed_path(source)
    return (
        f"`funnel init {sheet}` to write a journey file from its headers, or "
        f"`funnel show {sheet} --journey FILE` with one of your own (--tab NAME picks another tab)"
    )


def _place(grid: Grid, source: str) -> str:
    """Return the tab and the sheet; a table of an engine has no tab."""
    return f"the tab {grid.tab!r}{_of(source)}" if grid.tab or not source else source


def _of(source: str) -> str:
    return f" of {source}" if source else ""
