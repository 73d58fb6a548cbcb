"""Convert charts of a plan to Google's: sources, marker, position."""

from __future__ import annotations

from funnel.grid import Area, Value
from funnel.plan import Chart, Series
from funnel.sheets.google.read.ids import CHART_OF_OURS
from funnel.sheets.google.write.charts import position, spec

NAMES = Area(11, 2, 13, 2)
STEPS = Series("marked", NAMES, Area(11, 3, 13, 3), "1F4E79")
OTHER = Series("settled", NAMES, Area(11, 5, 13, 5), "B7C3D0")


def chart(*series: Series, kind: str = "column", y_title: str = "") -> Chart:
    return Chart("drop-off", kind, "Drop-off", series, Area(2, 2, 9, 4), y_title, description="Bars.")  # type: ignore[arg-type]


def blank(row: int, column: int) -> Value:
    return None


def test_one_series_with_its_header_above() -> None:
    made = spec(chart(STEPS, y_title="Clients"), 7, blank)
    assert CHART_OF_OURS.search(made["altText"])
    assert made["altText"].startswith("Bars. [funnel drop-off ")
    basic = made["basicChart"]
    assert (basic["chartType"], basic["legendPosition"], basic["headerCount"]) == ("COLUMN", "NO_LEGEND", 1)
    assert basic["axis"] == [{"position": "LEFT_AXIS", "title": "Clients"}]
    head, body = basic["series"][0]["series"]["sourceRange"]["sources"]
    assert (head["startRowIndex"], head["endRowIndex"], head["startColumnIndex"]) == (9, 10, 2)
    assert (body["startRowIndex"], body["endRowIndex"], body["startColumnIndex"]) == (10, 13, 2)
    assert {source["sheetId"] for source in basic["domains"][0]["domain"]["sourceRange"]["sources"]} == {7}


def test_bars_start_at_the_top_with_the_axis_at_the_bottom() -> None:
    basic = spec(chart(STEPS, kind="bar"), 7, blank)["basicChart"]
    assert basic["series"][0]["targetAxis"] == "BOTTOM_AXIS"
    assert basic["domains"][0]["reversed"] is True
    assert "axis" not in basic


def test_the_name_of_a_series_is_a_cell_of_its_row_if_there_is_one() -> None:
    def value_at(row: int, column: int) -> Value:
        return "settled" if (row, column) == (11, 4) else None

    basic = spec(chart(STEPS, OTHER), 7, value_at)["basicChart"]
    assert basic["legendPosition"] == "BOTTOM_LEGEND"
    heads = [series["series"]["sourceRange"]["sources"][0] for series in basic["series"]]
    assert [(head["startRowIndex"], head["startColumnIndex"]) for head in heads] == [(9, 2), (10, 3)]


def test_a_new_chart_covers_its_cells() -> None:
    assert position(chart(STEPS), 7, {2: 30.0, 3: 14.0}) == {
        "overlayPosition": {
            "anchorCell": {"sheetId": 7, "rowIndex": 1, "columnIndex": 1},
            "widthPixels": 399,
            "heightPixels": 168,
        }
    }
