"""The formulas of totals, rates and highlights (docs/definitions.md#totals).

Their conditions are printed by `funnel.writer.condition_formulas`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LONGEST = 8192
"""Excel's limit for a formula, in characters."""

Rows = tuple[int, int]
"""First and last row of a run of rows."""


def count_rows(runs: Iterable[tuple[str, str | None]], guards: Sequence[str] = ()) -> str:
    """Count rows over several runs of rows.

    Parameters
    ----------
    runs : for each run a number above 0 where a row counts, and a further condition (None: no condition).
    guards : further conditions for every row.

    >>> count_rows([("A2:A4", "ISNUMBER(B2:B4)"), ("A6:A9", None)])
    '=SUMPRODUCT(--((A2:A4)>0),--ISNUMBER(B2:B4))+SUMPRODUCT(--((A6:A9)>0))'
    """
    terms = []
    for counts, also in runs:
        known = f",--{also}" if also else ""
        further = "".join(f",--({guard})" for guard in guards)
        terms.append(f"SUMPRODUCT(--(({counts})>0){known}{further})")
    return "=" + "+".join(terms)


def rule(name: str, *conditions: str) -> str:
    """Return the formula of a live highlight, with the marker that identifies it as ours.

    >>> rule("red", "A2=1", "B2=1")
    '=AND(N("funnel:red")=0,A2=1,B2=1)'
    """
    return f'=AND(N("funnel:{name}")=0,{",".join(conditions)})'


def share(part: str, whole: str) -> str:
    """Return the formula of a share; a dash if it is undefined.

    >>> share("F17", "B17")
    '=IF(B17=0,"–",F17/B17)'
    """
    return f'=IF({whole}=0,"–",{part}/{whole})'


def drop_off(part: str, whole: str) -> str:
    """Return the formula of the drop-off from one step to the next; a dash if it is undefined.

    >>> drop_off("F17", "B17")
    '=IF(B17=0,"–",1-F17/B17)'
    """
    return f'=IF({whole}=0,"–",1-{part}/{whole})'
