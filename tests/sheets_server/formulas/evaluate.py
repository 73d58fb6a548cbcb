"""The value of a formula: scalars, ranges, and arrays where a function asks for them.

Outside SUMPRODUCT, ARRAYFORMULA and INDEX a range where one value is meant is cut to the formula's own row
or column (implicit intersection), as in the real service: ``=SUM((A1:A9="x")*1)`` does not count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Any, Protocol, TypeAlias

from ..a1 import Box
from . import kinds
from .kinds import DIV0, NA, NAME, NUM, REF, VALUE, Array, Err, Scalar
from .parse import FormulaError, Ref, Tree, parse
from .rowwise import by_row, is_column


@dataclass(frozen=True)
class Range:
    """Cells of a tab that a formula looks at: bounded, half-open."""

    tab: Any
    box: Box

    @property
    def height(self) -> int:
        return (self.box.bottom or 0) - (self.box.top or 0)

    @property
    def width(self) -> int:
        return (self.box.right or 0) - (self.box.left or 0)


Result: TypeAlias = Scalar | Array | Range


class Cells(Protocol):
    """What the evaluator asks of a spreadsheet."""

    @property
    def locale(self) -> str: ...

    def tab_named(self, name: str) -> Any: ...

    def named_range(self, name: str) -> Box | None: ...

    def tab_with(self, sheet_id: int) -> Any: ...

    def entered(self, tab: Any, row: int, column: int) -> tuple[str, Any]: ...

    def size(self, tab: Any) -> tuple[int, int]: ...


@dataclass(frozen=True)
class Host:
    """Where a formula stands; for a rule, how far from the cell that it was written for.

    `bound` holds the values of references while a formula is worked out for one row of its columns.
    """

    tab: Any
    row: int
    column: int
    down: int = 0
    across: int = 0
    bound: dict[Tree, Scalar] | None = field(default=None, compare=False)


class Evaluator:
    """Values of the cells of one version of a spreadsheet, each worked out once."""

    def __init__(self, cells: Cells, now: dt.datetime) -> None:
        self.cells = cells
        self.now = now
        self.locale = cells.locale
        self.done: dict[tuple[int, int, int], Scalar] = {}
        self.arrays: dict[tuple[int, Tree], Result] = {}
        self.columns: dict[tuple[Tree, Range], Array] = {}
        self.working: set[tuple[int, int, int]] = set()

    def cell(self, tab: Any, row: int, column: int) -> Scalar:
        """The value of a cell."""
        kind, value = self.cells.entered(tab, row, column)
        if kind != "formula":
            return value  # type: ignore[no-any-return]
        key = (id(tab), row, column)
        if key in self.done:
            return self.done[key]
        if key in self.working:
            return REF
        self.working.add(key)
        try:
            self.done[key] = self.formula(value, Host(tab, row, column))
        finally:
            self.working.discard(key)
        return self.done[key]

    def formula(self, text: str, host: Host) -> Scalar:
        """The single value that a formula shows in its cell."""
        try:
            tree = parse(text, self.locale)
        except FormulaError:
            return Err("#ERROR!")
        return self.one(self.value(tree, host, array=False), host)

    # --- trees -----------------------------------------------------------------------------------------

    def value(self, tree: Tree, host: Host, array: bool) -> Result:
        """The value of a tree; a Range stays one until somebody needs its values."""
        kind = tree[0]
        if host.bound is not None and is_column(tree) and tree in host.bound:
            return host.bound[tree]
        if kind in {"num", "str", "bool"}:
            return tree[1]  # type: ignore[no-any-return]
        if kind == "err":
            return Err(tree[1])
        if kind == "blank":
            return None
        if kind == "ref":
            return self.range(tree[1], host)
        if kind == "name":
            box = self.cells.named_range(tree[1])
            if box is None:
                return NAME
            tab = self.cells.tab_with(box.sheet_id)
            return Range(tab, box.clip(*self.cells.size(tab)))
        if array and not (host.down or host.across or asks_where(tree)):
            return self.remembered(tree, host)
        return self.worked_out(tree, host, array)

    def remembered(self, tree: Tree, host: Host) -> Result:
        """Array results are shared between formulas of a tab (`TRIM(F2:F40000)` is worked out once)."""
        key = (id(host.tab), tree)
        if key not in self.arrays:
            self.arrays[key] = self.worked_out(tree, host, array=True)
        return self.arrays[key]

    def worked_out(self, tree: Tree, host: Host, array: bool) -> Result:
        from .functions import call

        kind = tree[0]
        rows = by_row(self, tree, host) if array and not is_column(tree) else None
        if rows is not None:
            return rows
        if kind == "call":
            return call(self, tree[1], tree[2], host, array)
        if kind == "array":
            return [[self.one(self.value(item, host, array), host) for item in row] for row in tree[1]]
        operands = [self.plain(self.value(part, host, array), host, array) for part in tree[1:]]
        return spread(OPERATORS[kind](self.locale), operands)

    def range(self, ref: Ref, host: Host) -> Result:
        """The cells that a reference means for this host."""
        tab = host.tab if ref.tab is None else self.cells.tab_named(ref.tab)
        if tab is None:
            return REF
        height, width = self.cells.size(tab)

        def end(value: int | None, fixed: bool, by: int) -> int | None:
            return value if value is None or fixed else value + by

        top, bottom = end(ref.top, ref.fixed[0], host.down), end(ref.bottom, ref.fixed[2], host.down)
        left, right = end(ref.left, ref.fixed[1], host.across), end(ref.right, ref.fixed[3], host.across)
        bottom = height if bottom is None else bottom + 1
        right = width if right is None else right + 1
        box = Box(0, top or 0, bottom, left or 0, right)
        if (box.top or 0) >= height or (box.left or 0) >= width or (box.top or 0) < 0 or (box.left or 0) < 0:
            return REF
        return Range(tab, box.clip(height, width))

    # --- shapes ----------------------------------------------------------------------------------------

    def values(self, value: Result) -> Array:
        """Any result as rows of values."""
        if isinstance(value, Range):
            box = value.box
            columns = range(box.left or 0, box.right or 0)
            key = (id(value.tab), ("range", box))
            if key not in self.arrays:
                self.arrays[key] = [
                    [self.cell(value.tab, row, column) for column in columns]
                    for row in range(box.top or 0, box.bottom or 0)
                ]
            return self.arrays[key]  # type: ignore[return-value]
        return value if isinstance(value, list) else [[value]]

    def flat(self, value: Result) -> Iterator[Scalar]:
        return chain.from_iterable(self.values(value))

    def plain(self, value: Result, host: Host, array: bool) -> Scalar | Array:
        """A result as an operand: all its values in an array formula, else the one that is meant."""
        if not array:
            return self.one(value, host)
        rows = self.values(value)
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows

    def one(self, value: Result, host: Host) -> Scalar:
        """The one value that is meant: a range is cut to the host's row or column."""
        if isinstance(value, Range):
            box = value.box
            if value.height == 1 and value.width == 1:
                return self.cell(value.tab, box.top or 0, box.left or 0)
            if value.width == 1 and box.contains(host.row, box.left or 0):
                return self.cell(value.tab, host.row, box.left or 0)
            if value.height == 1 and box.contains(box.top or 0, host.column):
                return self.cell(value.tab, box.top or 0, host.column)
            return VALUE
        return value[0][0] if isinstance(value, list) else value


