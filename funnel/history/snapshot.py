"""Where a client is now, as the move log compares it with what it has recorded."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from funnel.history.entry import State, Who
from funnel.history.read import TYPED


@dataclass(frozen=True, slots=True)
class Now:
    """A client of the sheet.

    Parameters
    ----------
    why : what put the client there: "typed", "event", "rule", "company" or "default".
    at : when, where an event says so to the moment.
    """

    row: int
    who: Who
    state: State
    why: str = TYPED
    at: dt.datetime | None = None
