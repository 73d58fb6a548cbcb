"""A small table as HTML: for notebooks, and for the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any, TypeAlias

from funnel.text import DASH, percent, undefined

if TYPE_CHECKING:
    import pandas as pd

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


def steps_html(steps: pd.DataFrame, caption: str, staged: bool = False) -> str:
    """The steps table of a funnel: what the columns say (or everybody, of stages), and settled clients."""
    formats: dict[str, Format] = {"step": str, "marked": whole, "of_leads": percent, "drop_off": percent}
    formats |= {"settled_drop_off": percent, "settled_n": whole}
    headers = {
        "step": "Stage" if staged else "Step",
        "marked": "Came so far" if staged else "Marked",
        "of_leads": "Of leads",
        "drop_off": "Drop-off, all" if staged else "Drop-off, columns",
        "settled_drop_off": "Drop-off, settled",
        "settled_n": "of n",
    }
    return table_html(steps, formats, headers, caption)


def _cells(row: Mapping[Any, Any], formats: Mapping[str, Format]) -> str:
    texts = [escape(form(row[name])) for name, form in formats.items()]
    first = f'<th scope="row">{texts[0]}</th>'
    return first + "".join(f'<td style="text-align: right">{text}</td>' for text in texts[1:])
