import datetime as dt

import pytest
from lxml import etree
from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef, StrRef
from openpyxl.chart.error_bar import ErrorBars
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series as OpenpyxlSeries
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.xml.functions import tostring

from funnel.grid import Area, Value
from funnel.plan import Chart, Series
from funnel.sheets.excel.write.charts import chart_part, fill_caches

STEPS, RATES = Area(4, 2, 6, 2), Area(4, 3, 6, 3)
LOW, HIGH = Area(4, 4, 6, 4), Area(4, 5, 6, 5)


def chart(kind: str = "column", more: tuple[Series, ...] = (), **facts: object) -> etree._Element:
    series = Series("Lost", STEPS, RATES, "3B6EA8", LOW, HIGH)
    made = Chart("drop-off", kind, "Drop-off & more", (series, *more), Area(2, 8, 20, 16), **facts)
    return etree.fromstring(chart_part(made, "Bob's tab"))


def names(element: etree._Element | None) -> list[str]:
    return [] if element is None else [etree.QName(e).localname for e in element]


def values(root: etree._Element, path: str) -> list[str | None]:
    found = root.find(path)
    assert found is not None
    return [point.findtext("{*}v") for point in found.iter("{*}pt")]


def test_references_to_the_cells_of_the_tab() -> None:
    references = [f.text for f in chart().iter("{*}f")]
    assert references == [f"'Bob''s tab'!${column}$4:${column}$6" for column in ("E", "D", "B", "C")]


def test_kinds() -> None:
    assert chart("column").find(".//{*}barDir").get("val") == "col"
    bar = chart("bar")
    assert bar.find(".//{*}barDir").get("val") == "bar"
    assert bar.find(".//{*}catAx/{*}scaling/{*}orientation").get("val") == "maxMin"
    assert bar.find(".//{*}valAx/{*}crosses").get("val") == "max"
    assert chart("line").find(".//{*}lineChart/{*}marker") is not None


def test_axes_show_percentages_and_titles_do_not_cover_the_plot() -> None:
    root = chart(y_title="Share lost")
    assert [e.get("val") for e in root.iter("{*}delete")] == ["0", "0"]
    assert [e.get("val") for e in root.iter("{*}overlay")] == ["0", "0"]
    assert root.find(".//{*}valAx/{*}numFmt").get("formatCode") == "0%"
    assert root.find(".//{*}valAx//{*}max").get("val") == "1"
    assert "".join(root.find(".//{*}chart/{*}title").itertext()) == "Drop-off & more"
    counted = chart(percent=False)
    assert counted.find(".//{*}valAx/{*}numFmt").get("formatCode") == "#,##0"
    assert counted.find(".//{*}valAx//{*}max") is None


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("percent", [False, True])
@pytest.mark.parametrize("kind", ["column", "bar", "line"])
def test_the_xml_is_that_of_openpyxl(kind: str, percent: bool, several: bool) -> None:
    more = (Series("Paid <€>", STEPS, HIGH, "D97706"),) if several else ()
    y_title = "Share & more" if percent else ""
    ours = chart(kind, more, percent=percent, y_title=y_title)
    theirs = of_openpyxl(kind, ("Lost", *(each.name for each in more)), percent, y_title)
    assert canonical(ours) == canonical(theirs)


def canonical(root: etree._Element) -> str:
    return etree.tostring(root, method="c14n", exclusive=True).decode()


def of_openpyxl(kind: str, names: tuple[str, ...], percent: bool, y_title: str) -> etree._Element:
    """The same chart, made by openpyxl."""
    made = LineChart() if kind == "line" else BarChart()
    if kind == "line":
        made.marker = True
    else:
        made.type, made.gapWidth = "bar" if kind == "bar" else "col", 60
    if kind == "bar":
        made.x_axis.scaling.orientation, made.y_axis.crosses = "maxMin", "max"
    colors, columns = ("3B6EA8", "D97706"), "CE"
    for name, color, column in zip(names, colors, columns, strict=False):
        series = openpyxl_series(name, color, column, kind)
        if column == "C":
            low, high = (NumDataSource(numRef=NumRef(f=cells(letter))) for letter in "DE")
            series.errBars = ErrorBars(errDir="y", errBarType="both", errValType="cust", plus=high, minus=low)
            series.errBars.spPr = GraphicalProperties()
            series.errBars.spPr.line.solidFill = "404040"
        made.series.append(series)
    made.x_axis.delete = made.y_axis.delete = False
    made.x_axis.tickLblPos, made.y_axis.number_format = "low", "0%" if percent else "#,##0"
    made.y_axis.numFmt.sourceLinked = False
    made.y_axis.scaling.max = 1 if percent else None
    made.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties())
    made.y_axis.majorGridlines.spPr.line.solidFill = "D9D9D9"
    made.title, made.visible_cells_only, made.roundedCorners = "Drop-off & more", False, False
    made.title.overlay = False
    if y_title:
        made.y_axis.title = y_title
        made.y_axis.title.overlay = False
    made.display_blanks = "gap"
    made.legend = Legend(legendPos="b") if len(names) > 1 else None
    if made.legend:
        made.legend.overlay = False
    root = etree.fromstring(tostring(made._write()))
    for minus in root.iter("{*}minus"):  # openpyxl writes it first; in the schema it is second
        minus.getparent().find("{*}plus").addnext(minus)
    return root


