"""Revert the last refresh, or remove only what funnel wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnel import sheets
from funnel.errors import SheetChanged
from funnel.sheets import Sheet, open_sheet
from funnel.sheets.files import Written
from funnel.sheets.run_lock import lock_sheet
from funnel.workflows.refresh import apply_plan

if TYPE_CHECKING:
    from funnel.plan import Plan
    from funnel.workflows.load import Source


def undo(source: Source) -> Written:
    """Restore a workbook from the backup before the last refresh; return the backup's path, with notes.

    Raises
    ------
    UsageError : a Google Sheet, whose versions Google keeps.
    WriteError : there is no backup, or the workbook has changed since; it is unchanged.
    """
    with lock_sheet(source):
        return sheets.undo(source)


def remove(source: Source, *, dry_run: bool = False) -> Plan:
    """Remove only our work from a sheet; what people typed, drew or formatted stays.

    What is ours: docs/definitions.md#ours.

    Parameters
    ----------
    source : a path or a URL.
    dry_run : only plan; change nothing.

    Returns
    -------
    The plan that was applied (or would be); false if the sheet has nothing of ours.

    Raises
    ------
    ReadError : the sheet cannot be read.
    WriteError : it cannot be written, or another run is writing it; it is unchanged.
    """
    if dry_run:
        return _plan_removal(open_sheet(source))
    with lock_sheet(source):
        sheet = open_sheet(source)
        plan = _plan_removal(sheet)
        try:
            return apply_plan(sheet, plan)
        except SheetChanged:  # edited in between: read and plan again, once
            sheet = open_sheet(source)
            again = _plan_removal(sheet)
            return apply_plan(sheet, again) if again else plan


def _plan_removal(sheet: Sheet) -> Plan:
    from funnel.writer import anchor_of, plan_removal

    grids = {tab: sheet.read(tab) for tab in sheet.tabs()}
    dependents = {tab: sheet.dependents(tab) for tab, grid in grids.items() if anchor_of(grid)}
    return plan_removal(grids, dependents, source=sheet.source, version=sheet.version)
