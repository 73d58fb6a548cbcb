"""The review as slides: editable native charts and tables (python-pptx).

Text goes into text frames and cells, never into markup. A figure without a native chart is a picture.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from typing import Any

from funnel.errors import WriteError, install_hint
from funnel.reports.documents.text import clean, names_sentence
from funnel.reports.review import Bars, Figure, Review, Section, Table

WIDE, HIGH, EDGE = 13.333, 7.5, 0.5  # inches
TOP = 1.25  # inches, below the title
ROWS = 13  # of a table on one slide
MARGINS = 3  # letters: the white beside the text of a cell
SLIDES = 3  # of one table; the rest is counted
COLUMNS = 9
INK, MUTED = "1B2733", "56626E"
COLORS = ("2B6CA3", "F2AE3D", "8C8C8C", "5B3A12")


def pptx(review: Review) -> bytes:
    """Return the review as a presentation.

    Raises
    ------
    WriteError : the library is not installed.
    """
    try:
        import pptx as library
    except ImportError:
        raise WriteError(
            "Slides need the library python-pptx, which is not installed. Write .html or .xlsx, or install "
            f"it. {install_hint('report')}"
        ) from None
    deck = library.Presentation()
    deck.slide_width, deck.slide_height = library.util.Inches(WIDE), library.util.Inches(HIGH)
    properties = deck.core_properties
    properties.title, properties.author = clean(review.cover.title), "funnel"
    properties.subject, properties.language = "Review of the client journey", "en"
    properties.last_modified_by = "funnel"  # until another program saves it
    made = _Deck(deck, review)
    made.cover()
    for section in review.sections:
        made.section(section)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


class _Deck:
    """The presentation while it is made."""

    def __init__(self, deck: Any, review: Review) -> None:
        self.deck, self.review = deck, review

    def slide(self, title: str, note: str = "") -> Any:
        """Add a slide with a title, a line in the accent colour and a note at the bottom."""
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[5])  # a title alone
        shape = slide.shapes.title
        _place(shape, EDGE, 0.3, WIDE - 2 * EDGE, 0.8)
        _write(shape.text_frame, [title], 28, bold=True)
        self._line(slide, 1.12)
        if note:
            box = slide.shapes.add_textbox(*_inches(EDGE, HIGH - 0.62, WIDE - 2 * EDGE, 0.5))
            _write(box.text_frame, [note], 11, MUTED)
        return slide

    def _line(self, slide: Any, y: float) -> None:
        from pptx.dml.color import RGBColor

        line = slide.shapes.add_shape(1, *_inches(EDGE, y, WIDE - 2 * EDGE, 0.04))
        line.fill.solid()
        line.fill.fore_color.rgb = RGBColor.from_string(self.review.cover.accent.lstrip("#"))
        line.line.fill.background()
        _describe(line, "", "line")

    def cover(self) -> None:
        """Add the first slide."""
        cover = self.review.cover
        slide = self.slide(cover.business)
        facts = ["Review of the client journey", *cover.facts, names_sentence(self.review)]
        box = slide.shapes.add_textbox(*_inches(EDGE, 1.5, 8.5, 4))
        _write(box.text_frame, facts, 20)
        if cover.logo is not None:
            wide, high = _picture_size(cover.logo.data)
            height = min(1.6, 3.0 * high / wide)
            shape = slide.shapes.add_picture(
                io.BytesIO(cover.logo.data), *_inches(WIDE - EDGE - height * wide / high, 1.5),
                height=_inches(height)[0],
            )  # fmt: skip
            _describe(shape, f"Logo of {cover.business}", "logo")

    def section(self, section: Section) -> None:
        """Add the slides of a section: its sentences, its figures, its tables."""
        texts = [*section.sentences, *section.bullets]
        beside = section.tables and not section.figures and sum(map(len, texts)) < 200
        above = " ".join(texts) if beside else ""
        for start in range(0, 0 if beside else len(texts), 6):
            slide = self.slide(section.title if start == 0 else f"{section.title}, continued")
            box = slide.shapes.add_textbox(*_inches(EDGE, TOP + 0.2, WIDE - 2 * EDGE, HIGH - TOP - 0.9))
            size = 20 if sum(map(len, texts[start : start + 6])) < 700 else 15
            _write(box.text_frame, texts[start : start + 6], size)
        for figure in section.figures:
            self.figure(section, figure)
        for at, table in enumerate(section.tables):
            self.table(section, table, above if at == 0 else "")

    def figure(self, section: Section, figure: Figure) -> None:
        """Add a figure: as an editable chart if possible, else as a picture."""
        slide = self.slide(figure.title, section.caption(figure))
        table = section.table(figure.table)
        if figure.bars is not None and table.values:
            _add_chart(slide, table, figure.bars, figure.title)
            return
        from funnel.charts.drawing.files import alt_text, render, root_figure

        drawn = root_figure(self.review.draw(figure, "slide").figure)
        data = render(drawn)
        wide, high = _picture_size(data)
        room_wide, room_high = WIDE - 2 * EDGE, HIGH - TOP - 0.75
        scale = min(room_wide / wide, room_high / high)
        left = (WIDE - wide * scale) / 2
        shape = slide.shapes.add_picture(io.BytesIO(data), *_inches(left, TOP, wide * scale, high * scale))
        _describe(shape, alt_text(drawn), figure.chart)

    def table(self, section: Section, table: Table, sentence: str = "") -> None:
        """Add a table, on up to `SLIDES` slides, with a short sentence below the first."""
        columns = range(min(len(table.columns), COLUMNS))
        hidden = len(table.columns) - len(columns)
        pages = [range(at, min(at + ROWS, len(table.texts))) for at in range(0, len(table.texts), ROWS)]
        for number, page in enumerate(pages[:SLIDES]):
            notes = [sentence, table.note] if number == 0 else []
            if number == SLIDES - 1 and len(pages) > SLIDES:
                more = len(table.texts) - SLIDES * ROWS
                notes.append(f"{more:,} more rows are in the other forms of the review.")
            if hidden:
                notes.append(f"{hidden} more columns are in the other forms of the review.")
            title = f"{section.title}: {table.title}" if table.title != section.title else section.title
            slide = self.slide(
                title if number == 0 else f"{title}, continued", " ".join(filter(None, notes))[:300]
            )
            _add_table(slide, table, page, columns)


def _add_table(slide: Any, table: Table, rows: Sequence[int], columns: Sequence[int]) -> None:
    """Add a native table with a header row; the heading of a group is written before the name of its rows."""
    from pptx.enum.text import PP_ALIGN

    shape = slide.shapes.add_table(
        len(rows) + 1, len(columns), *_inches(EDGE, TOP + 0.1, WIDE - 2 * EDGE, 0.38 * (len(rows) + 1))
    )
    _describe(shape, f"Table: {table.title}", "table")
    made = shape.table
    for at, width in enumerate(_widths(table, columns)):
        made.columns[at].width = _inches(width)[0]
    groups = table.groups or ("",) * len(table.texts)
    for line in range(len(rows) + 1):
        made.rows[line].height = _inches(0.36)[0]
        for at in columns:
            text = table.columns[at].title if line == 0 else table.texts[rows[line - 1]][at]
            if line and at == 0 and groups[rows[line - 1]]:
                text = f"{groups[rows[line - 1]]}: {text}"
            cell = made.cell(line, at)
            cell.margin_top = cell.margin_bottom = _inches(0.03)[0]
            _write(cell.text_frame, [text], 11, None if line == 0 else INK, bold=line == 0)
            if not table.columns[at].text:
                cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT


def _widths(table: Table, columns: Sequence[int]) -> list[float]:
    """Return the widths of the columns in inches, by their longest texts, with their margins."""
    longest = []
    for at in columns:
        groups = table.groups if at == 0 and table.groups else ("",) * len(table.texts)
        cells = [
            min(len(row[at]) + len(group) + 2 * bool(group), 60)
            for row, group in zip(table.texts, groups, strict=True)
        ]
        words = [len(word) * 1.15 for word in table.columns[at].title.split()]  # headings are bold
        longest.append(max([*cells, *words, 4]) + MARGINS)
    return [(WIDE - 2 * EDGE) * wide / sum(longest) for wide in longest]


def _add_chart(slide: Any, table: Table, bars: Bars, title: str) -> None:
    """Add an editable chart, with its numbers in its own workbook."""
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
    from pptx.util import Pt

    def part(rows: tuple[int, int] | None) -> range:
        return range(rows[0], rows[1] + 1) if rows else range(len(table.values))

    data = _text_data(number_format="0%" if bars.percent else "#,##0")
    data.categories = [clean(label) for label in bars.labels(table)]
    for series in bars.series:
        values = [table.values[at][series.column] for at in part(series.rows)]
        data.add_series(series.name, [value if isinstance(value, int | float) else None for value in values])
    kind = XL_CHART_TYPE.COLUMN_CLUSTERED if bars.upright else XL_CHART_TYPE.BAR_CLUSTERED
    shape = slide.shapes.add_chart(kind, *_inches(EDGE, TOP, WIDE - 2 * EDGE, HIGH - TOP - 0.7), data)
    _describe(shape, f"{title}. {_in_words(table, bars)}", "chart")
    chart = shape.chart
    chart.font.size, chart.has_title = Pt(12), False
    chart.has_legend = len(bars.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels = 45, True
    plot.data_labels.number_format_is_linked = False
    plot.data_labels.number_format = "0%" if bars.percent else "#,##0"
    plot.data_labels.font.size = Pt(11)
    for series, color in zip(plot.series, COLORS, strict=False):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = RGBColor.from_string(color)
        series.invert_if_negative = False
    chart.category_axis.reverse_order = not bars.upright  # the first on top
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.value_axis.visible, chart.value_axis.has_major_gridlines = False, False
    chart.value_axis.minimum_scale = 0


def _text_data(**how: Any) -> Any:
    """Return the data of a chart, with names as text in its workbook; pptx would write some as formulas."""
    from contextlib import contextmanager

    from pptx.chart.data import CategoryChartData
    from pptx.chart.xlsx import CategoryWorkbookWriter
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    class Writer(CategoryWorkbookWriter):  # type: ignore[misc]
        @contextmanager
        def _open_worksheet(self, file: Any) -> Any:
            plain = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
            workbook = Workbook(file, {"in_memory": True, **plain})
            yield workbook, workbook.add_worksheet()
            workbook.close()

    class Data(CategoryChartData):  # type: ignore[misc]
        @property
        def _workbook_writer(self) -> Any:
            return Writer(self)

    return Data(**how)


def _in_words(table: Table, bars: Bars) -> str:
    """Return the numbers of a chart in words, for its alternative text."""
    parts = []
    for series in bars.series:
        rows = range(series.rows[0], series.rows[1] + 1) if series.rows else range(len(table.texts))
        parts += [f"{series.name}, {table.texts[at][0]}: {table.texts[at][series.column]}." for at in rows]
    return " ".join(parts)


def _write(
    frame: Any, texts: Sequence[str], size: float, color: str | None = INK, bold: bool | None = None
) -> None:
    """Write paragraphs into a text frame."""
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    frame.word_wrap = True
    for at, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.alignment = 1  # left
        run = paragraph.add_run()
        run.text = clean(text)
        run.font.size, run.font.bold = Pt(size), bold
        if color:
            run.font.color.rgb = RGBColor.from_string(color)
        if len(texts) > 1:
            paragraph.space_after = Pt(size * 0.6)


def _describe(shape: Any, text: str, name: str) -> None:
    """Set the name and the alternative text of a shape."""
    properties = shape._element.xpath(".//p:cNvPr")[0]
    properties.set("descr", clean(text))
    properties.set("name", name)


def _place(shape: Any, left: float, top: float, wide: float, high: float) -> None:
    shape.left, shape.top, shape.width, shape.height = _inches(left, top, wide, high)


def _inches(*lengths: float) -> tuple[int, ...]:
    """Return inches in the unit of slides."""
    return tuple(round(length * 914_400) for length in lengths)


def _picture_size(data: bytes) -> tuple[float, float]:
    """Return width and height of a PNG or JPEG, in pixels."""
    if data.startswith(b"\x89PNG"):
        width, height = struct.unpack(">II", data[16:24])
        return float(width), float(height)
    from pptx.parts.image import Image

    wide, high = Image.from_blob(data).size
    return float(wide), float(high)
