"""Green and red rows: live rules, or paint for people who filter by colour.

What they mean: docs/definitions.md#row-colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from funnel import definitions
from funnel.cells.columns import read_left_text
from funnel.cells.dates import read_date
from funnel.clients import Layout
from funnel.grid import Area, Grid, column_letter
from funnel.journey.conditions import NEVER, TODAY, And, Condition, Field, Not, after
from funnel.plan import OUR_FILLS, PutFills, PutRules, Rule
from funnel.text import listed
from funnel.writer.areas import Span, rectangles, runs, spans
from funnel.writer.condition_formulas import truth
from funnel.writer.highlights.paint import Color, meaningful_fills, painted_differently, row_colors
from funnel.writer.highlights.stage_rules import StageRules
from funnel.writer.totals import formulas
from funnel.writer.totals.place import Place
from funnel.writer.totals.rowless_formulas import exclude_cells, rule_guards, whole_columns

if TYPE_CHECKING:
    from funnel.metrics import Funnel


def put_rules(
    grid: Grid, layout: Layout, place: Place, totals: Funnel, live: bool, stages: StageRules | None = None
) -> tuple[PutRules | None, list[str]]:
    """Plan the live rules, or their removal (`live` false); None if nothing changes.

    Parameters
    ----------
    stages : the conditions of lost and paid stages, if the journey has stages.
    """
    rules: tuple[Rule, ...] = ()
    kept: list[str] = []
    if live:
        across, colors = _across(layout), colors_of(totals, stages)
        whole = frozenset(range(across[0], across[1] + 1))
        out = meaningful_fills(grid, totals.clients, across, (layout.first, max(layout.last, layout.first)))
        against = painted_differently(totals.clients, colors)
        out |= dict.fromkeys(against, whole)
        against |= {row for row, columns in out.items() if columns == whole and row in colors}
        guards = _guards(grid, layout, place, out) if place.rowless else ()
        rules = make_rules(layout, place, out, guards, stages, _left_by_text(grid, layout))
        kept = _by_hand(grid, against) if rules else []
    wanted = {(rule.name, rule.areas, rule.formula) for rule in rules}
    existing = [(rule.name, rule.areas, rule.formula) for rule in grid.rules if rule.name]
    if wanted == set(existing) and len(rules) == len(existing):
        return None, kept
    return PutRules(grid.tab, rules), kept


def make_rules(
    layout: Layout,
    place: Place,
    without: Mapping[int, frozenset[int]],
    guards: Sequence[str] = (),
    stages: StageRules | None = None,
    left_texts: bool = False,
) -> tuple[Rule, ...]:
    """Make the red and the green rule on the rows of clients and the spacer rows, red first.

    Parameters
    ----------
    without : columns to leave out, by row.
    guards : conditions that select the rows to colour, if rows are not known by number.
    stages : the conditions of lost and paid stages, if the journey has stages.
    left_texts : whether clients left by a mark or a text in the column of the left date.
    """
    across = _across(layout)
    if place.rowless:
        areas: tuple[Area, ...] = (whole_columns(across),)
    else:
        rows = (row for first, last in place.rows for row in range(first, last + 1))
        whole = spans(across, ())
        areas = tuple(
            rectangles((row, spans(across, without[row]) if row in without else whole) for row in rows)
        )
    if not areas:
        return ()

    def at(field: Field) -> str:
        column = stages.column(field) if stages and isinstance(field, str) else int(field)
        return f"${column_letter(column)}{areas[0].top}"

    columns = layout.columns
    lost = [_lost(stages, columns.get("close_date"))] if stages else []
    left = definitions.left(columns.get("left_date"), columns.get("left_reason"), lost, left_texts)
    rules = [Rule("red", areas, formulas.rule("red", *guards, truth(left, at)))] if left != NEVER else []
    step = next((marks for marks in place.steps if marks.step.paid), None)
    paid = step.condition if step else stages.condition(stages.paid) if stages else NEVER
    if paid != NEVER:
        conditions = [truth(paid, at), *([truth(Not(left), at)] if left != NEVER else [])]
        rules.append(Rule("green", areas, formulas.rule("green", *guards, *conditions)))
    return tuple(rules)


def _left_by_text(grid: Grid, layout: Layout) -> bool:
    column = layout.columns.get("left_date")
    cells = set(grid.values[column - 1][layout.first - 1 : layout.last]) if column else set()
    return any(read_date(cell) is None and read_left_text(cell) for cell in cells)


def _lost(stages: StageRules, close_date: int | None) -> Condition:
    """Build the condition of a lost stage; a close date in the future has not come yet."""
    found = stages.condition(stages.lost)
    if close_date is None or found == NEVER:
        return found
    return And((found, Not(after(close_date, TODAY))))


def _guards(grid: Grid, layout: Layout, place: Place, without: Mapping[int, frozenset[int]]) -> list[str]:
    """Return conditions on a row's own cells that select the rows to colour."""
    assert place.rowless is not None
    cells = exclude_cells(grid, layout, place.names, without, _across(layout))
    return [*rule_guards(place.rowless), *cells]


