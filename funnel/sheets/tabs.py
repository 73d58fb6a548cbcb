"""Find a tab by the name that a user typed."""

from __future__ import annotations

from collections.abc import Sequence

from funnel.errors import ReadError
from funnel.text import listed, nearest


def find_tab_name(tab: str, tabs: Sequence[str], source: str) -> str:
    """Return the tab of a name; case is ignored, as in Excel.

    Raises
    ------
    ReadError : there is none; with the nearest name.

    >>> find_tab_name("leads", ["Notes", "Leads"], "clients.xlsx")
    'Leads'
    >>> find_tab_name("Laeds", ["Notes", "Leads"], "clients.xlsx")
    Traceback (most recent call last):
    ...
    funnel.errors.ReadError: clients.xlsx has no tab 'Laeds'; did you mean 'Leads'? Its tabs are ...
    """
    if tab in tabs:
        return tab
    for name in tabs:
        if name.casefold() == tab.casefold():
            return name
    near = nearest(tab, tabs)
    its = "Its tabs are" if len(tabs) > 1 else "Its only tab is"
    meant = f"; did you mean {near!r}? {its}" if near else f". {its}"
    raise ReadError(f"{source} has no tab {tab!r}{meant} {listed(tabs)}.")
