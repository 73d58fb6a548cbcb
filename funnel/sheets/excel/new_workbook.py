"""Create a workbook: apply a plan to a blank package, with the writer that refreshes existing workbooks."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from funnel.errors import UsageError
from funnel.plan import Plan, PutTab
from funnel.sheets.excel.package.ooxml import (
    CONTENT_TYPES,
    MAIN,
    PACKAGE_RELATIONSHIPS,
    RELATIONSHIPS,
    SPREADSHEET_TYPE,
)  # fmt: skip
from funnel.sheets.excel.package.parts import Package
from funnel.sheets.excel.write.apply import apply_plan
from funnel.sheets.excel.write.new_tab import new_sheet
from funnel.sheets.excel.write.stylesheet import BLANK, Stylesheet
from funnel.sheets.xml_parts import quoteattr

_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES: Final = (
    f'{_XML}<Types xmlns="{CONTENT_TYPES}">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET_TYPE}sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SPREADSHEET_TYPE}worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{SPREADSHEET_TYPE}styles+xml"/>'
    '<Override PartName="/xl/theme/theme1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.theme+xml"/></Types>'
)


def new_workbook(path: str | Path, plan: Plan) -> tuple[str, ...]:
    """Create a workbook from a plan; the plan's first new tab is its first tab.

    Returns
    -------
    Sentences about the changes that could not be made as planned.

    Raises
    ------
    UsageError : the plan creates no tab.
    WriteError : the file exists already, or cannot be written.
    """
    first = next((c for c in plan.changes if isinstance(c, PutTab) and c.create), None)
    if first is None:
        raise UsageError(f"A new workbook {path} needs a plan that makes at least one tab.")
    made = replace(first, create=False)
    changes = tuple(made if change is first else change for change in plan.changes)
    package = Package(_blank(first), str(path))
    return apply_plan(path, package, replace(plan, changes=changes, version=""), out=path)


def _blank(first: PutTab) -> bytes:
    """Return a workbook with one empty tab."""
    from openpyxl.writer.theme import theme_xml

    styles = Stylesheet(BLANK, "our own styles")
    sheet = new_sheet(first, styles.look)
    parts = {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": _links(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": (
            f'{_XML}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONSHIPS}"><bookViews><workbookView/></bookViews>'
            f'<sheets><sheet name={quoteattr(first.tab)} sheetId="1" r:id="rId1"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": _links(
            worksheet="worksheets/sheet1.xml", styles="styles.xml", theme="theme/theme1.xml"
        ),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/styles.xml": styles.data(),
        "xl/theme/theme1.xml": theme_xml.encode(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)  # without a date: 1980
    return buffer.getvalue()


def _links(**targets: str) -> bytes:
    """Return the links from one part, given as kind=target."""
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONSHIPS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items(), start=1)
    )
    return f'{_XML}<Relationships xmlns="{PACKAGE_RELATIONSHIPS}">{links}</Relationships>'.encode()
