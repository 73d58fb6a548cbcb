"""Requests about charts (by the documentation only; recorded nowhere)."""

from __future__ import annotations

import copy
from typing import Any

from ..a1 import box_of, grid_range
from ..cells import mirrored
from ..errors import ApiError
from ..masks import merge, prune, update_paths
from ..state import Book, Tab, new_tab
from .registry import Json, fresh_id, handles, need, target

SIZE = {"widthPixels": 600, "heightPixels": 371}


@handles("addChart")
def add_chart(book: Book, body: Json, where: str, _: str | None) -> Json:
    asked = need(body, "chart", where)
    taken = {chart["chartId"] for tab in book.tabs for chart in tab.charts}
    key = fresh_id(book, asked.get("chartId"), taken, where, "Chart")
    spec = _checked(book, need(asked, "spec", where), where)
    tab, position = _placed(book, asked.get("position", {}), where)
    chart = {"chartId": key, "spec": spec, "position": position}
    tab.charts.append(chart)
    return {"chart": prune(chart)}


def _placed(book: Book, position: Json, where: str) -> tuple[Tab, Json]:
    """The tab a chart goes to, and its position with the default size."""
    if position.get("newSheet"):
        tab = new_tab(
            {
                "sheetId": book.new_id(),
                "title": f"Chart{len(book.tabs)}",
                "sheetType": "OBJECT",
                "gridProperties": {},
            },
            1,
            1,
        )
        book.tabs.append(tab)
        return tab, {"sheetId": tab.id}
    if "overlayPosition" not in position:
        raise ApiError(f"Invalid {where}: position must be specified.")
    overlay = {**SIZE, **copy.deepcopy(position["overlayPosition"])}
    anchor = overlay.setdefault("anchorCell", {})
    tab = book.tab(anchor.get("sheetId", 0), where)
    height, width = tab.size
    if not (0 <= anchor.get("rowIndex", 0) < height and 0 <= anchor.get("columnIndex", 0) < width):
        raise ApiError(f"Invalid {where}: anchorCell is outside the grid.")
    return tab, {"overlayPosition": overlay}


def _checked(book: Book, spec: Json, where: str) -> Json:
    """A chart's definition as it is kept: one kind of chart, and sources one row or one column wide."""
    kinds = [key for key in spec if key.endswith("Chart")]
    if len(kinds) != 1:
        raise ApiError(f"Invalid {where}: spec must have exactly one kind of chart.")
    kept: Json = mirrored(copy.deepcopy(spec))
    _check_sources(book, kept, where)
    basic = kept.get("basicChart", {})
    if "basicChart" in kept and not basic.get("series"):
        raise ApiError(f"Invalid {where}: spec.basicChart.series must be specified.")
    return kept


def _check_sources(book: Book, node: Any, where: str) -> None:
    if isinstance(node, list):
        for item in node:
            _check_sources(book, item, where)
        return
    if not isinstance(node, dict):
        return
    if "sources" in node:
        for source in node["sources"]:
            _, box = target(book, {"range": source}, where)
            if (box.bottom or 0) - (box.top or 0) > 1 and (box.right or 0) - (box.left or 0) > 1:
                raise ApiError(f"Invalid {where}: a source range must have a width or height of 1.")
        node["sources"] = [grid_range(box_of(source)) for source in node["sources"]]
    for item in node.values():
        _check_sources(book, item, where)


def _found(book: Book, key: int, where: str, what: str = "chart") -> tuple[Tab, Json]:
    for tab in book.tabs:
        for chart in tab.charts:
            if chart["chartId"] == key:
                return tab, chart
    raise ApiError(f"Invalid {where}: No {what} with ID: {key}")


@handles("updateChartSpec")
def update_chart_spec(book: Book, body: Json, where: str, editor: str | None) -> None:
    _, chart = _found(book, body.get("chartId", 0), where)
    chart["spec"] = _checked(book, need(body, "spec", where), where)


@handles("deleteEmbeddedObject")
def delete_embedded_object(book: Book, body: Json, where: str, _: str | None) -> None:
    tab, chart = _found(book, body.get("objectId", 0), where, "object")
    tab.charts.remove(chart)


@handles("updateEmbeddedObjectPosition")
def update_embedded_object_position(book: Book, body: Json, where: str, _: str | None) -> Json:
    """Move or resize; the mask stands for fields of overlayPosition."""
    tab, chart = _found(book, body.get("objectId", 0), where, "object")
    asked = need(body, "newPosition", where)
    if "overlayPosition" in asked:
        paths = update_paths(body.get("fields"), "OverlayPosition", where)
        old = chart["position"].get("overlayPosition", {})
        asked = {"overlayPosition": merge(old, asked["overlayPosition"], paths)}
    new, chart["position"] = _placed(book, asked, where)
    if new is not tab:
        tab.charts.remove(chart)
        new.charts.append(chart)
    return {"position": prune(chart["position"])}
