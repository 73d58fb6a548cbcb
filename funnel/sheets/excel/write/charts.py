"""Write native charts: a `Chart` as the XML of a chart part, with its cached values.

openpyxl writes the XML. A chart part caches the values of the chart, for previews and programs that do not
calculate; the caches of new and old charts are filled from the tab's cells here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from funnel.grid import Area, Value, column_letter, quoted
from funnel.plan import Chart, Series
from funnel.sheets.excel.package.ooxml import CHART, Element, editable, make, place, serialise
from funnel.sheets.xml_parts import child, local

_GREY: Final = "D9D9D9"


def chart_part(chart: Chart, tab: str) -> bytes:
    """Return the chart part of a chart of cells of `tab`; its caches are empty."""
    made = {"column": _columns, "bar": _bars, "line": _lines}[chart.kind]()
    for series in chart.series:
        made.series.append(_series(series, tab, chart.kind))
    _axes(made, chart)
    _titles(made, chart)
    root = editable(_xml(made), "our own chart")
    for minus in root.iter(f"{{{CHART}}}minus"):  # openpyxl writes it first; in the schema it is second
        minus.getparent().find(f"{{{CHART}}}plus").addnext(minus)  # type: ignore[union-attr]
    return serialise(root)


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
        shown = _number(value) if numbers else (None if value is None else str(value))
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


def _xml(chart: Any) -> bytes:
    from openpyxl.xml.functions import tostring

    written: str | bytes = tostring(chart._write())
    return written.encode() if isinstance(written, str) else written


def _columns() -> Any:
    from openpyxl.chart import BarChart

    chart = BarChart()
    chart.type, chart.gapWidth = "col", 60
    return chart


def _bars() -> Any:
    chart = _columns()
    chart.type = "bar"
    chart.x_axis.scaling.orientation = "maxMin"  # the first step on top
    chart.y_axis.crosses = "max"  # keep the numbers at the bottom
    return chart


def _lines() -> Any:
    from openpyxl.chart import LineChart

    chart = LineChart()
    chart.marker = True
    return chart


def _address(area: Area, tab: str) -> str:
    first = f"${column_letter(area.left)}${area.top}"
    return f"{quoted(tab)}!{first}:${column_letter(area.right)}${area.bottom}"


def _series(series: Series, tab: str, kind: str) -> Any:
    """Make one series, with names and numbers from the tab."""
    from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef, StrRef
    from openpyxl.chart.marker import Marker
    from openpyxl.chart.series import Series as Written
    from openpyxl.chart.series import SeriesLabel

    made = Written(
        val=NumDataSource(numRef=NumRef(f=_address(series.values, tab))),
        cat=AxDataSource(strRef=StrRef(f=_address(series.categories, tab))),
        tx=SeriesLabel(v=series.name),
    )
    if kind == "line":
        made.graphicalProperties.line.solidFill = series.color
        made.graphicalProperties.line.width = 28_575  # 2.25 points
        made.marker = Marker(symbol="circle", size=6)
        made.marker.graphicalProperties.solidFill = series.color
        made.marker.graphicalProperties.line.solidFill = series.color
        made.smooth = False
    else:
        made.graphicalProperties.solidFill = series.color
        made.invertIfNegative = False
    if series.error_low is not None and series.error_high is not None:
        made.errBars = _error_bars(_address(series.error_low, tab), _address(series.error_high, tab), kind)
    return made


def _error_bars(low: str, high: str, kind: str) -> Any:
    """Make error bars from the lower to the upper bound."""
    from openpyxl.chart.data_source import NumDataSource, NumRef
    from openpyxl.chart.error_bar import ErrorBars
    from openpyxl.chart.shapes import GraphicalProperties

    bars = ErrorBars(
        errDir="y",
        errBarType="both",
        errValType="cust",
        plus=NumDataSource(numRef=NumRef(f=high)),
        minus=NumDataSource(numRef=NumRef(f=low)),
    )
    bars.spPr = GraphicalProperties()
    bars.spPr.line.solidFill = "404040"
    return bars


def _axes(made: Any, chart: Chart) -> None:
    """Show the axes, percentages without decimals, and pale gridlines."""
    from openpyxl.chart.axis import ChartLines
    from openpyxl.chart.shapes import GraphicalProperties

    made.x_axis.delete = made.y_axis.delete = False
    made.x_axis.tickLblPos = "low"
    made.y_axis.number_format = "0%" if chart.percent else "#,##0"
    made.y_axis.numFmt.sourceLinked = False
    if chart.percent:
        made.y_axis.scaling.max = 1
    made.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties())
    made.y_axis.majorGridlines.spPr.line.solidFill = _GREY


def _titles(made: Any, chart: Chart) -> None:
    """Put the titles outside the plot; add a legend if there are several series."""
    made.title = chart.title
    made.title.overlay = False
    if chart.y_title:
        made.y_axis.title = chart.y_title
        made.y_axis.title.overlay = False
    made.display_blanks = "gap"
    made.visible_cells_only = False  # the numbers are in hidden columns
    made.roundedCorners = False
    if len(chart.series) > 1:
        made.legend.position = "b"
        made.legend.overlay = False
    else:
        made.legend = None
