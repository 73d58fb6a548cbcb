"""Find what a user would lose with a tab besides its cells: objects on it and references to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from funnel.sheets.excel.package.draft import Draft
from funnel.sheets.excel.package.parts import ANCHOR, Package
from funnel.sheets.excel.write.drawings import drawing_of, our_charts
from funnel.sheets.excel.write.remove_tab import reachable_parts
from funnel.sheets.xml_parts import escape, local

_OURS: Final = {"drawing", "printerSettings", "hyperlink"}
"""Kinds of links from a tab that are not a user's work; a hyperlink belongs to its cell."""

_WORDS: Final = {
    "comments": "it has a comment", "threadedComment": "it has a comment",
    "vmlDrawing": "it has a comment or a button", "table": "it has a table",
    "pivotTable": "it has a pivot table", "image": "it has a background",
}  # fmt: skip
_UNREAD: Final = {"sharedStrings", "styles", "theme", "calcChain"}
"""Parts of the workbook without references to tabs."""

_SHOWN: Final = re.compile(rb"<(?:[\w.-]+:)?[tv](?=[\s>])[^<]*")
"""Values of cells and titles, in which a tab's name is not a reference."""

_LONGEST: Final = 1024  # bytes of a reference to a tab, at most


def describe_dependents(package: Package, tab: str) -> tuple[str, ...]:
    """Describe what depends on a tab: drawings and comments on it, formulas and charts that refer to it."""
    draft = Draft(package)
    sheet = next(sheet for sheet in package.worksheets if sheet.name == tab)
    kinds = sorted({link.kind for link in draft.relationships(sheet.part)} - _OURS)
    found = ["it has a drawing"] if _has_drawing(draft, sheet.part) else []
    found += [_WORDS.get(kind, f"it has something else ({kind})") for kind in kinds]
    reference = _reference(tab)
    names = (n for n in package.defined_names if n.sheet != sheet.index and not n.name.startswith(ANCHOR))
    found += [f"the name {n.name!r} refers to it" for n in names if reference.search(n.text.encode())]
    return tuple(dict.fromkeys([*found, *_referring(draft, sheet.part, tab, reference)]))


def _has_drawing(draft: Draft, sheet: str) -> bool:
    """Return True if a tab's drawing contains more than each of funnel's charts once."""
    drawing = drawing_of(draft, sheet)
    if drawing is None:
        return False
    ours = {chart.name: chart.anchor for chart in our_charts(draft, drawing)}
    return len([shape for shape in draft.tree(drawing) if local(shape)]) > len(ours)


def _referring(draft: Draft, sheet: str, tab: str, reference: re.Pattern[bytes]) -> Iterator[str]:
    """Describe the parts that refer to a tab, except those that belong to it."""
    book = draft.package.workbook
    tabs = {ref.part: f"tab {ref.name!r}" for ref in draft.package.sheets}
    unread = {link.target for link in draft.relationships(book) if link.kind in _UNREAD}
    for part in sorted(reachable_parts(draft, book) - reachable_parts(draft, sheet) - unread - {book}):
        xml = part.lower().endswith(".xml") and draft.package.has(part)
        if xml and _refers(draft.package, part, tab, reference):
            yield f"{tabs.get(part, 'a chart or table elsewhere')} refers to it"


def _refers(package: Package, part: str, tab: str, reference: re.Pattern[bytes]) -> bool:
    """Return True if a part refers to a tab; the part is streamed, because it may be large."""
    rare = max(re.findall(rb"\w+", tab.encode()) or [b""], key=len).lower()
    before = b""
    for chunk in package.stream(part):
        text = before + chunk
        if rare in text.lower() and reference.search(_SHOWN.sub(b"", text)):
            return True
        before = text[-_LONGEST:]
    return False


def _reference(tab: str) -> re.Pattern[bytes]:
    """Return a pattern for references to a tab in the XML of formulas, charts and pivot tables."""
    plain = re.escape(escape(tab).encode())
    quoted = re.escape(escape(tab).encode()).replace(b"'", rb"(?:'|&apos;|&#39;){2}")
    quote = rb"(?:'|&apos;|&#39;)"
    return re.compile(
        rb"(?:'|&apos;|&#39;|:|\])" + quoted + quote + rb"!|(?<![\w.'])" + plain + rb"!"
        rb'|\bsheet="' + plain + rb'"', re.IGNORECASE,
    )  # fmt: skip
