"""One result as a table: `funnel show SHEET --table cohorts`, in the terminal, as CSV or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funnel.cli import formats, printing
from funnel.errors import UsageError
from funnel.metrics.core.records import records
from funnel.metrics.results import result, table
from funnel.metrics.views import views_of

if TYPE_CHECKING:
    import pandas as pd

    from funnel.metrics import Funnel
    from funnel.metrics.core.result import Result


def show(funnel: Funnel, option: str, form: str, by: str | None = None) -> None:
    """Print one result.

    Parameters
    ----------
    option : its name for `--table`.
    by : a column whose values are compared, for results that support it.

    Raises
    ------
    UsageError : the result needs `by`, or does not support it.
    """
    found = result(option.replace("-", "_"))
    rows = _table(found, funnel, by)
    if form == "csv":
        formats.print_csv(rows)
    elif form == "json":
        formats.print_json({**formats.origin(funnel), found.name: records(rows)})
    else:
        _print(funnel, found, rows, by)


def _table(found: Result, funnel: Funnel, by: str | None) -> pd.DataFrame:
    if by and found.compute_by:
        return found.compute_by(funnel, by)
    if by:
        raise UsageError(f"--table {found.option} does not compare values of a column: leave out --by {by}.")
    if not found.compute:
        raise UsageError(
            f"--table {found.option} compares the values of a column: name it, for example --by source."
        )
    return table(found, funnel)


def _print(funnel: Funnel, found: Result, rows: pd.DataFrame, by: str | None) -> None:
    """Print the views of a result, or all of its columns."""
    out = printing.console()
    out.print(printing.heading(funnel))
    if not len(rows):
        out.print(f"\n{found.title}: {found.missing(funnel) or 'nothing to show.'}")
        return
    for view in views_of(found, rows, by):
        printing.show_result(out, funnel, found, view, rows)
