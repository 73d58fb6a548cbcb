"""Array formulas worked out once for each distinct value of their column: 40,000 rows become bearable.

``TRIM(F2:F40001)&"" = "x"`` has as many results as column F has different values. A tree of operators and
functions of single values over one column is such a case; everything else goes the long way.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .kinds import Array, Scalar
from .parse import Tree

if TYPE_CHECKING:
    from .evaluate import Evaluator, Host

CONSTANTS = {"num", "str", "bool", "err", "blank"}
WITHOUT_ARGUMENTS = {"TODAY", "NOW", "TRUE", "FALSE", "NA"}


def is_column(tree: Tree) -> bool:
    """Say whether a tree is a reference: an address, or one made from text."""
    return tree[0] == "ref" or (tree[0] == "call" and tree[1] == "INDIRECT")


@lru_cache(maxsize=5000)
def columns_of(tree: Tree) -> frozenset[Tree] | None:
    """The references in a tree that works row by row; None where it does not."""
    from .evaluate import OPERATORS
    from .functions import EACH

    kind = tree[0]
    if kind in CONSTANTS:
        return frozenset()
    if is_column(tree):
        return frozenset([tree])
    if kind in OPERATORS:
        parts = tree[1:]
    elif kind == "call" and (tree[1] in EACH or tree[1] in {"IF", "IFERROR"}):
        parts = tree[2]
    elif kind == "call" and tree[1] in WITHOUT_ARGUMENTS and not tree[2]:
        return frozenset()
    else:
        return None
    found: frozenset[Tree] = frozenset()
    for part in parts:
        below = columns_of(part)
        if below is None:
            return None
        found |= below
    return found


def by_row(of: Evaluator, tree: Tree, host: Host) -> Array | None:
    """The values of a tree over its one column, one a row; None where it has to go the long way."""
    from .evaluate import Host, Range

    refs = columns_of(tree)
    if not refs:
        return None
    ranges = {of.value(ref, host, array=False) for ref in refs if host.bound is None}
    found = ranges.pop() if len(ranges) == 1 else None
    if not isinstance(found, Range) or found.width != 1 or found.height < 2:
        return None
    if (tree, found) in of.columns:
        return of.columns[tree, found]
    known: dict[Any, list[Scalar]] = {}
    rows: Array = []
    of.columns[tree, found] = rows
    for (item,) in of.values(found):
        key = (item, item.__class__)
        if key not in known:
            at = Host(host.tab, host.row, host.column, bound=dict.fromkeys(refs, item))
            known[key] = [of.one(of.value(tree, at, array=False), at)]
        rows.append(known[key])
    return rows