def openpyxl_series(name: str, color: str, column: str, kind: str) -> OpenpyxlSeries:
    values = NumDataSource(numRef=NumRef(f=cells(column)))
    steps = AxDataSource(strRef=StrRef(f=cells("B")))
    series = OpenpyxlSeries(val=values, cat=steps, tx=SeriesLabel(v=name))
    if kind == "line":
        series.graphicalProperties.line.solidFill = color
        series.graphicalProperties.line.width = 28_575
        series.marker, series.smooth = Marker(symbol="circle", size=6), False
        series.marker.graphicalProperties.solidFill = color
        series.marker.graphicalProperties.line.solidFill = color
    else:
        series.graphicalProperties.solidFill, series.invertIfNegative = color, False
    return series


def cells(column: str) -> str:
    return f"'Bob''s tab'!${column}$4:${column}$6"


def test_a_legend_only_for_several_series() -> None:
    assert chart().find(".//{*}legend") is None
    second = Series("Paid", STEPS, HIGH, "D97706")
    assert chart(more=(second,)).find(".//{*}legend/{*}legendPos").get("val") == "b"


def test_error_bars_are_in_the_order_of_the_schema() -> None:
    assert names(chart().find(".//{*}errBars")) == [
        "errDir", "errBarType", "errValType", "plus", "minus", "spPr",
    ]  # fmt: skip


def test_caches_have_the_values_of_the_cells() -> None:
    cells: dict[tuple[int, int], Value] = {
        (4, 2): "Contacted", (5, 2): dt.date(2026, 6, 1), (4, 3): 0.25, (5, 3): "–", (6, 3): True, (4, 4): 1,
    }  # fmt: skip
    root = chart()
    for _ in range(2):  # a second time leaves one copy
        fill_caches(root, lambda row, column: cells.get((row, column)))
        assert values(root, ".//{*}cat") == ["Contacted", "2026-06-01"]
        assert values(root, ".//{*}val") == ["0.25"]
        assert [e.get("val") for e in root.iter("{*}ptCount")] == ["3"] * 4
        assert names(root.find(".//{*}val/{*}numRef")) == ["f", "numCache"]
        assert names(root.find(".//{*}val//{*}numCache")) == ["ptCount", "pt"]


def test_a_number_format_in_a_cache_and_a_reference_to_a_name_are_unchanged() -> None:
    root = etree.fromstring(
        '<c:v xmlns:c="urn:c"><c:numRef><c:f>Tab!$A$1:$A$2</c:f><c:numCache><c:formatCode>0.0</c:formatCode>'
        '<c:ptCount val="9"/><c:pt idx="8"><c:v>1</c:v></c:pt></c:numCache><c:extLst/></c:numRef>'
        "<c:numRef><c:f>MyName</c:f><c:numCache/></c:numRef></c:v>"
    )
    fill_caches(root, lambda row, column: row)
    assert etree.tostring(root).decode() == (
        '<c:v xmlns:c="urn:c"><c:numRef><c:f>Tab!$A$1:$A$2</c:f><c:numCache><c:formatCode>0.0</c:formatCode>'
        '<c:ptCount val="2"/><c:pt idx="0"><c:v>1</c:v></c:pt><c:pt idx="1"><c:v>2</c:v></c:pt></c:numCache>'
        "<c:extLst/></c:numRef><c:numRef><c:f>MyName</c:f><c:numCache/></c:numRef></c:v>"
    )
