"""Constants and tree helpers of the file format: namespaces, order of elements, content types.

Workbook parts are edited as small lxml trees, which preserve namespaces, unknown elements and attributes.
Only the rows of a sheet are handled as bytes (see `rows`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lxml import etree

from funnel.sheets.xml_parts import child, local, parse_with

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
DRAWING: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
CHART: Final = "http://schemas.openxmlformats.org/drawingml/2006/chart"
SHEET_DRAWING: Final = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"

STRICT: Final = {
    MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    RELATIONSHIPS: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    DRAWING: "http://purl.oclc.org/ooxml/drawingml/main",
    CHART: "http://purl.oclc.org/ooxml/drawingml/chart",
    SHEET_DRAWING: "http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing",
}
"""Namespaces of transitional workbooks -> those of strict ones (ISO/IEC 29500-1)."""

SPREADSHEET_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml."
DRAWING_TYPE: Final = "application/vnd.openxmlformats-officedocument.drawing+xml"
CHART_TYPE: Final = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"

WORKSHEET_ORDER: Final = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate",
    "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks",
    "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties",
    "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF",
    "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
WORKBOOK_ORDER: Final = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
    "externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches",
    "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip
STYLESHEET_ORDER: Final = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles",
    "colors", "extLst",
)  # fmt: skip

for _prefix, _namespace in {"r": RELATIONSHIPS, "a": DRAWING, "c": CHART, "xdr": SHEET_DRAWING}.items():
    etree.register_namespace(_prefix, _namespace)  # else lxml makes up prefixes, such as ns5:id

Element = etree._Element


def editable(data: bytes, where: str) -> Element:
    """Parse a part in order to change it: comments and processing instructions are kept.

    Parameters
    ----------
    data : the part's bytes.
    where : file and part, for messages.

    Raises
    ------
    ReadError : the XML is invalid or declares a document type.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    return parse_with(parser, data, where)


def serialise(root: Element) -> bytes:
    """Serialise a part as Excel does: UTF-8, standalone, with comments before the root element."""
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)


def make(parent: Element, name: str, /, **attributes: str) -> Element:
    """Create an element with the namespace and prefix of its future parent."""
    namespace = etree.QName(parent).namespace
    element = parent.makeelement(f"{{{namespace}}}{name}" if namespace else name)
    for key, value in attributes.items():
        element.set(key, value)
    return element


def place(parent: Element, element: Element, order: Sequence[str]) -> Element:
    """Insert a child in the order of the schema, after those of the same name.

    >>> root = editable(b'<worksheet xmlns="urn:x"><sheetData/><drawing/></worksheet>', "sheet1.xml")
    >>> _ = place(root, make(root, "hyperlinks"), WORKSHEET_ORDER)
    >>> [local(e) for e in root]
    ['sheetData', 'hyperlinks', 'drawing']
    """
    rank = order.index(local(element))
    later = set(order[rank + 1 :])
    follower = next((other for other in parent if local(other) in later), None)
    if follower is None:
        parent.append(element)
    else:
        follower.addprevious(element)
    return element


def child_in_order(parent: Element, name: str, order: Sequence[str]) -> Element:
    """Return the child of a name; create it in schema order if it is missing."""
    found = child(parent, name)
    return place(parent, make(parent, name), order) if found is None else found


def in_dialect(data: bytes, strict: bool) -> bytes:
    """Replace the namespaces in a new part by those of a strict workbook, if `strict`."""
    for transitional, name in STRICT.items() if strict else ():
        data = data.replace(transitional.encode(), name.encode())
    return data
