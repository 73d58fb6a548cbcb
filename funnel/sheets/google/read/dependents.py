"""What a person would lose with a tab of ours besides its cells, as far as Google's API says it.

It says nothing of comments, and of pictures that lie over cells.
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
"""What is read besides, once, before a tab of ours is taken away."""


def describe_dependents(snapshot: Snapshot, more: Json, tab: str) -> tuple[str, ...]:
    """Say what hangs on a tab, each once: drawings, notes, formulas and charts elsewhere that read it.

    Parameters
    ----------
    more : the spreadsheet once more, by `FIELDS`.
    """
    own = snapshot.tabs[tab]
    charts = [ids.CHART_OF_OURS.search(text) for text in own.charts.values()]
    names = [found[1] for found in charts if found]
    found = ["something is drawn on it"] if len(set(names)) < len(charts) else []
    found += _elsewhere(more, own.id)
    named = "|".join([re.escape(quoted(tab)), rf"(?<![\w.']){re.escape(tab)}"])
    reads = re.compile(f"(?:{named})!", re.IGNORECASE)
    for title, other in snapshot.tabs.items():
        rules = (rule.formula for rule in other.grid.rules)
        if title != tab and any(map(reads.search, [*other.grid.formulas.values(), *rules])):
            found.append(f"tab {title!r} reads it")
    return tuple(dict.fromkeys(found))


def _elsewhere(more: Json, own: int) -> Iterator[str]:
    """Notes on the tab, names of its cells, and charts on other tabs that read it."""
    for named in more.get("namedRanges", []):
        if named.get("range", {}).get("sheetId", 0) == own:
            yield f"the name {named.get('name', '')!r} means cells of it"
    for sheet in more.get("sheets", []):
        if sheet.get("properties", {}).get("sheetId", 0) == own:
            if '"note"' in json.dumps(sheet.get("data", [])):
                yield "a note stands on it"
        elif f'"sheetId": {own}' in json.dumps(sheet.get("charts", [])):
            yield "a chart elsewhere reads it"
