"""Refresh a sheet: open, load, measure, plan, apply."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from funnel.errors import SheetChanged, Unanswered, UsageError, WriteError
from funnel.grid import Grid
from funnel.sheets import Sheet, capabilities_of, open_sheet, path_of
from funnel.sheets.outputs import copy_new
from funnel.sheets.run_lock import lock_sheet
from funnel.text import home_path
from funnel.workflows import unchanged

if TYPE_CHECKING:
    from funnel.plan import Plan
    from funnel.workflows.load import JourneyLike, Opened, Source


def refresh(
    source: Source,
    *,
    journey: JourneyLike = None,
    tab: str | None = None,
    as_of: str | dt.date | None = None,
    dry_run: bool = False,
    out: Source | None = None,
    totals: Literal["bottom", "top"] | None = None,
    highlight: Literal["rule", "fill", "none"] | None = None,
) -> Plan:
    """Write totals, row colours, the tab `Funnel` with charts, and the history into a sheet.

    What a refresh may change: docs/definitions.md#refresh.

    Parameters
    ----------
    source : a path or a URL.
    journey, tab : as for `open_clients`.
    as_of : the date of the results; today if None.
    dry_run : only plan; change nothing.
    out : write into this new file; do not change the source.
    totals : position of the totals, "bottom" or "top"; the journey's if None.
    highlight : "rule" for live colours, "fill" for painted rows, "none"; the journey's if None.

    Returns
    -------
    The plan that was applied (or would be); false if there was nothing to change. Its `weekly` describes what
    changed in the funnel since the last recorded week.

    Raises
    ------
    ReadError, JourneyError : as `open_clients`.
    UsageError : `out` is not a new file.
    WriteError : the sheet cannot be written, or another run is writing it; it is unchanged.
    """
    options = _Options(as_of, totals, highlight)
    if dry_run:
        return options.plan(_open(source, journey, tab, as_of))
    with lock_sheet(out or source):
        if out is not None:
            return _refresh_copy(_open(source, journey, tab, as_of), out, journey, options)
        facts = unchanged.facts_of(
            source, journey, as_of, {"tab": tab, "totals": totals, "highlight": highlight}
        )
        if (known := unchanged.recall(facts)) is not None:
            return known
        opened = _open(source, journey, tab, as_of)
        plan = options.plan(opened)
        try:
            done = apply_plan(opened.sheet, plan)
        except SheetChanged:  # edited in between: read and plan again, once
            opened = _open(source, journey, tab, as_of)
            again = options.plan(opened)
            return apply_plan(opened.sheet, again) if again else plan
        unchanged.remember(facts, opened, plan, notes=done.kept[len(plan.kept) :])
        return done


def _open(source: Source, journey: JourneyLike, tab: str | None, as_of: str | dt.date | None) -> Opened:
    """Open a sheet; what that needs is loaded here, for a refresh with nothing to do needs none of it."""
    from funnel.workflows.load import open_clients

    return open_clients(source, journey, tab, as_of=as_of)


@dataclass(frozen=True, slots=True)
class _Options:
    """The options of a refresh."""

    as_of: str | dt.date | None
    totals: Literal["bottom", "top"] | None
    highlight: Literal["rule", "fill", "none"] | None

    def plan(self, opened: Opened) -> Plan:
        if opened.sheet.capabilities.in_engine:
            raise WriteError(str(opened.sheet.read_only_reason))
        return plan_refresh(opened, as_of=self.as_of, totals=self.totals, highlight=self.highlight)


def _refresh_copy(opened: Opened, out: Source, journey: JourneyLike, options: _Options) -> Plan:
    """Refresh a copy in a new file; the new file is deleted if that fails."""
    from funnel.workflows.copy_sheet import copy_to
    from funnel.workflows.load import open_clients

    if path_of(out) is None:
        raise UsageError(
            f"-o takes a new file, and {out} is {capabilities_of(out).label}. Copy the clients there first, "
            f"then refresh it: funnel copy {opened.sheet.source} {out}"
        )
    _require_answers(opened)
    if opened.sheet.capabilities.in_engine:
        raise WriteError(str(opened.sheet.read_only_reason))
    notes = copy_to(opened.sheet, opened.grid, opened.clients, out)
    answers = None
    try:
        answers = _copy_answers(opened, out) if journey is None else None
        made = open_clients(out, journey, opened.grid.tab, log_of=opened.sheet, as_of=options.as_of)
        if made.sheet.read_only_reason and opened.sheet.read_only_reason:  # a signature: the copy has it too
            raise WriteError(opened.sheet.read_only_reason)
        plan = apply_plan(made.sheet, options.plan(made))
        return replace(plan, kept=(*plan.kept, *notes))
    except BaseException as error:
        if answers is not None:
            answers.unlink(missing_ok=True)
        _delete_copy(home_path(out), error)
        raise


def _copy_answers(opened: Opened, out: Source) -> Path | None:
    """Copy the sheet's own journey file for its copy, so that nothing is asked again; return the new file."""
    from funnel.workflows.journey_files import journey_path

    own, new = journey_path(opened.sheet.source), journey_path(str(home_path(out)))
    if not own.is_file() or new.exists():
        return None
    copy_new(own, new)
    return new


