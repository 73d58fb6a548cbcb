"""Change the parts that list all tabs: the workbook, its defined names, the titles, the calculation chain."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from funnel.grid import Area, column_letter, quoted
from funnel.sheets.excel.package.draft import Draft
from funnel.sheets.excel.package.ooxml import (
    RELATIONSHIPS,
    SPREADSHEET_TYPE,
    STRICT,
    WORKBOOK_ORDER,
    Element,
    child_in_order,
    make,
)  # fmt: skip
from funnel.sheets.excel.package.parts import ANCHOR
from funnel.sheets.xml_parts import child, children, local


def add_tab(draft: Draft, name: str, data: bytes) -> str:
    """Add a tab as the last one, and return its part."""
    book = draft.package.workbook
    part = draft.unused_name(posixpath.join(posixpath.dirname(book), "worksheets/sheet{}.xml"))
    draft.add(part, data, SPREADSHEET_TYPE + "worksheet+xml")
    link = draft.relate(book, "worksheet", part)
    tabs = child_in_order(draft.tree(book), "sheets", WORKBOOK_ORDER)
    taken = [int(tab.get("sheetId", "0")) for tab in children(tabs, "sheet")]
    tab = make(tabs, "sheet", name=name, sheetId=str(max([0, *taken]) + 1))
    tab.set(f"{{{STRICT[RELATIONSHIPS] if draft.package.strict else RELATIONSHIPS}}}id", link)
    _add_title(draft, name, [tab.get("name", "") for tab in children(tabs, "sheet")])
    tabs.append(tab)
    return part


def set_anchor(draft: Draft, name: str, tab: str, area: Area) -> None:
    """Create or move a hidden defined name that marks one of funnel's areas."""
    root = draft.tree(draft.package.workbook)
    names = child_in_order(root, "definedNames", WORKBOOK_ORDER)
    full = ANCHOR + name
    known = [entry for entry in names if entry.get("name") == full and entry.get("localSheetId") is None]
    entry = known[0] if known else make(names, "definedName", name=full)
    entry.set("hidden", "1")  # LibreOffice drops this attribute
    corners = ((area.top, area.left), (area.bottom, area.right))
    first, last = (f"${column_letter(column)}${row}" for row, column in corners)
    entry.text = f"{quoted(tab)}!{first}" + (f":{last}" if last != first else "")
    if not known:
        later = (other for other in names if other.get("name", "").casefold() > full)
        follower = next(later, None)
        if follower is None:
            names.append(entry)
        else:
            follower.addprevious(entry)


def drop_anchor(draft: Draft, name: str) -> None:
    """Remove an anchor, and the list of names if it is then empty."""
    root = draft.tree(draft.package.workbook)
    names = child(root, "definedNames")
    for entry in [] if names is None else children(names, "definedName"):
        if entry.get("name") == ANCHOR + name and entry.get("localSheetId") is None:
            entry.getparent().remove(entry)  # type: ignore[union-attr]  # it has a parent
    if names is not None and len(names) == 0:
        root.remove(names)


def drop_calculation_chain(draft: Draft) -> None:
    """Remove the list of formula cells, which would be out of date; Excel rebuilds it."""
    book = draft.package.workbook
    for part in draft.related(book, "calcChain"):
        draft.unrelate(book, part)
        draft.remove(part)


def drop_title(draft: Draft, name: str, tabs: list[str]) -> None:
    """Remove a tab's name from the document properties, if they list the tabs as Excel writes them."""
    for titles, worksheets, count in _titles(draft, tabs):
        titled = next((title for title in titles if title.text == name), None)
        if titled is not None:
            titles.remove(titled)
            titles.set("size", str(len(titles)))
            worksheets.text = str(count - 1)


def _add_title(draft: Draft, name: str, tabs: list[str]) -> None:
    """Add a tab's name to the document properties, if they list the tabs as Excel writes them."""
    for titles, worksheets, count in _titles(draft, tabs):
        title = make(titles, local(titles[0]))
        title.text = name
        titles.insert(count, title)
        titles.set("size", str(len(titles)))
        worksheets.text = str(count + 1)


def _titles(draft: Draft, tabs: list[str]) -> Iterator[tuple[Element, Element, int]]:
    """Yield the list of titles, the element with the number of tabs among them, and that number."""
    for part in draft.related("", "extended-properties"):
        root = draft.tree(part)
        counts, titles = _vector(root, "HeadingPairs"), _vector(root, "TitlesOfParts")
        if counts is None or titles is None or len(counts) < 2:
            return
        worksheets = next(iter(counts[1]), None)
        listed = [title.text for title in titles]
        kinds = [tab for tab in tabs if tab in listed]
        if worksheets is not None and kinds and worksheets.text == str(len(kinds)):
            yield titles, worksheets, len(kinds)


def _vector(root: Element, name: str) -> Element | None:
    """Return the list inside a property."""
    holder = child(root, name)
    return None if holder is None else next(iter(holder), None)
