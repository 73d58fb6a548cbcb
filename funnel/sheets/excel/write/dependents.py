"""What a person would lose with a tab of ours besides its cells: what is drawn on it, and what reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape

from funnel.sheets.excel.package.draft import Draft
from funnel.sheets.excel.package.parts import ANCHOR, Package
from funnel.sheets.excel.write.drawings import drawing_of, our_charts
from funnel.sheets.excel.write.remove_tab import reached
from funnel.sheets.xml_parts import local

_OURS: Final = {"drawing", "printerSettings", "hyperlink"}
"""What a tab of ours may lead to; a link elsewhere stands in a cell, which tells whose it is."""

_WORDS: Final = {
    "comments": "a comment stands on it", "threadedComment": "a comment stands on it",
    "vmlDrawing": "a comment or a button stands on it", "table": "a table stands on it",
    "pivotTable": "a pivot table stands on it", "image": "it has a background",
}  # fmt: skip
_UNREAD: Final = {"sharedStrings", "styles", "theme", "calcChain"}
"""Parts of the workbook that name no tab in a formula."""

_SHOWN: Final = re.compile(rb"<(?:[\w.-]+:)?[tv](?=[\s>])[^<]*")
"""What cells and titles show, where a tab's name is but a word."""

_LONGEST: Final = 1024  # bytes in which a tab's name stands


def describe_dependents(package: Package, tab: str) -> tuple[str, ...]:
    """Say what hangs on a tab, each once: drawings, comments, formulas and charts elsewhere that read it.

    Parameters
    ----------
    tab : its name.
    """
    draft = Draft(package)
    sheet = next(sheet for sheet in package.worksheets if sheet.name == tab)
    kinds = sorted({link.kind for link in draft.relationships(sheet.part)} - _OURS)
    found = ["something is drawn on it"] if _drawn(draft, sheet.part) else []
    found += [_WORDS.get(kind, f"it carries something else ({kind})") for kind in kinds]
    reads = _reads(tab)
    names = (n for n in package.defined_names if n.sheet != sheet.index and not n.name.startswith(ANCHOR))
    found += [f"the name {n.name!r} means cells of it" for n in names if reads.search(n.text.encode())]
    return tuple(dict.fromkeys([*found, *_readers(draft, sheet.part, tab, reads)]))


def _drawn(draft: Draft, sheet: str) -> bool:
    """Whether there is more in a tab's drawing than each chart of ours once."""
    drawing = drawing_of(draft, sheet)
    if drawing is None:
        return False
    ours = {chart.name: chart.anchor for chart in our_charts(draft, drawing)}
    return len([shape for shape in draft.tree(drawing) if local(shape)]) > len(ours)


def _readers(draft: Draft, sheet: str, tab: str, reads: re.Pattern[bytes]) -> Iterator[str]:
    """The parts that no other tab shares with this one, and that name it as formulas do."""
    book = draft.package.workbook
    tabs = {ref.part: f"tab {ref.name!r}" for ref in draft.package.sheets}
    unread = {link.target for link in draft.relationships(book) if link.kind in _UNREAD}
    for part in sorted(reached(draft, book) - reached(draft, sheet) - unread - {book}):
        xml = part.lower().endswith(".xml") and draft.package.has(part)
        if xml and _names(draft.package, part, tab, reads):
            yield f"{tabs.get(part, 'a chart or table elsewhere')} reads it"


def _names(package: Package, part: str, tab: str, reads: re.Pattern[bytes]) -> bool:
    """Whether a part names a tab; a large one is looked through as it streams by."""
    rare = max(re.findall(rb"\w+", tab.encode()) or [b""], key=len).lower()
    before = b""
    for chunk in package.stream(part):
        text = before + chunk
        if rare in text.lower() and reads.search(_SHOWN.sub(b"", text)):
            return True
        before = text[-_LONGEST:]
    return False


def _reads(tab: str) -> re.Pattern[bytes]:
    """How formulas, charts and pivot tables name a tab, as XML has it."""
    plain = re.escape(escape(tab).encode())
    quoted = re.escape(escape(tab).encode()).replace(b"'", rb"(?:'|&apos;|&#39;){2}")
    quote = rb"(?:'|&apos;|&#39;)"
    return re.compile(
        rb"(?:'|&apos;|&#39;|:|\])" + quoted + quote + rb"!|(?<![\w.'])" + plain + rb"!"
        rb'|\bsheet="' + plain + rb'"', re.IGNORECASE,
    )  # fmt: skip
