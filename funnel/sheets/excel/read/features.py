"""Read merges, tables, filters, rules, charts and funnel's anchors of a tab."""

from __future__ import annotations

import re

from lxml import etree

from funnel.grid import Area, ChartSeen, Dropdown, RuleSeen
from funnel.sheets.excel.package.parts import ANCHOR, Package, SheetRef
from funnel.sheets.limits import (
    LAST_COLUMN,
    LAST_ROW,
    MOST_RULES,
    check_merge,
    check_most,
    too_long_error,
    whole_number,
)
from funnel.sheets.xml_parts import attribute, child, children, local

_AREAS = re.compile(rb'sqref="([^"]*)"')
LONGEST_AREAS = 1 << 20
_APPLICATION = "docProps/app.xml"
_FUNNEL_RULE = re.compile(r'N\(\s*"funnel:(\w+)"\s*\)', re.IGNORECASE)
_FUNNEL_CHART = re.compile(r"funnel:(.+):([0-9A-Za-z]+)(?: \d+)?")  # LibreOffice numbers equal names
_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!,]+))!([$A-Za-z0-9:]+)")


def check_features(xml: bytes, where: str) -> None:
    """Raise a ReadError for more rules, dropdowns or areas of one than any genuine sheet has."""
    place = where.removesuffix(",")
    check_most(xml.count(b"<cfRule"), MOST_RULES, "colour rules", place)
    check_most(xml.count(b"<dataValidation "), MOST_RULES, "input checks", place)
    if any(len(match) > LONGEST_AREAS for match in _AREAS.findall(xml)):
        raise too_long_error("a list of areas", LONGEST_AREAS, where.removesuffix(","))


def areas(text: str) -> tuple[Area, ...]:
    """Parse a list of areas such as ``A2:F9 H2``; whole columns and rows extend to the end of the grid.

    >>> [area.a1 for area in areas("A2:F9 $H$2")], areas("$C:$D")[0].a1, areas("#REF!")
    (['A2:F9', 'H2'], 'C1:D1048576', ())
    """
    found = (_area(part) for part in text.split())
    return tuple(area for area in found if area is not None)


def _area(text: str) -> Area | None:
    first, _, last = text.replace("$", "").partition(":")
    try:
        if first.isdecimal() and last.isdecimal():
            return Area(whole_number(first), 1, whole_number(last), LAST_COLUMN)
        if first.isalpha() and last.isalpha():
            return Area.parse(f"{first}1:{last}{LAST_ROW}")
        return Area.parse(text)
    except ValueError:
        return None


def references(text: str) -> list[tuple[str, Area]]:
    """Return the areas of a defined name, each with its tab, without lost ones (``#REF!``).

    >>> [(tab, area.a1) for tab, area in references("'Bob''s leads'!$A$2:$F$9,Leads!$H$1")]
    [("Bob's leads", 'A2:F9'), ('Leads', 'H1')]
    """
    found = []
    for quoted, plain, address in _REFERENCE.findall(text):
        area = _area(address)
        if area is not None:
            found.append((quoted.replace("''", "'") or plain, area))
    return found


def merges(root: etree._Element, where: str) -> tuple[Area, ...]:
    """Return the merged areas of a sheet, after checking their sizes."""
    holder = child(root, "mergeCells")
    found = [
        area
        for element in (() if holder is None else children(holder, "mergeCell"))
        for area in areas(element.get("ref", ""))
    ]
    for area in found:
        check_merge(area, where)
    return tuple(found)


def filter_area(root: etree._Element) -> Area | None:
    """Return the area of the sheet's filter."""
    element = child(root, "autoFilter")
    found = areas(element.get("ref", "")) if element is not None else ()
    return found[0] if found else None


def rules(root: etree._Element) -> tuple[RuleSeen, ...]:
    """Return the conditional-format rules of a sheet; funnel's rules have a marker in their formula."""
    found = []
    for block in children(root, "conditionalFormatting"):
        covered = areas(block.get("sqref", ""))
        for rule in children(block, "cfRule"):
            formula = child(rule, "formula")
            text = "" if formula is None else "".join(map(str, formula.itertext()))
            ours = _FUNNEL_RULE.search(text)
            found.append(RuleSeen(covered, f"={text}" if text else "", ours[1].lower() if ours else None))
    return tuple(found)


