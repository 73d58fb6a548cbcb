"""Write native charts: a `Chart` as the XML of a chart part, with its cached values.

A chart part caches the values of the chart, for previews and programs that do not calculate; the caches of
new and old charts are filled from the tab's cells here. A test compares the XML with that of openpyxl, whose
import takes a quarter of the time of that of pandas.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from funnel.grid import Area, Value, column_letter, quoted
from funnel.plan import Chart, Series
from funnel.sheets.excel.package.ooxml import CHART, DRAWING, Element, make, place
from funnel.sheets.excel.write.cells import clean
from funnel.sheets.xml_parts import child, escape, local

_ERROR_BARS, _GRID_LINES = "404040", "D9D9D9"
_WIDE: Final = ' w="28575"'  # 2.25 points


def chart_part(chart: Chart, tab: str) -> bytes:
    """Return the chart part of a chart of cells of `tab`; its caches are empty."""
    series = "".join(_series(each, at, tab, chart.kind) for at, each in enumerate(chart.series))
    legend = '<legend><legendPos val="b"/><overlay val="0"/></legend>' if len(chart.series) > 1 else ""
    return (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
        f'<chartSpace xmlns="{CHART}" xmlns:a="{DRAWING}"><roundedCorners val="0"/><chart>'
        f"{_title(chart.title)}<plotArea>{_plot(chart, series)}{_axes(chart)}</plotArea>{legend}"
        '<plotVisOnly val="0"/><dispBlanksAs val="gap"/></chart></chartSpace>'  # the numbers may be hidden
    ).encode()


def fill_caches(root: Element, value_of: Callable[[int, int], Value]) -> None:
    """Fill the caches of a chart with the values of its cells.

    Parameters
    ----------
    root : the chart part.
    value_of : returns the value at (row, column) of the chart's tab.
    """
    for reference in [e for e in root.iter() if local(e) in ("numRef", "strRef")]:
        formula = child(reference, "f")
        address = (formula.text or "").rpartition("!")[2] if formula is not None else ""
        try:
            area = Area.parse(address)
        except ValueError:
            continue  # a manual reference: a name, several areas
        _fill_cache(reference, [value_of(*cell) for cell in _cells(area)])


def _fill_cache(reference: Element, values: list[Value]) -> None:
    """Write the points of one reference."""
    numbers = local(reference) == "numRef"
    name = "numCache" if numbers else "strCache"
    cache = child(reference, name)
    if cache is None:
        cache = place(reference, make(reference, name), ("f", name, "extLst"))
    code = child(cache, "formatCode")
    for old in [e for e in cache if local(e) in ("ptCount", "pt")]:
        cache.remove(old)
    start = 0 if code is None else 1
    cache.insert(start, make(cache, "ptCount", val=str(len(values))))
    for index, value in enumerate(values):
        shown = _number(value) if numbers else (None if value is None else clean(str(value)))
        if shown is not None:
            point = make(cache, "pt", idx=str(index))
            point.append(make(point, "v"))
            point[0].text = shown
            start += 1
            cache.insert(start, point)


def _number(value: Value) -> str | None:
    """Format a number for a cache; None for other values."""
    return repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _cells(area: Area) -> list[tuple[int, int]]:
    return [(r, c) for r in range(area.top, area.bottom + 1) for c in range(area.left, area.right + 1)]


def _address(area: Area, tab: str) -> str:
    first = f"${column_letter(area.left)}${area.top}"
    return escape(f"{quoted(tab)}!{first}:${column_letter(area.right)}${area.bottom}")


def _title(text: str) -> str:
    """Return a title outside the plot."""
    if not text:
        return ""
    words = f"<a:pPr><a:defRPr/></a:pPr><a:r><a:t>{escape(clean(text))}</a:t></a:r>"
    return f'<title><tx><rich><a:bodyPr/><a:p>{words}</a:p></rich></tx><overlay val="0"/></title>'


def _plot(chart: Chart, series: str) -> str:
    """Return the columns, bars or lines."""
    gap, axes = '<gapWidth val="60"/>', '<axId val="10"/><axId val="100"/>'
    if chart.kind == "line":
        return f'<lineChart><grouping val="standard"/>{series}<marker val="1"/>{axes}</lineChart>'
    direction = "bar" if chart.kind == "bar" else "col"
    return f'<barChart><barDir val="{direction}"/><grouping val="clustered"/>{series}{gap}{axes}</barChart>'


def _series(series: Series, at: int, tab: str, kind: str) -> str:
    """Return one series, with names and numbers from the tab."""
    fill = _fill(series.color)
    if kind == "line":
        marker = f'<symbol val="circle"/><size val="6"/><spPr>{fill}{_line(series.color)}</spPr>'
        look = f"<spPr>{_line(series.color, _WIDE)}</spPr><marker>{marker}</marker>"
        smooth = '<smooth val="0"/>'
    else:
        outline = '<a:ln><a:prstDash val="solid"/></a:ln>'
        look, smooth = f'<spPr>{fill}{outline}</spPr><invertIfNegative val="0"/>', ""
    return (
        f'<ser><idx val="{at}"/><order val="{at}"/><tx><v>{escape(clean(series.name))}</v></tx>{look}'
        f"{_error_bars(series, tab)}"
        f"<cat><strRef><f>{_address(series.categories, tab)}</f></strRef></cat>"
        f"<val><numRef><f>{_address(series.values, tab)}</f></numRef></val>"
        f"{smooth}</ser>"
    )


def _error_bars(series: Series, tab: str) -> str:
    """Return error bars from the lower to the upper bound, if the series has bounds."""
    if series.error_low is None or series.error_high is None:
        return ""
    low, high = (_address(area, tab) for area in (series.error_low, series.error_high))
    return (
        '<errBars><errDir val="y"/><errBarType val="both"/><errValType val="cust"/>'
        f"<plus><numRef><f>{high}</f></numRef></plus><minus><numRef><f>{low}</f></numRef></minus>"
        f"<spPr>{_line(_ERROR_BARS)}</spPr></errBars>"
    )


def _axes(chart: Chart) -> str:
    """Return the axes, with percentages without decimals, and pale gridlines."""
    orientation, crosses = "minMax", ""
    if chart.kind == "bar":  # the first step on top, the numbers at the bottom
        orientation, crosses = "maxMin", '<crosses val="max"/>'
    most = '<max val="1"/>' if chart.percent else ""
    numbers = "0%" if chart.percent else "#,##0"
    ticks = '<majorTickMark val="none"/><minorTickMark val="none"/>'
    shown = '<delete val="0"/><axPos val="l"/>'
    return (
        f'<catAx><axId val="10"/><scaling><orientation val="{orientation}"/></scaling>'
        f'{shown}{ticks}<tickLblPos val="low"/><crossAx val="100"/><lblOffset val="100"/></catAx>'
        f'<valAx><axId val="100"/><scaling><orientation val="minMax"/>{most}</scaling>{shown}'
        f"<majorGridlines><spPr>{_line(_GRID_LINES)}</spPr></majorGridlines>{_title(chart.y_title)}"
        f'<numFmt formatCode="{numbers}" sourceLinked="0"/>{ticks}<crossAx val="10"/>'
        f"{crosses}</valAx>"
    )


def _fill(color: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{color}"/></a:solidFill>'


def _line(color: str, width: str = "") -> str:
    return f'<a:ln{width}>{_fill(color)}<a:prstDash val="solid"/></a:ln>'
