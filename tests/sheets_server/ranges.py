"""Which cells a request means: A1 notation, names and data filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .a1 import Box, a1, box_of, parse_cells, split_tab
from .errors import ApiError
from .render import metadata
from .state import Book, Tab


@dataclass(frozen=True)
class Found:
    """Cells that a request means: the tab, the box (bounded), and whether the whole tab was named."""

    tab: Tab
    box: Box

    @property
    def a1(self) -> str:
        return a1(self.tab.title, self.box)


def find(book: Book, text: str) -> Found:
    """The cells of an address such as ``'My tab'!A1:B2``, ``My tab``, ``A1:B2`` or a named range."""
    name, address = split_tab(text)
    if name is None:
        return _bare(book, address or "", text)
    tab = book.tab_named(name)
    if tab is None:
        raise ApiError(f"Unable to parse range: {text}")
    if not address:
        return Found(tab, tab.box)
    box = book.named_range(address)
    if box is not None:
        return _bounded(book, box, text)
    return _cells(tab, address, text)


def _bare(book: Book, address: str, text: str) -> Found:
    """An address without a tab: a tab's title, a named range, or cells of the first tab."""
    tab = book.tab_named(address)
    if tab is not None:
        return Found(tab, tab.box)
    box = book.named_range(address)
    if box is not None:
        return _bounded(book, box, text)
    return _cells(book.tabs[0], address, text)


def _cells(tab: Tab, address: str, text: str) -> Found:
    ends = parse_cells(address)
    if ends is None:
        raise ApiError(f"Unable to parse range: {text}")
    return within(tab, Box(tab.id, *ends), text)


def _bounded(book: Book, box: Box, text: str) -> Found:
    return within(book.tab(box.sheet_id), box, text)


def within(tab: Tab, box: Box, text: str = "") -> Found:
    """A box cut to its tab; ApiError where it begins outside."""
    height, width = tab.size
    if (box.top or 0) >= height or (box.left or 0) >= width:
        shown = Box(box.sheet_id, box.top or 0, box.bottom or height, box.left or 0, box.right or width)
        limits = f"Max rows: {height}, max columns: {width}"
        raise ApiError(f"Range ({a1(tab.title, shown)}) exceeds grid limits. {limits}")
    return Found(tab, box.clip(height, width))


# --- data filters ------------------------------------------------------------------------------------------


def filtered(book: Book, data_filter: dict[str, Any]) -> list[Found]:
    """The cells that a DataFilter means: an address, a GridRange, or wherever some metadata lies."""
    if "a1Range" in data_filter:
        return [find(book, data_filter["a1Range"])]
    if "gridRange" in data_filter:
        box = box_of(data_filter["gridRange"])
        return [within(book.tab(box.sheet_id), box)]
    if "developerMetadataLookup" not in data_filter:
        raise ApiError("Must specify a data filter.")
    return [place(book, item) for item in looked_up(book, data_filter["developerMetadataLookup"])]


def place(book: Book, item: dict[str, Any]) -> Found:
    """The cells that a piece of metadata lies on."""
    where = item["location"]
    if "dimensionRange" in where:
        line = where["dimensionRange"]
        tab = book.tab(line.get("sheetId", 0))
        ends = line["startIndex"], line["endIndex"]
        box = Box(tab.id, *ends) if line["dimension"] == "ROWS" else Box(tab.id, None, None, *ends)
        return within(tab, box)
    tab = book.tab(where["sheetId"]) if "sheetId" in where else book.tabs[0]
    return Found(tab, tab.box)


def looked_up(book: Book, lookup: dict[str, Any]) -> list[dict[str, Any]]:
    """The metadata that fits every property of a DeveloperMetadataLookup."""
    found = []
    for item in book.metadata:
        same = all(
            item.get(key) == lookup[key]
            for key in ("metadataId", "metadataKey", "metadataValue", "visibility")
            if lookup.get(key)
        )
        kind = lookup.get("locationType")
        if same and kind in {None, metadata(item)["location"]["locationType"]} and _lies_in(item, lookup):
            found.append(item)
    return found


def _lies_in(item: dict[str, Any], lookup: dict[str, Any]) -> bool:
    """Say whether metadata lies exactly at (or meets) the lookup's location."""
    wanted = lookup.get("metadataLocation")
    if wanted is None:
        return True
    where = item["location"]
    if lookup.get("locationMatchingStrategy") != "INTERSECTING_LOCATION":
        return {k: v for k, v in wanted.items() if k != "locationType"} == where
    if wanted.get("spreadsheet"):
        return True
    line = where.get("dimensionRange", {})
    if "sheetId" in wanted:
        return bool(wanted["sheetId"] in {where.get("sheetId"), line.get("sheetId", 0) if line else None})
    other = wanted["dimensionRange"]
    if line.get("sheetId", 0) != other.get("sheetId", 0) or line.get("dimension") != other.get("dimension"):
        return False
    return bool(line["startIndex"] < other["endIndex"] and other["startIndex"] < line["endIndex"])