def dropdowns(root: etree._Element, package: Package) -> tuple[Dropdown, ...]:
    """Read the lists that cells offer: typed in the validation, or in cells that it or a name refers to."""
    named = {name.name.casefold(): name.text for name in package.defined_names}
    found = []
    for element in root.iter():
        if not isinstance(element.tag, str) or local(element) != "dataValidation":
            continue
        if element.get("type") != "list":
            continue
        texts = {
            local(part): "".join(map(str, part.itertext())).strip()
            for part in element
            if isinstance(part.tag, str)
        }
        where = areas(element.get("sqref", "") or texts.get("sqref", ""))
        text = texts.get("formula1", "")
        if not where or not text:
            continue
        if text.startswith('"'):
            options = tuple(part.strip() for part in text.strip('"').replace('""', '"').split(","))
            found.append(Dropdown(where, tuple(filter(None, options))))
        else:
            found.append(Dropdown(where, reference=named.get(text.lstrip("=").casefold(), text)))
    return tuple(found)


def column_styles(root: etree._Element) -> dict[int, int]:
    """Return the style index of each column with a style."""
    holder = child(root, "cols")
    found: dict[int, int] = {}
    for element in () if holder is None else children(holder, "col")[:LAST_COLUMN]:
        first, last, style = (whole_number(element.get(name)) for name in ("min", "max", "style"))
        if style and len(found) < LAST_COLUMN:  # a column has one setting
            found.update(dict.fromkeys(range(first, min(last, LAST_COLUMN) + 1), style))
    return found


def tables(package: Package, part: str) -> tuple[Area, ...]:
    """Return the areas of the tables (ListObjects) on a tab, with headers and totals rows."""
    roots = [package.tree(name) for name in package.related(part, "table")]
    return tuple(area for root in roots for area in areas(root.get("ref", "")))


def charts(package: Package, sheet: SheetRef) -> tuple[ChartSeen, ...]:
    """Return funnel's charts on a tab, recognised by the names of their shapes.

    If another program removed the names, charts of the tab's own cells are returned by their titles.
    """
    found: list[ChartSeen] = []
    lost_names = loses_charts(package)
    for drawing in package.related(sheet.part, "drawing"):
        root = package.tree(drawing)
        links = {link.id: link.target for link in package.relationships(drawing)} if lost_names else {}
        for anchor in root:
            inside = [e for e in anchor.iter() if isinstance(e.tag, str)]
            names = [_FUNNEL_CHART.fullmatch(e.get("name", "")) for e in inside if local(e) == "cNvPr"]
            named = [ChartSeen(match[1], match[2]) for match in names if match]
            shown = [links.get(attribute(e, "id") or "") for e in inside if local(e) == "chart"]
            titles = (own_title(package.tree(part), sheet.name) for part in shown if part)
            found += named or [ChartSeen("", "", title) for title in titles if title]
    return tuple(found)


def own_title(chart: etree._Element, tab: str) -> str:
    """Return the title of a chart part; "" if the chart shows cells of another tab."""
    formulas = [e.text or "" for e in chart.iter() if isinstance(e.tag, str) and local(e) == "f"]
    tabs = {where.casefold() for formula in formulas for where, _ in references(formula)}
    title = next((e for e in chart.iter() if isinstance(e.tag, str) and local(e) == "title"), None)
    if title is None or tabs != {tab.casefold()}:
        return ""
    return "".join(e.text or "" for e in title.iter() if isinstance(e.tag, str) and local(e) == "t")


def loses_charts(package: Package) -> bool:
    """Return True if a workbook was last saved by a library that can lose charts or their names.

    openpyxl calls itself "Microsoft Excel Compatible / Openpyxl 3.1.5". Before, it was "Microsoft Excel" of
    a version below 12, which Excel never had in this format.
    """
    if not package.has(_APPLICATION):
        return False
    facts = {
        local(e): (e.text or "").casefold() for e in package.tree(_APPLICATION) if isinstance(e.tag, str)
    }
    version = facts.get("AppVersion", "").partition(".")[0]
    old = facts.get("Application") == "microsoft excel" and version.isdecimal() and int(version) < 12
    return old or "openpyxl" in facts.get("Application", "")


def anchors(package: Package, tab: str) -> dict[str, Area]:
    """Return the areas on a tab of funnel's hidden defined names, such as ``_funnel_totals``."""
    found = {}
    for name in package.defined_names:
        if name.name.startswith(ANCHOR):
            for where, area in references(name.text):
                if where.casefold() == tab.casefold():
                    found[name.name.removeprefix(ANCHOR)] = area
    return found


def print_area(package: Package, sheet: SheetRef) -> Area | None:
    """Return the smallest area around the print areas of a tab, or None if none is set."""
    for name in package.defined_names:
        if name.name == "_xlnm.Print_Area" and name.sheet == sheet.index:
            parts = [area for _, area in references(name.text)]
            if parts:
                return Area(
                    min(area.top for area in parts),
                    min(area.left for area in parts),
                    max(area.bottom for area in parts),
                    max(area.right for area in parts),
                )
    return None
