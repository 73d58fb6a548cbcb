"""Remove a tab: its part, the parts that only it used, and its entries in the workbook."""

from __future__ import annotations

from funnel.sheets.excel.package.draft import Draft
from funnel.sheets.excel.package.ooxml import Element
from funnel.sheets.excel.package.workbook import drop_title
from funnel.sheets.xml_parts import attribute, child, children, local


def drop_tab(draft: Draft, name: str, part: str) -> None:
    """Remove a tab, with its drawing, charts and other parts that only it used.

    Parameters
    ----------
    part : the part of the tab.
    """
    book = draft.package.workbook
    root = draft.tree(book)
    tabs = child(root, "sheets")
    entries = [] if tabs is None else children(tabs, "sheet")
    link = next(link.id for link in draft.relationships(book) if link.target == part)
    index = next(at for at, entry in enumerate(entries) if attribute(entry, "id") == link)
    before = reachable_parts(draft, part)
    draft.unrelate(book, part)
    for unused in sorted(before - reachable_parts(draft, "")):
        draft.remove(unused)
    drop_title(draft, name, [entry.get("name", "") for entry in entries])
    entry = entries.pop(index)
    entry.getparent().remove(entry)  # type: ignore[union-attr]  # it has a parent
    _shift_names(root, index)
    hidden = ("hidden", "veryHidden")
    _shift_views(root, index, [at for at, left in enumerate(entries) if left.get("state") not in hidden])


def reachable_parts(draft: Draft, part: str) -> set[str]:
    """Return the parts that are reachable from one, including itself; from ``""``, all parts in use."""
    found, waiting = {part}, [part]
    while waiting:
        targets = {link.target for link in draft.relationships(waiting.pop())} - found
        found |= targets
        waiting += targets
    return found


def _shift_names(root: Element, index: int) -> None:
    """Remove the names of a tab, and renumber those of later tabs, which refer to a tab's index."""
    holder = child(root, "definedNames")
    for entry in [] if holder is None else children(holder, "definedName"):
        place = entry.get("localSheetId", "")
        if place == str(index):
            entry.getparent().remove(entry)  # type: ignore[union-attr]  # it has a parent
        elif place.isdecimal() and int(place) > index:
            entry.set("localSheetId", str(int(place) - 1))
    if holder is not None and len(holder) == 0:
        root.remove(holder)


def _shift_views(root: Element, index: int, visible: list[int]) -> None:
    """Renumber the active tab and the first visible tab; a removed one is replaced by a visible neighbour."""
    holder = child(root, "bookViews")
    for view in [] if holder is None else [e for e in holder if local(e) == "workbookView"]:
        for name in ("activeTab", "firstSheet"):
            now = view.get(name, "0")
            if not now.isdecimal():  # some programs write -1 for none
                continue
            place = int(now)
            if place == index:
                place = max((at for at in visible if at < index), default=min(visible, default=0))
            elif place > index:
                place -= 1
            if str(place) != now:
                view.set(name, str(place))