@lru_cache(maxsize=5000)
def asks_where(tree: Tree) -> bool:
    """Say whether a tree's value depends on the cell it stands in: ``ROW()``, a relative INDIRECT."""
    if tree[0] == "call" and (tree[1] == "INDIRECT" or (tree[1] in {"ROW", "COLUMN"} and not tree[2])):
        return True
    return any(isinstance(part, tuple) and part and asks_where(part) for part in tree)


def spread(function: Callable[..., Scalar], operands: list[Scalar | Array]) -> Scalar | Array:
    """A function of single values over arrays, cell by cell; equal inputs are worked out once.

    >>> spread(lambda a, b: a + b, [[[1.0], [2.0]], 10.0])
    [[11.0], [12.0]]
    """
    arrays = [operand for operand in operands if isinstance(operand, list)]
    if not arrays:
        return function(*operands)
    height, width = max(len(a) for a in arrays), max(len(a[0]) for a in arrays)
    if width == 1 and all(len(array) == height for array in arrays):
        return _spread_column(function, operands, height)
    grids = [_stretched(operand, height, width) for operand in operands]
    known: dict[Any, Scalar] = {}
    rows: Array = []
    for lines in zip(*grids, strict=True):
        row: list[Scalar] = []
        for items in zip(*lines, strict=True):
            key = (items, *(item.__class__ for item in items))
            if key not in known:
                known[key] = function(*items)
            row.append(known[key])
        rows.append(row)
    return rows


