"""The tab `Funnel hand-off`: a line for each client whom a stage handed to somebody, newest last.

It says what the log keeps (an action `hand_off` of the stage that was entered), so that whoever takes over
finds it in the sheet. What is written beside a line stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from funnel.history.history_table import hand_off_table
from funnel.plan import Cell
from funnel.writer.page import FIRST, Page

if TYPE_CHECKING:
    from funnel.metrics import Funnel

NAME = "handoff"
"""The tab's anchor."""

TAB = "Funnel hand-off"
HEADER = 3
WIDTHS = {1: 4.0} | dict(enumerate((18.0, 26.0, 22.0, 18.0, 20.0), start=FIRST))
_HEADERS = ("List", "Client", "Stage", "Since", "Coach")


def page(funnel: Funnel) -> Sequence[Cell]:
    """The cells of the tab; none where nobody was ever handed to anybody.

    Parameters
    ----------
    funnel : the results, whose log holds all that was found until now.
    """
    found = hand_off_table(funnel.clients)
    if not len(found):
        return []
    sheet = Page()
    sheet.text("Handed off", "title")
    sheet.text("Who takes over whom, since when, newest last. Notes beside it are yours.", "note")
    sheet.put(_HEADERS, ["header"] * len(_HEADERS))
    for line in found.to_dict("records"):
        since = dt.datetime.fromisoformat(str(line["since"]))
        sheet.put(
            [line["list"], line["client"], line["stage"], since.date(), line["coach"]],
            ["label", "plain", "plain", "date", "plain"],
        )
    return sheet.cells
