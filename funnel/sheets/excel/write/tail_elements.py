"""Edit the elements after a sheet's rows: funnel's rules, links and drawing."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, Literal

from funnel.grid import Area, cell_name, quoted
from funnel.plan import Link, Rule
from funnel.sheets.excel.package.ooxml import (
    RELATIONSHIPS,
    STRICT,
    WORKSHEET_ORDER,
    Element,
    child_in_order,
    make,
    place,
)
from funnel.sheets.excel.write.cells import clean
from funnel.sheets.xml_parts import child, children, local

_MARKER: Final = re.compile(r'N\(\s*"funnel:')
"""Marker in the formulas of funnel's rules; its value is 0."""


def put_rules(
    sheet: Element, rules: Sequence[Rule], format_of: Callable[[Literal["green", "red"]], int]
) -> None:
    """Replace funnel's rules by `rules`.

    They come after all manual rules, in the file (the order in LibreOffice) and in priority (the order in
    Excel), so that manual rules win; red comes before green. Rules of the same cells share one element,
    because LibreOffice applies only the first true rule within an element, but one of each element.
    """
    _remove_rules(sheet)
    taken = [int(rule.get("priority", "0")) for rule in sheet.iter() if local(rule) == "cfRule"]
    priority = max([0, *taken])
    blocks: dict[tuple[Area, ...], Element] = {}
    for rule in sorted(rules, key=lambda rule: rule.name != "red"):
        priority += 1
        if rule.areas not in blocks:
            block = make(sheet, "conditionalFormatting", sqref=" ".join(area.a1 for area in rule.areas))
            blocks[rule.areas] = place(sheet, block, WORKSHEET_ORDER)
        block = blocks[rule.areas]
        entry = make(
            block, "cfRule", type="expression", dxfId=str(format_of(rule.name)), priority=str(priority)
        )
        formula = make(entry, "formula")
        formula.text = clean(rule.formula.removeprefix("="))
        entry.append(formula)
        block.append(entry)


def _remove_rules(sheet: Element) -> None:
    """Remove funnel's rules, and the elements that are empty then."""
    for block in children(sheet, "conditionalFormatting"):
        rules = children(block, "cfRule")
        ours = [r for r in rules if any(_MARKER.search(f.text or "") for f in children(r, "formula"))]
        for rule in ours:
            block.remove(rule)
        if ours and len(ours) == len(rules):
            sheet.remove(block)


def put_links(
    sheet: Element, written: Collection[tuple[int, int]], links: Mapping[tuple[int, int], Link]
) -> None:
    """Replace the links of the cells that were written.

    A link is not a ``HYPERLINK`` formula, because its cell then has plain text, which every program shows,
    and Excel and LibreOffice move it with its cell when rows are inserted or sorted.
    """
    holder = child(sheet, "hyperlinks")
    names = {cell_name(*cell) for cell in written}
    for old in [] if holder is None else children(holder, "hyperlink"):
        if (
            old.get("ref") in names
            and old.get("location")
            and len(old.keys()) <= len(_OURS & set(old.keys()))
        ):
            holder.remove(old)  # type: ignore[union-attr]  # the parent of `old`
    if links:
        holder = child_in_order(sheet, "hyperlinks", WORKSHEET_ORDER)
        for (row, column), link in sorted(links.items()):
            target = f"{quoted(link.tab)}!{link.cell}"
            entry = make(holder, "hyperlink", ref=cell_name(row, column), location=target, display=link.text)
            holder.append(entry)
    if holder is not None and len(holder) == 0:
        sheet.remove(holder)


_OURS: Final = {"ref", "location", "display", "tooltip"}
"""Attributes of a link within the workbook; an external one also has the id of a relationship."""


def put_drawing(sheet: Element, link: str, strict: bool) -> None:
    """Add the link to the sheet's drawing."""
    namespace = STRICT[RELATIONSHIPS] if strict else RELATIONSHIPS
    drawing = make(sheet, "drawing")
    drawing.set(f"{{{namespace}}}id", link)
    place(sheet, drawing, WORKSHEET_ORDER)
