"""Array formulas worked out once for each distinct row, which is what makes 40,000 rows bearable.

``TRIM(F2:F40001)&"" = "x"`` has as many results as column F has different values. A tree of operators and
functions of single values over columns of one height is such a case; everything else goes the long way.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .kinds import Array, Scalar
from .parse import Ref, Tree

if TYPE_CHECKING:
    from .evaluate import Evaluator, Host

CONSTANTS = {"num", "str", "bool", "err", "blank"}
WITHOUT_ARGUMENTS = {"TODAY", "NOW", "TRUE", "FALSE", "NA"}


@lru_cache(maxsize=5000)
def columns_of(tree: Tree) -> frozenset[Ref] | None:
    """The references of a tree that works row by row; None where it does not."""
    from .evaluate import OPERATORS
    from .functions import EACH

    kind = tree[0]
    if kind in CONSTANTS:
        return frozenset()
    if kind == "ref":
        return frozenset([tree[1]])
    if kind in OPERATORS:
        parts = tree[1:]
    elif kind == "call" and (tree[1] in EACH or tree[1] in {"IF", "IFERROR"}):
        parts = tree[2]
    elif kind == "call" and tree[1] in WITHOUT_ARGUMENTS and not tree[2]:
        return frozenset()
    else:
        return None
    found: frozenset[Ref] = frozenset()
    for part in parts:
        below = columns_of(part)
        if below is None:
            return None
        found |= below
    return found


def by_row(of: Evaluator, tree: Tree, host: Host) -> Array | None:
    """The values of a tree over its columns, one a row; None where it has to go the long way."""
    from .evaluate import Host, Range

    refs = columns_of(tree)
    if not refs:
        return None
    ranges = {ref: of.range(ref, host) for ref in refs}
    columns: list[list[Scalar]] = []
    for found in ranges.values():
        if not isinstance(found, Range) or found.width != 1 or found.height < 2:
            return None
        columns.append([row[0] for row in of.values(found)])
    if len({len(column) for column in columns}) != 1:
        return None
    known: dict[Any, Scalar] = {}
    rows: Array = []
    for items in zip(*columns, strict=True):
        key = (items, *map(type, items))
        if key not in known:
            bound = dict(zip(ranges, items, strict=True))
            at = Host(host.tab, host.row, host.column, bound=bound)
            known[key] = of.one(of.value(tree, at, array=False), at)
        rows.append([known[key]])
    return rows