def put_fills(
    grid: Grid, layout: Layout, totals: Funnel, paint: bool, stages: StageRules | None = None
) -> tuple[PutFills | None, list[str]]:
    """Plan the paint of rows, or its removal (`paint` false); None if nothing changes.

    Only cells without a fill are painted, and only our own two colours are removed.
    """
    if not paint and not any(style.fill in OUR_FILLS.values() for style in grid.palette):
        return None, []
    colors = colors_of(totals, stages) if paint else {}
    cells: dict[Color | None, dict[int, list[int]]] = {"red": {}, "green": {}, None: {}}
    own: set[int] = set()
    left, right = _across(layout)
    for row in range(layout.first, max(grid.height, layout.last) + 1):
        color = colors.get(row)
        for column in range(left, right + 1):
            fill = grid.style(row, column).fill
            if fill is not None and fill not in OUR_FILLS.values():
                own |= {row} if color else set()
            elif fill != (OUR_FILLS[color] if color else None):
                cells[color].setdefault(row, []).append(column)
    areas = {color: _areas(rows) for color, rows in cells.items()}
    painted = tuple((color, areas[color]) for color in OUR_FILLS if areas[color])
    kept = [f"Tab {grid.tab!r}: colours that a person set in {_rows(own)} are not changed."] if own else []
    change = PutFills(grid.tab, painted, areas[None]) if painted or areas[None] else None
    return change, kept


def colors_of(totals: Funnel, stages: StageRules | None = None) -> dict[int, Color]:
    """Return the colour of each row by its own cells and by its client's stage; red wins."""
    colors = row_colors(totals)
    if stages:
        table = stages.colored
        for row, color in zip(table["row"].tolist(), table["color"], strict=True):
            if color == "red" or row not in colors:
                colors[row] = color
    return colors


def _across(layout: Layout) -> Span:
    """Return the first and last column with a header or a role."""
    columns = [*layout.headers, *layout.columns.values()]
    return min(columns), max(columns)


def _areas(cells: Mapping[int, list[int]]) -> tuple[Area, ...]:
    return tuple(rectangles((row, runs(columns)) for row, columns in sorted(cells.items())))


def _by_hand(grid: Grid, against: Iterable[int]) -> list[str]:
    """Name the rows that keep a person's colour, different from that of their cells."""
    if not against:
        return []
    rows = _rows(against)
    return [f"Tab {grid.tab!r}: {rows} painted by hand in another colour; not changed."]


def _rows(rows: Iterable[int]) -> str:
    """Name rows.

    >>> _rows([17]), _rows([3, 1])
    ('row 17', 'rows 1 and 3')
    """
    names = [str(row) for row in sorted(rows)]
    return f"{'row' if len(names) == 1 else 'rows'} {listed(names)}"