def _delete_copy(out: Path, error: BaseException) -> None:
    """Delete a copy that could not be refreshed; raise a WriteError if it is still there."""
    try:
        out.unlink(missing_ok=True)
    except OSError as left:
        raise WriteError(
            f"The refresh failed ({error}), and the unfinished copy {out} could not be deleted "
            f"({left.strerror or left}). Delete it, and try again."
        ) from error


def apply_plan(sheet: Sheet, plan: Plan) -> Plan:
    """Apply a plan; the plan returned lists what could not be written as planned."""
    if reason := sheet.read_only_reason:
        raise WriteError(reason)
    if not plan:
        return plan
    return replace(plan, kept=(*plan.kept, *sheet.apply(plan)))


def weekly_text(
    source: Source, *, journey: JourneyLike = None, tab: str | None = None, as_of: str | dt.date | None = None
) -> str:
    """Describe what changed in a sheet since the last recorded week; nothing is written.

    Parameters
    ----------
    source, journey, tab, as_of : as for `refresh`.

    Raises
    ------
    ReadError, JourneyError : as `open_clients`.
    """
    return plan_refresh(_open(source, journey, tab, as_of), as_of=as_of).weekly


def check_schedulable(source: Source, journey: JourneyLike = None) -> None:
    """Check that a scheduled refresh could read and write its files. A Google Sheet is not opened.

    Raises
    ------
    ReadError, JourneyError : the sheet or the journey cannot be read.
    WriteError : the sheet cannot be written.
    """
    from funnel.workflows.load import as_journey

    as_journey(journey)
    if path_of(source) is not None and (reason := open_sheet(source).read_only_reason):
        raise WriteError(reason)


def plan_refresh(
    opened: Opened,
    *,
    as_of: str | dt.date | None = None,
    totals: Literal["bottom", "top"] | None = None,
    highlight: Literal["rule", "fill", "none"] | None = None,
) -> Plan:
    """Plan what a refresh would change in an opened sheet; parameters as for `refresh`."""
    from funnel.events.find import explain_event_log
    from funnel.metrics import Funnel
    from funnel.reports.weekly import weekly_text
    from funnel.workflows.load import as_date
    from funnel.writer import make_plan

    _require_answers(opened)
    if opened.clients.layout is None:
        raise UsageError(explain_event_log(opened.sheet.source))
    today = dt.date.today()
    day = as_date(as_of) if as_of is not None else today
    funnel = Funnel(opened.clients, day)
    # The totals are live formulas: their cached values are those of the day of the next calculation.
    live = funnel if day >= today else Funnel(opened.clients, today)
    tabs = opened.sheet.tabs()
    rows_may_move = opened.sheet.capabilities.rows_may_move
    ours = {name: grid for name in tabs if (grid := _ours(opened.sheet, name, rows_may_move))}
    plan = make_plan(
        opened.grid, funnel, live, ours, tabs, source=opened.sheet.source, version=opened.sheet.version,
        highlight=highlight, totals_at=totals, rows_may_move=rows_may_move, today=day == today,
    )  # fmt: skip
    history = next((grid for grid in ours.values() if "history" in grid.anchors), None)
    return replace(plan, weekly=weekly_text(funnel, history, tabs))


def _require_answers(opened: Opened) -> None:
    """Refuse to write on a guess.

    Raises
    ------
    Unanswered : with the questions and the command for answering them.
    """
    from funnel.reading.sentences import unanswered

    reading = opened.clients.reading
    if reading is not None and opened.clients.is_guess:
        raise Unanswered(unanswered(reading, opened.sheet.source, "Nothing was written."), reading)


def _ours(sheet: Sheet, tab: str, rows_may_move: bool) -> Grid | None:
    """Read a tab if it is ours, renamed or not, or has one of our names; otherwise None."""
    named = tab.startswith("Funnel")
    if not (named or rows_may_move or _is_ours_by_anchor(sheet.read(tab, rows=1))):
        return None
    grid = sheet.read(tab)
    return grid if named or _is_ours_by_anchor(grid) else None


def _is_ours_by_anchor(grid: Grid) -> bool:
    """Return True if the whole tab is ours."""
    return bool(grid.anchors.keys() - {"totals"})
