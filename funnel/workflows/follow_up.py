"""Close a touch-base of one client: add a row to the move log, because the sheet has no cell to mark."""

from __future__ import annotations

import datetime as dt

from funnel.errors import SheetChanged, UsageError, WriteError
from funnel.history.entry import Legend
from funnel.history.followed_up import followed_up_line
from funnel.history.log_file import append_log, find_move_log
from funnel.history.read import client_keys, locate_log
from funnel.metrics import Funnel
from funnel.metrics.find_client import find_client
from funnel.plan import Plan
from funnel.sheets.run_lock import lock_sheet
from funnel.workflows.load import JourneyLike, Opened, Source, open_clients
from funnel.writer.history.log import free_name, put_lines


def close_touch_base(
    source: Source,
    client: str,
    as_of: dt.date,
    *,
    row: int | None = None,
    by: str = "",
    journey: JourneyLike = None,
    tab: str | None = None,
) -> tuple[str, str]:
    """Close the latest open touch-base of a client, in the log.

    Parameters
    ----------
    source, journey, tab : as for `load.open_clients`.
    client : a name or an id; if several clients have it, give `row`.
    as_of : the day on which it is closed.
    by : the person who wrote to the client.

    Returns
    -------
    The names of the client and of the touch-base.

    Raises
    ------
    UsageError : there is no such client, or no touch-base of this client is open.
    ReadError, JourneyError, WriteError : as for `refresh`.
    """
    with lock_sheet(source):
        try:
            return _close(open_clients(source, journey, tab), client, row, by, as_of)
        except SheetChanged:  # edited in between: read and plan again, once
            return _close(open_clients(source, journey, tab), client, row, by, as_of)


def _close(opened: Opened, client: str, row: int | None, by: str, day: dt.date) -> tuple[str, str]:
    clients, sheet = opened.clients, opened.sheet
    at = find_client(clients, client, row)
    key = client_keys(clients.table)[at]
    item = _open_touch_base(Funnel(clients, day), int(clients.table["row"].iloc[at]), key.name)
    page = find_move_log(sheet)
    layout = locate_log(page)
    legend = layout.legend if layout else Legend()
    line = followed_up_line(key, item, day, by, clients.tab)
    if sheet.log_path is not None:
        append_log(sheet.log_path, [line], legend)
    elif reason := sheet.read_only_reason:
        raise WriteError(reason)
    else:
        change = put_lines(page, page.tab if page else free_name(sheet.tabs()), legend, [line])
        sheet.apply(Plan(sheet.source, (change,), sheet.version, day))
    return key.name, item


def _open_touch_base(funnel: Funnel, row: int, name: str) -> str:
    """Return the name of the open touch-base of a client."""
    items = funnel.follow_ups()
    items = items[(items["row"] == row) & items["state"].isin(["open", "overdue"])]
    touch_bases = items[items["step"].isna()]
    if len(touch_bases):
        return str(touch_bases["follow_up"].iloc[-1])
    if not len(items):
        raise UsageError(f"{name} has no touch-base open as of {funnel.as_of}, so there is nothing to close.")
    step = items["step"].iloc[0]
    raise UsageError(
        f"{name} has no touch-base open as of {funnel.as_of}. To close the follow-up "
        f"{items['follow_up'].iloc[0]!r}, mark {step!r} in row {row}."
    )
