"""Results as HTML tables: for notebooks, and for the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any, TypeAlias

from funnel.metrics.results import result, results, table
from funnel.metrics.views import Shown, show, whole_view
from funnel.text import DASH, undefined

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics.core.result import Measured

Format: TypeAlias = Callable[[Any], str]


def whole(number: float | None) -> str:
    """Show a count; a dash where it is undefined.

    >>> whole(5004), whole(7.0), whole(float("nan"))
    ('5,004', '7', '–')
    """
    return DASH if number is None or undefined(number) else f"{number:,.0f}"


def table_html(
    table: pd.DataFrame,
    formats: Mapping[str, Format],
    headers: Mapping[str, str] | None = None,
    caption: str = "",
) -> str:
    """Render columns of a table as escaped HTML, numbers to the right.

    Parameters
    ----------
    formats : how to show each column, in the order in which they stand; other columns are left out.
    headers : what a column is called, where that is not its name.

    Examples
    --------
    >>> import pandas as pd
    >>> table_html(pd.DataFrame({"step": ["<Met>"], "n": [3]}), {"step": str, "n": whole}, {"n": "Clients"})
    '<table><thead><tr><th>step</th><th>Clients</th></tr></thead><tbody><tr><th
    scope="row">&lt;Met&gt;</th>...'
    """
    names = [(headers or {}).get(name, name) for name in formats]
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(f"<tr>{_cells(row, formats)}</tr>" for row in table.to_dict("records"))
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def funnel_html(funnel: Measured) -> str:
    """Return the results of `funnel show` as tables for a notebook, with a title each."""
    tables = (
        shown_html(show(result, view, funnel, table(result, funnel)))
        for result in results()
        if result.show and not result.missing(funnel)
        for view in result.show[:1]
    )
    return f"<p>{escape(repr(funnel))}</p>{''.join(tables)}"


def result_html(funnel: Measured, name: str) -> str:
    """Return one result as a table for a notebook, with its titles; why there is none where it is missing.

    Parameters
    ----------
    name : of the result: "cohorts".
    """
    found = result(name)
    if reason := found.missing(funnel):
        return f"<p>{escape(found.title)}: {escape(reason)}</p>"
    rows = table(found, funnel)
    views = found.show[:1] or (found.alone or whole_view(found, rows),)
    return "".join(shown_html(show(found, view, funnel, rows)) for view in views)


def shown_html(shown: Shown) -> str:
    """Render a table of text as escaped HTML, numbers to the right."""
    head = "".join(f"<th>{escape(title)}</th>" for title in shown.titles)
    body, above = [], ""
    for group, cells in zip(shown.groups, shown.rows, strict=True):
        if group != above:
            heading = f'<th colspan="{len(cells)}" scope="rowgroup">{escape(group)}</th>'
            body.append(f"<tr>{heading}</tr>")
            above = group
        body.append(f"<tr>{_text_cells(shown, cells)}</tr>")
    caption = f"<caption>{escape(shown.title)}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _text_cells(shown: Shown, cells: tuple[str, ...]) -> str:
    first = f'<th scope="row">{escape(cells[0].strip())}</th>'
    rest = (
        f"<td>{escape(text)}</td>"
        if at in shown.texts
        else f'<td style="text-align: right">{escape(text)}</td>'
        for at, text in enumerate(cells[1:], start=1)
    )
    return first + "".join(rest)


def _cells(row: Mapping[Any, Any], formats: Mapping[str, Format]) -> str:
    texts = [escape(form(row[name])) for name, form in formats.items()]
    first = f'<th scope="row">{texts[0]}</th>'
    return first + "".join(f'<td style="text-align: right">{text}</td>' for text in texts[1:])
