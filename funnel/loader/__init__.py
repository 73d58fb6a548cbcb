"""Grid + Journey -> Clients: header matching, marks, dates, problems."""

from funnel.loader.detect_journey import find_tab
from funnel.loader.load import from_table, load

__all__ = [
    "find_tab",
    "from_table",
    "load",
]
