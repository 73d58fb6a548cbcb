"""What is ours in a spreadsheet, by fixed ids: making a thing twice is an error there, so it exists once."""

from __future__ import annotations

import hashlib
import re

TAB_NAMES = ("summary", "history", "log", "handoff")
BLOCK_HEIGHT = 3

CHART_OF_OURS = re.compile(r"\[funnel ([\w-]+) ([0-9a-f]{8})\]")
RULE_OF_OURS = re.compile(r'N\(\s*"funnel:(\w+)"\s*\)', re.IGNORECASE)


def fixed(*name: object) -> int:
    """A positive id of 30 bits that a name always has.

    >>> fixed("tab", "summary") == fixed("tab", "summary"), fixed("tab", "history") < 1 << 30
    (True, True)
    """
    digest = hashlib.sha256("/".join(map(str, ("funnel", *name))).encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 2 | 1 << 20


def tab_id(name: str) -> int:
    """The id of one of our tabs, by its anchor."""
    return fixed("tab", name)


TABS = {tab_id(name): name for name in TAB_NAMES}
"""Our tabs' anchors by the tabs' ids."""


ASIDE = fixed("aside", 0), fixed("aside", 1)
"""The ids of the hidden tab that keeps what we wrote over, in turn: each write makes a new one."""


def chart_id(tab: str, name: str) -> int:
    """The id of a chart of ours, by its tab's anchor and its name."""
    return fixed("chart", tab, name)


def row_id(sheet: int, block: str, row: int, turn: int = 0) -> int:
    """The id of the metadata on a row of a block; a block that moves takes the other `turn`, 0 or 1."""
    return fixed("row", sheet, block, row, *([turn] if turn else []))


def row_key(block: str) -> str:
    """The key of the metadata on a block's rows.

    >>> row_key("totals")
    'funnel.totals'
    """
    return f"funnel.{block}"