def _spread_column(function: Callable[..., Scalar], operands: list[Scalar | Array], height: int) -> Array:
    """The common case, quickly: all arrays are one column of one height."""
    columns = [
        [row[0] for row in operand] if isinstance(operand, list) else [operand] * height
        for operand in operands
    ]
    known: dict[Any, list[Scalar]] = {}
    rows: Array = []
    for items in zip(*columns, strict=True):
        key = (items, *[item.__class__ for item in items])
        if key not in known:
            known[key] = [function(*items)]
        rows.append(known[key])
    return rows


def _stretched(operand: Scalar | Array, height: int, width: int) -> Array:
    """An operand in the shape of the whole; what is missing is #N/A."""
    if not isinstance(operand, list):
        line: list[Scalar] = [operand] * width
        return [line] * height
    rows = [row * width if len(row) == 1 else row + [NA] * (width - len(row)) for row in operand]
    if len(rows) == 1:
        return rows * height
    return rows + [[NA] * width] * (height - len(rows))


# --- operators ---------------------------------------------------------------------------------------------


def _arithmetic(work: Callable[[float, float], Scalar]) -> Callable[[str], Callable[..., Scalar]]:
    def of(locale: str) -> Callable[..., Scalar]:
        def run(one: Scalar, two: Scalar = 0.0) -> Scalar:
            first, second = kinds.to_number(one, locale), kinds.to_number(two, locale)
            if isinstance(first, Err):
                return first
            return second if isinstance(second, Err) else work(first, second)

        return run

    return of


def _comparison(holds: Callable[[int], bool]) -> Callable[[str], Callable[..., Scalar]]:
    def of(_: str) -> Callable[..., Scalar]:
        def run(one: Scalar, two: Scalar) -> Scalar:
            if isinstance(one, Err):
                return one
            return two if isinstance(two, Err) else holds(kinds.compare(one, two))

        return run

    return of


def _joined(locale: str) -> Callable[..., Scalar]:
    def run(one: Scalar, two: Scalar) -> Scalar:
        first, second = kinds.to_text(one, locale), kinds.to_text(two, locale)
        if isinstance(first, Err):
            return first
        return second if isinstance(second, Err) else first + second

    return run


def _power(one: float, two: float) -> Scalar:
    try:
        found = one**two
    except (OverflowError, ZeroDivisionError):
        return NUM
    return NUM if isinstance(found, complex) else found


OPERATORS: dict[str, Callable[[str], Callable[..., Scalar]]] = {
    "+": _arithmetic(lambda one, two: one + two),
    "-": _arithmetic(lambda one, two: one - two),
    "*": _arithmetic(lambda one, two: one * two),
    "/": _arithmetic(lambda one, two: one / two if two else DIV0),
    "^": _arithmetic(_power),
    "neg": _arithmetic(lambda one, _: -one if one else 0.0),
    "percent": _arithmetic(lambda one, _: one / 100),
    "=": _comparison(lambda order: order == 0),
    "<>": _comparison(lambda order: order != 0),
    "<": _comparison(lambda order: order < 0),
    ">": _comparison(lambda order: order > 0),
    "<=": _comparison(lambda order: order <= 0),
    ">=": _comparison(lambda order: order >= 0),
    "&": _joined,
}
