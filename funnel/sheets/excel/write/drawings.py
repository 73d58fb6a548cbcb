"""Place charts in the drawing of a tab. funnel's charts are recognised by the names of their shapes.

The name is ``funnel:<name>:<fingerprint>``, which users see in the selection pane. Other pictures and charts
are unchanged, and so are the place and size of funnel's charts, which users may change.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from funnel.grid import Area
from funnel.plan import Chart
from funnel.sheets.excel.package.draft import Draft
from funnel.sheets.excel.package.ooxml import (
    CHART,
    CHART_TYPE,
    DRAWING,
    DRAWING_TYPE,
    RELATIONSHIPS,
    SHEET_DRAWING,
    Element,
    editable,
    in_dialect,
)  # fmt: skip
from funnel.sheets.excel.read.features import loses_charts, own_title
from funnel.sheets.excel.write.charts import chart_part
from funnel.sheets.xml_parts import attribute, local, quoteattr

OURS: Final = "funnel:"


@dataclass(frozen=True)
class OurChart:
    """One of funnel's charts in a drawing."""

    name: str
    fingerprint: str
    part: str
    anchor: Element
    properties: Element  # name and alternative text of the shape


def our_charts(draft: Draft, drawing: str) -> Iterator[OurChart]:
    """Yield funnel's charts in a drawing part."""
    return (chart for chart in _charts_of(draft, drawing) if chart.name)


def _charts_of(draft: Draft, drawing: str) -> Iterator[OurChart]:
    """Yield the charts in a drawing part; those of other programs have no name."""
    links = {link.id: link.target for link in draft.relationships(drawing)}
    for anchor in draft.tree(drawing):
        for shape in anchor.iter():
            if local(shape) == "cNvPr":
                name = shape.get("name") or ""
                ours = name.startswith(OURS) and name.count(":") == 2
                charts = (attribute(e, "id") for e in anchor.iter() if local(e) == "chart")
                part = next((links[link] for link in charts if link in links), None)
                if part is not None:
                    _, title, fingerprint = name.split(":") if ours else ("", "", "")
                    yield OurChart(title, fingerprint, part, anchor, shape)


def drawing_of(draft: Draft, sheet: str) -> str | None:
    """Return the drawing part of a sheet part."""
    return next(iter(draft.related(sheet, "drawing")), None)


def new_drawing(draft: Draft, sheet: str) -> str:
    """Add an empty drawing to a sheet, and return the id of the link to it."""
    part = draft.unused_name(posixpath.join(_folder(draft), "drawings/drawing{}.xml"))
    draft.add(part, f'<xdr:wsDr xmlns:xdr="{SHEET_DRAWING}" xmlns:a="{DRAWING}"/>'.encode(), DRAWING_TYPE)
    return draft.relate(sheet, "drawing", part)


def put_charts(draft: Draft, drawing: str, tab: str, charts: Sequence[Chart], removed: Sequence[str]) -> None:
    """Add, replace and remove charts, by name.

    A chart with the same fingerprint is unchanged, apart from its values; one with another fingerprint keeps
    its place and gets the content of the new chart. So does one whose name another program removed.
    """
    found = sorted(our_charts(draft, drawing), key=lambda chart: " " not in chart.fingerprint)
    there = {chart.name: chart for chart in found}  # prefers shapes that LibreOffice has not numbered
    for name in removed:
        if name in there:
            _remove(draft, drawing, there[name])
    for chart in charts:
        old = there.get(chart.name) or _unnamed_chart(draft, drawing, tab, chart)
        if old is None:
            _add(draft, drawing, tab, chart)
        elif old.fingerprint != chart.fingerprint:
            draft.replace(old.part, chart_part(chart, tab))
            old.properties.set("name", _shape_name(chart))
            old.properties.set("descr", chart.description)


def _unnamed_chart(draft: Draft, drawing: str, tab: str, chart: Chart) -> OurChart | None:
    """Return a chart that was ours by its title, if another program removed the names."""
    if not loses_charts(draft.package):
        return None
    found = (each for each in _charts_of(draft, drawing) if not each.name)
    return next((each for each in found if own_title(draft.tree(each.part), tab) == chart.title), None)


def _add(draft: Draft, drawing: str, tab: str, chart: Chart) -> None:
    """Add a new chart at its place in the plan."""
    part = draft.unused_name(posixpath.join(_folder(draft), "charts/chart{}.xml"))
    draft.add(part, chart_part(chart, tab), CHART_TYPE)
    link = draft.relate(drawing, "chart", part)
    root = draft.tree(drawing)
    shapes = [
        int(e.get("id", "0")) for e in root.iter() if local(e) == "cNvPr" and e.get("id", "").isdecimal()
    ]
    anchor = in_dialect(_anchor(chart, link, max([1, *shapes]) + 1), draft.package.strict)
    root.append(editable(anchor, draft.where(drawing)))


def _remove(draft: Draft, drawing: str, chart: OurChart) -> None:
    """Remove a chart, its part, its style and its colours."""
    chart.anchor.getparent().remove(chart.anchor)  # type: ignore[union-attr]  # it has a parent
    for link in draft.relationships(chart.part):
        if link.kind in ("chartStyle", "chartColorStyle"):
            draft.remove(link.target)
    draft.unrelate(drawing, chart.part)
    draft.remove(chart.part)


def _shape_name(chart: Chart) -> str:
    return f"{OURS}{chart.name}:{chart.fingerprint}"


def _folder(draft: Draft) -> str:
    return posixpath.dirname(draft.package.workbook)


def _corner(name: str, row: int, column: int) -> str:
    """Return the XML of an anchor's corner, whose rows and columns count from 0."""
    across = f"<xdr:col>{column}</xdr:col><xdr:colOff>0</xdr:colOff>"
    down = f"<xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff>"
    return f"<xdr:{name}>{across}{down}</xdr:{name}>"


def _anchor(chart: Chart, link: str, shape: int) -> bytes:
    """Return the XML of a chart's frame over the cells of its area."""
    at: Area = chart.at
    facts = f'id="{shape}" name={quoteattr(_shape_name(chart))} descr={quoteattr(chart.description)}'
    return (
        f'<xdr:twoCellAnchor xmlns:xdr="{SHEET_DRAWING}" xmlns:a="{DRAWING}">'
        f"{_corner('from', at.top - 1, at.left - 1)}{_corner('to', at.bottom, at.right)}"
        f'<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr {facts}/><xdr:cNvGraphicFramePr/>'
        '</xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic>'
        f'<a:graphicData uri="{CHART}"><c:chart xmlns:c="{CHART}" xmlns:r="{RELATIONSHIPS}" r:id="{link}"/>'
        "</a:graphicData></a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:twoCellAnchor>"
    ).encode()
