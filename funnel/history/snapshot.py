"""The current state of a client in the sheet, for comparison with the move log."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from funnel.history.entry import ClientKey, State
from funnel.history.read import TYPED


@dataclass(frozen=True, slots=True)
class CurrentState:
    """One client of the sheet.

    Parameters
    ----------
    why : what set the state: "typed", "event", "rule", "company" or "default".
    at : the time of the event that set the state (None: no event).
    """

    row: int
    key: ClientKey
    state: State
    why: str = TYPED
    at: dt.datetime | None = None
