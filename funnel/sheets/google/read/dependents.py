"""Find what a user would lose with a tab besides its cells: objects on it and references to it.

Google's API returns neither comments nor pictures over cells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from funnel.grid import quoted
from funnel.sheets.google.read import ids
from funnel.sheets.google.read.spreadsheet import Snapshot

Json = dict[str, Any]

FIELDS = "namedRanges(name,range),sheets(properties.sheetId,charts(chartId,spec),data.rowData.values.note)"
"""Additional fields, read before one of funnel's tabs is removed."""


def describe_dependents(snapshot: Snapshot, more: Json, tab: str) -> tuple[str, ...]:
    """Describe what depends on a tab: charts and notes on it, formulas and charts that refer to it.

    Parameters
    ----------
    more : the same spreadsheet, with `FIELDS`.
    """
    own = snapshot.tabs[tab]
    charts = [ids.CHART_OF_OURS.search(text) for text in own.charts.values()]
    names = [found[1] for found in charts if found]
    found = ["it has a chart"] if len(set(names)) < len(charts) else []
    found += _elsewhere(more, own.id)
    named = "|".join([re.escape(quoted(tab)), rf"(?<![\w.']){re.escape(tab)}"])
    reference = re.compile(f"(?:{named})!", re.IGNORECASE)
    for title, other in snapshot.tabs.items():
        rules = (rule.formula for rule in other.grid.rules)
        if title != tab and any(map(reference.search, [*other.grid.formulas.values(), *rules])):
            found.append(f"tab {title!r} refers to it")
    return tuple(dict.fromkeys(found))


def _elsewhere(more: Json, own: int) -> Iterator[str]:
    """Describe notes on the tab, names of its cells, and charts on other tabs that refer to it."""
    for named in more.get("namedRanges", []):
        if named.get("range", {}).get("sheetId", 0) == own:
            yield f"the name {named.get('name', '')!r} refers to it"
    for sheet in more.get("sheets", []):
        if sheet.get("properties", {}).get("sheetId", 0) == own:
            if '"note"' in json.dumps(sheet.get("data", [])):
                yield "it has a note"
        elif f'"sheetId": {own}' in json.dumps(sheet.get("charts", [])):
            yield "a chart elsewhere refers to it"
