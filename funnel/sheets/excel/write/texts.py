"""Write texts: in their cells, or as shared strings if the workbook has none yet.

The shared strings of a workbook may be large and are not changed: new texts are written in their cells, which
every program reads. A workbook without shared strings gets some, because validators report texts without
them as a fault.
"""

from __future__ import annotations

import re

from funnel.sheets.excel.package.draft import Draft
from funnel.sheets.excel.package.ooxml import MAIN, SPREADSHEET_TYPE
from funnel.sheets.excel.write.cells import Content, escaped, inline

_FILLED = re.compile(rb"<(?:[\w.-]+:)?si[\s/>]")


class Texts:
    """A converter of texts to the content of cells."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._list: dict[str, int] = {}
        lists = draft.related(draft.package.workbook, "sharedStrings")
        self._part = lists[0] if lists else None
        self._listed = self._part is not None and any(map(_FILLED.search, draft.package.stream(self._part)))

    def content(self, text: str) -> Content:
        """Return the content of the cell of a text."""
        if self._listed:
            return inline(text)
        index = self._list.setdefault(text, len(self._list))
        return Content("s", b"<v>%d</v>" % index)

    def save(self) -> None:
        """Add the shared strings, if they are needed and there are none."""
        if not self._list:
            return
        entries = b"".join(
            b'<si><t xml:space="preserve">' + escaped(text) + b"</t></si>" for text in self._list
        )
        data = b'<sst xmlns="' + MAIN.encode() + b'">' + entries + b"</sst>"
        if self._part is not None:
            self._draft.replace(self._part, data)
            return
        book = self._draft.package.workbook
        part = self._draft.unused_name(book.rpartition("/")[0] + "/sharedStrings{}.xml", first="")
        self._draft.add(part, data, SPREADSHEET_TYPE + "sharedStrings+xml")
        self._draft.relate(book, "sharedStrings", part)
