"""Fixed ids of our objects in a spreadsheet: creating an id twice is an error, so each object exists once."""

from __future__ import annotations

import hashlib
import re

TAB_NAMES = ("summary", "history", "log", "handoff", "due")
BLOCK_HEIGHT = 3

CHART_OF_OURS = re.compile(r"\[funnel ([\w-]+) ([0-9a-f]{8})\]")
RULE_OF_OURS = re.compile(r'N\(\s*"funnel:(\w+)"\s*\)', re.IGNORECASE)


def fixed_id(*name: object) -> int:
    """Return the id of a name: a positive number of 30 bits, always the same.

    >>> fixed_id("tab", "summary") == fixed_id("tab", "summary"), fixed_id("tab", "history") < 1 << 30
    (True, True)
    """
    digest = hashlib.sha256("/".join(map(str, ("funnel", *name))).encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 2 | 1 << 20


def tab_id(name: str) -> int:
    """Return the id of a tab of ours, by its anchor."""
    return fixed_id("tab", name)


TABS = {tab_id(name): name for name in TAB_NAMES}
"""Our tabs' anchors by the tabs' ids."""


BACKUP_TABS = fixed_id("aside", 0), fixed_id("aside", 1)
"""The ids of the hidden backup tab, used in turn: each write creates a new one."""


def chart_id(tab: str, name: str) -> int:
    """Return the id of a chart of ours, by the anchor of its tab and its name."""
    return fixed_id("chart", tab, name)


def row_id(sheet: int, block: str, row: int, turn: int = 0) -> int:
    """Return the id of the metadata on a row of a block; a block that moves uses the other `turn`, 0 or 1."""
    return fixed_id("row", sheet, block, row, *([turn] if turn else []))


def row_key(block: str) -> str:
    """Return the key of the metadata on the rows of a block.

    >>> row_key("totals")
    'funnel.totals'
    """
    return f"funnel.{block}"
