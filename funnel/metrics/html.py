"""Results as HTML tables, by their titles and units: for notebooks, the explorer and reviews."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from funnel import html
from funnel.metrics.results import result, results, table
from funnel.metrics.tables.verdicts import called_worst
from funnel.metrics.views import Shown, show, whole_view
from funnel.text import undefined

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics.core.result import Column, Measured, Result

Pick: TypeAlias = Callable[["Column", Mapping[Any, Any]], str]
"""Return the data of a button for the cell of a column in a row; "" if it is not a button."""

RATES = ("rate", "probability")
WORST = "▼ "  # before the name of the step that loses most


def funnel_html(funnel: Measured) -> str:
    """Return the results of `funnel show` as tables for a notebook, after the verdict."""
    tables = (
        shown_html(show(result, view, funnel, table(result, funnel)), worst=worst_step(funnel))
        for result in results()
        if result.show and not result.missing(funnel)
        for view in result.show[:1]
    )
    return f"{html.paragraphs(repr(funnel), funnel.verdict)}{''.join(tables)}"


def result_html(funnel: Measured, name: str, pick: Pick | None = None) -> str:
    """Return one result as a table for a notebook, or the reason why there is none.

    Parameters
    ----------
    name : the result, such as "cohorts".
    pick : returns the data of a cell's button.
    """
    found = result(name)
    if reason := found.missing(funnel):
        return html.paragraphs(f"{found.title}: {reason}")
    return table_html(table(found, funnel), found, funnel, pick)


def table_html(
    rows: pd.DataFrame, declared: Result, funnel: Measured | None, pick: Pick | None = None
) -> str:
    """Return the table of a result, or some columns and rows of it, with titles and units.

    Parameters
    ----------
    rows : the table; shown as its usual view if it has all columns of the result, else with its own columns.
    """
    if funnel is None or not len(rows):
        return f"<p>{html.escape(declared.title)}: no rows.</p>"
    whole = set(declared.names) <= set(rows)
    views = (declared.show[:1] or (declared.alone,)) if whole else ()
    view = next(iter(filter(None, views)), None) or whole_view(declared, rows)
    shown = show(declared, view, funnel, rows)
    dated = replace(shown, title=f"{shown.title}, as of {funnel.as_of}")
    compared = "value" in declared.names  # the worst step of all clients may not be the worst of a value
    return shown_html(dated, pick, None if compared else worst_step(funnel))


def worst_step(funnel: Measured) -> str | None:
    """Return the step that the verdict names as the worst; None if it names none."""
    return called_worst(result("leaks").compute(funnel), funnel.flagged.chain)  # type: ignore[misc]


def shown_html(shown: Shown, pick: Pick | None = None, worst: str | None = None) -> str:
    """Render a table of text as escaped HTML: a bar behind each rate, and its n beside it.

    Parameters
    ----------
    pick : returns the data of a cell's button.
    worst : the step to mark as the worst.
    """
    names = [column.name for column in shown.columns]
    beside = {column.n for column in shown.columns if column.n in names}
    kept = [at for at, name in enumerate(names) if name not in beside or not at]
    rows = [
        [_cell(shown, at, texts[at], values, pick, worst) for at in kept]
        for texts, values in zip(shown.rows, shown.records, strict=True)
    ]
    marked = worst is not None and any(_is_worst(values, worst) for values in shown.records)
    return html.table(
        [shown.titles[at] for at in kept],
        rows,
        texts=[place for place, at in enumerate(kept) if at in shown.texts],
        caption=shown.title,
        groups=shown.groups,
        notes=(shown.sentence, f"{WORST}This step loses most." if marked else "", shown.note),
    )


def _cell(
    shown: Shown, at: int, text: str, values: Mapping[Any, Any], pick: Pick | None, worst: str | None
) -> html.Cell:
    column = shown.columns[at]
    value = values.get(column.name)
    rate = column.unit in RATES or (column.unit == "mixed" and values.get("unit") in RATES)
    bar = None if not rate or column.name.endswith(("low", "high")) or undefined(value) else float(value or 0)
    n = values.get(column.n)
    small = "" if n is None or undefined(value) or not column.n else f"of {n:,.0f}"
    if column.name == "step" and not at and _is_worst(values, worst):
        text = WORST + text.strip()
    return html.Cell(text.strip(), bar, small, pick(column, values) if pick else "")


def _is_worst(values: Mapping[Any, Any], worst: str | None) -> bool:
    return worst is not None and values.get("step") == worst
