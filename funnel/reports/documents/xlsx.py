"""The review as a workbook: tables with live formulas and native charts."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from funnel.grid import Area, cell_name, column_letter
from funnel.plan import Cell, Chart, Formula, Plan, PutTab, Series, StyleName
from funnel.reports.documents.pdf import starts
from funnel.reports.documents.text import clean, names_sentence
from funnel.reports.review import Figure, Review, Section, Table
from funnel.sheets import create_sheet
from funnel.text import DASH
from funnel.writer.page import wrapped

COLORS = ("1F4E79", "F2AE3D", "7F8FA6", "2E8B57")
LEFT, RIGHT = 2, 10  # columns of a chart
CHART_ROWS = 17
LABELS = 40  # hidden column with the names of bars
LINE = 118  # characters in a line of text
WIDEST = 60
FIRST_TAB = ("verdict", "understood")  # sections on the first tab
LEADS = ("Review", 4, 3)  # tab, row and column of the number of clients
_LOOKS: dict[str, StyleName] = {"count": "count", "rate": "rate", "probability": "rate", "p": "p"}
_LOOKS |= {"money": "count", "days": "count", "months": "number", "number": "number"}


def xlsx(review: Review) -> bytes:
    """Return the review as a workbook."""
    plan = Plan("review.xlsx", tuple(_tabs(review)), as_of=review.cover.as_of)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "review.xlsx"
        create_sheet(str(path), plan)
        return path.read_bytes()


@dataclass
class _Tab:
    """A tab while it is written, from the top down."""

    name: str
    row: int = 1
    cells: list[Cell] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=lambda: {1: 2.0})

    def put(self, values: Sequence[Any], styles: Sequence[StyleName]) -> None:
        """Write a row; None is skipped."""
        for at, (value, style) in enumerate(zip(values, styles, strict=True), start=LEFT):
            if value is not None:
                self.cells.append(Cell(self.row, at, value, style))
        self.row += 1

    def text(self, text: str, style: StyleName = "plain") -> None:
        """Write a text into as many rows as it needs."""
        for line in wrapped(clean(text), LINE):
            self.put([line], [style])

    def change(self) -> PutTab:
        """Return the change that writes the tab."""
        return PutTab(
            self.name, "", tuple(self.cells), tuple(self.charts), create=True, widths=self.widths,
            hidden_columns=(LABELS,), gridlines=False, one_page=bool(self.charts),
        )  # fmt: skip


def _tabs(review: Review) -> list[PutTab]:
    tabs = [_cover(review)]
    for section in review.sections:
        if section.name not in FIRST_TAB:
            tabs.append(_section(section, [tab.name for tab in tabs]))
    return [tab.change() for tab in tabs]


def _cover(review: Review) -> _Tab:
    """Make the first tab: cover, what was understood, verdict."""
    cover, tab = review.cover, _Tab(LEADS[0])
    tab.widths |= {2: 22.0, 3: 60.0}
    tab.put([clean(cover.business)], ["title"])
    tab.put(["Review of the client journey"], ["note"])
    tab.put(["As of", cover.as_of], ["label", "date"])
    tab.put(["Clients", cover.clients], ["label", "count"])
    for fact in cover.facts[1:2] + cover.facts[3:]:
        tab.text(fact, "note")
    tab.text(names_sentence(review), "note")
    first = sorted((s for s in review.sections if s.name in FIRST_TAB), key=lambda s: FIRST_TAB.index(s.name))
    for section in first:
        tab.row += 1
        tab.put([section.title], ["header"])
        for text in (*section.sentences, *section.bullets):
            tab.text(text)
        for table in section.tables:
            _put_table(tab, table)
    return tab


def _section(section: Section, taken: Sequence[str]) -> _Tab:
    tab = _Tab(_tab_name(section.title, taken))
    tab.put([section.title], ["title"])
    for text in (*section.sentences, *section.bullets):
        tab.text(text)
    rows = {table.title: _put_table(tab, table) for table in section.tables}
    for figure in section.figures:
        if figure.bars and figure.table in rows:
            tab.row += 1
            tab.charts.append(_chart(tab, section, figure, rows[figure.table]))
            tab.row += CHART_ROWS + 1
        else:
            tab.text(f"No chart here: {section.caption(figure)} The HTML and PDF reviews draw it.", "note")
    return tab


def _tab_name(title: str, taken: Sequence[str]) -> str:
    """Return a valid tab name: short, without the special characters of cell addresses, and not taken.

    >>> _tab_name("Lead/Call: [1]", []), _tab_name("leaks", ["Leaks"])
    ('Lead Call 1', 'leaks 2')
    """
    name = " ".join(re.sub(r"[\[\]:*?/\\']", " ", clean(title)).split())[:28] or "Section"
    used = {other.casefold() for other in taken}
    numbers = (name if n == 1 else f"{name} {n}" for n in range(1, len(taken) + 2))
    return next(free for free in numbers if free.casefold() not in used)


def _put_table(tab: _Tab, table: Table) -> list[int]:
    """Write a table with its title and notes; return the rows of its records."""
    tab.row += 1
    tab.put([clean(table.title)], ["rate_label"])
    styles: list[StyleName] = ["header" if column.text else "header_number" for column in table.columns]
    tab.put([clean(column.title) for column in table.columns], styles)
    _widen(tab, table)
    rows: list[int] = []
    first, groups = tab.row, starts(table)
    every = _record_rows(first, groups)
    for at, (values, texts, group) in enumerate(zip(table.values, table.texts, groups, strict=True)):
        if group:
            tab.put([clean(group)], ["note"])
        rows.append(tab.row)
        more = [] if table.formulas else _continued(table, texts)
        tab.put(*_record(table, at, values, [lines[0] for lines in more] or texts, every))
        for line in range(1, max(map(len, more), default=0)):
            parts = [lines[line] if line < len(lines) else None for lines in more]
            tab.put(parts, ["plain"] * len(parts))
    for note in (table.note, f"Counted from {table.source}." if table.source else ""):
        tab.text(note, "note")
    return rows


def _continued(table: Table, texts: Sequence[str]) -> list[list[str]]:
    """Break the long texts of a row into lines, each for a row of its own; not every program fits heights."""
    return [
        wrapped(clean(text), WIDEST) or [""] if column.text and at else [text]
        for at, (column, text) in enumerate(zip(table.columns, texts, strict=True))
    ]


def _record_rows(first: int, groups: Sequence[str]) -> list[int]:
    """Return the row of each record; each heading of a group takes a row."""
    found, row = [], first
    for group in groups:
        row += bool(group)
        found.append(row)
        row += 1
    return found


def _record(
    table: Table, at: int, values: Sequence[Any], texts: Sequence[str], rows: Sequence[int]
) -> tuple[list[Any], list[StyleName]]:
    """Return the cells of a record with their styles: formulas or numbers if there are any, else texts."""
    formulas = dict(table.formulas)
    cells: list[Any] = []
    styles: list[StyleName] = []
    for position, (column, value, text) in enumerate(zip(table.columns, values, texts, strict=True)):
        live = _formula(formulas[position], rows, at) if position in formulas else ""
        if column.text or isinstance(value, str):
            cells.append(clean(text))
            styles.append("count" if not column.text else "label" if position == 0 else "plain")
            continue
        number = DASH if value is None else round(value, 12) if isinstance(value, float) else value
        cells.append(Formula(live, number) if live and value is not None else number)
        styles.append(_LOOKS.get(column.unit, "count"))
    return cells, styles


def _formula(template: str, rows: Sequence[int], at: int) -> str:
    """Return a formula for a record; "" if it needs the record above and there is none.

    >>> _formula("{1}/{up1}", [5, 6], 1), _formula("{1}/{up1}", [5, 6], 0)
    ('=C6/C5', '')
    >>> _formula("SUM({so1})/SUM({all1})", [5, 6, 7], 1)
    '=SUM($C$5:C6)/SUM($C$5:$C$7)'
    """
    if "{up" in template and at == 0:
        return ""
    row, above = rows[at], rows[at - 1]
    places = {"leads": f"{LEADS[0]}!${column_letter(LEADS[2])}${LEADS[1]}"}
    for position in range(10):
        letter = column_letter(LEFT + position)
        places |= {
            f"c{position}": f"{letter}{row}",
            f"up{position}": f"{letter}{above}",
            f"all{position}": f"${letter}${rows[0]}:${letter}${rows[-1]}",
            f"so{position}": f"${letter}${rows[0]}:{letter}{row}",
        }
        template = template.replace(f"{{{position}}}", f"{{c{position}}}")
    return "=" + template.format(**places)


def _widen(tab: _Tab, table: Table) -> None:
    """Fit the columns to their texts, within limits."""
    for at, column in enumerate(table.columns):
        cells = [len(row[at]) for row in table.texts]
        title = max(map(len, column.title.split()), default=0)
        wide = min(max([*cells, title, 8]) + 3.0, WIDEST if column.text else 16.0)
        tab.widths[LEFT + at] = max(wide, tab.widths.get(LEFT + at, 0.0))


def _chart(tab: _Tab, section: Section, figure: Figure, rows: Sequence[int]) -> Chart:
    table, bars = section.table(figure.table), figure.bars
    assert bars is not None

    def area(position: int, part: tuple[int, int] | None) -> Area:
        first, last = part or (0, len(rows) - 1)
        return Area(rows[first], LEFT + position, rows[last], LEFT + position)

    names = area(LABELS - LEFT, bars.series[0].rows)
    for row, label in zip(range(names.top, names.bottom + 1), bars.labels(table), strict=True):
        tab.cells.append(Cell(row, LABELS, clean(label), "hidden"))
    series = tuple(
        Series(one.name, names, area(one.column, one.rows), COLORS[n % len(COLORS)])
        for n, one in enumerate(bars.series)
    )
    place = Area(tab.row, LEFT, tab.row + CHART_ROWS - 1, RIGHT)
    name = f"{figure.chart}-{cell_name(tab.row, LEFT)}"
    return Chart(
        name, "column" if bars.upright else "bar", clean(figure.title), series, place, percent=bars.percent,
        description=clean(section.caption(figure)),
    )  # fmt: skip
