"""Convert a `Chart` of a plan to Google's EmbeddedChart.

The API cannot set error bars; the bounds are in the table beside the chart.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from funnel.grid import Area, Value
from funnel.plan import Chart, Series
from funnel.sheets.google.read.looks import color

Json = dict[str, Any]
ValueAt = Callable[[int, int], Value]

_KINDS = {"column": "COLUMN", "bar": "BAR", "line": "LINE"}
ROW_HEIGHT, COLUMN_WIDTH = 21, 7.0  # pixels: of a row, and of a letter in a column's width


def grid_range(sheet: int, area: Area) -> Json:
    """Return an area as a bounded GridRange.

    >>> grid_range(7, Area.parse("B2:C3"))
    {'sheetId': 7, 'startRowIndex': 1, 'endRowIndex': 3, 'startColumnIndex': 1, 'endColumnIndex': 3}
    """
    return {
        "sheetId": sheet,
        "startRowIndex": area.top - 1, "endRowIndex": area.bottom,
        "startColumnIndex": area.left - 1, "endColumnIndex": area.right,
    }  # fmt: skip


def spec(chart: Chart, sheet: int, value_at: ValueAt) -> Json:
    """Return a chart's definition; a mark in its alternative text identifies it as funnel's."""
    value_axis = "BOTTOM_AXIS" if chart.kind == "bar" else "LEFT_AXIS"
    first = chart.series[0]
    names = first.categories
    above = Area(names.top - 1, names.left, names.top - 1, names.left)
    axes = [{"position": value_axis, "title": chart.y_title}] if chart.y_title else []
    return {
        "title": chart.title,
        "hiddenDimensionStrategy": "SHOW_ALL",
        "altText": f"{chart.description} [funnel {chart.name} {chart.fingerprint}]".strip(),
        "basicChart": {
            "chartType": _KINDS[chart.kind],
            "legendPosition": "BOTTOM_LEGEND" if len(chart.series) > 1 else "NO_LEGEND",
            "headerCount": 1,
            **({"axis": axes} if axes else {}),
            "domains": [{"domain": _sources(sheet, [above, names]),
                         **({"reversed": True} if chart.kind == "bar" else {})}],
            "series": [
                {
                    "series": _sources(sheet, [_header(each, value_at), each.values]),
                    "targetAxis": value_axis,
                    "colorStyle": {"rgbColor": color(each.color)},
                }
                for each in chart.series
            ],
        },
    }  # fmt: skip


def _sources(sheet: int, areas: list[Area]) -> Json:
    return {"sourceRange": {"sources": [grid_range(sheet, area) for area in areas]}}


def _header(series: Series, value_at: ValueAt) -> Area:
    """Return the cell with the name of a series: in its first row, or else the cell above it."""
    values = series.values
    for column in range(series.categories.left, values.left):
        if value_at(values.top, column) == series.name:
            return Area(values.top, column, values.top, column)
    return Area(values.top - 1, values.left, values.top - 1, values.left)


def position(chart: Chart, sheet: int, widths: dict[int, float]) -> Json:
    """Return the position of a new chart, with its size in pixels."""
    at = chart.at
    letters = sum(widths.get(column, 13.0) for column in range(at.left, at.right + 1))
    return {
        "overlayPosition": {
            "anchorCell": {"sheetId": sheet, "rowIndex": at.top - 1, "columnIndex": at.left - 1},
            "widthPixels": int(letters * COLUMN_WIDTH),
            "heightPixels": (at.bottom - at.top + 1) * ROW_HEIGHT,
        }
    }
